import { isIcmpError } from '../conntrack/track.ts'
import type { Netns } from '../netns.ts'
import { type Packet, PROTO } from '../packet.ts'
import type { Errno } from '../socket/types.ts'
import { icmpPacket, tcpPacket } from './build.ts'

/** ICMP_DEST_UNREACH code to errno (icmp_err_convert). */
const UNREACH: Readonly<Record<number, Errno>> = {
  0: 'ENETUNREACH',
  1: 'EHOSTUNREACH',
  2: 'ENOPROTOOPT',
  3: 'ECONNREFUSED',
  4: 'EMSGSIZE',
  6: 'ENETUNREACH',
  7: 'EHOSTUNREACH',
  9: 'ENETUNREACH',
  10: 'EHOSTUNREACH',
  11: 'ENETUNREACH',
  12: 'EHOSTUNREACH',
  13: 'EHOSTUNREACH',
}

export function errnoOfIcmp(packet: Packet): Errno {
  const { type = 3, code = 0 } = packet.icmp ?? {}
  if (packet.proto === PROTO.icmpv6) {
    if (type === 1) return code === 4 ? 'ECONNREFUSED' : code === 0 ? 'ENETUNREACH' : 'EHOSTUNREACH'
    return 'EHOSTUNREACH'
  }
  return type === 3 ? (UNREACH[code] ?? 'EHOSTUNREACH') : 'EHOSTUNREACH'
}

/** Whether a connected UDP socket without IP_RECVERR hears of it (icmp_err_convert's `fatal`: not of networks and hosts out of reach). */
export function isHardError(packet: Packet): boolean {
  const { type = 3, code = 0 } = packet.icmp ?? {}
  if (packet.proto === PROTO.icmpv6) return type === 1 && code === 4
  return type === 3 && [2, 3, 6, 7, 9, 10, 13].includes(code)
}

/** Codes of REJECT --reject-with, IPv4 and IPv6: [type, code]. */
const REJECT: Readonly<Record<string, readonly [number, number]>> = {
  'icmp-net-unreachable': [3, 0],
  'icmp-host-unreachable': [3, 1],
  'icmp-proto-unreachable': [3, 2],
  'icmp-port-unreachable': [3, 3],
  'icmp-net-prohibited': [3, 9],
  'icmp-host-prohibited': [3, 10],
  'icmp-admin-prohibited': [3, 13],
  'icmp6-no-route': [1, 0],
  'icmp6-adm-prohibited': [1, 1],
  'icmp6-addr-unreachable': [1, 3],
  'icmp6-port-unreachable': [1, 4],
}

/** ICMP errors the path itself makes, by meaning: IPv4 and IPv6 type and code. */
export const ICMP_ERROR = {
  net: { 4: [3, 0], 6: [1, 0] },
  host: { 4: [3, 1], 6: [1, 3] },
  protocol: { 4: [3, 2], 6: [4, 1] },
  port: { 4: [3, 3], 6: [1, 4] },
  filtered: { 4: [3, 13], 6: [1, 1] },
  ttl: { 4: [11, 0], 6: [3, 0] },
} as const

/** An ICMP error about `packet` from this host (icmp_send), or undefined where none may be sent. */
export function icmpError(ns: Netns, packet: Packet, kind: readonly [number, number]): Packet | undefined {
  if (isIcmpError(packet) || ns.isBroadcast(packet.dst)) return undefined
  const own = ns.isLocal(packet.dst) && !ns.isLocal(packet.src) ? packet.dst : undefined
  const route = ns.route(packet.src)
  if (route.kind === 'error' && own === undefined) return undefined
  const src = own ?? (route.kind === 'error' ? packet.dst : route.src)
  return icmpPacket(src, packet.src, { type: kind[0], code: kind[1], inner: packet }, '', 64, 0xc0, ns.nextIpId())
}

/** What REJECT sends back (nf_reject_ipv4.c): an ICMP error, or a RST in the name of the destination. */
export function rejectPacket(ns: Netns, packet: Packet, how: string): Packet | undefined {
  const code = REJECT[how]
  if (code !== undefined) return icmpError(ns, packet, code)
  const header = packet.tcp
  if (how !== 'tcp-reset' || header === undefined || header.rst) return undefined
  const ends = { src: packet.dst, dst: packet.src, sport: packet.dport ?? 0, dport: packet.sport ?? 0 }
  const end = (header.seq + packet.payload.length + (header.syn ? 1 : 0) + (header.fin ? 1 : 0)) >>> 0
  return header.ack
    ? tcpPacket(ends, { rst: true }, header.ackSeq, 0, '', { bare: true })
    : tcpPacket(ends, { rst: true, ack: true }, 0, end, '', { bare: true })
}
