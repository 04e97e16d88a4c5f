// biome-ignore-all lint/suspicious/noExplicitAny: pod templates are open structures whose shape the schema checks
import { deepEqual } from '../deep-equal.ts'
import { matchesSelector } from '../selectors.ts'
import { type FieldError, forbiddenField, invalid, notSupported, required } from '../status.ts'
import { validateLabelSelector } from './names.ts'
import { validatePodTemplateSpec } from './pod.ts'

const NEGATIVE = 'must be greater than or equal to 0'
const PERCENT =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"

/** An invalid value that is not worth printing (field.OmitValueType). */
export function withoutValue(field: string, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field, detail }
}

/** ValidateNonnegativeField; an absent field is fine. */
export function nonNegative(value: number | undefined, field: string): FieldError[] {
  return value !== undefined && value < 0 ? [invalid(field, value, NEGATIVE)] : []
}

/** ValidatePositiveIntOrPercent: "25%" or a number. */
export function intOrPercent(value: unknown, field: string): FieldError[] {
  if (typeof value === 'number') return nonNegative(value, field)
  return typeof value === 'string' && /^\d+%$/.test(value) ? [] : [invalid(field, value, PERCENT)]
}

/** IsNotMoreThan100Percent. */
export function atMostWhole(value: unknown, field: string): FieldError[] {
  const isMore = typeof value === 'string' && /^\d+%$/.test(value) && Number.parseInt(value, 10) > 100
  return isMore ? [invalid(field, value, 'must not be greater than 100%')] : []
}

/** getIntOrPercentValue: only whether it is nothing matters. */
export function isNothing(value: unknown): boolean {
  return typeof value === 'number' ? value === 0 : !(Number.parseInt(String(value), 10) > 0)
}

/** ValidateImmutableField. */
export function immutable(value: unknown, old: unknown, field: string): FieldError[] {
  return deepEqual(value, old) ? [] : [invalid(field, value ?? null, 'field is immutable')]
}

const isEmpty = (selector: any) =>
  Object.keys(selector?.matchLabels ?? {}).length === 0 && (selector?.matchExpressions ?? []).length === 0

/** A workload's selector: there, well formed, and not of everything. */
export function workloadSelector(selector: any, kind: string): FieldError[] {
  if (selector === undefined || selector === null) return [required('spec.selector')]
  const out = validateLabelSelector(selector, 'spec.selector')
  if (isEmpty(selector)) out.push(invalid('spec.selector', selector, `empty selector is invalid for ${kind}`))
  return out
}

/** Whether LabelSelectorAsSelector can read it. */
export function isReadable(selector: any): boolean {
  return validateLabelSelector(selector ?? undefined, '').length === 0
}

/** The template's labels must be among those that the selector asks for; an empty selector asks for none, no selector fits nothing. */
export function labelsMatch(selector: any, template: any): FieldError[] {
  const labels: Record<string, string> | undefined = template?.metadata?.labels
  const isMissing = selector === undefined || selector === null
  if (!isMissing && (isEmpty(selector) || matchesSelector(selector, labels))) return []
  return [invalid('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`')]
}

/** What pods of a workload that never ends may not ask for. */
export function restartsAlways(template: any, at: string, kind: string): FieldError[] {
  const { restartPolicy = '', activeDeadlineSeconds } = template?.spec ?? {}
  const out: FieldError[] = []
  if (restartPolicy !== 'Always') out.push(notSupported(`${at}.spec.restartPolicy`, restartPolicy, ['Always']))
  if (activeDeadlineSeconds !== undefined)
    out.push(forbiddenField(`${at}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${kind} is not Supported`))
  return out
}

/** ValidatePodTemplateSpecForReplicaSet. */
export function replicatedTemplate(spec: any): FieldError[] {
  if (!isReadable(spec.selector)) return [invalid('spec.selector', spec.selector, 'invalid label selector')]
  return [
    ...labelsMatch(spec.selector, spec.template),
    ...validatePodTemplateSpec(spec.template, 'spec.template'),
    ...restartsAlways(spec.template, 'spec.template', 'ReplicaSet'),
  ]
}
