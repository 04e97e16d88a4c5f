/** Status values of apimachinery (pkg/api/errors): the one way the API says no. */
export interface StatusCause {
  readonly reason?: string
  readonly message?: string
  readonly field?: string
}

export interface Status {
  readonly kind: 'Status'
  readonly apiVersion: 'v1'
  readonly metadata: { readonly continue?: string }
  readonly status: 'Success' | 'Failure'
  readonly message?: string
  readonly reason?: string
  readonly details?: {
    readonly name?: string
    readonly group?: string
    readonly kind?: string
    readonly uid?: string
    readonly causes?: readonly StatusCause[]
    readonly retryAfterSeconds?: number
  }
  readonly code?: number
}

/** Thrown by the write path and caught by the request handler (or by a controller that expects it). */
export class StatusError extends Error {
  override readonly name = 'StatusError'
  readonly status: Status
  constructor(status: Status) {
    super(status.message)
    this.status = status
  }

  get reason(): string {
    return this.status.reason ?? ''
  }
}

/** Whether `error` is a Status with this reason ("NotFound", "Conflict", "AlreadyExists"). */
export function isStatus(error: unknown, reason: string): boolean {
  return error instanceof StatusError && error.reason === reason
}

function failure(code: number, reason: string, message: string, details?: Status['details']): StatusError {
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(details === undefined ? {} : { details }),
    code,
  })
}

/** A resource in a message: "services", "deployments.apps". */
export interface ResourceName {
  readonly group: string
  readonly resource: string
}

function qualified(resource: ResourceName): string {
  return resource.group === '' ? resource.resource : `${resource.resource}.${resource.group}`
}

function detailsOf(resource: ResourceName, name: string, more: Partial<NonNullable<Status['details']>> = {}): Status['details'] {
  return {
    ...(name ? { name } : {}),
    ...(resource.group ? { group: resource.group } : {}),
    ...(resource.resource ? { kind: resource.resource } : {}),
    ...more,
  }
}

export function notFound(resource: ResourceName, name: string): StatusError {
  return failure(404, 'NotFound', `${qualified(resource)} "${name}" not found`, detailsOf(resource, name))
}

/** What the server says for a path it does not serve (NewGenericServerResponse with 404). */
export function pathNotFound(): StatusError {
  return failure(404, 'NotFound', 'the server could not find the requested resource', {})
}

export function alreadyExists(resource: ResourceName, name: string): StatusError {
  return failure(409, 'AlreadyExists', `${qualified(resource)} "${name}" already exists`, detailsOf(resource, name))
}

