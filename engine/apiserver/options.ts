import { type FieldError, forbiddenField, invalid, invalidObject, notSupported, required, tooLong } from '../api/status.ts'
import { param, type RequestInfo } from './request-info.ts'

const MAX_MANAGER = 128

/** A field manager's name: printable and not too long (metav1 validation.ValidateFieldManager). */
function managerErrors(name: string): FieldError[] {
  if (name.length > MAX_MANAGER) return [tooLong('fieldManager', MAX_MANAGER)]
  const at = [...name].findIndex((c) => !/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(c))
  if (at < 0) return []
  const code = ([...name][at] as string).codePointAt(0) as number
  const shown = code.toString(16).toUpperCase().padStart(4, '0')
  return [invalid('fieldManager', name, `invalid character U+${shown} (at position ${at})`)]
}

export function dryRunErrors(values: readonly string[] | undefined): FieldError[] {
  return values === undefined || values.every((v) => v === 'All') || values.length === 0
    ? []
    : [notSupported('dryRun', values, ['All'])]
}

function validationErrors(info: RequestInfo): FieldError[] {
  const given = param(info, 'fieldValidation') ?? ''
  return ['', 'Ignore', 'Strict', 'Warn'].includes(given)
    ? []
    : [notSupported('fieldValidation', given, ['', 'Ignore', 'Strict', 'Warn'])]
}

/** The 422 of options that do not fit (CreateOptions, PatchOptions, DeleteOptions…). */
export function refuseOptions(kind: string, errors: readonly FieldError[], minor: number): void {
  if (errors.length > 0) throw invalidObject({ group: 'meta.k8s.io', kind }, '', errors, minor)
}

function common(info: RequestInfo): FieldError[] {
  return [
    ...managerErrors(param(info, 'fieldManager') ?? ''),
    ...dryRunErrors(info.query.get('dryRun')),
    ...validationErrors(info),
  ]
}

/** Refuses a write whose query says what it may not (validation.ValidateCreateOptions, ValidateUpdateOptions). */
export function checkWriteOptions(info: RequestInfo, kind: 'CreateOptions' | 'UpdateOptions', minor: number): void {
  refuseOptions(kind, common(info), minor)
}

/** validation.ValidatePatchOptions: force and an explicit manager are for apply only. */
export function checkPatchOptions(info: RequestInfo, apply: boolean, minor: number): void {
  const own: FieldError[] = []
  if (!apply && info.query.has('force')) own.push(forbiddenField('force', 'may not be specified for non-apply patch'))
  if (apply && !param(info, 'fieldManager')) own.push(required('fieldManager', 'is required for apply patch'))
  refuseOptions('PatchOptions', [...own, ...common(info)], minor)
}
