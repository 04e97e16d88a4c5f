import type { KubeObject } from '../../api/object.ts'
import { isStatus, StatusError } from '../../api/status.ts'
import type { StoreEvent } from '../../api/store.ts'
import { isTimeZone, parseCron, rfc3339In } from '../../base/cron.ts'
import { type ApiWriter, type ControlLoop, type ControllerEnv, keyOf, R, sameValue, splitKey, timeText } from '../env.ts'
import { controllerOf, controllerReference } from '../ownership.ts'
import { CronTimes } from './schedule.ts'

const SOURCE = { component: 'cronjob-controller' }
const SCHEDULED = 'batch.kubernetes.io/cronjob-scheduled-timestamp'
/** More missed times than this are told of. */
const MANY = 100

interface Reference {
  readonly name: string
  readonly uid: string
}

const finished = (job: KubeObject): string | undefined => {
  const conditions: readonly { type: string; status: string }[] = job.status?.conditions ?? []
  return conditions.find((c) => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True')?.type
}

/** Makes Jobs on time (pkg/controller/cronjob/cronjob_controllerv2.go). */
export class CronJobLoop implements ControlLoop {
  readonly name = 'cronjob'
  later: (key: string, delay: number) => void = () => {}
  private readonly env: ControllerEnv
  private readonly api: ApiWriter

  constructor(env: ControllerEnv) {
    this.env = env
    this.api = env.writer('kube-controller-manager')
  }

  keys({ type, resource, object }: StoreEvent): readonly string[] {
    if (resource === R.cronjobs) return type === 'DELETED' ? [] : [keyOf(object)]
    if (resource !== R.jobs) return []
    const owner = controllerOf(object)
    return owner?.kind === 'CronJob' ? [`${object.metadata.namespace}/${owner.name}`] : []
  }

  all(): readonly string[] {
    return this.env.store.list(R.cronjobs).map(keyOf)
  }

  sync(key: string): void {
    const { namespace, name } = splitKey(key)
    const { store } = this.env
    const cron = store.get(R.cronjobs, namespace, name)
    if (cron === undefined) return
    const jobs = store.list(R.jobs, namespace).filter((job) => controllerOf(job)?.uid === cron.metadata.uid)
    const status = { ...cron.status }
    const active = [...((cron.status?.active ?? []) as Reference[])]
    this.follow(cron, jobs, active, status)
    let failure: unknown
    if (cron.metadata.deletionTimestamp === undefined) {
      try {
        if (this.run(cron, active, status)) this.await(key, { ...cron, status })
      } catch (error) {
        if (!(error instanceof StatusError)) throw error
        failure = error
      }
      this.cleanUp(cron, jobs, active)
    }
    const { active: _active, ...rest } = status
    const next = { ...(active.length > 0 ? { active } : {}), ...rest }
    const current = store.get(R.cronjobs, namespace, name)
    if (current !== undefined && !sameValue(current.status, next))
      this.api.update(R.cronjobs, { ...current, status: next }, 'status')
    if (failure !== undefined) throw failure
  }

  /** Takes note of Jobs that ended or vanished. */
  private follow(cron: KubeObject, jobs: readonly KubeObject[], active: Reference[], status: KubeObject[string]): void {
    for (const job of jobs) {
      const { name, uid = '' } = job.metadata
      const isListed = active.some((ref) => ref.uid === uid)
      const end = finished(job)
      if (end === undefined) {
        if (!isListed)
          this.tell(cron, 'UnexpectedJob', `Saw a job that the controller did not create or forgot: ${name}`, 'Warning')
        continue
      }
      if (isListed) {
        drop(active, uid)
        this.tell(cron, 'SawCompletedJob', `Saw completed job: ${name}, condition: ${end}`)
      }
      const done = job.status?.completionTime
      if (end === 'Complete' && done && !(Date.parse(status.lastSuccessfulTime) >= Date.parse(done)))
        status.lastSuccessfulTime = done
    }
    for (const ref of [...active]) {
      if (jobs.some((job) => job.metadata.uid === ref.uid)) continue
      if (this.env.store.get(R.jobs, cron.metadata.namespace, ref.name) !== undefined) continue
      this.tell(cron, 'MissingJob', `Active job went missing: ${ref.name}`)
      drop(active, ref.uid)
    }
  }

  private await(key: string, cron: KubeObject): void {
    const parsed = parseCron(cron.spec.schedule)
    const wait = 'error' in parsed ? undefined : new CronTimes(cron, parsed).wait(this.env.clock.now)
    if (wait !== undefined) this.later(key, wait)
  }

  /** Makes the Job that is due; says whether a next time is to be waited for. */
  private run(cron: KubeObject, active: Reference[], status: KubeObject[string]): boolean {
    const { now } = this.env.clock
    const { timeZone, suspend, schedule, startingDeadlineSeconds, concurrencyPolicy } = cron.spec
    if (timeZone !== undefined && !isTimeZone(timeZone)) {
      const why = `unknown time zone ${timeZone}`
      this.tell(cron, 'UnknownTimeZone', `invalid timeZone: ${JSON.stringify(timeZone)}: ${why}`, 'Warning')
      return false
    }
    if (suspend === true) return false
    const parsed = parseCron(schedule)
    if ('error' in parsed) {
      this.tell(cron, 'UnparseableSchedule', `unparseable schedule: ${JSON.stringify(schedule)} : ${parsed.error}`, 'Warning')
      return false
    }
    const { due, missed } = new CronTimes(cron, parsed).mostRecent(now, true)
    if (due === undefined) return true
    if (missed > MANY) {
      const words = 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew'
      this.tell(cron, 'TooManyMissedTimes', words, 'Warning')
    }
    if (startingDeadlineSeconds !== undefined && due + startingDeadlineSeconds * 1000 < now) {
      this.tell(cron, 'MissSchedule', `Missed scheduled time to start a job: ${rfc1123(due)}`, 'Warning')
      return true
    }
    const name = `${cron.metadata.name}-${Math.floor(due / 60_000)}`
    if (active.some((ref) => ref.name === name) || status.lastScheduleTime === timeText(due)) return true
    if (concurrencyPolicy === 'Forbid' && active.length > 0) {
      this.tell(cron, 'JobAlreadyActive', 'Not starting job because prior execution is running and concurrency policy is Forbid')
      return true
    }
    if (concurrencyPolicy === 'Replace')
      for (const ref of [...active]) {
        const job = this.env.store.get(R.jobs, cron.metadata.namespace, ref.name)
        if (job !== undefined) this.remove(cron, job, active)
      }
    const made = this.create(cron, name, due)
    if (made === undefined || active.some((ref) => ref.uid === made.metadata.uid)) return false
    const { uid = '', namespace, resourceVersion } = made.metadata
    active.push({ kind: 'Job', namespace, name, uid, apiVersion: 'batch/v1', resourceVersion } as unknown as Reference)
    status.lastScheduleTime = timeText(due)
    return true
  }

  /** The Job of a scheduled time; undefined if the name is somebody else's. */
  private create(cron: KubeObject, name: string, due: number): KubeObject | undefined {
    const { metadata = {}, spec } = cron.spec.jobTemplate
    const annotations = { ...metadata.annotations, [SCHEDULED]: rfc3339In(due, cron.spec.timeZone) }
    const { namespace } = cron.metadata
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name,
        namespace,
        ...(metadata.labels === undefined ? {} : { labels: metadata.labels }),
        annotations,
        ownerReferences: [controllerReference(cron)],
      },
      spec,
    } as KubeObject
    try {
      const made = this.api.create(R.jobs, job)
      this.tell(cron, 'SuccessfulCreate', `Created job ${name}`)
      return made
    } catch (error) {
      if (isStatus(error, 'AlreadyExists')) {
        const there = this.env.store.get(R.jobs, namespace, name)
        return there !== undefined && controllerOf(there)?.uid === cron.metadata.uid ? there : undefined
      }
      const isEnding =
        error instanceof StatusError && error.status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating')
      if (error instanceof StatusError && !isEnding)
        this.tell(cron, 'FailedCreate', `Error creating job: ${error.message}`, 'Warning')
      throw error
    }
  }

  /** Keeps as many ended Jobs as the history limits say, the youngest. */
  private cleanUp(cron: KubeObject, jobs: readonly KubeObject[], active: Reference[]): void {
    const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = cron.spec
    const started = (job: KubeObject) => Date.parse(job.status?.startTime ?? '') || Number.POSITIVE_INFINITY
    const byStart = (a: KubeObject, b: KubeObject) =>
      started(a) === started(b) ? (a.metadata.name < b.metadata.name ? -1 : 1) : started(a) - started(b)
    for (const [end, limit] of [
      ['Complete', successfulJobsHistoryLimit],
      ['Failed', failedJobsHistoryLimit],
    ]) {
      if (limit === undefined) continue
      const old = jobs.filter((job) => finished(job) === end && job.metadata.deletionTimestamp === undefined).sort(byStart)
      for (const job of old.slice(0, Math.max(0, old.length - limit))) this.remove(cron, job, active)
    }
  }

  private remove(cron: KubeObject, job: KubeObject, active: Reference[]): void {
    this.api.delete(R.jobs, job.metadata.namespace, job.metadata.name, { propagationPolicy: 'Background' })
    drop(active, job.metadata.uid ?? '')
    this.tell(cron, 'SuccessfulDelete', `Deleted job ${job.metadata.name}`)
  }

  private tell(cron: KubeObject, reason: string, message: string, type: 'Normal' | 'Warning' = 'Normal'): void {
    this.env.events.record(SOURCE, cron, reason, message, { type })
  }
}

function drop(active: Reference[], uid: string): void {
  const at = active.findIndex((ref) => ref.uid === uid)
  if (at >= 0) active.splice(at, 1)
}

/** "Mon, 02 Jan 2006 15:04:05 +0000" */
function rfc1123(at: number): string {
  return new Date(at).toUTCString().replace('GMT', '+0000')
}
