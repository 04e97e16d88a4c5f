import type { Rule } from '../netfilter/rule.ts'
import type { Ruleset } from '../netfilter/ruleset.ts'

/** Matches and targets whose rules keep conntrack's hooks registered (nf_ct_netns_get in their checkentry). NOTRACK is not among them. */
const NEEDS_CONNTRACK: ReadonlySet<string> = new Set([
  'conntrack',
  'state',
  'connmark',
  'connbytes',
  'connlimit',
  'connlabel',
  'helper',
  'DNAT',
  'SNAT',
  'MASQUERADE',
  'REDIRECT',
  'NETMAP',
  'CONNMARK',
  'CONNSECMARK',
  'SYNPROXY',
])

function needs(rule: Rule): boolean {
  const { target } = rule
  if (target?.kind === 'extension') {
    const { ext } = target.data
    if (NEEDS_CONNTRACK.has(ext) || (ext === 'CT' && target.data['notrack'] !== true)) return true
  }
  return rule.matches.some((match) => NEEDS_CONNTRACK.has(match.ext))
}

/** A rule that keeps connections tracked, and where it stands. */
interface Witness {
  readonly backend: 'legacy' | 'nft'
  readonly table: 'raw' | 'mangle' | 'nat' | 'filter' | 'security'
  readonly chain: string
  readonly rule: Rule
}

/**
 * Whether the kernel tracks connections of a family in a namespace: only while some rule asks for it, in whatever table. The rule
 * found last is looked for first, so that a change elsewhere costs nothing.
 */
export class TrackingNeed {
  private witness: Witness | undefined

  holds(ruleset: Ruleset, family: 4 | 6): boolean {
    const w = this.witness
    if (w !== undefined && ruleset.table(family, w.backend, w.table)?.chains.get(w.chain)?.rules.includes(w.rule)) return true
    this.witness = find(ruleset, family)
    return this.witness !== undefined
  }
}

function find(ruleset: Ruleset, family: 4 | 6): Witness | undefined {
  for (const backend of ['nft', 'legacy'] as const)
    for (const table of ['filter', 'nat', 'mangle', 'raw', 'security'] as const)
      for (const chain of ruleset.table(family, backend, table)?.chains.values() ?? []) {
        const rule = chain.rules.find(needs)
        if (rule !== undefined) return { backend, table, chain: chain.name, rule }
      }
  return undefined
}
