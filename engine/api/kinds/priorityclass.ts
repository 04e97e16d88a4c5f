import { priorityClassDefaults } from '../defaults/core.ts'
import { validatePriorityClass, validatePriorityClassUpdate } from '../validation/core/classes.ts'
import { created, type KindDescriptor } from './kind.ts'

export const priorityClass: KindDescriptor = {
  resource: 'priorityclasses.scheduling.k8s.io',
  suite: 'kubectl',
  cells: (object, at) => [
    object.metadata.name,
    object.value ?? 0,
    object.globalDefault ?? false,
    created(object, at),
    object.preemptionPolicy ?? '<none>',
  ],
  strategy: {
    name: 'subdomain',
    defaults: priorityClassDefaults,
    validate: validatePriorityClass,
    validateUpdate: validatePriorityClassUpdate,
    prepareCreate: (object) => ({ ...object, metadata: { ...object.metadata, generation: 1 } }),
  },
}
