import type { IptablesCommand } from './command.ts'
import type { Dialect } from './dialect.ts'
import type { TableEdit } from './edit.ts'
import type { Family } from './env.ts'
import { type Errno, RuleError } from './errors.ts'
import type { Ruleset } from './ruleset.ts'
import { baseJump, refusedRule, validateTable } from './validate.ts'

/** The nft backend's names for what the kernel refused (err_to_str of nft.c). */
const OPERATIONS: Readonly<Record<string, string>> = { A: 'RULE_APPEND', I: 'RULE_INSERT', R: 'RULE_REPLACE' }

/** The kernel's refusal as the tool words it for the command that met it. */
export function refusalError(errno: Errno, letter: string, chain: string): RuleError {
  return new RuleError(errno, { operation: OPERATIONS[letter] ?? 'RULE_APPEND', subject: `rule in chain ${chain}` })
}

/** The kernel's refusal of an edit, worded for the command that made it. */
export function refusalOf(
  ruleset: Ruleset,
  edit: TableEdit,
  letter: string,
  family: Family,
  dialect: Dialect,
): RuleError | undefined {
  const before = ruleset.table(family, dialect.backend, edit.table.name)
  const refusal = validateTable(edit, before, family, dialect.backend, ruleset)
  return refusal && refusalError(refusal.errno, letter, refusal.chain)
}

/** What the kernel has against a command's rules wherever they stand. */
export function checkCommand(
  ruleset: Ruleset,
  edit: TableEdit,
  { rules, letter, chain = '', unresolvedJump }: IptablesCommand,
  family: Family,
  dialect: Dialect,
): RuleError | undefined {
  const { table } = edit
  for (const rule of rules) {
    const errno = refusedRule(rule, { table: table.name, family, hooks: [], rule, shared: ruleset, backend: dialect.backend })
    if (errno !== undefined) return refusalError(errno, letter, chain)
  }
  if (unresolvedJump === undefined || !table.isBase(unresolvedJump)) return undefined
  return refusalError(baseJump(table, unresolvedJump, dialect.backend), letter, chain)
}

/** Throws the kernel's refusal of an edit, worded for the command that made it. */
export function checkEdit(ruleset: Ruleset, edit: TableEdit, letter: string, family: Family, dialect: Dialect): void {
  const error = refusalOf(ruleset, edit, letter, family, dialect)
  if (error !== undefined) throw error
}
