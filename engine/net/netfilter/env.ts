import type { Dice } from '../../clock/dice.ts'
import type { Packet, Tuple } from '../packet.ts'
import type { Chain } from './chain.ts'
import type { Rule } from './rule.ts'

export type Family = 4 | 6
export type HookName = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING'
export type TableName = 'raw' | 'mangle' | 'nat' | 'filter' | 'security'

/** The rest of the network namespace, as some matchers and targets ask it: routes, sockets, flows. */
export interface HostView {
  /** Where a packet to this address would go: what a reverse path check asks of a source. */
  wayTo(address: string): { readonly kind: 'local' | 'unicast' | 'none'; readonly device: string | undefined }
  isLoopback(device: string): boolean
  /** The socket that a packet with these ends reaches, and whether it is bound to no address. */
  socket(ends: Tuple, device: string | undefined): 'wildcard' | 'bound' | undefined
  /** How the tracked flow of this tuple stands: a TCP flow that is over counts no more. */
  flow(original: Tuple): 'open' | 'closed' | undefined
  /** The largest packet that the way to an address takes. */
  mtu(address: string): number
  /** Sends a copy of a packet to another host on the link (nf_dup_ipv4). */
  duplicate(packet: Packet, gateway: string, device: string | undefined): void
}

/** What matchers and targets may ask of the network namespace they act in. Supplied by `net/path`. */
export interface HookEnv {
  readonly netns: string
  readonly hook: HookName
  /** Virtual time, ms. */
  readonly now: number
  readonly dice: Dice
  /** RTN_* of an address as the routing table sees it (`-m addrtype`). */
  addrType(address: string, device?: string): 'LOCAL' | 'UNICAST' | 'BROADCAST' | 'MULTICAST' | 'ANYCAST' | 'UNSPEC'
  /** LOG target: one line of the kernel log, at a syslog level. */
  log(level: number, line: string): void
  /** NFLOG target: a copy of the packet to a group. */
  nflog(group: number, prefix: string, packet: Packet): void
  readonly host?: HostView
  /** False where nobody wants steps: they are not made then. */
  readonly stepping?: boolean
  /** One step of the packet walk (see trace.ts); called for every rule that matched and every chain end reached. */
  step(step: RuleStep): void
  /** What a matcher learnt when it was asked (a draw of `statistic`), for the walk's reasons; absent where nobody keeps the walk. */
  readonly tell?: ((fact: MatchFact) => void) | undefined
}

/** Something a matcher learnt when it was asked, whether it matched or not. */
export interface MatchFact {
  readonly ext: string
  readonly values: Readonly<Record<string, string | number>>
  readonly matched: boolean
}

/** What a rule did to a packet: raw material of the packet walk, TRACE and graded checks. */
export interface RuleStep {
  readonly table: TableName
  readonly chain: string
  /** 1-based rule number, or 0 for the chain's policy or its end. */
  readonly rule: number
  /** The rule as `iptables -S` of its own writer's version prints it; a policy as `-P CHAIN VERDICT`. */
  readonly text: string
  /** ACCEPT, DROP, RETURN, CONTINUE, JUMP chain, GOTO chain, REJECT type, DNAT addr, SNAT addr, MASQUERADE, ... */
  readonly verdict: string
  /** Whose tables: both backends can stand side by side. */
  readonly backend: 'legacy' | 'nft'
  /** The rule, or the chain that ended. */
  readonly source: Rule | Chain
  /** Of the rule or the policy, after this packet was counted; a user chain's end counts nothing. */
  readonly packets: number
  readonly bytes: number
}

/** A source or destination range that a nat target asks for (struct nf_nat_range2). */
export interface NatRequest {
  readonly manip: 'src' | 'dst'
  /** MASQUERADE: the address is that of the way out, decided by net. */
  readonly masquerade?: boolean
  /** REDIRECT: the address is the incoming device's own (or 127.0.0.1 on OUTPUT). */
  readonly redirect?: boolean
  readonly minAddress?: string
  readonly maxAddress?: string
  readonly minPort?: number
  readonly maxPort?: number
  /** DNAT's ports are shifted by as much as the packet's differs from this (`:5000-5099/5000`). */
  readonly basePort?: number
  readonly random?: boolean
  readonly randomFully?: boolean
  readonly persistent?: boolean
}

/** What a whole table said of a packet at one hook. The packet itself may have been changed in place (mark, tos, ttl). */
export type TableVerdict =
  | { readonly kind: 'accept' }
  | { readonly kind: 'drop' }
  /** `with`: icmp-port-unreachable, icmp-net-unreachable, ..., tcp-reset, icmp6-port-unreachable, ... */
  | { readonly kind: 'reject'; readonly with: string }
  | { readonly kind: 'nat'; readonly request: NatRequest }
  | { readonly kind: 'untracked' }
