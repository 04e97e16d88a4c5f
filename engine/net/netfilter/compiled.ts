import type { Packet, Skb } from '../packet.ts'
import type { Chain } from './chain.ts'
import type { Matcher, Target } from './extension.ts'
import type { ExtensionData, Rule } from './rule.ts'

/** A match looked up, with its options and its place in the rule. */
export interface ReadyMatch {
  readonly matcher: Matcher
  readonly data: ExtensionData
  readonly place: number
}

export interface ReadyTarget {
  readonly target: Target
  readonly data: ExtensionData
}

/** Where a chain of some name is found; empty once the chain is gone. Jumps keep it, so that they need not look a name up. */
export interface ChainCell {
  chain: Chain | undefined
}

/**
 * A rule made ready to be run, derived and never saved: what is asked most stands in fields of its own, since a packet through
 * 10,000 Services finds every object it touches far away in memory.
 */
export interface ReadyRule {
  readonly rule: Rule
  /** -1: any. */
  readonly proto: number
  /** One host without a "!"; other addresses and devices are in `header`. */
  readonly dst: string | undefined
  readonly src: string | undefined
  /** The one destination port of `-m tcp` or `-m udp`, where nothing that draws or remembers is asked before it; -1: any. */
  readonly dport: number
  /** The rest of the header's test (ip_packet_match). */
  readonly header: ((packet: Packet, skb: Skb) => boolean) | undefined
  /** The matches that are not said above already. */
  readonly matches: readonly ReadyMatch[]
  readonly target: ReadyTarget | undefined
  readonly kind: 'none' | 'jump' | 'goto' | 'accept' | 'drop' | 'return' | 'extension'
  /** Of a jump or goto. */
  readonly chain: string
}

/** Positions of rules, ascending; or positions sorted further by what the rules ask for. */
export type Found = readonly number[] | IndexNode

/** The rules of a chain that could match, by what their headers and ports ask for exactly. */
export interface IndexNode {
  readonly dst: ReadonlyMap<string, Found> | undefined
  readonly src: ReadonlyMap<string, Found> | undefined
  /** protocol << 16 | destination port */
  readonly dport: ReadonlyMap<number, Found> | undefined
  /** Rules that ask for none of these. */
  readonly others: readonly number[]
}

/** What running a chain's rules worked out about them; kept with the chain as long as its rules are these. */
export interface CompiledChain {
  readonly rules: (ReadyRule | undefined)[]
  /** By position: where a jump leads. */
  readonly cells: (ChainCell | undefined)[]
  /** Only of long chains. */
  readonly index: IndexNode | undefined
}
