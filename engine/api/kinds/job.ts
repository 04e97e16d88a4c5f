import { humanDuration } from '../../base/duration.ts'
import type { KubeObject } from '../object.ts'
import { containerCells, created, formatSelector, type KindDescriptor, type RowContext } from './kind.ts'

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
}
