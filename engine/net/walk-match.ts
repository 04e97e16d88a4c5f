import type { MatchFact } from './netfilter/env.ts'
import { findMatcher } from './netfilter/matchers/registry.ts'
import type { ExtensionData, Filter, Rule } from './netfilter/rule.ts'
import { type Packet, PROTO } from './packet.ts'
import { type Why, why } from './walk-say.ts'
import { printEnv } from './walk-spans.ts'
import type { WhyCode } from './walk-why.data.ts'

/** The packet as the rule saw it. */
export interface Seen {
  readonly hook: string
  readonly packet: Packet
  readonly mark: number
  readonly iif: string | undefined
  readonly oif: string | undefined
  readonly ctState: string | undefined
  /** Of matchers asked since the step before, oldest first. */
  readonly facts: readonly MatchFact[]
}

const PROTOCOL_NAMES = new Map<number, string>([
  [PROTO.tcp, 'TCP'],
  [PROTO.udp, 'UDP'],
  [PROTO.icmp, 'ICMP'],
  [PROTO.icmpv6, 'ICMPv6'],
  [PROTO.sctp, 'SCTP'],
])

export const hex = (value: number) => `0x${(value >>> 0).toString(16)}`

/** Why a rule matched: one reason for each of its tests. */
export function reasonsOf(rule: Rule, seen: Seen): readonly Why[] {
  const reasons = [...filterReasons(rule.filter, seen), ...rule.matches.flatMap((data) => matchReasons(rule, data, seen))]
  const passed = seen.facts.filter((f) => f.ext === 'statistic' && !f.matched && f.values['inverted'] === undefined)
  const all = [...passed.map((f) => why('passed.chance', f.values)), ...shorter(reasons)]
  return all.length === 0 ? [why('match.all')] : all
}

/** A rule may list many marks that it does not want (Cilium's do): one reason says them all. */
function shorter(reasons: readonly Why[]): readonly Why[] {
  const marks = reasons.filter((r) => r.code === 'match.mark.not')
  if (marks.length < 3) return reasons
  const wanted = marks.map(({ values }) => `${values['wanted']}/${values['mask']}`).join(', ')
  const [first] = marks
  return [
    ...reasons.filter((r) => r.code !== 'match.mark.not'),
    why('match.mark.none', { mark: first?.values['mark'] ?? '', wanted }),
  ]
}

function filterReasons(f: Filter, { packet, iif, oif }: Seen): Why[] {
  const reasons: Why[] = []
  const address = (side: 'src' | 'dst', net: string | undefined, inverted: boolean) => {
    if (net === undefined) return
    const own = packet[side]
    if (inverted) reasons.push(why(`match.${side}.not`, { address: own, net }))
    else if (/\/(32|128)$/.test(net)) reasons.push(why(`match.${side}.is`, { address: own }))
    else reasons.push(why(`match.${side}`, { address: own, net }))
  }
  address('src', f.src, f.srcInv === true)
  address('dst', f.dst, f.dstInv === true)
  if (f.iif !== undefined && f.iif !== '+')
    reasons.push(f.iifInv ? why('match.in.not', { device: f.iif }) : why('match.in', { device: iif ?? f.iif }))
  if (f.oif !== undefined && f.oif !== '+')
    reasons.push(f.oifInv ? why('match.out.not', { device: f.oif }) : why('match.out', { device: oif ?? f.oif }))
  if (f.proto !== undefined) {
    const proto = PROTOCOL_NAMES.get(f.proto) ?? `protocol ${f.proto}`
    reasons.push(why(f.protoInv ? 'match.proto.not' : 'match.proto', { proto }))
  }
  return reasons
}

type Explain = (data: ExtensionData, seen: Seen) => Why[] | undefined

function ports(data: ExtensionData, { packet }: Seen): Why[] {
  return (['sport', 'dport'] as const).flatMap((side) => {
    const range = data[side] as readonly [number, number] | undefined
    if (range === undefined) return []
    const port = packet[side] ?? 0
    const text = range[0] === range[1] ? `${range[0]}` : `${range[0]}:${range[1]}`
    if (data[`${side}Inv`] === true) return [why(`match.${side}.not`, { port, range: text })]
    return [range[0] === range[1] ? why(`match.${side}`, { port }) : why(`match.${side}.range`, { port, range: text })]
  })
}

