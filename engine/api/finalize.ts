import type { KubeObject } from './object.ts'
import { notFound } from './status.ts'
import { commit } from './write.ts'
import type { WriteContext, WriteOptions } from './write-context.ts'

/** Namespace /finalize: only spec.finalizers changes. */
export function finalizeNamespace(context: WriteContext, given: KubeObject, options: WriteOptions = {}): KubeObject {
  const old = context.store.get('namespaces', undefined, given.metadata.name)
  if (old === undefined) throw notFound({ group: '', resource: 'namespaces' }, given.metadata.name)
  const { finalizers: _held, ...rest } = old.spec ?? {}
  const finalizers: readonly string[] = given.spec?.finalizers ?? []
  const spec = finalizers.length > 0 ? { ...rest, finalizers } : rest
  return commit(context, 'namespaces', { ...old, spec }, old, options)
}
