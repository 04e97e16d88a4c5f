// biome-ignore-all lint/suspicious/noExplicitAny: objects of several kinds
import type { GroupResource, KubeObject } from '../object.ts'
import { amountOf, formatAmount } from '../validation/quantity.ts'
import { podResources, qosClass, type ResourceList } from './pod-resources.ts'

const COMPUTE = ['cpu', 'memory', 'ephemeral-storage']
const POD = ['count/pods', 'pods', ...COMPUTE, ...COMPUTE.map((n) => `requests.${n}`), ...COMPUTE.map((n) => `limits.${n}`)]
const SERVICE = ['count/services', 'services', 'services.nodeports', 'services.loadbalancers']
const CLAIM = ['count/persistentvolumeclaims', 'persistentvolumeclaims', 'requests.storage']
const BY_CLASS = '.storageclass.storage.k8s.io/'
/** Kinds that quotas counted by name before count/… came. */
const ALIASES = ['configmaps', 'resourcequotas', 'replicationcontrollers', 'secrets']

/** Of the resources a quota limits, those that objects of a kind use (Evaluator.MatchingResources). */
export function quotaResources(resource: GroupResource, limited: readonly string[]): readonly string[] {
  if (resource === 'pods') {
    const extended = (n: string) => n.startsWith('requests.') && n.includes('/') && !n.includes('kubernetes.io/')
    return limited.filter((n) => POD.includes(n) || /^(requests\.)?hugepages-/.test(n) || extended(n))
  }
  if (resource === 'services') return limited.filter((n) => SERVICE.includes(n))
  if (resource === 'persistentvolumeclaims')
    return limited.filter((n) => CLAIM.includes(n) || CLAIM.slice(1).some((c) => n.endsWith(BY_CLASS + c)))
  const names = [`count/${resource}`, ...(ALIASES.includes(resource) ? [resource] : [])]
  return limited.filter((n) => names.includes(n))
}

/** How a pod's or container's requests and limits are called in quotas (podComputeUsageHelper). */
export function computeUsage(requests: ResourceList, limits: ResourceList): ResourceList {
  const out: ResourceList = { pods: '1' }
  for (const name of COMPUTE) {
    const [request, limit] = [requests[name], limits[name]]
    if (request !== undefined) {
      out[name] = request
      out[`requests.${name}`] = request
    }
    if (limit !== undefined) out[`limits.${name}`] = limit
  }
  for (const [name, request] of Object.entries(requests)) {
    if (name.startsWith('hugepages-')) out[name] = request
    if (name.startsWith('hugepages-') || (name.includes('/') && !name.includes('kubernetes.io/')))
      out[`requests.${name}`] = request
  }
  return out
}

/** Pods that ended, or whose grace is over, use nothing but a place in the count (QuotaV1Pod). */
function counted(pod: KubeObject, now: number): boolean {
  if (pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded') return false
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return true
  return now <= Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1000
}

function serviceUsage(spec: any): ResourceList {
  const ports: readonly any[] = spec?.ports ?? []
  const out: ResourceList = {
    'count/services': '1',
    services: '1',
    'services.loadbalancers': spec?.type === 'LoadBalancer' ? '1' : '0',
    'services.nodeports': '0',
  }
  if (spec?.type === 'NodePort') out['services.nodeports'] = String(ports.length)
  if (spec?.type === 'LoadBalancer') {
    const given = ports.filter((p) => p.nodePort).length
    out['services.nodeports'] = String(spec.allocateLoadBalancerNodePorts === false ? given : ports.length)
  }
  return out
}

const CLASS = 'volume.beta.kubernetes.io/storage-class'
const UNIT = 1_000_000_000n

function claimUsage(claim: KubeObject): ResourceList {
  const out: ResourceList = { persistentvolumeclaims: '1', 'count/persistentvolumeclaims': '1' }
  const name: string = claim.metadata.annotations?.[CLASS] ?? claim.spec?.storageClassName ?? ''
  if (name !== '') out[`${name}${BY_CLASS}persistentvolumeclaims`] = '1'
  const requested = claim.spec?.resources?.requests?.storage
  if (requested === undefined) return out
  const { nanos, binary } = amountOf(requested)
  const storage = formatAmount({ nanos: ((nanos + UNIT - 1n) / UNIT) * UNIT, binary })
  out['requests.storage'] = storage
  if (name !== '') out[`${name}${BY_CLASS}requests.storage`] = storage
  return out
}

/** What one object uses of a quota's resources (Evaluator.Usage). */
export function quotaUsage(resource: GroupResource, object: KubeObject, now: number): ResourceList {
  if (resource === 'pods') {
    const compute = counted(object, now)
      ? computeUsage(podResources(object.spec, 'requests'), podResources(object.spec, 'limits'))
      : {}
    return { 'count/pods': '1', ...compute }
  }
  if (resource === 'services') return serviceUsage(object.spec)
  if (resource === 'persistentvolumeclaims') return claimUsage(object)
  return { [`count/${resource}`]: '1', ...(ALIASES.includes(resource) ? { [resource]: '1' } : {}) }
}

interface ScopeTerm {
  readonly scopeName: string
  readonly operator?: string
  readonly values?: readonly string[]
}

function scopesOf(quota: KubeObject): readonly ScopeTerm[] {
  const plain = (quota.spec?.scopes ?? []).map((scopeName: string) => ({ scopeName, operator: 'Exists' }))
  return [...plain, ...(quota.spec?.scopeSelector?.matchExpressions ?? [])]
}

function crossNamespace(affinity: any): boolean {
  const terms = ['podAffinity', 'podAntiAffinity'].flatMap((kind) => [
    ...(affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(affinity?.[kind]?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((t: any) => t.podAffinityTerm),
  ])
  return terms.some((t) => (t.namespaces ?? []).length > 0 || t.namespaceSelector !== undefined)
}

function chosen(value: string | undefined, { operator, values = [] }: ScopeTerm): boolean {
  if (operator === 'Exists') return Boolean(value)
  if (operator === 'DoesNotExist') return !value
  const among = value !== undefined && value !== '' && values.includes(value)
  return operator === 'NotIn' ? !among : among
}

/** podMatchesScopeFunc and pvcMatchesScopeFunc. */
function inScope(resource: GroupResource, object: KubeObject, term: ScopeTerm): boolean {
  const spec = object.spec ?? {}
  if (resource === 'persistentvolumeclaims')
    return term.scopeName === 'VolumeAttributesClass' && chosen(spec.volumeAttributesClassName, term)
  if (resource !== 'pods') return false
  switch (term.scopeName) {
    case 'Terminating':
      return spec.activeDeadlineSeconds !== undefined
    case 'NotTerminating':
      return spec.activeDeadlineSeconds === undefined
    case 'BestEffort':
      return qosClass(spec) === 'BestEffort'
    case 'NotBestEffort':
      return qosClass(spec) !== 'BestEffort'
    case 'PriorityClass':
      return chosen(spec.priorityClassName, term)
    case 'CrossNamespacePodAffinity':
      return crossNamespace(spec.affinity)
    default:
      return false
  }
}

/** Whether an object counts against a quota: every scope of the quota holds for it. */
export function inQuotaScopes(quota: KubeObject, resource: GroupResource, object: KubeObject): boolean {
  return scopesOf(quota).every((term) => inScope(resource, object, term))
}
