import type { GroupResource, KubeObject } from '../api/object.ts'
import type { StoreEvent } from '../api/store.ts'
import type { ApiWriter, ControlLoop, ControllerEnv } from './env.ts'
import { withoutOwner } from './ownership.ts'

const ORPHAN = 'orphan'
const FOREGROUND = 'foregroundDeletion'
/** Kinds that own nothing and are owned by nothing worth a look; there are many of them. */
const SKIPPED = new Set(['events'])

interface Dependent {
  readonly resource: GroupResource
  readonly namespace: string | undefined
  readonly name: string
}

/**
 * Deletes what lost all its owners, and carries out foreground and orphaning deletion (pkg/controller/garbagecollector).
 * Keys are "uid OWNER" (look at its dependents) and "object RESOURCE NAMESPACE NAME" (look at its owners).
 */
export class GarbageCollector implements ControlLoop {
  readonly name = 'garbage-collector'
  private readonly env: ControllerEnv
  private readonly api: ApiWriter

  constructor(env: ControllerEnv) {
    this.env = env
    this.api = env.writer('kube-controller-manager')
  }

  keys({ type, resource, object }: StoreEvent): readonly string[] {
    if (SKIPPED.has(resource)) return []
    if (type === 'DELETED') return [`uid ${object.metadata.uid}`, ...foregroundOwners(object)]
    const isWaiting = object.metadata.deletionTimestamp !== undefined && (object.metadata.finalizers ?? []).length > 0
    const keys = isWaiting ? [objectKey(resource, object)] : []
    return type === 'ADDED' && object.metadata.ownerReferences !== undefined ? [...keys, objectKey(resource, object)] : keys
  }

  all(): readonly string[] {
    const { store } = this.env
    return store.resources().flatMap((resource) =>
      SKIPPED.has(resource)
        ? []
        : store
            .list(resource)
            .filter((o) => o.metadata.ownerReferences !== undefined || o.metadata.deletionTimestamp !== undefined)
            .map((o) => objectKey(resource, o)),
    )
  }

  sync(key: string): void {
    const [kind, first = '', namespace = '', name = ''] = key.split(' ')
    if (kind === 'uid') {
      for (const dependent of this.dependentsOf(first)) this.collect(dependent)
      return
    }
    const dependent = { resource: first, namespace: namespace === '' ? undefined : namespace, name }
    const object = this.env.store.get(first, dependent.namespace, name)
    if (object === undefined) return
    const finalizers = object.metadata.finalizers ?? []
    if (object.metadata.deletionTimestamp !== undefined && finalizers.includes(ORPHAN)) this.orphan(dependent, object)
    else if (object.metadata.deletionTimestamp !== undefined && finalizers.includes(FOREGROUND))
      this.foreground(dependent, object)
    else this.collect(dependent)
  }

  private dependentsOf(uid: string): readonly Dependent[] {
    const { store } = this.env
    const out: Dependent[] = []
    for (const resource of store.resources()) {
      if (SKIPPED.has(resource)) continue
      for (const { metadata } of store.list(resource)) {
        if (metadata.ownerReferences?.some((o) => o.uid === uid))
          out.push({ resource, namespace: metadata.namespace, name: metadata.name })
      }
    }
    return out
  }

  private exists(uid: string): boolean {
    const { store } = this.env
    return store.resources().some((resource) => store.list(resource).some((o) => o.metadata.uid === uid))
  }

  /** Deletes an object whose owners are all gone; drops the references to those gone if others are left. */
  private collect({ resource, namespace, name }: Dependent): void {
    const object = this.env.store.get(resource, namespace, name)
    const owners = object?.metadata.ownerReferences ?? []
    if (object === undefined || owners.length === 0 || object.metadata.deletionTimestamp !== undefined) return
    const gone = owners.filter((owner) => !this.exists(owner.uid))
    if (gone.length === 0) return
    if (gone.length < owners.length) {
      this.api.update(
        resource,
        gone.reduce((o, owner) => withoutOwner(o, owner.uid), object),
      )
      return
    }
    this.api.delete(resource, namespace, name, { uid: object.metadata.uid ?? '', propagationPolicy: 'Background' })
  }

  private orphan(owner: Dependent, object: KubeObject): void {
    for (const { resource, namespace, name } of this.dependentsOf(object.metadata.uid ?? '')) {
      const dependent = this.env.store.get(resource, namespace, name)
      if (dependent !== undefined) this.api.update(resource, withoutOwner(dependent, object.metadata.uid))
    }
    this.dropFinalizer(owner, ORPHAN)
  }

  /** The owner goes once no dependent that blocks it is left. */
  private foreground(owner: Dependent, object: KubeObject): void {
    const uid = object.metadata.uid ?? ''
    const blocking = this.dependentsOf(uid).filter(({ resource, namespace, name }) => {
      const references = this.env.store.get(resource, namespace, name)?.metadata.ownerReferences ?? []
      return references.some((o) => o.uid === uid && o.blockOwnerDeletion === true)
    })
    for (const { resource, namespace, name } of blocking) {
      const dependent = this.env.store.get(resource, namespace, name)
      if (dependent === undefined || dependent.metadata.deletionTimestamp !== undefined) continue
      this.api.delete(resource, namespace, name, { uid: dependent.metadata.uid ?? '', propagationPolicy: 'Foreground' })
    }
    const left = blocking.some(({ resource, namespace, name }) => this.env.store.get(resource, namespace, name) !== undefined)
    if (!left) this.dropFinalizer(owner, FOREGROUND)
  }

  private dropFinalizer({ resource, namespace, name }: Dependent, finalizer: string): void {
    const object = this.env.store.get(resource, namespace, name)
    if (object === undefined) return
    const { finalizers = [], ...metadata } = object.metadata
    const left = finalizers.filter((f) => f !== finalizer)
    this.api.update(resource, { ...object, metadata: left.length > 0 ? { ...metadata, finalizers: left } : metadata })
  }
}

function objectKey(resource: GroupResource, { metadata }: KubeObject): string {
  return `object ${resource} ${metadata.namespace ?? ''} ${metadata.name}`
}

const RESOURCES: Readonly<Record<string, GroupResource>> = {
  ReplicaSet: 'replicasets.apps',
  Deployment: 'deployments.apps',
  DaemonSet: 'daemonsets.apps',
  StatefulSet: 'statefulsets.apps',
  Job: 'jobs.batch',
  CronJob: 'cronjobs.batch',
  Service: 'services',
}

/** Owners that may wait for this object to go. */
function foregroundOwners(object: KubeObject): readonly string[] {
  return (object.metadata.ownerReferences ?? []).flatMap((owner) => {
    const resource = RESOURCES[owner.kind]
    return resource === undefined ? [] : [`object ${resource} ${object.metadata.namespace ?? ''} ${owner.name}`]
  })
}
