import { deleteNamespace, namespaceHeld } from '../namespace-write.ts'
import type { KubeObject } from '../object.ts'
import { validateNamespace, validateNamespaceStatus } from '../validation/core/classes.ts'
import { created, type KindDescriptor } from './kind.ts'

/** registry/core/namespace/strategy.go: a new namespace is Active and held by the "kubernetes" finalizer; its name is a label. */
function defaults(object: KubeObject): KubeObject {
  const name = object.metadata.name
  if (!name) return object
  const labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': name }
  return { ...object, metadata: { ...object.metadata, labels } }
}

function prepareCreate(object: KubeObject): KubeObject {
  const finalizers: readonly string[] = object.spec?.finalizers ?? []
  return {
    ...object,
    spec: { ...object.spec, finalizers: finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'] },
    status: { phase: 'Active' },
  }
}

/** Ordinary updates change neither spec.finalizers (that is /finalize) nor status. */
function prepareUpdate(object: KubeObject, old: KubeObject): KubeObject {
  return { ...object, spec: { ...object.spec, finalizers: old.spec?.finalizers } }
}

export const namespace: KindDescriptor = {
  resource: 'namespaces',
  suite: 'kubectl',
  cells: (object, at) => [object.metadata.name, object.status?.phase ?? '', created(object, at)],
  fields: { 'status.phase': (o) => o.status?.phase ?? '' },
  strategy: {
    name: 'dns1123',
    defaults,
    prepareCreate,
    prepareUpdate,
    validate: validateNamespace,
    validateStatus: validateNamespaceStatus,
    status: true,
    returnsDeleted: true,
    delete: deleteNamespace,
    held: namespaceHeld,
  },
}
