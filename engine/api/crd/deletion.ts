import type { KubeObject } from '../object.ts'
import { timestamp } from '../time.ts'
import type { Deletion, WriteContext } from '../write-context.ts'

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io'
/** Holds a definition until its objects are gone (apiextensions controller/finalizer). */
export const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io'

function keyOf(definition: KubeObject): string {
  return `${definition.spec.names.plural}.${definition.spec.group}`
}

/** Deletes a definition with all its objects; those with finalizers keep it until they are gone. */
export function deleteDefinition(context: WriteContext, definition: KubeObject, dryRun: boolean): Deletion {
  const { store } = context
  if (dryRun) return { object: definition, gone: true }
  const key = keyOf(definition)
  const now = timestamp(context.clock.now)
  for (const object of store.list(key)) {
    const { namespace, name, finalizers = [], deletionTimestamp } = object.metadata
    if (finalizers.length === 0) store.remove(key, namespace, name)
    else if (deletionTimestamp === undefined)
      store.put(key, { ...object, metadata: { ...object.metadata, deletionTimestamp: now, deletionGracePeriodSeconds: 0 } })
  }
  if (store.list(key).length === 0) {
    store.remove(DEFINITIONS, undefined, definition.metadata.name)
    return { object: definition, gone: true }
  }
  const terminating = {
    type: 'Terminating',
    status: 'True',
    lastTransitionTime: now,
    reason: 'InstanceDeletionInProgress',
    message: 'CustomResource deletion is in progress',
  }
  const others = (definition.status?.conditions ?? []).filter((c: { type: string }) => c.type !== 'Terminating')
  const object = store.put(DEFINITIONS, {
    ...definition,
    metadata: { ...definition.metadata, deletionTimestamp: now, deletionGracePeriodSeconds: 0, finalizers: [CLEANUP] },
    status: { ...definition.status, conditions: [...others, terminating] },
  })
  return { object, gone: false }
}

/** The last of its objects is gone: so is a definition that waits for that. */
export function finishDeletion(context: WriteContext, name: string): void {
  const definition = context.store.get(DEFINITIONS, undefined, name)
  if (definition?.metadata.deletionTimestamp === undefined) return
  if (context.store.list(keyOf(definition)).length === 0) context.store.remove(DEFINITIONS, undefined, name)
}
