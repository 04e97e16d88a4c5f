// biome-ignore-all lint/suspicious/noExplicitAny: specs are open structures whose shape the schema checks
import type { KubeObject } from '../object.ts'
import { type FieldError, forbiddenField, invalid, notSupported, required } from '../status.ts'
import { unsupported } from './fields.ts'
import { validateLabelSelector } from './names.ts'
import { validatePodTemplateSpec } from './pod.ts'
import {
  atMostWhole,
  immutable,
  intOrPercent,
  isNothing,
  isReadable,
  labelsMatch,
  nonNegative,
  replicatedTemplate,
  restartsAlways,
  workloadSelector,
} from './template.ts'

/** A strategy as the server's own types print it: fields by their Go names. */
const strategyValue = ({ type = '', rollingUpdate }: any) => ({
  Type: type,
  RollingUpdate:
    rollingUpdate === undefined || rollingUpdate === null
      ? null
      : { MaxUnavailable: rollingUpdate.maxUnavailable ?? 0, MaxSurge: rollingUpdate.maxSurge ?? 0 },
})

function deploymentStrategy(given: any): FieldError[] {
  const at = 'spec.strategy'
  if (given.type === 'Recreate') {
    return given.rollingUpdate === undefined || given.rollingUpdate === null
      ? []
      : [forbiddenField(`${at}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")]
  }
  if (given.type !== 'RollingUpdate') return [notSupported(at, strategyValue(given), ['Recreate', 'RollingUpdate'])]
  const { maxUnavailable, maxSurge } = given.rollingUpdate
  const out = [
    ...intOrPercent(maxUnavailable, `${at}.rollingUpdate.maxUnavailable`),
    ...intOrPercent(maxSurge, `${at}.rollingUpdate.maxSurge`),
  ]
  if (isNothing(maxUnavailable) && isNothing(maxSurge))
    out.push(invalid(`${at}.rollingUpdate.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'))
  return [...out, ...atMostWhole(maxUnavailable, `${at}.rollingUpdate.maxUnavailable`)]
}

export function validateDeployment(object: KubeObject): FieldError[] {
  const spec = object.spec ?? {}
  const out = [
    ...nonNegative(spec.replicas, 'spec.replicas'),
    ...workloadSelector(spec.selector, 'deployment'),
    ...replicatedTemplate(spec),
    ...deploymentStrategy(spec.strategy ?? {}),
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...nonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
    ...nonNegative(spec.progressDeadlineSeconds, 'spec.progressDeadlineSeconds'),
  ]
  if (spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds <= (spec.minReadySeconds ?? 0))
    out.push(invalid('spec.progressDeadlineSeconds', spec.progressDeadlineSeconds, 'must be greater than minReadySeconds'))
  return out
}

export function validateReplicaSet(object: KubeObject): FieldError[] {
  const spec = object.spec ?? {}
  return [
    ...nonNegative(spec.replicas, 'spec.replicas'),
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...workloadSelector(spec.selector, 'deployment'),
    ...replicatedTemplate(spec),
  ]
}

/** apps/v1: a selector never changes. */
const selectorFixed = (object: KubeObject, old: KubeObject) =>
  immutable(object.spec?.selector, old.spec?.selector, 'spec.selector')

export function validateDeploymentUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  return [...validateDeployment(object), ...selectorFixed(object, old)]
}

export function validateReplicaSetUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  return [...validateReplicaSet(object), ...selectorFixed(object, old)]
}

function daemonSetStrategy(given: any): FieldError[] {
  const at = 'spec.updateStrategy'
  if (given.type === 'OnDelete') return []
  if (given.type !== 'RollingUpdate') return [unsupported(at, strategyValue(given), ['RollingUpdate', 'OnDelete'])]
  const { maxUnavailable, maxSurge } = given.rollingUpdate
  const field = `${at}.rollingUpdate`
  const out = [
    ...intOrPercent(maxUnavailable, `${field}.maxUnavailable`),
    ...intOrPercent(maxSurge, `${field}.maxSurge`),
    ...atMostWhole(maxUnavailable, `${field}.maxUnavailable`),
    ...atMostWhole(maxSurge, `${field}.maxSurge`),
  ]
  if (!isNothing(maxUnavailable) && !isNothing(maxSurge))
    out.push(invalid(`${field}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'))
  if (isNothing(maxUnavailable) && isNothing(maxSurge))
    out.push(required(`${field}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'))
  return out
}

export function validateDaemonSet(object: KubeObject): FieldError[] {
  const spec = object.spec ?? {}
  const { selector } = spec
  const out = validateLabelSelector(selector ?? undefined, 'spec.selector')
  if (isReadable(selector)) out.push(...labelsMatch(selector, spec.template))
  if (selector && workloadSelector(selector, 'daemonset').some((e) => e.detail.startsWith('empty selector')))
    out.push(invalid('spec.selector', selector, 'empty selector is invalid for daemonset'))
  return [
    ...out,
    ...validatePodTemplateSpec(spec.template, 'spec.template'),
    ...restartsAlways(spec.template, 'spec.template', 'DaemonSet'),
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...daemonSetStrategy(spec.updateStrategy ?? {}),
    ...nonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
  ]
}

export function validateDaemonSetUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  return [...selectorFixed(object, old), ...validateDaemonSet(object)]
}

/** ValidateReplicationController: its selector is a plain map of labels. */
export function validateReplicationController(object: KubeObject): FieldError[] {
  const { selector = {}, minReadySeconds, replicas, template } = object.spec ?? {}
  const isEmpty = Object.keys(selector ?? {}).length === 0
  const out = [
    ...nonNegative(minReadySeconds, 'spec.minReadySeconds'),
    ...(isEmpty ? [required('spec.selector')] : []),
    ...nonNegative(replicas, 'spec.replicas'),
  ]
  if (template === undefined || template === null) return [...out, required('spec.template')]
  return [
    ...out,
    ...labelsMatch({ matchLabels: selector }, template),
    ...validatePodTemplateSpec(template, 'spec.template'),
    ...restartsAlways(template, 'spec.template', 'ReplicationController'),
  ]
}

/** ValidateControllerRevisionCreate. */
export function validateControllerRevision(object: KubeObject): FieldError[] {
  const { data } = object
  const out = nonNegative(object.revision, 'revision')
  if (data === undefined || data === null) out.push(required('data', 'data is mandatory'))
  else if (typeof data !== 'object' || Array.isArray(data)) out.push(required('data', 'data must be a valid JSON object'))
  return out
}

export function validateControllerRevisionUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  return [...nonNegative(object.revision, 'revision'), ...immutable(object.data, old.data, 'data')]
}
