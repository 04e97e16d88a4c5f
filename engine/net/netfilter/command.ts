import type { Counters } from './chain.ts'
import type { Dialect } from './dialect.ts'
import type { Family, TableName } from './env.ts'
import type { NameService } from './names.ts'
import type { Rule } from './rule.ts'

export type CommandLetter = 'A' | 'C' | 'D' | 'DN' | 'I' | 'R' | 'L' | 'S' | 'F' | 'Z' | 'ZN' | 'N' | 'X' | 'E' | 'P'

/** A parsed iptables command line: what to do, to which table and chain, with which rules. */
export interface IptablesCommand {
  readonly letter: CommandLetter
  /** -Z together with -L or -S; with a rule number where one was given. */
  readonly alsoZero: boolean
  readonly table: string
  readonly chain: string | undefined
  readonly rulenum: number
  /** One rule for each pair of source and destination address. */
  readonly rules: readonly Rule[]
  /** The target's name where nothing but the table's chains can tell what it is. */
  readonly unresolvedJump: string | undefined
  readonly goto: boolean
  readonly counters: Counters
  readonly newName: string | undefined
  readonly policy: string | undefined
  readonly hasCounters: boolean
  readonly verbose: number
  readonly numeric: boolean
  readonly exact: boolean
  readonly lineNumbers: boolean
  /** -w: seconds, Infinity without a number, undefined without -w. */
  readonly wait: number | undefined
  /** -W: microseconds. */
  readonly waitInterval: number | undefined
}

/** A command line that ends in words instead of an action. */
export interface Informed {
  readonly letter: 'V' | 'h'
  /** -V: 'not' behind "!". */
  readonly what: string
  /** -h: the matches and targets named before it. */
  readonly extensions: readonly string[]
}

export function tableOf(command: IptablesCommand): TableName {
  return command.table as TableName
}

/** What reading a command line needs to know of the tool that was called. */
export interface CommandEnv {
  readonly dialect: Dialect
  readonly family: Family
  readonly names: NameService
  /** 1.8.7 on nft cannot load a protocol's match without privileges. */
  readonly privileged: boolean
  /** Lines for stderr that do not end the command. */
  readonly warn: (text: string) => void
  /** Inside iptables-restore: -t is fixed. */
  readonly restoring?: TableName
}
