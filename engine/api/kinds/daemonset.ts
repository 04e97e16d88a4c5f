import { deepEqual } from '../deep-equal.ts'
import { daemonSetDefaults } from '../defaults/workload.ts'
import type { KubeObject } from '../object.ts'
import { validateDaemonSet, validateDaemonSetUpdate } from '../validation/workload.ts'
import { containerCells, created, formatLabels, formatSelector, type KindDescriptor } from './kind.ts'
import { workloadWarnings } from './template-warnings.ts'

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation'

/** How often the template changed: an annotation since apps/v1, which daemon pods carry as a label. */
function generated(object: KubeObject, generation: number): KubeObject {
  const annotations = { ...object.metadata.annotations, [TEMPLATE_GENERATION]: String(generation) }
  return { ...object, metadata: { ...object.metadata, annotations } }
}

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
    // the conversion from the stored form always writes the annotation, so that it belongs to whoever writes the object
    defaults: (object) => {
      const set = daemonSetDefaults(object)
      return set.metadata.annotations?.[TEMPLATE_GENERATION] === undefined ? generated(set, 0) : set
    },
    prepareCreate: (object) => generated(object, 1),
    prepareUpdate: (object, old) => {
      const before = Number(old.metadata.annotations?.[TEMPLATE_GENERATION] ?? 1)
      return generated(object, deepEqual(object.spec?.template, old.spec?.template) ? before : before + 1)
    },
    validate: validateDaemonSet,
    validateUpdate: validateDaemonSetUpdate,
    generation: [],
    status: true,
    ...workloadWarnings(['spec', 'template'], false),
    initialStatus: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
  },
}
