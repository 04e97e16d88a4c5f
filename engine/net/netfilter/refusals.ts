import type { IptablesCommand } from './command.ts'
import type { TableEdit } from './edit.ts'
import type { RuleError } from './errors.ts'

/** A line of a restore's input that waits for COMMIT. */
export interface Pending {
  readonly line: number
  readonly letter: string
  /** The command that the line is; a chain's declaration has none. */
  readonly command?: IptablesCommand
  readonly run: (edit: TableEdit) => void
}

/** A line that the kernel refused. */
export interface Refused {
  readonly line: number
  readonly error: RuleError
}

/** What the kernel is asked about a refused table. */
export interface Judge {
  /** The table as the first line finds it. */
  readonly start: () => TableEdit
  /** What is wrong with a rule wherever it stands (an expression's init). */
  readonly misplaced: (command: IptablesCommand) => RuleError | undefined
  /** What is wrong with the table as it is now (nft_table_validate). */
  readonly invalid: (edit: TableEdit, last: Pending) => RuleError | undefined
  /** The refusal of a command for the same reason as another's. */
  readonly likewise: (error: RuleError, command: IptablesCommand) => RuleError
}

/**
 * The lines of a table that the kernel answers with an error. A rule that cannot be made is refused alone. A loop is found when the
 * batch is committed; the batch is then done again with the whole table validated at each rule, and from the one that closes the
 * loop on every rule is refused (nf_tables_newrule with NFT_VALIDATE_DO).
 */
export function refusedLines(pending: readonly Pending[], judge: Judge): readonly Refused[] {
  const adds = (p: Pending): p is Pending & { readonly command: IptablesCommand } =>
    p.command !== undefined && 'AIR'.includes(p.letter)
  const alone = pending.filter(adds).flatMap(({ line, command }) => {
    const error = judge.misplaced(command)
    return error === undefined ? [] : [{ line, error }]
  })
  if (alone.length > 0) return alone
  const judged = (count: number) => {
    const edit = judge.start()
    for (let i = 0; i < count; i++) pending[i]?.run(edit)
    return judge.invalid(edit, pending[count - 1] as Pending)
  }
  let good = 0
  let bad = pending.length
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (judged(middle) === undefined) good = middle
    else bad = middle
  }
  const error = bad === 0 ? undefined : judged(bad)
  if (error === undefined) return []
  const [first, ...rest] = pending.slice(bad - 1)
  const named = (p: Pending) => ({ line: p.line, error: p.command === undefined ? error : judge.likewise(error, p.command) })
  return [named(first as Pending), ...rest.filter(adds).map(named)]
}