export function conflict(resource: ResourceName, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`
  return failure(409, 'Conflict', message, detailsOf(resource, name))
}

/** 409 of a server-side apply: the fields that others own. */
export function applyConflict(message: string, causes: readonly StatusCause[]): StatusError {
  return failure(409, 'Conflict', message, { causes })
}

/** The optimistic lock's words (registry/generic/registry/store.go OptimisticLockErrorMsg). */
export const OPTIMISTIC_LOCK = 'the object has been modified; please apply your changes to the latest version and try again'

export function forbidden(resource: ResourceName, name: string, why: string, causes?: readonly StatusCause[]): StatusError {
  let message = `forbidden: ${why}`
  if (resource.resource !== '')
    message =
      name === '' ? `${qualified(resource)} is forbidden: ${why}` : `${qualified(resource)} "${name}" is forbidden: ${why}`
  return failure(403, 'Forbidden', message, detailsOf(resource, name, causes === undefined ? {} : { causes }))
}

export function badRequest(message: string): StatusError {
  return failure(400, 'BadRequest', message)
}

export function serviceUnavailable(message: string): StatusError {
  return failure(503, 'ServiceUnavailable', message)
}

export function methodNotSupported(): StatusError {
  return failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})
}

export function watchNotSupported(kind: ResourceName): StatusError {
  const words = `watch is not supported on resources of kind ${JSON.stringify(kind.resource)}`
  return failure(405, 'MethodNotAllowed', words, detailsOf(kind, ''))
}

export function notAcceptable(message: string, details?: Status['details']): StatusError {
  return failure(406, 'NotAcceptable', message, details)
}

export function unsupportedMediaType(message: string, details?: Status['details']): StatusError {
  return failure(415, 'UnsupportedMediaType', message, details)
}

/** An ordinary Go error about a resource version: no reason, 500. */
export function internalVersion(message: string): StatusError {
  return unclassified(message)
}

/** 504 of a read at a revision that is still to come (storage.NewTooLargeResourceVersionError). */
export function timeoutTooLarge(version: number, current: number): StatusError {
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }]
  const words = `Timeout: Too large resource version: ${version}, current: ${current}`
  return failure(504, 'Timeout', words, { causes, retryAfterSeconds: 1 })
}

/** 413: a body, or what it would become in etcd, is more than the server takes. */
export function tooLarge(why: string): StatusError {
  return failure(413, 'RequestEntityTooLarge', `Request entity too large: ${why}`)
}

/** 429 with its cause, as an eviction that a budget refuses. */
export function tooManyRequests(message: string, cause: string, retryAfterSeconds = 0): StatusError {
  const causes = [{ reason: 'DisruptionBudget', message: cause }]
  return failure(429, 'TooManyRequests', message, { causes, ...(retryAfterSeconds > 0 ? { retryAfterSeconds } : {}) })
}

export function expired(message: string, continued?: string): StatusError {
  const error = failure(410, 'Expired', message)
  return continued === undefined ? error : new StatusError({ ...error.status, metadata: { continue: continued } })
}

export function internalError(message: string): StatusError {
  return failure(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] })
}

/** An error that no reason describes (ErrorToAPIStatus of an ordinary Go error). */
export function unclassified(message: string): StatusError {
  return new StatusError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 })
}

/** 422 with a message of its own and no causes (a failed JSON patch). */
export function unprocessable(message: string): StatusError {
  return failure(422, 'Invalid', message, {})
}

/** Valid in a real cluster, not emulated here: our own honest answer, never a made-up success. */
export function notEmulatedStatus(what: string): StatusError {
  return failure(501, 'NotImplemented', `chainwalk: ${what}: valid, but not emulated here`)
}

/** A finding of a validator (field.Error). */
export interface FieldError {
  readonly type: keyof typeof FIELD_ERRORS
  readonly field: string
  readonly detail: string
  /** Present where the error prints the value. */
  readonly value?: { readonly of: unknown; readonly go?: string }
}

const FIELD_ERRORS = {
  FieldValueNotFound: 'Not found',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueTypeInvalid: 'Invalid value',
} as const

/** Servers from this minor version on print structures in errors as JSON, older ones in Go's syntax (kubernetes PR 132314). */
const JSON_VALUES = 34

/** Go's %#v of what validators print: lists and maps of strings. */
function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return `[]string{${value.map((v) => JSON.stringify(v)).join(', ')}}`
  if (typeof value !== 'object') return JSON.stringify(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `map[string]string{${entries.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`).join(', ')}}`
}

/** Everything after the field: `Invalid value: "x": must be …` (field.Error ErrorBody). */
function bodyOf(error: FieldError, minor: number): string {
  const words = [FIELD_ERRORS[error.type]] as string[]
  if (error.value !== undefined) {
    const { of, go } = error.value
    words.push(minor >= JSON_VALUES ? JSON.stringify(of ?? null) : (go ?? goSyntax(of)))
  }
  if (error.detail !== '') words.push(error.detail)
  return words.join(': ')
}

export function invalid(field: string, value: unknown, detail: string, go?: string): FieldError {
  return { type: 'FieldValueInvalid', field, detail, value: { of: value, go } }
}

export function required(field: string, detail = ''): FieldError {
  return { type: 'FieldValueRequired', field, detail }
}

export function duplicate(field: string, value: unknown, go?: string): FieldError {
  return { type: 'FieldValueDuplicate', field, detail: '', value: { of: value, go } }
}

export function notSupported(field: string, value: unknown, valid: readonly string[]): FieldError {
  const list = [...valid].sort().map((v) => `"${v}"`)
  return { type: 'FieldValueNotSupported', field, detail: `supported values: ${list.join(', ')}`, value: { of: value } }
}

export function forbiddenField(field: string, detail: string): FieldError {
  return { type: 'FieldValueForbidden', field, detail }
}

export function tooLong(field: string, max: number): FieldError {
  return { type: 'FieldValueTooLong', field, detail: `may not be more than ${max} bytes` }
}

export function tooMany(field: string, actual: number, max: number): FieldError {
  return { type: 'FieldValueTooMany', field, detail: `must have at most ${max} items`, value: { of: actual } }
}

export function typeInvalid(field: string, value: unknown, detail: string): FieldError {
  return { type: 'FieldValueTypeInvalid', field, detail, value: { of: value } }
}

export function notFoundField(field: string, value: unknown): FieldError {
  return { type: 'FieldValueNotFound', field, detail: '', value: { of: value } }
}

/** 422: what validation found, as NewInvalid and utilerrors.Aggregate print it (equal messages once, several in brackets). */
export function invalidObject(
  kind: { readonly group: string; readonly kind: string },
  name: string,
  errors: readonly FieldError[],
  minor: number,
): StatusError {
  const bodies = errors.map((e) => bodyOf(e, minor))
  const texts = [...new Set(errors.map((e, i) => `${e.field}: ${bodies[i]}`))]
  const words = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  const qualifiedKind = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`
  return failure(422, 'Invalid', `${qualifiedKind} "${name}" is invalid: ${words}`, {
    ...(name ? { name } : {}),
    ...(kind.group ? { group: kind.group } : {}),
    ...(kind.kind ? { kind: kind.kind } : {}),
    causes: errors.map((e, i) => ({ reason: e.type, message: bodies[i], field: e.field })),
  })
}
