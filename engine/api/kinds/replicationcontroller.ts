import { replicationControllerDefaults } from '../defaults/workload.ts'
import { validateReplicationController } from '../validation/workload.ts'
import { containerCells, created, formatLabels, type KindDescriptor } from './kind.ts'
import { workloadWarnings } from './template-warnings.ts'

export const replicationController: KindDescriptor = {
  resource: 'replicationcontrollers',
  suite: 'modelled',
  cells: (object, at) => [
    object.metadata.name,
    object.spec?.replicas ?? 0,
    object.status?.replicas ?? 0,
    object.status?.readyReplicas ?? 0,
    created(object, at),
    ...containerCells(object.spec?.template),
    formatLabels(object.spec?.selector),
  ],
  fields: { 'status.replicas': (o) => String(o.status?.replicas ?? 0) },
  strategy: {
    orphans: {},
    name: 'subdomain',
    defaults: replicationControllerDefaults,
    validate: validateReplicationController,
    generation: [],
    status: true,
    initialStatus: { replicas: 0 },
    ...workloadWarnings(['spec', 'template'], true),
  },
}
