import { ipFamily } from '../../base/ip.ts'
import { type FieldError, forbiddenField, invalid } from '../status.ts'
import { dns1123Label, dns1123Subdomain } from './names.ts'

/** Every complaint as an Invalid of one value. */
export function complaints(field: string, value: unknown, messages: readonly string[]): FieldError[] {
  return messages.map((m) => invalid(field, value, m))
}

/** An Unsupported whose values are listed in their own order, as Go slices are (sets are sorted: `notSupported`). */
export function unsupported(field: string, value: unknown, valid: readonly string[]): FieldError {
  const list = valid.map((v) => `"${v}"`).join(', ')
  return { type: 'FieldValueNotSupported', field, detail: `supported values: ${list}`, value: { of: value } }
}

export const NEGATIVE = 'must be greater than or equal to 0'
export const IMMUTABLE = 'field is immutable'

export function nonNegative(value: number | undefined, field: string): FieldError[] {
  return (value ?? 0) < 0 ? [invalid(field, value, NEGATIVE)] : []
}

export function positive(value: number | undefined, field: string): FieldError[] {
  return (value ?? 0) <= 0 ? [invalid(field, value ?? 0, 'must be greater than zero')] : []
}

/** validation.InclusiveRangeError. */
export function between(low: number, high: number): string {
  return `must be between ${low} and ${high}, inclusive`
}

export function label(value: string, field: string): FieldError[] {
  return complaints(field, value, dns1123Label(value))
}

export function subdomain(value: string, field: string): FieldError[] {
  return complaints(field, value, dns1123Subdomain(value))
}

/** IsValidIPForLegacyField. */
export function ipAddress(value: string, field: string): FieldError[] {
  return ipFamily(value) === undefined
    ? [invalid(field, value, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]
    : []
}

/** "at most one of": what is set beyond the first is forbidden. */
export function onlyOne(at: string, set: readonly string[], what: string): FieldError[] {
  return set.slice(1).map((name) => forbiddenField(`${at}.${name}`, `may not specify more than 1 ${what}`))
}

/** validatePathNoBacksteps. */
export function noBacksteps(path: string, field: string): FieldError[] {
  return path.split('/').includes('..') ? [invalid(field, path, "must not contain '..'")] : []
}

/** validateLocalDescendingPath. */
export function localPath(path: string, field: string): FieldError[] {
  return [...(path.startsWith('/') ? [invalid(field, path, 'must be a relative path')] : []), ...noBacksteps(path, field)]
}

/** ValidateLocalNonReservedPath. */
export function nonReservedPath(path: string, field: string): FieldError[] {
  const out = localPath(path, field)
  if (path.startsWith('..') && !path.startsWith('../')) out.push(invalid(field, path, "must not start with '..'"))
  return out
}

/** Bits of a file's mode in a volume. */
export function fileMode(mode: number | undefined, field: string): FieldError[] {
  return mode !== undefined && (mode > 0o777 || mode < 0)
    ? [invalid(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive')]
    : []
}

/** A Go struct as an error prints it: every field in its order, null where unset. */
export function goStruct(value: Readonly<Record<string, unknown>>, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((f) => [f, value[`${f[0]?.toLowerCase()}${f.slice(1)}`] ?? null]))
}
