import type { KubeObject } from '../../api/object.ts'
import { REVISION_LABEL, withRevision } from '../history.ts'
import { controllerReference } from '../ownership.ts'
import { podFromTemplate } from '../pods.ts'

/** The number at the end of a pod's name; -1 if it has none. */
export function ordinalOf(pod: KubeObject): number {
  const match = /^(.*)-(\d+)$/.exec(pod.metadata.name)
  return match === null ? -1 : Number(match[2])
}

/** Whether the pod's name says that it belongs to the set (isMemberOf). */
export function isMember(set: KubeObject, pod: KubeObject): boolean {
  return /^(.*)-(\d+)$/.exec(pod.metadata.name)?.[1] === set.metadata.name
}

export function firstOrdinal(set: KubeObject): number {
  return set.spec.ordinals?.start ?? 0
}

export function inRange(set: KubeObject, pod: KubeObject): boolean {
  const ordinal = ordinalOf(pod)
  return ordinal >= firstOrdinal(set) && ordinal < firstOrdinal(set) + (set.spec.replicas ?? 1)
}

export function revisionOf(pod: KubeObject): string {
  return pod.metadata.labels?.[REVISION_LABEL] ?? ''
}

export interface Revisions {
  readonly current: KubeObject
  readonly update: KubeObject
}

function identityLabels(set: KubeObject, ordinal: number): Record<string, string> {
  return {
    'statefulset.kubernetes.io/pod-name': `${set.metadata.name}-${ordinal}`,
    'apps.kubernetes.io/pod-index': String(ordinal),
  }
}

/** The pod that a set wants at an ordinal, of the current or the new revision (newVersionedStatefulSetPod). */
export function wantedPod(set: KubeObject, { current, update }: Revisions, ordinal: number): KubeObject {
  const { type, rollingUpdate } = set.spec.updateStrategy ?? {}
  const kept = rollingUpdate === undefined ? (set.status?.currentReplicas ?? 0) : (rollingUpdate.partition ?? 0)
  const revision = type === 'RollingUpdate' && ordinal < firstOrdinal(set) + kept ? current : update
  const { template } = withRevision(set, revision).spec
  const name = `${set.metadata.name}-${ordinal}`
  const pod = podFromTemplate(set, template, [controllerReference(set)])
  const { generateName: prefix, ...metadata } = pod.metadata
  const labels = { ...metadata.labels, ...identityLabels(set, ordinal), [REVISION_LABEL]: revision.metadata.name }
  const spec = {
    ...pod.spec,
    hostname: name,
    ...(set.spec.serviceName ? { subdomain: set.spec.serviceName } : {}),
    ...withClaims(set, pod.spec, ordinal),
  }
  return { ...pod, metadata: { ...metadata, generateName: prefix, name, labels }, spec } as KubeObject
}

function withClaims(set: KubeObject, spec: KubeObject[string], ordinal: number): { readonly volumes?: readonly object[] } {
  const claims = claimsOf(set, ordinal)
  if (claims.length === 0) return {}
  const names = new Set(claims.map(({ volume }) => volume))
  const others = (spec.volumes ?? []).filter((v: { name: string }) => !names.has(v.name))
  return {
    volumes: [
      ...claims.map(({ volume, claim }) => ({ name: volume, persistentVolumeClaim: { claimName: claim.metadata.name } })),
      ...others,
    ],
  }
}

export interface WantedClaim {
  /** The template's name, which is the volume's. */
  readonly volume: string
  readonly claim: KubeObject
}

/** The claims of the pod at an ordinal: TEMPLATE-SET-ORDINAL. */
export function claimsOf(set: KubeObject, ordinal: number): readonly WantedClaim[] {
  const templates: readonly KubeObject[] = set.spec.volumeClaimTemplates ?? []
  return templates.map(({ metadata, spec }) => ({
    volume: metadata.name,
    claim: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        ...metadata,
        name: `${metadata.name}-${set.metadata.name}-${ordinal}`,
        namespace: set.metadata.namespace,
        labels: { ...metadata.labels, ...set.spec.selector.matchLabels },
      },
      spec,
    } as KubeObject,
  }))
}

/** Whether an existing pod is as the set names it (identityMatches, storageMatches). */
export function matchesIdentity(set: KubeObject, pod: KubeObject): boolean {
  const ordinal = ordinalOf(pod)
  const labels = Object.entries(identityLabels(set, ordinal))
  return labels.every(([key, value]) => pod.metadata.labels?.[key] === value)
}

export function withIdentity(set: KubeObject, pod: KubeObject): KubeObject {
  return { ...pod, metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, ...identityLabels(set, ordinalOf(pod)) } } }
}
