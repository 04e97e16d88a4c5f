import { ipFamily } from '../../base/ip.ts'
import { type IcmpHeader, type Packet, PROTO, type TcpFlags } from '../packet.ts'

const IPV4_HEADER = 20
const IPV6_HEADER = 40

function ipHeader(src: string): { family: 4 | 6; header: number } {
  return ipFamily(src) === 6 ? { family: 6, header: IPV6_HEADER } : { family: 4, header: IPV4_HEADER }
}

export interface Ends {
  readonly src: string
  readonly dst: string
  readonly sport: number
  readonly dport: number
}

/**
 * A TCP segment. Header lengths are Linux's: 40 bytes with MSS, SACK, timestamp and window scale on SYN; 32 with timestamps
 * afterwards; 20 on a RST that no socket sent.
 */
export function tcpPacket(
  ends: Ends,
  flags: TcpFlags,
  seq: number,
  ackSeq: number,
  payload: string,
  options: { readonly ttl?: number; readonly bare?: boolean } = {},
): Packet {
  const { family, header } = ipHeader(ends.src)
  const tcpHeader = options.bare ? 20 : flags.syn ? 40 : 32
  return {
    family,
    ...ends,
    proto: PROTO.tcp,
    ttl: options.ttl ?? 64,
    tos: 0,
    length: header + tcpHeader + payload.length,
    tcp: { ...flags, seq: seq >>> 0, ackSeq: ackSeq >>> 0, window: flags.rst ? 0 : flags.syn ? 64240 : 502 },
    payload,
  }
}

export function udpPacket(ends: Ends, payload: string, ttl = 64): Packet {
  const { family, header } = ipHeader(ends.src)
  return { family, ...ends, proto: PROTO.udp, ttl, tos: 0, length: header + 8 + payload.length, payload }
}

export function icmpPacket(src: string, dst: string, icmp: IcmpHeader, payload: string, ttl = 64, tos = 0): Packet {
  const { family, header } = ipHeader(src)
  const quoted = icmp.inner === undefined ? payload.length : Math.min(icmp.inner.length, 576 - header - 8)
  return {
    family,
    src,
    dst,
    proto: family === 4 ? PROTO.icmp : PROTO.icmpv6,
    ttl,
    tos,
    length: header + 8 + quoted,
    icmp,
    payload,
  }
}
