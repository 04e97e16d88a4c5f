import type { Counters } from './chain.ts'
import type { TableName } from './env.ts'
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
