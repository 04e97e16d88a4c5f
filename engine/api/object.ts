/** Kubernetes API objects as immutable plain data. */
export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

export interface ObjectMeta {
  readonly name: string
  readonly generateName?: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly ownerReferences?: readonly OwnerReference[]
  readonly finalizers?: readonly string[]
  readonly managedFields?: readonly unknown[]
}

/** The order in which Go writes metadata. */
const META_ORDER: readonly (keyof ObjectMeta)[] = [
  'name',
  'generateName',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
]

/** Metadata with another resourceVersion, its fields in the order of the wire. */
export function withVersion(metadata: ObjectMeta, resourceVersion: string): ObjectMeta {
  const out: Record<string, unknown> = {}
  for (const key of META_ORDER) {
    const value = key === 'resourceVersion' ? resourceVersion : metadata[key]
    if (value !== undefined) out[key] = value
  }
  return out as unknown as ObjectMeta
}

export interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
  // biome-ignore lint/suspicious/noExplicitAny: each kind's own type narrows it
  readonly [field: string]: any
}

/** "pods", "deployments.apps": schema.GroupResource of apimachinery, the store's key of a kind. */
export type GroupResource = string
