import { deploymentDefaults } from '../defaults/workload.ts'
import { validateDeployment, validateDeploymentUpdate } from '../validation/workload.ts'
import { containerCells, created, formatSelector, type KindDescriptor } from './kind.ts'
import { workloadWarnings } from './template-warnings.ts'

export const deployment: KindDescriptor = {
  resource: 'deployments.apps',
  suite: 'kubectl',
  cells: (object, at) => [
    object.metadata.name,
    `${object.status?.readyReplicas ?? 0}/${object.spec?.replicas ?? 0}`,
    object.status?.updatedReplicas ?? 0,
    object.status?.availableReplicas ?? 0,
    created(object, at),
    ...containerCells(object.spec?.template),
    formatSelector(object.spec?.selector),
  ],
  strategy: {
    name: 'subdomain',
    defaults: deploymentDefaults,
    validate: validateDeployment,
    validateUpdate: validateDeploymentUpdate,
    generation: ['annotations'],
    status: true,
    initialStatus: {},
    prepareStatus: (object, old) => {
      const { labels: _given, ...metadata } = object.metadata
      return { ...object, metadata: old.metadata.labels === undefined ? metadata : { ...metadata, labels: old.metadata.labels } }
    },
    ...workloadWarnings(['spec', 'template'], true),
  },
}
