import { replicaSetDefaults } from '../defaults/workload.ts'
import { validateReplicaSet, validateReplicaSetUpdate } from '../validation/workload.ts'
import { containerCells, created, formatSelector, type KindDescriptor } from './kind.ts'
import { workloadWarnings } from './template-warnings.ts'

export const replicaSet: KindDescriptor = {
  resource: 'replicasets.apps',
  suite: 'kubectl',
  cells: (object, at) => [
    object.metadata.name,
    object.spec?.replicas ?? 0,
    object.status?.replicas ?? 0,
    object.status?.readyReplicas ?? 0,
    created(object, at),
    ...containerCells(object.spec?.template),
    formatSelector(object.spec?.selector),
  ],
  fields: { 'status.replicas': (o) => String(o.status?.replicas ?? 0) },
  strategy: {
    name: 'subdomain',
    defaults: replicaSetDefaults,
    validate: validateReplicaSet,
    validateUpdate: validateReplicaSetUpdate,
    generation: [],
    status: true,
    initialStatus: { replicas: 0 },
    ...workloadWarnings(['spec', 'template'], true),
  },
}
