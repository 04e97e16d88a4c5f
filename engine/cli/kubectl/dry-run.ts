import { fail } from './errors.ts'
import type { Invocation } from './invocation.ts'
import { klogHead } from './klog.ts'
import { query } from './rest.ts'

export type DryRun = 'none' | 'client' | 'server'

export function asBool(text: string): boolean | undefined {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true
  return ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text) ? false : undefined
}

/** --dry-run's value; a bare --dry-run and true/false are old forms that it warns of (cmdutil.GetDryRunStrategy). */
export function dryRunOf(call: Invocation): DryRun {
  const value = call.flags.text('dry-run')
  if (value === 'none' || value === '') return 'none'
  if (value === 'client' || value === 'server') return value
  if (value === 'unchanged') {
    call.err(`${klogHead(call, 'W', 'helpers.go:719')} --dry-run is deprecated and can be replaced with --dry-run=client.\n`)
    return 'client'
  }
  const given = asBool(value)
  if (given !== undefined) {
    const [line, instead] = given ? (['733', 'client'] as const) : (['737', 'none'] as const)
    call.err(
      `${klogHead(call, 'W', `helpers.go:${line}`)} --dry-run=${value} is deprecated (boolean value) and can be replaced with --dry-run=${instead}.\n`,
    )
    return instead
  }
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
