import { fail } from './errors.ts'
import type { Invocation } from './invocation.ts'
import { query } from './rest.ts'

export type DryRun = 'none' | 'client' | 'server'

/** --dry-run's value; a bare --dry-run and true/false are refused as kubectl refuses them. */
export function dryRunOf(call: Invocation): DryRun {
  const value = call.flags.text('dry-run')
  if (value === 'none' || value === '') return 'none'
  if (value === 'client' || value === 'server') return value
  if (value === 'unchanged')
    throw fail('--dry-run flag without a value was specified. A value must be set: "none", "server", or "client".')
  throw fail(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`)
}

/** The query of a write: dry run, field manager and validation. */
export function writeQuery(call: Invocation, dryRun: DryRun, validate = false): string {
  return query({
    dryRun: dryRun === 'server' ? 'All' : undefined,
    fieldManager: call.flags.text('field-manager') || undefined,
    fieldValidation: validate ? validation(call) : undefined,
  })
}

function validation(call: Invocation): string {
  const value = call.flags.text('validate') || 'strict'
  if (['strict', 'true'].includes(value)) return 'Strict'
  if (['ignore', 'false'].includes(value)) return 'Ignore'
  if (value === 'warn') return 'Warn'
  throw fail(`invalid - validate option "${value}"; must be one of: strict (or true), warn, ignore (or false)`)
}
