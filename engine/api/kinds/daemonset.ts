import { daemonSetDefaults } from '../defaults/workload.ts'
import { validateDaemonSet, validateDaemonSetUpdate } from '../validation/workload.ts'
import { containerCells, created, formatLabels, formatSelector, type KindDescriptor } from './kind.ts'

export const daemonSet: KindDescriptor = {
  resource: 'daemonsets.apps',
  suite: 'kubectl',
  cells: (object, at) => {
    const status = object.status ?? {}
    return [
      object.metadata.name,
      status.desiredNumberScheduled ?? 0,
      status.currentNumberScheduled ?? 0,
      status.numberReady ?? 0,
      status.updatedNumberScheduled ?? 0,
      status.numberAvailable ?? 0,
      formatLabels(object.spec?.template?.spec?.nodeSelector),
      created(object, at),
      ...containerCells(object.spec?.template),
      formatSelector(object.spec?.selector),
    ]
  },
  strategy: {
    name: 'subdomain',
    defaults: daemonSetDefaults,
    validate: validateDaemonSet,
    validateUpdate: validateDaemonSetUpdate,
    generation: [],
    status: true,
    initialStatus: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
  },
}
