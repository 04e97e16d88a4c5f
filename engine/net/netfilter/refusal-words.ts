import type { HookName } from './env.ts'
import type { CheckPlace } from './extension.ts'
import { findMatcher } from './matchers/registry.ts'
import type { ExtensionData, Rule } from './rule.ts'
import { findTarget } from './targets/registry.ts'

/** Where an extension may stand, as its struct xt_match or xt_target says. */
interface Place {
  readonly table?: string
  readonly hooks?: readonly HookName[]
  readonly proto?: number
}

const IN: readonly HookName[] = ['PREROUTING', 'INPUT', 'FORWARD']
const OUT: readonly HookName[] = ['FORWARD', 'OUTPUT', 'POSTROUTING']

const MATCHES: Readonly<Record<string, Place>> = {
  socket: { hooks: ['PREROUTING', 'INPUT'] },
  owner: { hooks: ['OUTPUT', 'POSTROUTING'] },
  mac: { hooks: IN },
  rpfilter: { hooks: ['PREROUTING'] },
  realm: { hooks: ['INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'] },
  tcp: { proto: 6 },
  udp: { proto: 17 },
  sctp: { proto: 132 },
  dccp: { proto: 33 },
  icmp: { proto: 1 },
  icmp6: { proto: 58 },
  esp: { proto: 50 },
  ah: { proto: 51 },
  tcpmss: { proto: 6 },
}

const MANGLE: Place = { table: 'mangle' }
const TARGETS: Readonly<Record<string, Place>> = {
  TTL: MANGLE,
  HL: MANGLE,
  TOS: MANGLE,
  DSCP: MANGLE,
  CHECKSUM: MANGLE,
  CLASSIFY: { hooks: OUT },
  TPROXY: { table: 'mangle', hooks: ['PREROUTING'] },
  TCPMSS: { proto: 6 },
  TRACE: { table: 'raw' },
  CT: { table: 'raw' },
  NOTRACK: { table: 'raw' },
  REJECT: { table: 'filter', hooks: ['INPUT', 'FORWARD', 'OUTPUT'] },
  DNAT: { table: 'nat', hooks: ['PREROUTING', 'OUTPUT'] },
  SNAT: { table: 'nat', hooks: ['INPUT', 'POSTROUTING'] },
  MASQUERADE: { table: 'nat', hooks: ['POSTROUTING'] },
  REDIRECT: { table: 'nat', hooks: ['PREROUTING', 'OUTPUT'] },
  SYNPROXY: { hooks: ['INPUT', 'FORWARD'] },
}

/** What an extension's own checkentry says; its module's name stands before it. */
const OWN: Readonly<Record<string, (data: ExtensionData) => string | undefined>> = {
  TCPMSS: () => 'xt_TCPMSS: Only works on TCP SYN packets',
  REJECT: () => 'ipt_REJECT: TCP_RESET invalid for non-tcp',
  TPROXY: () => 'xt_TPROXY: Can be used only with -p tcp or -p udp',
  CT: (d) => (d['helper'] === undefined ? `No such timeout policy "${d['timeout']}"` : `xt_CT: No such helper "${d['helper']}"`),
  addrtype: (d) =>
    d['limit-iface-out']
      ? 'xt_addrtype: output interface limitation not valid in PREROUTING and INPUT'
      : 'xt_addrtype: input interface limitation not valid in POSTROUTING and OUTPUT',
  policy: (d) =>
    d['dir'] === 'out'
      ? 'xt_policy: output policy not valid in PREROUTING and INPUT'
      : 'xt_policy: input policy not valid in POSTROUTING and OUTPUT',
  physdev: () =>
    'xt_physdev: --physdev-out and --physdev-is-out only supported in the FORWARD and POSTROUTING chains with bridged traffic',
  limit: (d) => `xt_limit: Overflow, try lower: ${d['period']}/${d['burst']}`,
  recent: (d) =>
    (d['hitcount'] as number) > 65_535
      ? `xt_recent: hitcount (${d['hitcount']}) is larger than allowed maximum (65535)`
      : undefined,
  nfacct: (d) => `xt_nfacct: accounting object \`${d['name']}' does not exist`,
}

/** What the kernel log says of a refused rule, where it says anything (x_tables.c: xt_check_match, xt_check_target). */
export function refusalWords(rule: Rule, place: CheckPlace): string | undefined {
  const match = rule.matches.find((data) => findMatcher(data.ext)?.refuse?.(data, place) !== undefined)
  if (match !== undefined) return words(match, 'match', MATCHES[match.ext], place)
  const { target } = rule
  if (target?.kind !== 'extension' || findTarget(target.data.ext)?.refuse?.(target.data, place) === undefined) return undefined
  return words(target.data, 'target', TARGETS[target.data.ext], place)
}

function words(data: ExtensionData, kind: 'match' | 'target', at: Place | undefined, place: CheckPlace): string | undefined {
  const head = `x_tables: ip${place.family === 6 ? '6' : ''}_tables: ${data.ext} ${kind}: `
  if (at?.table !== undefined && at.table !== place.table) return `${head}only valid in ${at.table} table, not ${place.table}`
  if (at?.hooks !== undefined && place.hooks.some((hook) => !at.hooks?.includes(hook))) {
    const only = kind === 'match' ? 'only valid' : 'only usable'
    return `${head}used from hooks ${place.hooks.join('/')}, but ${only} from ${at.hooks.join('/')}`
  }
  const { proto, protoInv } = place.rule.filter
  if (at?.proto !== undefined && (proto !== at.proto || protoInv)) return `${head}only valid for protocol ${at.proto}`
  return OWN[data.ext]?.(data)
}
