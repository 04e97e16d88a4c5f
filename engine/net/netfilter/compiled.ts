import type { Packet, Skb } from '../packet.ts'
import type { Matcher, Target } from './extension.ts'
import type { ExtensionData } from './rule.ts'

/** A match or target looked up, with its options. */
export interface ReadyMatch {
  readonly matcher: Matcher
  readonly data: ExtensionData
}

export interface ReadyTarget {
  readonly target: Target
  readonly data: ExtensionData
}

/** A rule made ready to be run: addresses as numbers, extensions looked up. Derived, never saved. */
export interface ReadyRule {
  /** The header's test (ip_packet_match). */
  readonly header: (packet: Packet, skb: Skb) => boolean
  readonly matches: readonly ReadyMatch[]
  readonly target: ReadyTarget | undefined
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
  /** Only of long chains. */
  readonly index: IndexNode | undefined
}