const FLAG_BITS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG']
const flagNames = (bits: number) => FLAG_BITS.filter((_, i) => bits & (1 << i)).join(',') || 'none'

/** Matches whose reasons have words of their own. `undefined`: the option's own text says it. */
const EXPLAIN: Readonly<Record<string, Explain>> = {
  comment: () => [],
  udp: ports,
  tcp: (data, seen) => {
    const flags = data['flags'] as readonly [number, number] | undefined
    if (data['option'] !== undefined || (flags !== undefined && data['flagsInv'] === true)) return undefined
    const own = flags === undefined ? [] : [why('match.flags', { mask: flagNames(flags[0]), set: flagNames(flags[1]) })]
    return [...ports(data, seen), ...own]
  },
  mark: (data, { mark }) => {
    const [wanted, mask] = data['mark'] as readonly [number, number]
    const values = { mark: hex(mark), wanted: hex(wanted), mask: hex(mask) }
    if (data['markInv'] === true) return [why('match.mark.not', values)]
    return [why(mask === 0xffffffff ? 'match.mark' : 'match.mark.mask', values)]
  },
  conntrack: (data, { ctState }) => {
    const keys = Object.keys(data).filter((key) => key !== 'ext' && key !== 'ctstateInv')
    if (keys.length !== 1 || keys[0] !== 'ctstate') return undefined
    const states = (data['ctstate'] as readonly string[]).join(',')
    // SNAT and DNAT are asked of the entry, not of the packet's state.
    if (/[SD]NAT/.test(states)) return undefined
    return [why(data['ctstateInv'] === true ? 'match.state.not' : 'match.state', { state: ctState ?? 'UNTRACKED', states })]
  },
  state: (data, { ctState }) =>
    data['stateInv'] === true ? undefined : [why('match.state', { state: ctState ?? 'UNTRACKED', states: '' })],
  addrtype: (data, { packet }) => {
    if (data['limit-iface-in'] === true || data['limit-iface-out'] === true) return undefined
    const out: Why[] = []
    for (const [key, address] of [
      ['src-type', packet.src],
      ['dst-type', packet.dst],
    ] as const) {
      const types = data[key] as readonly string[] | undefined
      if (types === undefined) continue
      if (types.length !== 1 || types[0] !== 'LOCAL') return undefined
      out.push(why(data[`${key}Inv`] === true ? 'match.local.not' : 'match.local', { address }))
    }
    return out
  },
  statistic: (data, { facts }) => {
    if (data['mode'] !== 'random')
      return data['everyInv'] === true ? undefined : [why('match.nth', { every: data['every'] as number })]
    const drawn = facts.findLast((f) => f.ext === 'statistic')
    if (drawn === undefined) return undefined
    const code: WhyCode = data['probabilityInv'] === true ? 'match.chance.not' : 'match.chance'
    return [why(code, drawn.values)]
  },
  recent: (data, { packet, facts }) => {
    const list = data['name'] as string
    if (data['inv'] === true || data['mask'] !== undefined) return undefined
    if (data['action'] === 'set')
      return [why('match.recent.set', { list, address: data['dest'] === true ? packet.dst : packet.src })]
    const fact = facts.findLast((f) => f.ext === 'recent' && f.matched)
    if (fact === undefined || data['hitcount'] !== undefined || data['action'] === 'remove') return undefined
    return [why('match.recent', { list, address: fact.values['address'] ?? '', ago: fact.values['seen'] ?? '' })]
  },
}

function matchReasons(rule: Rule, data: ExtensionData, seen: Seen): Why[] {
  const explain = Object.hasOwn(EXPLAIN, data.ext) ? EXPLAIN[data.ext] : undefined
  const own = explain?.(data, seen)
  if (own !== undefined) return own
  const text = findMatcher(data.ext)?.save(data, printEnv(rule, seen.packet.family)) ?? ''
  return [why('match.other', { match: `-m ${data.ext}${text}` })]
}
