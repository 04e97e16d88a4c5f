import { deepEqual } from './deep-equal.ts'
import type { Strategy } from './kinds/kind.ts'
import { kindsOf } from './kinds/kinds.ts'
import type { Kind } from './kinds/registry.ts'
import type { GroupResource, KubeObject } from './object.ts'
import { conflict, notFound, pathNotFound } from './status.ts'
import { timestamp } from './time.ts'
import { removeObject, writable } from './write.ts'
import type { DeleteOptions, Deletion, WriteContext } from './write-context.ts'

const ORPHAN = 'orphan'
const FOREGROUND = 'foregroundDeletion'

/** Finalizers that carry a propagation policy to the garbage collector (deletionFinalizersForGarbageCollection). */
function finalizersFor(object: KubeObject, asked: DeleteOptions['propagationPolicy'], strategy: Strategy): readonly string[] {
  const given = object.metadata.finalizers ?? []
  if (asked === undefined && given.some((f) => f === ORPHAN || f === FOREGROUND)) return given
  const policy = asked ?? (strategy.orphans === undefined ? undefined : 'Orphan')
  const rest = given.filter((f) => f !== ORPHAN && f !== FOREGROUND)
  if (policy === 'Orphan') return [...rest, ORPHAN]
  return policy === 'Foreground' ? [...rest, FOREGROUND] : rest
}

function marked(object: KubeObject, at: number, grace: number, finalizers: readonly string[]): KubeObject {
  const { finalizers: _old, ...meta } = object.metadata
  return {
    ...object,
    metadata: {
      ...meta,
      ...(finalizers.length > 0 ? { finalizers } : {}),
      deletionTimestamp: timestamp(at),
      deletionGracePeriodSeconds: grace,
      ...(meta.generation !== undefined && object.metadata.deletionTimestamp === undefined
        ? { generation: meta.generation + 1 }
        : {}),
    },
  }
}

/** BeforeDelete's preconditions; it names the kind, not the resource. */
function precondition(kind: Kind, object: KubeObject, options: DeleteOptions): void {
  const { uid, resourceVersion, name } = object.metadata
  const refuse = (what: string, wanted: string, have: string | undefined, maybe: string) => {
    const words = `the ${what} in the precondition (${wanted}) does not match the ${what} in record (${have}). The object might have been ${maybe}`
    throw conflict({ group: kind.group, resource: kind.kind }, name, words)
  }
  if (options.uid !== undefined && options.uid !== uid) refuse('UID', options.uid, uid, 'deleted and then recreated')
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion)
    refuse('ResourceVersion', options.resourceVersion, resourceVersion, 'modified')
}

/**
 * Deletes one object as the registry does: at once, or after its grace period (pods: the kubelet ends it with grace 0), or when
 * its finalizers are gone. Dependents are the garbage collector's business. Throws StatusError.
 */
export function deleteObject(
  context: WriteContext,
  resource: GroupResource,
  namespace: string | undefined,
  name: string,
  options: DeleteOptions = {},
): Deletion {
  const kind = kindsOf(context.store).ofKey(resource)
  if (kind === undefined) throw pathNotFound()
  const { strategy } = writable(context, resource)
  const object = context.store.get(resource, namespace, name)
  if (object === undefined) throw notFound(kind, name)
  precondition(kind, object, options)
  if (strategy.delete !== undefined) return strategy.delete(context, object, options)
  const save = (next: KubeObject): Deletion => ({
    object: options.dryRun ? next : context.store.put(resource, next),
    gone: false,
  })
  const remove = (): Deletion => {
    return { object: options.dryRun ? object : removeObject(context, resource, object), gone: true }
  }
  const finalizers = finalizersFor(object, options.propagationPolicy, strategy)
  const asked = strategy.grace?.(object, options.gracePeriodSeconds)
  const pending = object.metadata.deletionTimestamp
  const before = object.metadata.deletionGracePeriodSeconds ?? 0
  if (asked !== undefined && !(pending !== undefined && before === 0)) {
    let at = context.clock.now + asked * 1000
    if (pending !== undefined) {
      // a second deletion can only shorten the first (BeforeDelete)
      if (options.gracePeriodSeconds === undefined || asked >= before) return { object, gone: false }
      at = Math.max(context.clock.now, Date.parse(pending) - (before - asked) * 1000)
    }
    const next = save(marked(object, at, asked, finalizers))
    if (asked > 0 || finalizers.length > 0) return next
    // no grace at all: the mark is stored, and then the object goes
    if (!options.dryRun) removeObject(context, resource, next.object)
    return { object: next.object, gone: true }
  }
  if (finalizers.length === 0) return remove()
  const next = marked(object, pending === undefined ? context.clock.now : Date.parse(pending), 0, finalizers)
  return deepEqual(next, object) ? { object, gone: false } : save(next)
}
