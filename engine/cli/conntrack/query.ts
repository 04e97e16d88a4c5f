import type { TcpCtState } from '../../net/conntrack/entry.ts'
import type { OptionName } from './commands.data.ts'

/** An address, perhaps with a mask: base and prefix length, or a dotted mask. */
export interface AddressQuery {
  readonly address: string
  readonly bits: number
}

/** `-n`, `-g`, `-j`: any translation, or one to this address and port. */
export interface NatQuery {
  readonly address?: string
  readonly port?: number
}

/** Bits of -u: what must be set, among which. */
export interface StatusQuery {
  readonly names: readonly string[]
  readonly unreplied: boolean
}

/** What the options of one command line ask for. */
export interface CtQuery {
  command: string
  table: string
  readonly given: Set<OptionName>
  src?: AddressQuery
  dst?: AddressQuery
  replySrc?: AddressQuery
  replyDst?: AddressQuery
  family?: 4 | 6
  proto?: number
  sport?: number
  dport?: number
  replySport?: number
  replyDport?: number
  icmpType?: number
  icmpCode?: number
  icmpId?: number
  state?: TcpCtState
  status?: StatusQuery
  srcNat?: NatQuery
  dstNat?: NatQuery
  anyNat?: NatQuery
  mark?: { readonly value: number; readonly mask: number }
  timeout?: number
  zone?: number
  events?: readonly string[]
  output: readonly string[]
  /** Lines for standard error ahead of everything else. */
  readonly notes: string[]
}
