import { ipFamily } from '../../base/ip.ts'
import { type IcmpHeader, type Packet, PROTO, type TcpFlags } from '../packet.ts'

const V4 = { family: 4, header: 20 } as const
const V6 = { family: 6, header: 40 } as const

function ipHeader(src: string): typeof V4 | typeof V6 {
  return src.includes(':') && ipFamily(src) === 6 ? V6 : V4
}

export interface Ends {
  readonly src: string
  readonly dst: string
  readonly sport: number
  readonly dport: number
}

/** What a segment is made of beside its flags and numbers. */
export interface SegmentOptions {
  readonly ttl?: number
  /** No options at all: a RST that no socket sent. */
  readonly bare?: boolean
  readonly id?: number
  readonly tsVal?: number
  readonly tsEcr?: number
  /** What a SYN announces. */
  readonly mss?: number
}

/** Window scale of our sockets (net.ipv4.tcp_rmem's default maximum of 6 MiB). */
export const WINDOW_SCALE = 7

/** The receive window: 64 KiB in whole segments, unscaled on a SYN (tcp_select_initial_window); timestamps take 12 bytes of each. */
function windowOf(flags: TcpFlags, mss: number): number {
  if (flags.rst) return 0
  const unit = flags.ack ? mss - 12 : mss
  return flags.syn ? Math.floor(65535 / unit) * unit : 502
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
  options: SegmentOptions = {},
): Packet {
  const { family, header } = ipHeader(ends.src)
  const tcpHeader = options.bare ? 20 : flags.syn ? 40 : 32
  const mss = flags.syn ? (options.mss ?? 1480 - header) : 0
  // Every field in the same order, always: packets of one shape are read many times faster than packets of twenty.
  return {
    family,
    src: ends.src,
    dst: ends.dst,
    sport: ends.sport,
    dport: ends.dport,
    proto: PROTO.tcp,
    ttl: options.ttl ?? 64,
    tos: 0,
    length: header + tcpHeader + payload.length,
    id: options.id ?? 0,
    tcp: {
      syn: flags.syn === true,
      ack: flags.ack === true,
      fin: flags.fin === true,
      rst: flags.rst === true,
      psh: flags.psh === true,
      urg: flags.urg === true,
      seq: seq >>> 0,
      ackSeq: ackSeq >>> 0,
      window: windowOf(flags, mss),
      options: options.bare !== true,
      tsVal: (options.tsVal ?? 0) >>> 0,
      tsEcr: (options.tsEcr ?? 0) >>> 0,
      mss,
    },
    icmp: undefined,
    payload,
  }
}

export function udpPacket(ends: Ends, payload: string, ttl = 64, id = 0): Packet {
  const { family, header } = ipHeader(ends.src)
  const { src, dst, sport, dport } = ends
  const length = header + 8 + payload.length
  return { family, src, dst, sport, dport, proto: PROTO.udp, ttl, tos: 0, length, id, tcp: undefined, icmp: undefined, payload }
}

export function icmpPacket(src: string, dst: string, icmp: IcmpHeader, payload: string, ttl = 64, tos = 0, id = 0): Packet {
  const { family, header } = ipHeader(src)
  const quoted = icmp.inner === undefined ? payload.length : Math.min(icmp.inner.length, 576 - header - 8)
  return {
    family,
    src,
    dst,
    sport: undefined,
    dport: undefined,
    proto: family === 4 ? PROTO.icmp : PROTO.icmpv6,
    ttl,
    tos,
    length: header + 8 + quoted,
    id,
    tcp: undefined,
    icmp,
    payload,
  }
}
