import type { GroupResource, KubeObject } from '../api/object.ts'
import type { Store, StoreEvent } from '../api/store.ts'
import type { Clock } from '../clock/clock.ts'
import type { Dice } from '../clock/dice.ts'
import type { EndpointIndexes } from './endpoints/indexes.ts'
import type { EventRecorder } from './events.ts'

/** How a control loop changes objects; refusals are thrown as StatusError. */
export interface ApiWriter {
  create(resource: GroupResource, object: KubeObject): KubeObject
  /** `part` 'status' goes through the status subresource. */
  update(resource: GroupResource, object: KubeObject, part?: 'status'): KubeObject
  delete(resource: GroupResource, namespace: string | undefined, name: string, options?: DeleteOptions): void
  /** The binding subresource: gives a pod its node. */
  bind(namespace: string, name: string, node: string): void
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground'
  readonly uid?: string
}

/** What every control loop is given. */
export interface ControllerEnv {
  readonly clock: Clock
  readonly dice: Dice
  readonly store: Store
  /** A writer that acts as `manager` (the name in managedFields). */
  readonly writer: (manager: string) => ApiWriter
  readonly events: EventRecorder
  readonly indexes: EndpointIndexes
  /** Minor version of the cluster: what came with which release is decided by it. */
  readonly minor: number
}

/** A control loop: which keys an event concerns, and what brings one key's objects to what they should be. */
export interface ControlLoop {
  readonly name: string
  /** "namespace/name" (or "name") of what may need work after this event. */
  keys(event: StoreEvent): readonly string[]
  /** How long news of this kind may gather before it is looked at, ms; at once if absent. */
  patience?(event: StoreEvent): number
  /** Every key there is, for the start. */
  all(): readonly string[]
  /** Throws StatusError to be tried again. */
  sync(key: string): void
}

export const R = {
  pods: 'pods',
  nodes: 'nodes',
  services: 'services',
  endpoints: 'endpoints',
  slices: 'endpointslices.discovery.k8s.io',
  deployments: 'deployments.apps',
  replicasets: 'replicasets.apps',
  daemonsets: 'daemonsets.apps',
  statefulsets: 'statefulsets.apps',
  revisions: 'controllerrevisions.apps',
  replicationcontrollers: 'replicationcontrollers',
  jobs: 'jobs.batch',
  cronjobs: 'cronjobs.batch',
  budgets: 'poddisruptionbudgets.policy',
  autoscalers: 'horizontalpodautoscalers.autoscaling',
  claims: 'persistentvolumeclaims',
  volumes: 'persistentvolumes',
  storageclasses: 'storageclasses.storage.k8s.io',
  quotas: 'resourcequotas',
  namespaces: 'namespaces',
  configmaps: 'configmaps',
  serviceaccounts: 'serviceaccounts',
  events: 'events',
} as const

/** "namespace/name", or "name" for what has no namespace. */
export function keyOf(object: KubeObject): string {
  const { namespace, name } = object.metadata
  return namespace === undefined ? name : `${namespace}/${name}`
}

/** The parts of a {@link keyOf} key. */
export function splitKey(key: string): { readonly namespace: string | undefined; readonly name: string } {
  const at = key.indexOf('/')
  return at < 0 ? { namespace: undefined, name: key } : { namespace: key.slice(0, at), name: key.slice(at + 1) }
}

/** A time as metav1.Time writes it. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}

/** Whether two plain values say the same, whatever the order of their fields; an undefined field is none. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const left = Object.entries(a).filter(([, v]) => v !== undefined)
  const right = b as Record<string, unknown>
  return left.length === Object.values(b).filter((v) => v !== undefined).length && left.every(([k, v]) => sameValue(v, right[k]))
}
