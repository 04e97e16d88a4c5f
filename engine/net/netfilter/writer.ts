import type { Family, TableName } from './env.ts'
import { restoreText } from './restore.ts'
import type { Ruleset } from './ruleset.ts'

/** iptables of one version over a ruleset, as daemons use it: kube-proxy, kubelet. */
export interface RulesWriter {
  /** iptables-restore --noflush --counters. Returns the tool's complaint if it failed. */
  restore(family: Family, text: string): string | undefined
  chains(family: Family, table: TableName): readonly string[]
  /** `iptables -C`: whether the chain holds this very rule (matches and target as on a command line). */
  hasRule(family: Family, table: TableName, chain: string, rule: string): boolean
  /** Creates an nfacct object if it is not there. */
  ensureCounter(name: string): void
}

/** `version` is that of the iptables which the daemon runs: "1.8.9/nft". */
export function rulesWriter(ruleset: Ruleset, version: string): RulesWriter {
  const backend = version.endsWith('/legacy') ? 'legacy' : 'nft'
  const restore: RulesWriter['restore'] = (family, text) => {
    const result = restoreText(ruleset, text, { family, writer: version, noflush: true, counters: true })
    return result.ok ? undefined : result.error
  }
  return {
    restore,
    chains: (family, table) => [...(ruleset.table(family, backend, table)?.chains.keys() ?? [])],
    hasRule: (family, table, chain, rule) => {
      if (ruleset.table(family, backend, table)?.chains.has(chain) !== true) return false
      return restore(family, `*${table}\n-C ${chain} ${rule}\nCOMMIT\n`) === undefined
    },
    ensureCounter: (name) => {
      ruleset.addAccounting(name)
    },
  }
}
