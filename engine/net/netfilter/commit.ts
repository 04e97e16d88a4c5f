import type { Dialect } from './dialect.ts'
import type { TableEdit } from './edit.ts'
import type { Family } from './env.ts'
import { RuleError } from './errors.ts'
import type { Ruleset } from './ruleset.ts'
import { validateTable } from './validate.ts'

/** The nft backend's names for what the kernel refused (err_to_str of nft.c). */
const OPERATIONS: Readonly<Record<string, string>> = { A: 'RULE_APPEND', I: 'RULE_INSERT', R: 'RULE_REPLACE' }

/** Throws the kernel's refusal of an edit, worded for the command that made it. */
export function checkEdit(ruleset: Ruleset, edit: TableEdit, letter: string, family: Family, dialect: Dialect): void {
  const before = ruleset.table(family, dialect.backend, edit.table.name)
  const refusal = validateTable(edit, before, family, dialect.backend, ruleset)
  if (refusal === undefined) return
  throw new RuleError(refusal.errno, {
    operation: OPERATIONS[letter] ?? 'RULE_APPEND',
    subject: `rule in chain ${refusal.chain}`,
  })
}
