import { humanDuration } from '../../base/duration.ts'
import { jobDefaults } from '../defaults/batch.ts'
import type { KubeObject } from '../object.ts'
import { validateJob, validateJobUpdate } from '../validation/job.ts'
import { containerCells, created, formatSelector, type KindDescriptor, type RowContext } from './kind.ts'
import { workloadWarnings } from './template-warnings.ts'

/** "1/1", "0/1 of 3" for a job without completions (printers.go printJob). */
function completions(job: KubeObject): string {
  const succeeded = job.status?.succeeded ?? 0
  const { completions: wanted, parallelism = 0 } = job.spec ?? {}
  if (wanted !== undefined) return `${succeeded}/${wanted}`
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

function duration(job: KubeObject, at: RowContext): string {
  const { startTime, completionTime } = job.status ?? {}
  if (startTime === undefined) return ''
  return humanDuration((completionTime === undefined ? at.now : Date.parse(completionTime)) - Date.parse(startTime))
}

function status(job: KubeObject): string {
  const is = (type: string) =>
    job.status?.conditions?.some((c: { type: string; status: string }) => c.type === type && c.status === 'True')
  if (is('Complete')) return 'Complete'
  if (is('Failed')) return 'Failed'
  if (job.metadata.deletionTimestamp !== undefined) return 'Terminating'
  if (is('Suspended')) return 'Suspended'
  if (is('FailureTarget')) return 'FailureTarget'
  return is('SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running'
}

/** Pods and their Job are tied by the Job's uid, unless manualSelector says that the client sees to it (generateSelector). */
function withSelector(object: KubeObject): KubeObject {
  const { metadata, spec } = object
  if (spec.manualSelector === true) return object
  const { name, uid = '' } = metadata
  const generated = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  }
  const labels = { ...generated, ...spec.template?.metadata?.labels }
  const given = { 'batch.kubernetes.io/controller-uid': uid, ...spec.selector?.matchLabels }
  const matchLabels = Object.fromEntries(Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1)))
  const template = { ...spec.template, metadata: { ...spec.template?.metadata, labels } }
  return {
    ...object,
    // a Job without labels shows those of its pods (SetDefaults_Job)
    metadata: Object.keys(metadata.labels ?? {}).length > 0 ? metadata : { ...metadata, labels },
    spec: { ...spec, selector: { ...spec.selector, matchLabels }, template },
  }
}

export const job: KindDescriptor = {
  resource: 'jobs.batch',
  suite: 'kubectl',
  cells: (object, at) => [
    object.metadata.name,
    status(object),
    completions(object),
    duration(object, at),
    created(object, at),
    ...containerCells(object.spec?.template),
    formatSelector(object.spec?.selector),
  ],
  fields: { 'status.successful': (o) => String(o.status?.succeeded ?? 0) },
  strategy: {
    orphans: {
      warning:
        'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
    },
    name: 'subdomain',
    defaults: jobDefaults,
    prepareCreate: withSelector,
    validate: validateJob,
    validateUpdate: validateJobUpdate,
    generation: [],
    status: true,
    initialStatus: {},
    ...workloadWarnings(['spec', 'template'], true),
  },
}
