// biome-ignore-all lint/suspicious/noExplicitAny: specs are open structures whose shape the schema checks
import type { KubeObject } from '../object.ts'
import { type FieldError, forbiddenField, invalid, notSupported, required } from '../status.ts'
import { dns1123Label, pathSegment } from './names.ts'

const TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource']
const FIELD: Readonly<Record<string, string>> = {
  Object: 'object',
  External: 'external',
  Pods: 'pods',
  Resource: 'resource',
  ContainerResource: 'containerResource',
}

/** A name that is there and fits into a path. */
function name(value: string | undefined, at: string, missing = ''): FieldError[] {
  return value ? pathSegment(value).map((m) => invalid(at, value, m)) : [required(at, missing)]
}

function reference(given: any, at: string, needsGroup: boolean, checksVersion: boolean): FieldError[] {
  const out = [...name(given?.kind, `${at}.kind`), ...name(given?.name, `${at}.name`)]
  const version: string = given?.apiVersion ?? ''
  if (!checksVersion) return out
  if (version.split('/').length > 2) out.push(invalid(`${at}.apiVersion`, version, `unexpected GroupVersion string: ${version}`))
  else if (needsGroup && !version.includes('/'))
    out.push(invalid(`${at}.apiVersion`, version, 'apiVersion must specify API group'))
  return out
}

function target(given: any, at: string): FieldError[] {
  const out: FieldError[] = given?.type ? [] : [required(`${at}.type`, 'must specify a metric target type')]
  if (!['Utilization', 'Value', 'AverageValue'].includes(given?.type))
    out.push(invalid(`${at}.type`, given?.type ?? '', 'must be either Utilization, Value, or AverageValue'))
  for (const field of ['value', 'averageValue'])
    if (given?.[field] !== undefined && !(Number.parseFloat(given[field]) > 0))
      out.push(invalid(`${at}.${field}`, given[field], 'must be positive'))
  if (given?.averageUtilization !== undefined && given.averageUtilization < 1)
    out.push(invalid(`${at}.averageUtilization`, given.averageUtilization, 'must be greater than 0'))
  return out
}

function utilization(given: any, at: string): FieldError[] {
  const { averageUtilization, averageValue } = given ?? {}
  if (averageUtilization === undefined && averageValue === undefined)
    return [required(`${at}.averageUtilization`, 'must set either a target raw value or a target utilization')]
  if (averageUtilization === undefined || averageValue === undefined) return []
  return [forbiddenField(`${at}.averageValue`, 'may not set both a target raw value and a target utilization')]
}

/** What each source asks for, by its field. */
const SOURCES: Readonly<Record<string, (source: any, at: string) => FieldError[]>> = {
  object: (s, at) => {
    const out = [
      ...reference(s.describedObject, `${at}.describedObject`, false, true),
      ...name(s.metric?.name, `${at}.metric.name`, 'must specify a metric name'),
      ...target(s.target, `${at}.target`),
    ]
    if (s.target?.value === undefined && s.target?.averageValue === undefined)
      out.push(required(`${at}.target.averageValue`, 'must set either a target value or averageValue'))
    return out
  },
  external: (s, at) => {
    const out = [...name(s.metric?.name, `${at}.metric.name`, 'must specify a metric name'), ...target(s.target, `${at}.target`)]
    const { value, averageValue } = s.target ?? {}
    if (value === undefined && averageValue === undefined)
      out.push(required(`${at}.target.averageValue`, 'must set either a target value for metric or a per-pod target'))
    if (value !== undefined && averageValue !== undefined)
      out.push(forbiddenField(`${at}.target.value`, 'may not set both a target value for metric and a per-pod target'))
    return out
  },
  pods: (s, at) => {
    const out = [...name(s.metric?.name, `${at}.metric.name`, 'must specify a metric name'), ...target(s.target, `${at}.target`)]
    if (s.target?.averageValue === undefined)
      out.push(required(`${at}.target.averageValue`, 'must specify a positive target averageValue'))
    return out
  },
  resource: (s, at) => [
    ...(s.name ? [] : [required(`${at}.name`, 'must specify a resource name')]),
    ...target(s.target, `${at}.target`),
    ...utilization(s.target, `${at}.target`),
  ],
  containerResource: (s, at) => [
    ...(s.name ? [] : [required(`${at}.name`, 'must specify a resource name')]),
    ...(s.container
      ? dns1123Label(s.container).map((m) => invalid(`${at}.container`, s.container, m))
      : [required(`${at}.container`, 'must specify a container')]),
    ...target(s.target, `${at}.target`),
    ...utilization(s.target, `${at}.target`),
  ],
}

