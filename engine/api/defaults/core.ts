// biome-ignore-all lint/suspicious/noExplicitAny: objects of several kinds
import type { KubeObject } from '../object.ts'
import { claimSpecDefaults, normalizedSources } from './claim.ts'
import { podSpecDefaults, rbdDefaults, resourceList } from './pod-spec.ts'

type Lists = Readonly<Record<string, unknown>>

/** Rounds the named resource lists of a struct (SetDefaults_ResourceList). */
function rounded(value: Lists | undefined, names: readonly string[]): Record<string, unknown> {
  const out: Record<string, unknown> = { ...value }
  for (const name of names) if (out[name]) out[name] = resourceList(out[name] as Record<string, string>)
  return out
}

/** What a node's status always has, however little is known. */
const EMPTY_STATUS = {
  daemonEndpoints: { kubeletEndpoint: { Port: 0 } },
  nodeInfo: {
    architecture: '',
    bootID: '',
    containerRuntimeVersion: '',
    kernelVersion: '',
    kubeProxyVersion: '',
    kubeletVersion: '',
    machineID: '',
    operatingSystem: '',
    osImage: '',
    systemUUID: '',
  },
}

/** SetDefaults_NodeStatus: allocatable is the capacity unless something is held back. */
export function nodeDefaults(node: KubeObject): KubeObject {
  const status = { ...EMPTY_STATUS, ...rounded(node.status, ['capacity', 'allocatable']) } as Record<string, unknown>
  status.nodeInfo = { ...EMPTY_STATUS.nodeInfo, ...(status.nodeInfo as object) }
  if (status.allocatable === undefined && status.capacity !== undefined) status.allocatable = status.capacity
  const spec: any = { ...node.spec }
  // one pod range stands alone too, and is one with the first of the list
  if (spec.podCIDRs?.length > 0) spec.podCIDR = spec.podCIDRs[0]
  else if (spec.podCIDR) spec.podCIDRs = [spec.podCIDR]
  return { ...node, spec, status }
}

/** SetDefaults_LimitRangeItem: of a container's limits what is not said follows from what is. */
export function limitRangeDefaults(range: KubeObject): KubeObject {
  if (range.spec === undefined) return range
  const limits = (range.spec.limits ?? []).map((given: Lists) => {
    const limit: any = rounded(given, ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'])
    if (limit.type !== 'Container') return limit
    const standard = { ...limit.max, ...limit.default }
    const request = { ...limit.min, ...standard, ...limit.defaultRequest }
    if (Object.keys(standard).length > 0) limit.default = standard
    if (Object.keys(request).length > 0) limit.defaultRequest = request
    return limit
  })
  return { ...range, spec: { ...range.spec, limits } }
}

export function quotaDefaults(quota: KubeObject): KubeObject {
  const out: Record<string, unknown> = { ...quota }
  if (quota.spec !== undefined) out.spec = rounded(quota.spec, ['hard'])
  if (quota.status !== undefined) out.status = rounded(quota.status, ['hard', 'used'])
  return out as KubeObject
}

/** SetDefaults_PersistentVolume. */
export function volumeDefaults(pv: KubeObject): KubeObject {
  const spec: any = rounded(pv.spec, ['capacity'])
  spec.persistentVolumeReclaimPolicy = spec.persistentVolumeReclaimPolicy || 'Retain'
  spec.volumeMode = spec.volumeMode ?? 'Filesystem'
  if (spec.hostPath) spec.hostPath = { ...spec.hostPath, type: spec.hostPath.type ?? '' }
  if (spec.iscsi) spec.iscsi = { ...spec.iscsi, iscsiInterface: spec.iscsi.iscsiInterface || 'default' }
  if (spec.rbd) spec.rbd = rbdDefaults(spec.rbd)
  if (spec.storageClassName === '') delete spec.storageClassName
  return { ...pv, spec }
}

export function claimDefaults(claim: KubeObject): KubeObject {
  return { ...claim, spec: normalizedSources(claimSpecDefaults(claim.spec ?? {})) }
}

/** SetDefaults_StorageClass. */
export function storageClassDefaults(object: KubeObject): KubeObject {
  return {
    ...object,
    reclaimPolicy: object.reclaimPolicy ?? 'Delete',
    volumeBindingMode: object.volumeBindingMode ?? 'Immediate',
  }
}

export function priorityClassDefaults(object: KubeObject): KubeObject {
  return { ...object, value: object.value ?? 0, preemptionPolicy: object.preemptionPolicy ?? 'PreemptLowerPriority' }
}

export function podTemplateDefaults(object: KubeObject): KubeObject {
  const { metadata = {}, spec = {}, ...rest } = object.template ?? {}
  return { ...object, template: { metadata, ...rest, spec: podSpecDefaults(spec, true) } }
}
