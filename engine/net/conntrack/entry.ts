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

/** What the kernel keeps of one direction (ip_ct_tcp_state), as far as states and timeouts depend on it. */
export interface TcpSeen {
  /** The end of what it sent; before it has sent anything, perhaps a guess from what the peer acknowledged. */
  end: number | undefined
  sent: boolean
  /** The end of its SYN: until the peer has told its window (`open`), nothing may come after that. */
  limit: number
  /** The highest acknowledgement it sent. */
  maxack: number | undefined
  unacked: boolean
  /** It was the first to close. */
  closeInit: boolean
  /** Its peer has told a window; none is small enough here to be left. */
  open: boolean
}

/** The state of a tracked TCP connection (ip_ct_tcp). */
export interface TcpTrack {
  state: TcpCtState
  seen: [TcpSeen, TcpSeen]
  /** The last segment: its kind (an index into the transition table), direction, and numbers, for retransmissions and resets. */
  lastKind: number
  lastDir: 0 | 1
  lastSeq: number
  lastAck: number
  lastEnd: number
  retrans: number
  simultaneous: boolean
  /** Picked up in the middle: its numbers are guesses, and nothing is refused for them (IP_CT_TCP_FLAG_BE_LIBERAL). */
  liberal: boolean
}

/** One tracked flow (struct nf_conn). Plain, mutable data; the table owns it. */
export interface CtEntry {
  readonly id: number
  readonly original: Tuple
  /** As the kernel's: rewritten while NAT is set up, fixed from confirmation on. */
  reply: Tuple
  confirmed: boolean
  dying: boolean
  seenReply: boolean
  assured: boolean
  snat: boolean
  dnat: boolean
  srcDone: boolean
  dstDone: boolean
  /** Virtual ms at which it came and at which it goes. */
  readonly since: number
  expires: number
  mark: number
  tcp: TcpTrack | undefined
  /** SCTP's state, by the name that listings show. */
  sctp: string | undefined
  /** From when on a two-way UDP flow counts as a stream. */
  streamAt: number | undefined
  packets: [number, number]
  bytes: [number, number]
  /** Counters and times show only where they were switched on when the flow began (nf_conntrack_acct, nf_conntrack_timestamp). */
  readonly acct: boolean
  readonly stamped: boolean
  /** The device a masqueraded flow left by (its address going away ends it). */
  masqOif: string | undefined
  /** The copy that the last save made; undefined as soon as something changes. */
  kept: CtEntry | undefined
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

export function sameTuple(a: Tuple, b: Tuple): boolean {
  return a.src === b.src && a.dst === b.dst && a.sport === b.sport && a.dport === b.dport && a.proto === b.proto
}

/** A direction that nothing has come from. */
export const UNSEEN: TcpSeen = {
  end: undefined,
  sent: false,
  limit: 0,
  maxack: undefined,
  unacked: false,
  closeInit: false,
  open: false,
}

export function newTcpTrack(state: TcpCtState): TcpTrack {
  const seen = (): TcpSeen => ({ ...UNSEEN })
  return {
    state,
    seen: [seen(), seen()],
    lastKind: -1,
    lastDir: 0,
    lastSeq: 0,
    lastAck: 0,
    lastEnd: 0,
    retrans: 0,
    simultaneous: false,
    liberal: false,
  }
}

/** A copy that shares only what never changes (tuples). */
export function copyEntry(e: CtEntry): CtEntry {
  const tcp = e.tcp
  return {
    ...e,
    packets: [e.packets[0], e.packets[1]],
    bytes: [e.bytes[0], e.bytes[1]],
    tcp: tcp === undefined ? undefined : { ...tcp, seen: [{ ...tcp.seen[0] }, { ...tcp.seen[1] }] },
    kept: undefined,
  }
}
