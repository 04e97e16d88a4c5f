import { forbidden, notFound } from '../status.ts'
import type { WriteRequest } from '../write-context.ts'

/** NamespaceLifecycle: nothing new in a namespace that is absent or going. */
export function namespaceLifecycle({ context, kind, operation, object }: WriteRequest): void {
  if (!kind.namespaced || operation !== 'CREATE') return
  const name = object.metadata.namespace ?? ''
  const namespace = context.store.get('namespaces', undefined, name)
  if (namespace === undefined) throw notFound({ group: '', resource: 'namespaces' }, name)
  if (namespace.metadata.deletionTimestamp === undefined && namespace.status?.phase !== 'Terminating') return
  throw forbidden(
    kind,
    object.metadata.name ?? '',
    `unable to create new content in namespace ${name} because it is being terminated`,
    [{ reason: 'NamespaceTerminating', message: `namespace ${name} is being terminated`, field: 'metadata.namespace' }],
  )
}
