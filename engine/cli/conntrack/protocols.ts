import type { TcpCtState } from '../../net/conntrack/entry.ts'
import { TCP_STATES } from '../../net/conntrack/tcp.ts'
import { PROTO } from '../../net/packet.ts'
import { ConntrackError } from './error.ts'

/** The protocols conntrack has options for, by name. */
const NUMBERS: Readonly<Record<string, number>> = {
  tcp: PROTO.tcp,
  udp: PROTO.udp,
  icmp: PROTO.icmp,
  icmpv6: PROTO.icmpv6,
  sctp: PROTO.sctp,
  udplite: 136,
  dccp: 33,
  gre: 47,
}

/** A protocol's number; names in any case, numbers up to 255. */
export function protocolOf(text: string): number {
  const number = NUMBERS[text.toLowerCase()] ?? (/^\d+$/.test(text) ? Number(text) : undefined)
  if (number === undefined || number > 255) throw new ConntrackError(`\`${text}' unsupported protocol`)
  return number
}

/** Options that only exist once -p has named the protocol: option to the field it fills. */
export type ProtocolField =
  | 'sport'
  | 'dport'
  | 'replySport'
  | 'replyDport'
  | 'state'
  | 'icmpType'
  | 'icmpCode'
  | 'icmpId'
  | 'known'

const PORTS: Readonly<Record<string, ProtocolField>> = {
  sport: 'sport',
  'orig-port-src': 'sport',
  dport: 'dport',
  'orig-port-dst': 'dport',
  'reply-port-src': 'replySport',
  'reply-port-dst': 'replyDport',
  'mask-port-src': 'known',
  'mask-port-dst': 'known',
  'tuple-port-src': 'known',
  'tuple-port-dst': 'known',
}

const OPTIONS: Readonly<Record<number, Readonly<Record<string, ProtocolField>>>> = {
  [PROTO.tcp]: { ...PORTS, state: 'state' },
  [PROTO.udp]: PORTS,
  [PROTO.sctp]: { ...PORTS, state: 'known', 'orig-vtag': 'known', 'reply-vtag': 'known' },
  136: PORTS,
  33: { ...PORTS, state: 'known', role: 'known' },
  47: { srckey: 'known', dstkey: 'known', 'reply-key-src': 'known', 'reply-key-dst': 'known' },
  [PROTO.icmp]: { 'icmp-type': 'icmpType', 'icmp-code': 'icmpCode', 'icmp-id': 'icmpId' },
  [PROTO.icmpv6]: { 'icmpv6-type': 'icmpType', 'icmpv6-code': 'icmpCode', 'icmpv6-id': 'icmpId' },
}

export function protocolOptions(proto: number | undefined): Readonly<Record<string, ProtocolField>> {
  return proto === undefined ? {} : (OPTIONS[proto] ?? {})
}

export function tcpState(text: string): TcpCtState {
  // LISTEN is the old name of SYN_SENT2.
  const name = text === 'LISTEN' ? 'SYN_SENT2' : text
  const state = TCP_STATES.find((s) => s === name)
  if (state === undefined) throw new ConntrackError(`unknown TCP state \`${text}'`)
  return state
}
