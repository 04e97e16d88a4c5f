import { invariant } from '../base/invariant.ts'
import type { Json } from '../base/json.ts'
import { type GroupResource, type KubeObject, withVersion } from './object.ts'
import type { Store, StoreEvent } from './store.ts'

/** How many events `since` can go back. */
const HISTORY = 10_000

/** The objects of one resource: a map for lookups, and keys and objects in key order for lists. */
class Table {
  readonly byKey = new Map<string, KubeObject>()
  private keys: string[] = []
  private objects: KubeObject[] = []
  /** True once `objects` was handed out: the next write copies it first, so lists and snapshots never change. */
  private shared = false

  /** The first position whose key is not below `key`. */
  position(key: string): number {
    let low = 0
    let high = this.keys.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.keys[middle] as string) < key) low = middle + 1
      else high = middle
    }
    return low
  }

  set(key: string, object: KubeObject): void {
    this.own()
    const at = this.position(key)
    if (this.keys[at] === key) this.objects[at] = object
    else {
      this.keys.splice(at, 0, key)
      this.objects.splice(at, 0, object)
    }
    this.byKey.set(key, object)
  }

  delete(key: string): void {
    this.own()
    const at = this.position(key)
    this.keys.splice(at, 1)
    this.objects.splice(at, 1)
    this.byKey.delete(key)
  }

  all(): readonly KubeObject[] {
    this.shared = true
    return this.objects
  }

  /** Every key "NAMESPACE/…" lies between "NAMESPACE/" and "NAMESPACE0", because '0' follows '/'. */
  inNamespace(namespace: string): readonly KubeObject[] {
    const from = this.position(`${namespace}/`)
    const to = this.position(`${namespace}0`)
    return this.objects.slice(from, to)
  }

  /** Takes a list in key order as its own; only objects that are not the same ones cost more than a look. */
  become(list: readonly KubeObject[]): void {
    const { objects: old, keys: oldKeys } = this
    if (old === list) return
    const keys: string[] = []
    let i = 0
    for (const object of list) {
      if (old[i] === object) {
        keys.push(oldKeys[i++] as string)
        continue
      }
      const key = objectKey(object.metadata.namespace, object.metadata.name)
      for (; i < oldKeys.length && (oldKeys[i] as string) < key; i++) this.byKey.delete(oldKeys[i] as string)
      if (oldKeys[i] === key) i++
      keys.push(key)
      this.byKey.set(key, object)
    }
    for (; i < oldKeys.length; i++) this.byKey.delete(oldKeys[i] as string)
    this.keys = keys
    this.objects = list as KubeObject[]
    this.shared = true
  }

  private own(): void {
    if (!this.shared) return
    this.objects = this.objects.slice()
    this.shared = false
  }
}

/** etcd's key of an object below its resource: "NAMESPACE/NAME", or "NAME" for cluster-scoped kinds. */
export function objectKey(namespace: string | undefined, name: string): string {
  return namespace ? `${namespace}/${name}` : name
}

interface SavedStore {
  readonly revision: number
  readonly objects: Readonly<Record<GroupResource, readonly KubeObject[]>>
}

/** The cluster's one store, in memory. Its saved form shares every object and unchanged list with the live one. */
export class MemoryStore implements Store {
  private tables = new Map<GroupResource, Table>()
  private newest = 1
  private history: StoreEvent[] = []
  /** The revision before the oldest event of `history`. */
  private floor = 1
  private readonly listeners = new Set<(event: StoreEvent) => void>()

  get revision(): number {
    return this.newest
  }

  get(resource: GroupResource, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.tables.get(resource)?.byKey.get(objectKey(namespace, name))
  }

  list(resource: GroupResource, namespace?: string): readonly KubeObject[] {
    const table = this.tables.get(resource)
    if (table === undefined) return []
    return namespace === undefined || namespace === '' ? table.all() : table.inNamespace(namespace)
  }

  resources(): readonly GroupResource[] {
    return [...this.tables.keys()].sort()
  }

