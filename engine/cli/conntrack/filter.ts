import { canonicalIp, ipFamily } from '../../base/ip.ts'
import type { CtEntry, TcpCtState } from '../../net/conntrack/entry.ts'
import { protocolName } from '../../net/conntrack/text.ts'
import { PROTO } from '../../net/packet.ts'
import { type GetoptResult, optionValue } from '../getopt.ts'

/** A mistake in the parameters: the tool prints it with its "Try" line and exits 2. */
export class ConntrackError extends Error {}

const STATES: readonly TcpCtState[] = [
  'NONE',
  'SYN_SENT',
  'SYN_RECV',
  'ESTABLISHED',
  'FIN_WAIT',
  'CLOSE_WAIT',
  'LAST_ACK',
  'TIME_WAIT',
  'CLOSE',
  'SYN_SENT2',
]
const PROTOCOLS: Readonly<Record<string, number>> = {
  tcp: PROTO.tcp,
  udp: PROTO.udp,
  icmp: PROTO.icmp,
  icmpv6: PROTO.icmpv6,
  sctp: PROTO.sctp,
  udplite: 136,
  dccp: 33,
  gre: 47,
}

/** What `-s`, `-d`, `-p`, `--state` and friends ask for. */
export interface CtQuery {
  readonly src?: string
  readonly dst?: string
  readonly replySrc?: string
  readonly replyDst?: string
  readonly proto?: number
  readonly family?: 4 | 6
  readonly sport?: number
  readonly dport?: number
  readonly replySport?: number
  readonly replyDport?: number
  readonly state?: TcpCtState
  readonly status: readonly string[]
  readonly srcNat?: string
  readonly dstNat?: string
  readonly anyNat?: string
  readonly mark?: number
}

function address(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const found = canonicalIp(text.split('/')[0] ?? '')
  if (found === undefined) throw new ConntrackError(`Invalid IP address \`${text}'`)
  return found
}

export function queryOf(given: GetoptResult): CtQuery {
  const value = (...names: string[]) => names.map((n) => optionValue(given, n)).find((v) => v !== undefined)
  const number = (...names: string[]) => {
    const text = value(...names)
    return text === undefined ? undefined : Number(text)
  }
  const proto = value('protonum', 'proto')
  const protoNumber =
    proto === undefined ? undefined : (PROTOCOLS[proto.toLowerCase()] ?? (/^\d+$/.test(proto) ? Number(proto) : undefined))
  if (proto !== undefined && protoNumber === undefined) throw new ConntrackError(`\`${proto}' unsupported protocol`)
  const family = value('family')
  if (family !== undefined && family !== 'ipv4' && family !== 'ipv6')
    throw new ConntrackError(`\`${family}' unsupported protocol`)
  const state = value('state')?.toUpperCase() as TcpCtState | undefined
  if (state !== undefined && !STATES.includes(state)) throw new ConntrackError(`unknown TCP state \`${value('state')}'`)
  const query = {
    src: address(value('orig-src', 'src')),
    dst: address(value('orig-dst', 'dst')),
    replySrc: address(value('reply-src')),
    replyDst: address(value('reply-dst')),
    proto: protoNumber,
    family: family === undefined ? undefined : family === 'ipv4' ? (4 as const) : (6 as const),
    sport: number('sport', 'orig-port-src'),
    dport: number('dport', 'orig-port-dst'),
    replySport: number('reply-port-src'),
    replyDport: number('reply-port-dst'),
    state,
    srcNat: value('src-nat'),
    dstNat: value('dst-nat'),
    anyNat: value('any-nat'),
    mark: number('mark'),
    status: (value('status') ?? '').split(',').filter((s) => s !== ''),
  }
  for (const s of query.status)
    if (!['ASSURED', 'SEEN_REPLY', 'UNREPLIED', 'UNSET', 'CONFIRMED', 'SRC_NAT', 'DST_NAT'].includes(s.toUpperCase()))
      throw new ConntrackError(`Bad status value \`${s}'`)
  return Object.fromEntries(Object.entries(query).filter(([, v]) => v !== undefined)) as unknown as CtQuery
}

/** Whether the address the flow was translated to is the wanted one; '' asks for any translation. */
function natMatches(wanted: string | undefined, translated: boolean, to: string): boolean {
  return wanted === undefined || (translated && (wanted === '' || wanted.split(':')[0] === to))
}

export function matchesQuery(entry: CtEntry, q: CtQuery): boolean {
  const { original: o, reply: r } = entry
  const same = <T>(wanted: T | undefined, have: T) => wanted === undefined || wanted === have
  // The tool compares the tuples itself: a flow whose reply does not mirror its original was translated.
  const snat = r.dst !== o.src || (r.dport !== o.sport && protocolName(o.proto) !== 'icmp')
  const dnat = r.src !== o.dst || (r.sport !== o.dport && protocolName(o.proto) !== 'icmp')
  const status = (word: string): boolean => {
    switch (word.toUpperCase()) {
      case 'ASSURED':
        return entry.assured
      case 'SEEN_REPLY':
        return entry.seenReply
      case 'UNREPLIED':
      case 'UNSET':
        return !entry.seenReply
      case 'SRC_NAT':
        return entry.snat
      case 'DST_NAT':
        return entry.dnat
      default:
        return true
    }
  }
  return (
    same(q.src, o.src) &&
    same(q.dst, o.dst) &&
    same(q.replySrc, r.src) &&
    same(q.replyDst, r.dst) &&
    same(q.proto, o.proto) &&
    same(q.family, ipFamily(o.src) ?? 4) &&
    same(q.sport, o.sport) &&
    same(q.dport, o.dport) &&
    same(q.replySport, r.sport) &&
    same(q.replyDport, r.dport) &&
    same(q.state, entry.tcp?.state) &&
    same(q.mark, entry.mark) &&
    q.status.every(status) &&
    natMatches(q.srcNat, snat, r.dst) &&
    natMatches(q.dstNat, dnat, r.src) &&
    (q.anyNat === undefined || natMatches(q.anyNat, snat, r.dst) || natMatches(q.anyNat, dnat, r.src))
  )
}
