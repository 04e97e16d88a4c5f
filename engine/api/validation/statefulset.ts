// biome-ignore-all lint/suspicious/noExplicitAny: specs are open structures whose shape the schema checks
import { deepEqual } from '../deep-equal.ts'
import type { KubeObject } from '../object.ts'
import { type FieldError, forbiddenField, invalid, required } from '../status.ts'
import { validateClaimSpec } from './claim.ts'
import { unsupported } from './fields.ts'
import { dns1123Label } from './names.ts'
import { validatePodTemplateSpec } from './pod.ts'
import {
  atMostWhole,
  intOrPercent,
  isNothing,
  isReadable,
  labelsMatch,
  nonNegative,
  restartsAlways,
  workloadSelector,
} from './template.ts'

const rollingValue = (given: any) =>
  given ? { Partition: given.partition ?? 0, MaxUnavailable: given.maxUnavailable ?? null } : null

function updateStrategy({ type, rollingUpdate }: any): FieldError[] {
  const at = 'spec.updateStrategy'
  if (!type) return [required(at)]
  if (type === 'OnDelete') {
    return rollingUpdate
      ? [invalid(`${at}.rollingUpdate`, rollingValue(rollingUpdate), "only allowed for updateStrategy 'RollingUpdate'")]
      : []
  }
  if (type !== 'RollingUpdate')
    return [invalid(at, { Type: type, RollingUpdate: rollingValue(rollingUpdate) }, "must be 'RollingUpdate' or 'OnDelete'")]
  const { partition, maxUnavailable } = rollingUpdate ?? {}
  const field = `${at}.rollingUpdate`
  const out = nonNegative(partition, `${field}.partition`)
  if (maxUnavailable === undefined) return out
  out.push(...intOrPercent(maxUnavailable, `${field}.maxUnavailable`))
  if (isNothing(maxUnavailable)) out.push(invalid(`${field}.maxUnavailable`, maxUnavailable, 'cannot be 0'))
  return [...out, ...atMostWhole(maxUnavailable, `${field}.maxUnavailable`)]
}

const POLICIES = ['Retain', 'Delete']

/** The pod as the controller will make it: its host name and domain are its own, and each claim template is a volume. */
function effective(spec: any): any {
  const claims: readonly any[] = spec.volumeClaimTemplates ?? []
  const { hostname: _hostname, subdomain: _subdomain, ...pod } = spec.template?.spec ?? {}
  const names = claims.map((c) => c.metadata?.name ?? '')
  const volumes = [
    ...names.map((name) => ({ name, persistentVolumeClaim: { claimName: name } })),
    ...(pod.volumes ?? []).filter((v: any) => !names.includes(v.name)),
  ]
  return { ...spec.template, spec: claims.length > 0 ? { ...pod, volumes } : pod }
}

function validateSpec(spec: any, isUpdate: boolean): FieldError[] {
  const out: FieldError[] = []
  const { podManagementPolicy: management, persistentVolumeClaimRetentionPolicy: retention } = spec
  if (!management) out.push(required('spec.podManagementPolicy'))
  else if (!['OrderedReady', 'Parallel'].includes(management))
    out.push(invalid('spec.podManagementPolicy', management, "must be 'OrderedReady' or 'Parallel'"))
  out.push(...updateStrategy(spec.updateStrategy ?? {}))
  for (const when of ['whenDeleted', 'whenScaled']) {
    const value = retention?.[when]
    if (!POLICIES.includes(value)) out.push(unsupported(`spec.persistentVolumeClaimRetentionPolicy.${when}`, value, POLICIES))
  }
  if (!isUpdate)
    for (const [i, claim] of (spec.volumeClaimTemplates ?? []).entries())
      out.push(...validateClaimSpec(claim.spec, `spec.volumeClaimTemplates[${i}].spec`))
  out.push(
    ...nonNegative(spec.replicas, 'spec.replicas'),
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...nonNegative(spec.ordinals?.start, 'spec.ordinals.start'),
  )
  if (!isUpdate && spec.serviceName)
    for (const m of dns1123Label(spec.serviceName)) out.push(invalid('spec.serviceName', spec.serviceName, m))
  out.push(...workloadSelector(spec.selector, 'statefulset'))
  if (!isReadable(spec.selector)) out.push(invalid('spec.selector', spec.selector, ''))
  else {
    const { labels, annotations } = spec.template?.metadata ?? {}
    out.push(...labelsMatch(spec.selector, spec.template), ...validatePodTemplateSpec(effective(spec), 'spec.template'))
    // Labels and annotations are looked at a second time (ValidatePodTemplateSpecForStatefulSet).
    const again = validatePodTemplateSpec({ metadata: { labels, annotations }, spec: {} }, 'spec.template')
    out.push(...again.filter((e) => /^spec\.template\.(labels|annotations)/.test(e.field)))
  }
  return [...out, ...restartsAlways(spec.template, 'spec.template', 'StatefulSet')]
}

export function validateStatefulSet(object: KubeObject): FieldError[] {
  return validateSpec(object.spec ?? {}, false)
}

const CHANGEABLE = [
  'replicas',
  'template',
  'updateStrategy',
  'minReadySeconds',
  'ordinals',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
]
const FIXED =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"

export function validateStatefulSetUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const rest = (spec: any) => Object.fromEntries(Object.entries(spec ?? {}).filter(([name]) => !CHANGEABLE.includes(name)))
  const out = validateSpec(object.spec ?? {}, true)
  if (!deepEqual(rest(object.spec), rest(old.spec))) out.push(forbiddenField('spec', FIXED))
  return out
}