  put(resource: GroupResource, object: KubeObject): KubeObject {
    const { namespace, name } = object.metadata
    invariant(name, `an object of ${resource} without a name`)
    const old = this.get(resource, namespace, name)
    this.newest++
    const stored: KubeObject = { ...object, metadata: withVersion(object.metadata, String(this.newest)) }
    this.table(resource).set(objectKey(namespace, name), stored)
    this.commit(
      old === undefined ? { type: 'ADDED', resource, object: stored } : { type: 'MODIFIED', resource, object: stored, old },
    )
    return stored
  }

  putRaw(resource: GroupResource, object: KubeObject): void {
    const { namespace, name, resourceVersion } = object.metadata
    const old = this.get(resource, namespace, name)
    this.table(resource).set(objectKey(namespace, name), object)
    const version = Number(resourceVersion ?? 0)
    if (Number.isSafeInteger(version) && version > this.newest) this.newest = version
    this.history = []
    this.floor = this.newest
    this.notify(old === undefined ? { type: 'ADDED', resource, object } : { type: 'MODIFIED', resource, object, old })
  }

  /** A deletion is a write: its event carries the object with a resourceVersion of its own, as etcd's mod revision does. */
  remove(resource: GroupResource, namespace: string | undefined, name: string): KubeObject | undefined {
    const old = this.get(resource, namespace, name)
    if (old === undefined) return undefined
    this.newest++
    this.table(resource).delete(objectKey(namespace, name))
    const object: KubeObject = { ...old, metadata: withVersion(old.metadata, String(this.newest)) }
    this.commit({ type: 'DELETED', resource, object, old })
    return object
  }

  watch(listener: (event: StoreEvent) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  since(revision: number): readonly StoreEvent[] | undefined {
    if (revision < this.floor) return undefined
    // revisions only grow along the history
    let low = 0
    let high = this.history.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (Number((this.history[middle] as StoreEvent).object.metadata.resourceVersion) <= revision) low = middle + 1
      else high = middle
    }
    return this.history.slice(low)
  }

  /** Undoes the events since `revision`, newest first. */
  listAt(resource: GroupResource, namespace: string | undefined, revision: number): readonly KubeObject[] | undefined {
    const now = this.list(resource, namespace)
    if (revision === this.newest) return now
    if (revision < this.floor || revision > this.newest) return undefined
    const then = new Map(now.map((o) => [objectKey(o.metadata.namespace, o.metadata.name), o]))
    for (let i = this.history.length - 1; i >= 0; i--) {
      const event = this.history[i] as StoreEvent
      const { metadata } = event.object
      if (Number(metadata.resourceVersion) <= revision) break
      if (event.resource !== resource || (namespace && metadata.namespace !== namespace)) continue
      const key = objectKey(metadata.namespace, metadata.name)
      if (event.old === undefined) then.delete(key)
      else then.set(key, event.old)
    }
    return [...then.keys()].sort().map((key) => then.get(key) as KubeObject)
  }

  get listening(): number {
    return this.listeners.size
  }

  /** The event history is a cache and is not saved: after `load` a watch can start from the newest revision on. */
  save(): Json {
    const objects: Record<GroupResource, readonly KubeObject[]> = {}
    for (const resource of this.resources()) objects[resource] = (this.tables.get(resource) as Table).all()
    const saved: SavedStore = { revision: this.newest, objects }
    return saved as unknown as Json
  }

  load(state: Json): void {
    const saved = state as unknown as SavedStore
    // What is there already stays: undo pays for what it undoes.
    for (const resource of this.tables.keys()) if (!Object.hasOwn(saved.objects, resource)) this.tables.delete(resource)
    for (const [resource, objects] of Object.entries(saved.objects)) this.table(resource).become(objects)
    this.newest = saved.revision
    this.history = []
    this.floor = saved.revision
  }

  private table(resource: GroupResource): Table {
    let table = this.tables.get(resource)
    if (table === undefined) {
      table = new Table()
      this.tables.set(resource, table)
    }
    return table
  }

  private commit(event: StoreEvent): void {
    this.history.push(event)
    if (this.history.length > HISTORY * 2) {
      this.floor = Number((this.history[HISTORY - 1] as StoreEvent).object.metadata.resourceVersion)
      this.history = this.history.slice(HISTORY)
    }
    this.notify(event)
  }

  private notify(event: StoreEvent): void {
    for (const listener of [...this.listeners]) listener(event)
  }
}
