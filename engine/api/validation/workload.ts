// biome-ignore-all lint/suspicious/noExplicitAny: pod templates are open structures whose shape the schema checks
import type { KubeObject } from '../object.ts'
import { matchesSelector } from '../selectors.ts'
import { type FieldError, forbiddenField, invalid, notSupported, required } from '../status.ts'
import { validateLabelSelector, validateLabels } from './names.ts'
import { validatePodSpec } from './pod.ts'

const NEGATIVE = 'must be greater than or equal to 0'

function count(value: number | undefined, field: string): FieldError[] {
  return value !== undefined && value < 0 ? [invalid(field, value, NEGATIVE)] : []
}

/** A workload's selector and template belong together (ValidatePodTemplateSpecForReplicaSet). */
function template(spec: any): FieldError[] {
  const out: FieldError[] = []
  const empty = Object.keys(spec.selector?.matchLabels ?? {}).length === 0 && (spec.selector?.matchExpressions ?? []).length === 0
  const labels: Record<string, string> = spec.template?.metadata?.labels ?? {}
  if (!empty && !matchesSelector(spec.selector, labels)) {
    out.push(invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'))
  }
  out.push(...validateLabels(labels, 'spec.template.labels'), ...validatePodSpec(spec.template?.spec, 'spec.template.spec'))
  if (spec.template?.spec?.restartPolicy !== 'Always' && spec.template?.spec !== undefined) {
    out.push(notSupported('spec.template.spec.restartPolicy', spec.template.spec.restartPolicy, ['Always']))
  }
  return out
}

function selector(spec: any, kind: string): FieldError[] {
  if (spec.selector === undefined || spec.selector === null) return [required('spec.selector')]
  const out = validateLabelSelector(spec.selector, 'spec.selector')
  const empty = Object.keys(spec.selector.matchLabels ?? {}).length === 0 && (spec.selector.matchExpressions ?? []).length === 0
  if (empty) out.push(invalid('spec.selector', spec.selector, `empty selector is invalid for ${kind}`))
  return out
}

/** "25%" or a number, as IntOrString allows. */
function intOrPercent(value: unknown, field: string): FieldError[] {
  if (typeof value === 'number') return value < 0 ? [invalid(field, value, NEGATIVE)] : []
  if (typeof value === 'string' && /^\d+%$/.test(value)) return []
  return [
    invalid(
      field,
      value,
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    ),
  ]
}

function strategy(given: any): FieldError[] {
  const at = 'spec.strategy'
  if (given.type === 'Recreate') {
    return given.rollingUpdate === undefined
      ? []
      : [forbiddenField(`${at}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")]
  }
  if (given.type !== 'RollingUpdate') return [notSupported(`${at}.type`, given.type, ['Recreate', 'RollingUpdate'])]
  const { maxUnavailable, maxSurge } = given.rollingUpdate
  const out = [
    ...intOrPercent(maxUnavailable, `${at}.rollingUpdate.maxUnavailable`),
    ...intOrPercent(maxSurge, `${at}.rollingUpdate.maxSurge`),
  ]
  const zero = (v: unknown) => v === 0 || v === '0%'
  if (zero(maxUnavailable) && zero(maxSurge)) {
    out.push(invalid(`${at}.rollingUpdate.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'))
  }
  if (typeof maxUnavailable === 'string' && Number.parseInt(maxUnavailable, 10) > 100) {
    out.push(invalid(`${at}.rollingUpdate.maxUnavailable`, maxUnavailable, 'must not be greater than 100%'))
  }
  return out
}

export function validateDeployment(object: KubeObject): FieldError[] {
  const spec = object.spec ?? {}
  const out = [
    ...count(spec.replicas, 'spec.replicas'),
    ...selector(spec, 'deployment'),
    ...template(spec),
    ...strategy(spec.strategy ?? {}),
  ]
  out.push(
    ...count(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...count(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
  )
  if (spec.progressDeadlineSeconds !== undefined) {
    out.push(...count(spec.progressDeadlineSeconds, 'spec.progressDeadlineSeconds'))
    if (spec.progressDeadlineSeconds <= (spec.minReadySeconds ?? 0)) {
      out.push(invalid('spec.progressDeadlineSeconds', spec.progressDeadlineSeconds, 'must be greater than minReadySeconds'))
    }
  }
  return out
}

export function validateReplicaSet(object: KubeObject): FieldError[] {
  const spec = object.spec ?? {}
  return [
    ...count(spec.replicas, 'spec.replicas'),
    ...count(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...selector(spec, 'deployment'),
    ...template(spec),
  ]
}

/** apps/v1: a selector never changes. */
function selectorFixed(object: KubeObject, old: KubeObject): FieldError[] {
  const text = (o: KubeObject) =>
    JSON.stringify([Object.entries(o.spec?.selector?.matchLabels ?? {}).sort(), o.spec?.selector?.matchExpressions ?? []])
  return text(object) === text(old) ? [] : [invalid('spec.selector', object.spec.selector, 'field is immutable')]
}

export function validateDeploymentUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  return [...validateDeployment(object), ...selectorFixed(object, old)]
}

export function validateReplicaSetUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  return [...validateReplicaSet(object), ...selectorFixed(object, old)]
}

export function validateDaemonSet(object: KubeObject): FieldError[] {
  const spec = object.spec ?? {}
  const out = [...selector(spec, 'daemonset'), ...template(spec), ...count(spec.minReadySeconds, 'spec.minReadySeconds')]
  const type = spec.updateStrategy?.type
  if (!['OnDelete', 'RollingUpdate'].includes(type))
    out.push(notSupported('spec.updateStrategy', spec.updateStrategy, ['OnDelete', 'RollingUpdate']))
  return [...out, ...count(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit')]
}

export function validateDaemonSetUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  return [...validateDaemonSet(object), ...selectorFixed(object, old)]
}
