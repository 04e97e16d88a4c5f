import { PROTO, type Tuple } from '../packet.ts'

export type TcpCtState =
  | 'NONE'
  | 'SYN_SENT'
  | 'SYN_RECV'
  | 'ESTABLISHED'
  | 'FIN_WAIT'
  | 'CLOSE_WAIT'
  | 'LAST_ACK'
  | 'TIME_WAIT'
  | 'CLOSE'
  | 'SYN_SENT2'

/** What the kernel keeps per direction to know whether data waits for its acknowledgement (ip_ct_tcp_state). */
export interface TcpSeen {
  end: number | undefined
  unacked: boolean
}

/** One tracked flow (struct nf_conn). Plain, mutable data; the table owns it. */
export interface CtEntry {
  readonly id: number
  readonly original: Tuple
  /** As the kernel's: rewritten while NAT is set up, fixed from confirmation on. */
  reply: Tuple
  confirmed: boolean
  dying?: boolean
  seenReply: boolean
  assured: boolean
  snat: boolean
  dnat: boolean
  srcDone: boolean
  dstDone: boolean
  /** Virtual ms at which it goes. */
  expires: number
  mark: number
  tcp?: { state: TcpCtState; seen: [TcpSeen, TcpSeen] }
  /** From when on a two-way UDP flow counts as a stream. */
  streamAt?: number
  packets: [number, number]
  bytes: [number, number]
  /** The device a masqueraded flow left by (its address going away ends it). */
  masqOif?: string
}

export function tupleKey(t: Tuple): string {
  return `${t.proto}|${t.src}|${t.dst}|${t.sport}|${t.dport}`
}

const ICMP_PAIR: Readonly<Record<number, number>> = { 8: 0, 0: 8, 13: 14, 14: 13, 15: 16, 16: 15, 17: 18, 18: 17 }
const ICMP6_PAIR: Readonly<Record<number, number>> = { 128: 129, 129: 128 }

/** The tuple that an answer to this one has (nf_ct_invert_tuple). */
export function invertTuple(t: Tuple): Tuple {
  if (t.proto === PROTO.icmp || t.proto === PROTO.icmpv6) {
    const type = t.dport >> 8
    const pair = (t.proto === PROTO.icmp ? ICMP_PAIR : ICMP6_PAIR)[type] ?? type
    return { proto: t.proto, src: t.dst, dst: t.src, sport: t.sport, dport: (pair << 8) | (t.dport & 255) }
  }
  return { proto: t.proto, src: t.dst, dst: t.src, sport: t.dport, dport: t.sport }
}
