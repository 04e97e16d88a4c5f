import type { HookName, TableName } from './netfilter/env.ts'
import type { CtDirection, Tuple } from './packet.ts'

/**
 * The packet walk as data: what every packet of a connection did, step by step, on every node and pod it crossed. One schema
 * for `chainwalk trace -o json`, the window's drawer and graded checks; documented in docs/trace.md. Nothing in it is computed
 * for display: steps are written while the packet moves.
 */

/** A packet's headers, with the mark the kernel keeps beside it. Addresses are canonical text, `length` the IP total length. */
export interface WalkHeader {
  readonly src: string
  readonly dst: string
  /** IANA protocol number. */
  readonly proto: number
  readonly sport?: number
  readonly dport?: number
  readonly ttl: number
  readonly length: number
  /** TCP flags that are set, in the order syn,fin,rst,psh,ack; ICMP as "type/code". */
  readonly flags?: string
  readonly mark: number
}

/** A fact as a code with its values, so that a window may say it in its own language, and the same in an English sentence. */
export interface Said {
  readonly code: string
  readonly values: Readonly<Record<string, string>>
  /** What made it so, each a fact of its own; `text` says them too. */
  readonly because?: readonly Said[]
  readonly text: string
}

/** Whose network namespace. */
export interface Place {
  readonly kind: 'node' | 'pod' | 'outside'
  /** Node name, "namespace/pod", or the outside machine's name. */
  readonly name: string
}

/** The conntrack entry as of a step. */
export interface WalkEntry {
  readonly state: string
  readonly direction: CtDirection
  readonly original: Tuple
  readonly reply: Tuple
  /** IPS_* bits by name: SEEN_REPLY, ASSURED, CONFIRMED, SRC_NAT, DST_NAT, ... */
  readonly status: readonly string[]
}

export interface WalkStep {
  /** Virtual time, ms. */
  readonly time: number
  readonly place: Place
  /** The namespace's own name inside the simulator. */
  readonly netns: string
  readonly device?: string
  /**
   * What happened: a rule matched or a chain ended (`rule`), a look-up or a change of the conntrack entry, a translation, a routing
   * decision, a device crossed, a BPF program, a socket that sent or received it, the end of the packet.
   */
  readonly kind: 'socket' | 'rule' | 'conntrack' | 'nat' | 'route' | 'device' | 'bpf' | 'deliver' | 'drop'
  readonly hook?: HookName
  readonly table?: TableName
  readonly chain?: string
  /** 1-based; 0 for the chain's policy or its end. */
  readonly rule?: number
  /** The rule as `iptables -S` prints it. */
  readonly text?: string
  /** [start, end) in `text`: the parts that were tested and matched. */
  readonly matched?: readonly (readonly [number, number])[]
  /** Which backend's rule: both can stand side by side on one node. */
  readonly backend?: 'legacy' | 'nft'
  readonly verdict?: string
  readonly before: WalkHeader
  /** Absent where nothing changed. */
  readonly after?: WalkHeader
  /** Of the rule, after it counted this packet. */
  readonly counters?: { readonly packets: number; readonly bytes: number }
  readonly entry?: WalkEntry
  readonly why: Said
}

/** How a packet ended. `cut`: it still waits (for ARP), or its walk is not kept to the end. */
export type PacketEnd = 'delivered' | 'dropped' | 'rejected' | 'unroutable' | 'expired' | 'cut'

/** One packet from the socket (or device) that made it to its end. */
export interface WalkPacket {
  /** Within its connection, from 1. */
  readonly id: number
  readonly time: number
  readonly direction: CtDirection
  /** "SYN", "SYN,ACK", "ACK", "data 78 bytes", "UDP 12 bytes", "ICMP echo request", "ICMP port unreachable", ... */
  readonly label: string
  /** The packet that this one answers as an error (REJECT's RST or ICMP). */
  readonly answers?: number
  readonly steps: readonly WalkStep[]
  readonly end: PacketEnd
}

/** A line of the list of connections. */
export interface ConnectionSummary {
  readonly id: number
  /** Virtual time, ms. */
  readonly at: number
  readonly proto: 'tcp' | 'udp' | 'icmp'
  /** The command line that made it, where one did. */
  readonly command?: string
  /** The shell that ran it. */
  readonly shell?: string
  readonly from: { readonly place: Place; readonly address: string; readonly port: number }
  readonly to: { readonly address: string; readonly port: number }
  readonly backend?: { readonly place: Place; readonly address: string; readonly port: number }
  readonly sourceSeen?: { readonly address: string; readonly port: number }
  readonly result: 'pending' | 'connected' | 'refused' | 'timeout' | 'unreachable' | 'reset' | 'denied'
  readonly packets: number
}

export interface ConnectionWalk {
  readonly version: 1
  readonly connection: ConnectionSummary
  readonly packets: readonly WalkPacket[]
  /** One sentence: what happened and why. */
  readonly conclusion: Said
  /** True where the connection had more packets than are kept. */
  readonly cut: boolean
}

/** A rule or a whole chain of one node, asked which packets hit it. */
export interface RuleQuery {
  readonly node: string
  readonly table: TableName
  readonly chain: string
  readonly rule?: number
  readonly backend?: 'legacy' | 'nft'
}

/** A packet that hit the rule asked for: where to put the walk. Newest first. */
export interface RuleHit {
  readonly connection: ConnectionSummary
  readonly packet: number
  /** Index in the packet's steps. */
  readonly step: number
  /** The rule it hit in the chain asked for; 0: the chain's end. */
  readonly rule: number
}
