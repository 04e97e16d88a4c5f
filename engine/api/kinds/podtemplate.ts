import { podTemplateDefaults } from '../defaults/core.ts'
import { validatePodTemplateSpec } from '../validation/pod.ts'
import { templateWarnings } from '../warnings/pod.ts'
import { containerCells, formatLabels, type KindDescriptor } from './kind.ts'

export const podTemplate: KindDescriptor = {
  resource: 'podtemplates',
  suite: 'modelled',
  cells: (object) => [object.metadata.name, ...containerCells(object.template), formatLabels(object.template?.metadata?.labels)],
  strategy: {
    name: 'subdomain',
    returnsDeleted: true,
    defaults: podTemplateDefaults,
    validate: (object) => validatePodTemplateSpec(object.template, 'template'),
    warnings: (object) => templateWarnings(object.template, 'template'),
    generation: [],
  },
}
