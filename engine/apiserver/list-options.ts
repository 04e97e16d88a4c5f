import { badRequest, type FieldError, forbiddenField, internalVersion, notSupported, timeoutTooLarge } from '../api/status.ts'
import { refuseOptions } from './options.ts'
import { param, type RequestInfo } from './request-info.ts'

/** metav1.ListOptions as far as they say which state to show. */
export interface ListOptions {
  readonly limit: number
  readonly continued: string
  readonly version: string
  readonly match: string
}

/** A number in the query, as the parameter codec reads it. */
export function integerParam(info: RequestInfo, name: string): number {
  const text = param(info, name)
  if (text === undefined) return 0
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}

function matchErrors(options: ListOptions): FieldError[] {
  const { match, version, continued } = options
  const at = 'resourceVersionMatch'
  if (match === '') return []
  const out: FieldError[] = []
  if (version === '') out.push(forbiddenField(at, `${at} is forbidden unless resourceVersion is provided`))
  if (continued !== '') out.push(forbiddenField(at, `${at} is forbidden when continue is provided`))
  if (match !== 'Exact' && match !== 'NotOlderThan')
    out.push({ ...notSupported(at, match, []), detail: 'supported values: "Exact", "NotOlderThan", ""' })
  if (match === 'Exact' && version === '0') out.push(forbiddenField(at, `${at} "exact" is forbidden for resourceVersion "0"`))
  return out
}

/** validation.ValidateListOptions for a list. */
export function listOptions(info: RequestInfo, minor: number): ListOptions {
  integerParam(info, 'timeoutSeconds')
  const options: ListOptions = {
    limit: Math.max(0, integerParam(info, 'limit')),
    continued: param(info, 'continue') ?? '',
    version: param(info, 'resourceVersion') ?? '',
    match: param(info, 'resourceVersionMatch') ?? '',
  }
  const errors = matchErrors(options)
  if (info.query.has('sendInitialEvents'))
    errors.push(forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list'))
  refuseOptions('ListOptions', errors, minor)
  return options
}

/** The same for a watch. */
export function checkWatchOptions(info: RequestInfo, minor: number): void {
  integerParam(info, 'timeoutSeconds')
  integerParam(info, 'limit')
  const at = 'resourceVersionMatch'
  const match = param(info, at) ?? ''
  const initial = info.query.has('sendInitialEvents')
  const errors: FieldError[] = []
  if (initial && match !== 'NotOlderThan')
    errors.push(forbiddenField(at, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'))
  if (match !== '' && !initial)
    errors.push(forbiddenField(at, `${at} is forbidden for watch unless sendInitialEvents is provided`))
  if (match !== '' && match !== 'NotOlderThan') errors.push(notSupported(at, match, ['NotOlderThan']))
  if (param(info, 'continue')) errors.push(forbiddenField(at, `${at} is forbidden when continue is provided`))
  refuseOptions('ListOptions', errors, minor)
}

/** A resource version as a number; `wrap` words the refusal of what is none. */
export function versionNumber(text: string, list: boolean): number {
  if (text === '') return 0
  if (/^\d+$/.test(text)) return Number(text)
  const words = `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`
  throw list ? badRequest(`invalid resource version: ${words}`) : internalVersion(words)
}

/** A read may not ask for a state that is still to come: the server waits for it three seconds, then gives up. */
export function checkNotFuture(version: number, revision: number): void {
  if (version > revision) throw timeoutTooLarge(version, revision)
}
