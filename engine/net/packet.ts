import type { IpFamily } from '../base/ip.ts'

/** IP protocol numbers (IANA) that the engine moves; others can still be named in rules. */
export const PROTO = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132 } as const

export interface TcpFlags {
  readonly syn?: boolean
  readonly ack?: boolean
  readonly fin?: boolean
  readonly rst?: boolean
  readonly psh?: boolean
  readonly urg?: boolean
}

/** The TCP header. A segment carries timestamps unless `options` is false; a SYN has its MSS beside them. */
export interface TcpHeader extends TcpFlags {
  readonly seq: number
  readonly ackSeq: number
  readonly window: number
  readonly options: boolean
  readonly tsVal: number
  readonly tsEcr: number
  /** On SYN: what the sender takes; 0 elsewhere. */
  readonly mss: number
}

export interface IcmpHeader {
  readonly type: number
  readonly code: number
  /** Echo identifier and sequence number. */
  readonly id?: number
  readonly seq?: number
  /** Of "fragmentation needed" and "packet too big". */
  readonly mtu?: number
  /** The packet that an ICMP error speaks of, as its receiver of the error sent it. */
  readonly inner?: Packet
}

/** An IP packet as plain, immutable data. Addresses are canonical text; `length` is the IP total length in bytes. */
export interface Packet {
  readonly family: IpFamily
  readonly src: string
  readonly dst: string
  readonly proto: number
  readonly ttl: number
  readonly tos: number
  readonly length: number
  /** IP identification; 0 where the kernel leaves it so (DF set and no connected socket). */
  readonly id: number
  readonly sport?: number
  readonly dport?: number
  readonly tcp?: TcpHeader
  readonly icmp?: IcmpHeader
  /** The packet inside a tunnel's datagram. */
  readonly carries?: Packet
  /** Application bytes as text (one char per byte, latin-1). */
  readonly payload: string
}

/** A packet on its way through one network namespace, with what the kernel keeps beside it (struct sk_buff). Mutable. */
export interface Skb {
  packet: Packet
  mark: number
  /** Device names; undefined on OUTPUT (in) and on PREROUTING/INPUT (out). */
  iif: string | undefined
  oif: string | undefined
  /** Bridge ports, for `-m physdev`. */
  physin?: string
  physout?: string
  /** The Ethernet header it came in with; undefined on locally made packets. */
  srcMac?: string | undefined
  dstMac?: string | undefined
  /** -j TRACE has marked it (skb->nf_trace): its number among the traced packets. */
  traced?: number
  /** The rule that marked it is the one in hand. */
  tracing?: boolean
  /** Owner of the socket that made it, for `-m owner`; only on locally made packets. */
  uid?: number
  gid?: number
  /** What conntrack found or made for it; undefined before the conntrack hook, or untracked. */
  ct: CtInfo | undefined
}

export type CtDirection = 'original' | 'reply'

/** ctinfo plus the entry's tuples and status, as matchers read them (nf_conntrack). */
export interface CtInfo {
  readonly state: 'NEW' | 'ESTABLISHED' | 'RELATED' | 'INVALID' | 'UNTRACKED'
  readonly direction: CtDirection
  readonly original: Tuple
  readonly reply: Tuple
  /** Whether IPS_SRC_NAT / IPS_DST_NAT are set (ctstate SNAT, DNAT). */
  readonly snat: boolean
  readonly dnat: boolean
  readonly assured: boolean
  readonly seenReply: boolean
  /** Whether it is in the table (IPS_CONFIRMED). */
  readonly confirmed?: boolean
  /** Counted in both directions. */
  readonly packets?: readonly [number, number] | undefined
  readonly bytes?: readonly [number, number] | undefined
  readonly mark: number
  /** Remaining lifetime in seconds (ctexpire). */
  readonly expires: number
}

/** One direction of a flow. For ICMP sport is the echo id and dport packs type and code as `type << 8 | code`. */
export interface Tuple {
  readonly proto: number
  readonly src: string
  readonly dst: string
  readonly sport: number
  readonly dport: number
}