function metric(given: any, at: string): FieldError[] {
  const out: FieldError[] = []
  if (!given.type) out.push(required(`${at}.type`, 'must specify a metric source type'))
  if (!TYPES.includes(given.type)) out.push(notSupported(`${at}.type`, given.type ?? '', TYPES))
  const present = Object.keys(SOURCES).filter((field) => given[field] !== undefined && given[field] !== null)
  const [first] = present
  if (first !== undefined) out.push(...(SOURCES[first]?.(given[first], `${at}.${first}`) ?? []))
  const expected = FIELD[given.type]
  if (expected === undefined) out.push(notSupported(`${at}.type`, given.type ?? '', TYPES))
  else if (!present.includes(expected))
    out.push(required(`${at}.${expected}`, 'must populate information for the given metric source'))
  if (present.length !== 1)
    for (const field of present)
      if (field !== expected) out.push(forbiddenField(`${at}.${field}`, 'must populate the given metric source only'))
  return out
}

function rules(given: any, at: string): FieldError[] {
  if (given === undefined) return []
  const out: FieldError[] = []
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [], tolerance } = given
  if (window < 0) out.push(invalid(`${at}.stabilizationWindowSeconds`, window, 'must be greater than or equal to zero'))
  if (window > 3600) out.push(invalid(`${at}.stabilizationWindowSeconds`, window, 'must be less than or equal to 3600'))
  const select = ['Disabled', 'Max', 'Min']
  if (selectPolicy !== undefined && !select.includes(selectPolicy))
    out.push(notSupported(`${at}.selectPolicy`, selectPolicy, select))
  if (policies.length === 0) out.push(required(`${at}.policies`, 'must specify at least one Policy'))
  for (const [i, { type = '', value = 0, periodSeconds = 0 }] of policies.entries()) {
    const field = `${at}.policies[${i}]`
    if (!['Percent', 'Pods'].includes(type)) out.push(notSupported(`${field}.type`, type, ['Percent', 'Pods']))
    if (value <= 0) out.push(invalid(`${field}.value`, value, 'must be greater than zero'))
    if (periodSeconds <= 0) out.push(invalid(`${field}.periodSeconds`, periodSeconds, 'must be greater than zero'))
    if (periodSeconds > 1800) out.push(invalid(`${field}.periodSeconds`, periodSeconds, 'must be less than or equal to 1800'))
  }
  if (tolerance !== undefined && String(tolerance).startsWith('-'))
    out.push(invalid(`${at}.tolerance`, tolerance, 'must be greater than or equal to 0'))
  return out
}

function validateSpec(spec: any, needsGroup: boolean, checksVersion: boolean): FieldError[] {
  const out: FieldError[] = []
  const { minReplicas: min, maxReplicas: max = 0, metrics = [] } = spec
  if (min < 1) out.push(invalid('spec.minReplicas', min, 'must be greater than or equal to 1'))
  if (max < 1) out.push(invalid('spec.maxReplicas', max, 'must be greater than 0'))
  if (max < min) out.push(invalid('spec.maxReplicas', max, 'must be greater than or equal to `minReplicas`'))
  out.push(...reference(spec.scaleTargetRef, 'spec.scaleTargetRef', needsGroup, checksVersion))
  for (const [i, m] of metrics.entries()) out.push(...metric(m, `spec.metrics[${i}]`))
  if (min === 0 && !metrics.some((m: any) => m.type === 'Object' || m.type === 'External')) {
    const words = 'must specify at least one Object or External metric to support scaling to zero replicas'
    out.push(forbiddenField('spec.metrics', words))
  }
  return [
    ...out,
    ...rules(spec.behavior?.scaleUp, 'spec.behavior.scaleUp'),
    ...rules(spec.behavior?.scaleDown, 'spec.behavior.scaleDown'),
  ]
}

const ungrouped = (object: KubeObject) => object.spec?.scaleTargetRef?.kind === 'ReplicationController'

export function validateAutoscaler(object: KubeObject): FieldError[] {
  return validateSpec(object.spec ?? {}, !ungrouped(object), true)
}

/** On update the target's version is looked at only where the target changed. */
export function validateAutoscalerUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const [now, before] = [object.spec?.scaleTargetRef ?? {}, old.spec?.scaleTargetRef ?? {}]
  const isSame = now.apiVersion === before.apiVersion && now.kind === before.kind
  return validateSpec(object.spec ?? {}, !ungrouped(object), !isSame)
}
