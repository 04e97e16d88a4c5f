import { statefulSetDefaults } from '../defaults/workload.ts'
import { validateStatefulSet, validateStatefulSetUpdate } from '../validation/statefulset.ts'
import { containerCells, created, type KindDescriptor } from './kind.ts'

export const statefulSet: KindDescriptor = {
  resource: 'statefulsets.apps',
  suite: 'kubectl',
  cells: (object, at) => [
    object.metadata.name,
    `${object.status?.readyReplicas ?? 0}/${object.spec?.replicas ?? 0}`,
    created(object, at),
    ...containerCells(object.spec?.template),
  ],
  strategy: {
    name: 'dns1123',
    defaults: statefulSetDefaults,
    validate: validateStatefulSet,
    validateUpdate: validateStatefulSetUpdate,
    generation: [],
    status: true,
    initialStatus: { replicas: 0, availableReplicas: 0 },
    warnings: (object) =>
      object.spec?.revisionHistoryLimit < 0
        ? ['spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended']
        : [],
  },
}
