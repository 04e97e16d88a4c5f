import type { KubeObject } from '../../api/object.ts'
import { type ApiWriter, type ControllerEnv, R, sameValue, timeText } from '../env.ts'
import { controllerOf } from '../ownership.ts'
import { ensured, isTrue, type JobCondition } from './conditions.ts'
import { indexOf, isFailed, isIndexed, isTracked, TRACKING } from './pods.ts'
import { matchFailurePolicy } from './policies.ts'
import { type JobState, statusOf } from './state.ts'

const SOURCE = { component: 'job-controller' }

/**
 * Counts pods that ended, each exactly once: its uid is written down, then its finalizer goes, then the number rises
 * (trackJobStatusAndRemoveFinalizers).
 */
export class JobTracking {
  private readonly env: ControllerEnv
  private readonly api: ApiWriter

  constructor(env: ControllerEnv, api: ApiWriter) {
    this.env = env
    this.api = api
  }

  count(
    job: KubeObject,
    pods: readonly KubeObject[],
    state: JobState,
    finished: JobCondition | undefined,
    changed: boolean,
  ): void {
    const settled = pods.filter((pod) => isTracked(pod) && this.isSettled(job, pod, state, finished))
    this.note(job, settled, state, finished)
    let end = finished
    const at = timeText(this.env.clock.now)
    if (end?.type === 'FailureTarget' || end?.type === 'SuccessCriteriaMet') {
      if (!isTrue(state.conditions, end.type)) state.conditions = [...state.conditions, end]
      const type = end.type === 'FailureTarget' ? 'Failed' : 'Complete'
      end = { ...end, type, lastProbeTime: at, lastTransitionTime: at }
    }
    this.write(job, state, changed)
    for (const pod of settled) this.release(pod)
    const { uncounted, counted } = state
    const left = new Set(pods.filter((pod) => isTracked(pod) && !settled.includes(pod)).map((pod) => pod.metadata.uid ?? ''))
    const stay = (uids: readonly string[]) => uids.filter((uid) => left.has(uid))
    counted.succeeded += uncounted.succeeded.length - stay(uncounted.succeeded).length
    counted.failed += uncounted.failed.length - stay(uncounted.failed).length
    state.uncounted = { succeeded: stay(uncounted.succeeded), failed: stay(uncounted.failed) }
    const isOver = end !== undefined && left.size === 0 && state.terminating === 0
    if (end !== undefined && isOver) {
      state.conditions = ensured(state.conditions, end)
      if (end.type === 'Complete') state.completionTime = Date.parse(end.lastTransitionTime)
    }
    this.write(job, state, false)
    if (end !== undefined && isOver) this.tell(job, state, end)
  }

  /** Pods of a Job that is over or gone need no counting. */
  letGo(namespace: string | undefined, job: KubeObject | undefined): void {
    for (const pod of this.env.store.list(R.pods, namespace)) {
      const owner = controllerOf(pod)
      if (!isTracked(pod) || owner?.kind !== 'Job') continue
      const live = this.env.store.get(R.jobs, namespace, owner.name)
      const isMine = job !== undefined && owner.uid === job.metadata.uid
      if (isMine || live?.metadata.uid !== owner.uid) this.release(pod)
    }
  }

  /** canRemoveFinalizer: ended one way or the other, and not needed to carry its index's failures on. */
  private isSettled(job: KubeObject, pod: KubeObject, state: JobState, finished: JobCondition | undefined): boolean {
    if (job.metadata.deletionTimestamp !== undefined) return true
    const isOver = finished !== undefined && finished.type !== 'SuccessCriteriaMet'
    if (!isOver && !isFailed(pod, job) && pod.status?.phase !== 'Succeeded') return false
    const index = indexOf(pod, job)
    return finished !== undefined || index === undefined || state.awaited.get(index) !== pod
  }

  private note(job: KubeObject, settled: readonly KubeObject[], state: JobState, finished: JobCondition | undefined): void {
    const succeeded = [...state.uncounted.succeeded]
    const failed = [...state.uncounted.failed]
    const isOver = finished !== undefined && finished.type !== 'SuccessCriteriaMet'
    for (const pod of settled) {
      const { uid = '' } = pod.metadata
      if (pod.status?.phase === 'Succeeded' && !failed.includes(uid)) {
        if (!isIndexed(job) && !succeeded.includes(uid)) succeeded.push(uid)
      } else if (isFailed(pod, job) || isOver) {
        const hasPlace = !isIndexed(job) || indexOf(pod, job) !== undefined
        if (!failed.includes(uid) && hasPlace && matchFailurePolicy(job, pod).counts) failed.push(uid)
      }
    }
    if (isIndexed(job)) state.counted.succeeded = state.succeededIndexes.length
    state.uncounted = { succeeded, failed }
  }

  private release(pod: KubeObject): void {
    const current = this.env.store.get(R.pods, pod.metadata.namespace, pod.metadata.name)
    if (current === undefined || current.metadata.uid !== pod.metadata.uid || !isTracked(current)) return
    const { finalizers = [], ...metadata } = current.metadata
    const left = finalizers.filter((f) => f !== TRACKING)
    this.api.update(R.pods, { ...current, metadata: left.length > 0 ? { ...metadata, finalizers: left } : metadata })
  }

  private write(job: KubeObject, state: JobState, force: boolean): void {
    const current = this.env.store.get(R.jobs, job.metadata.namespace, job.metadata.name)
    const status = statusOf(job, state)
    if (current === undefined || (!force && sameValue(current.status, status))) return
    this.api.update(R.jobs, { ...current, status }, 'status')
  }

  private tell(job: KubeObject, state: JobState, end: JobCondition): void {
    const { events } = this.env
    if (end.type !== 'Complete') {
      events.record(SOURCE, job, end.reason, end.message, { type: 'Warning' })
      return
    }
    if (job.spec.completions !== undefined && state.counted.succeeded > job.spec.completions) {
      const message = 'Too many succeeded pods running after completion count reached'
      events.record(SOURCE, job, 'TooManySucceededPods', message, { type: 'Warning' })
    }
    events.record(SOURCE, job, 'Completed', 'Job completed')
  }
}
