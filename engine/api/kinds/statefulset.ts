import { statefulSetDefaults } from '../defaults/workload.ts'
import type { KubeObject } from '../object.ts'
import { validateStatefulSet, validateStatefulSetUpdate } from '../validation/statefulset.ts'
import { containerCells, created, type KindDescriptor } from './kind.ts'
import { workloadWarnings } from './template-warnings.ts'

const OF_TEMPLATE = workloadWarnings(['spec', 'template'], false)

function historyWarning(object: KubeObject): readonly string[] {
  return object.spec?.revisionHistoryLimit < 0
    ? ['spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended']
    : []
}

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
    warnings: (object, ...rest) => [...(OF_TEMPLATE.warnings?.(object, ...rest) ?? []), ...historyWarning(object)],
    warningsUpdate: (object, ...rest) => [...(OF_TEMPLATE.warningsUpdate?.(object, ...rest) ?? []), ...historyWarning(object)],
  },
}
