import type { KubeObject } from './object.ts'
import { timestamp } from './time.ts'
import type { DeleteOptions, Deletion, WriteContext } from './write-context.ts'

/** Whether spec.finalizers still hold a namespace: only /finalize takes them. */
export function namespaceHeld(object: KubeObject): boolean {
  return (object.spec?.finalizers ?? []).length > 0
}

/** A namespace is marked and stays until the namespace controller has emptied it and taken the "kubernetes" finalizer. */
export function deleteNamespace(context: WriteContext, object: KubeObject, options: DeleteOptions): Deletion {
  if (!namespaceHeld(object) && (object.metadata.finalizers ?? []).length === 0) {
    if (!options.dryRun) context.store.remove('namespaces', undefined, object.metadata.name)
    return { object, gone: true }
  }
  if (object.metadata.deletionTimestamp !== undefined) return { object, gone: false }
  const { deletionGracePeriodSeconds: _grace, ...metadata } = object.metadata
  const next: KubeObject = {
    ...object,
    metadata: { ...metadata, deletionTimestamp: timestamp(context.clock.now) },
    status: { ...object.status, phase: 'Terminating' },
  }
  return { object: options.dryRun ? next : context.store.put('namespaces', next), gone: false }
}
