import { cronJobDefaults } from '../defaults/batch.ts'
import { validateCronJob, validateCronJobUpdate } from '../validation/cronjob.ts'
import { age, containerCells, created, formatSelector, type KindDescriptor } from './kind.ts'
import { workloadWarnings } from './template-warnings.ts'

export const cronJob: KindDescriptor = {
  resource: 'cronjobs.batch',
  suite: 'kubectl',
  cells: (object, at) => [
    object.metadata.name,
    object.spec?.schedule ?? '',
    object.spec?.timeZone ?? '<none>',
    object.spec?.suspend === undefined ? '<unset>' : object.spec.suspend ? 'True' : 'False',
    object.status?.active?.length ?? 0,
    object.status?.lastScheduleTime === undefined ? '<none>' : age(object.status.lastScheduleTime, at),
    created(object, at),
    ...containerCells(object.spec?.jobTemplate?.spec?.template),
    formatSelector(object.spec?.jobTemplate?.spec?.selector),
  ],
  strategy: {
    name: 'subdomain',
    defaults: cronJobDefaults,
    validate: validateCronJob,
    validateUpdate: validateCronJobUpdate,
    generation: [],
    status: true,
    initialStatus: {},
    ...workloadWarnings(['spec', 'jobTemplate', 'spec', 'template'], true),
  },
}
