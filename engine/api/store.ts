import type { Json, Stateful } from '../base/json.ts'
import type { GroupResource, KubeObject } from './object.ts'

export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly resource: GroupResource
  readonly object: KubeObject
  /** The object before a MODIFIED. */
  readonly old?: KubeObject
}

/**
 * etcd and the watch cache in one: immutable objects by resource, namespace and name; a resourceVersion for every write;
 * watchers called synchronously at commit (they must only note what to do, never write from inside).
 * No defaulting, validation or admission here: see write.ts, which apiserver and controllers both go through.
 */
export interface Store extends Stateful {
  /** The newest resourceVersion handed out. */
  readonly revision: number
  get(resource: GroupResource, namespace: string | undefined, name: string): KubeObject | undefined
  /** In key order (namespace, then name), as etcd lists. */
  list(resource: GroupResource, namespace?: string): readonly KubeObject[]
  resources(): readonly GroupResource[]
  /** Puts a new or changed object, giving it the next resourceVersion; returns what was stored. */
  put(resource: GroupResource, object: KubeObject): KubeObject
  /** Puts it exactly as given (scenario loading): uid, resourceVersion and all. */
  putRaw(resource: GroupResource, object: KubeObject): void
  remove(resource: GroupResource, namespace: string | undefined, name: string): KubeObject | undefined
  watch(listener: (event: StoreEvent) => void): () => void
  /** Events after `revision` in order, or undefined if they are compacted away. */
  since(revision: number): readonly StoreEvent[] | undefined
  /** A list as it was at `revision`, or undefined if that is compacted away. */
  listAt(resource: GroupResource, namespace: string | undefined, revision: number): readonly KubeObject[] | undefined
  /** How many listen. */
  readonly listening: number
  save(): Json
  load(state: Json): void
}
