import { validateRuntimeClass, validateRuntimeClassUpdate } from '../validation/core/classes.ts'
import { nodeSelectorWarnings } from '../warnings/pod.ts'
import { created, type KindDescriptor } from './kind.ts'

export const runtimeClass: KindDescriptor = {
  resource: 'runtimeclasses.node.k8s.io',
  suite: 'modelled',
  cells: (object, at) => [object.metadata.name, object.handler ?? '', created(object, at)],
  strategy: {
    name: 'subdomain',
    validate: validateRuntimeClass,
    validateUpdate: validateRuntimeClassUpdate,
    warnings: nodeSelectorWarnings,
    unconditionalUpdate: false,
  },
}
