import type { Matcher, Target } from '../../net/netfilter/extension.ts'
import { KNOWN_MATCHES, KNOWN_TARGETS } from '../../net/netfilter/known.data.ts'
import { MATCHERS } from '../../net/netfilter/matchers/registry.ts'
import { TARGETS } from '../../net/netfilter/targets/registry.ts'
import type { CommandPart, Flag, FlagStatus } from '../command.ts'

/** Extensions that no recording shows: IPv6's own, and ipset's, whose sets do not exist here. */
const UNRECORDED: readonly string[] = ['HL', 'hl', 'icmp6', 'set']

/** The suite that covers a match or target. */
export function extensionSuite(name: string): string {
  return UNRECORDED.includes(name) ? 'modelled' : 'iptables'
}

function part(name: string, extension: string, of: Matcher | Target, acted: boolean): CommandPart {
  // What is read and printed but not obeyed by packets is not emulated.
  const status: FlagStatus = acted ? 'emulated' : 'known'
  const suite = extensionSuite(extension)
  const flags = of.options.map((o): Flag => {
    const obeyed = acted && of.acts?.({ ext: of.name, [o.key ?? o.name]: true }) !== false
    return { long: o.name, ...(o.arg ? { value: 'VALUE' } : {}), status: obeyed ? 'emulated' : 'known', suite }
  })
  for (const long of of.knownOptions ?? []) flags.push({ long, status: 'known' })
  return { name, status, flags, suite }
}

/** Every -m and -j, for FIDELITY.md. */
export const IPTABLES_PARTS: readonly CommandPart[] = [
  ...MATCHERS.map((m) => part(`-m ${m.name}`, m.name, m, m.matches !== undefined)),
  ...TARGETS.map((t) => part(`-j ${t.name}`, t.name, t, t.act !== undefined)),
  ...Object.keys(KNOWN_MATCHES).map((name): CommandPart => ({ name: `-m ${name}`, status: 'known', flags: [] })),
  ...Object.keys(KNOWN_TARGETS).map((name): CommandPart => ({ name: `-j ${name}`, status: 'known', flags: [] })),
]
