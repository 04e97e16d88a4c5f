import type { KubeObject } from '../../api/object.ts'

export const REVISION = 'deployment.kubernetes.io/revision'
const HISTORY = 'deployment.kubernetes.io/revision-history'
const DESIRED = 'deployment.kubernetes.io/desired-replicas'
const MAX = 'deployment.kubernetes.io/max-replicas'

/** Annotations of a Deployment that its ReplicaSets do not inherit (annotationsToSkip). */
const OWN = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  HISTORY,
  DESIRED,
  MAX,
  'deprecated.deployment.rollback.to',
])

type Annotations = Readonly<Record<string, string>>

export function annotationsOf(object: KubeObject): Annotations {
  return object.metadata.annotations ?? {}
}

export function withAnnotations(object: KubeObject, annotations: Annotations): KubeObject {
  return { ...object, metadata: { ...object.metadata, annotations } }
}

export function revisionOf(object: KubeObject): number {
  return Number(annotationsOf(object)[REVISION] ?? 0)
}

/** The replicas its Deployment wanted when this ReplicaSet was last touched; undefined if never noted. */
export function desiredReplicas(rs: KubeObject): number | undefined {
  const text = annotationsOf(rs)[DESIRED]
  return text === undefined ? undefined : Number(text)
}

export function replicaAnnotations(desired: number, surge: number): Annotations {
  return { [DESIRED]: String(desired), [MAX]: String(desired + surge) }
}

/** What the new ReplicaSet is annotated with (SetNewReplicaSetAnnotations): inherited ones, and its revision with those before. */
export function newRevisionAnnotations(deployment: KubeObject, rs: KubeObject | undefined, revision: number): Annotations {
  const current = rs === undefined ? {} : annotationsOf(rs)
  const inherited = Object.fromEntries(Object.entries(annotationsOf(deployment)).filter(([key]) => !OWN.has(key)))
  const old = current[REVISION]
  if (old !== undefined && Number(old) >= revision) return { ...current, ...inherited }
  const history = old === undefined ? undefined : [...(current[HISTORY]?.split(',') ?? []), old].join(',')
  return { ...current, ...inherited, [REVISION]: String(revision), ...(history === undefined ? {} : { [HISTORY]: history }) }
}
