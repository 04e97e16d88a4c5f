import type { KubeObject } from '../../api/object.ts'
import type { StoreEvent } from '../../api/store.ts'
import type { Json, Stateful } from '../../base/json.ts'
import { type ApiWriter, type ControlLoop, type ControllerEnv, keyOf, R, splitKey, timeText } from '../env.ts'
import { claim, controllerOf, withOwner, withoutOwner } from '../ownership.ts'
import { namespaceKeys, ownerKey } from '../pods.ts'
import { afterPods, type Backoff } from './backoff.ts'
import { condition, ensured, isTrue, type JobCondition } from './conditions.ts'
import { ended } from './end.ts'
import { JobPods } from './manage.ts'
import { isIndexed } from './pods.ts'
import { matchFailurePolicy } from './policies.ts'
import { type JobState, jobState } from './state.ts'
import { JobTracking } from './tracking.ts'

const SOURCE = { component: 'job-controller' }
/** News of pods and of the Job's own status are gathered for a second (SyncJobBatchPeriod). */
const BATCH = 1000
const FINISHED = ['Complete', 'Failed']

/** Runs pods to their end (pkg/controller/job). */
export class JobLoop implements ControlLoop, Stateful {
  readonly name = 'job'
  later: (key: string, delay: number) => void = () => {}
  private readonly env: ControllerEnv
  private readonly api: ApiWriter
  private readonly pods: JobPods
  private readonly tracking: JobTracking
  private backoffs: Readonly<Record<string, Backoff>> = {}

  constructor(env: ControllerEnv) {
    this.env = env
    this.api = env.writer('kube-controller-manager')
    this.pods = new JobPods(env, this.api)
    this.tracking = new JobTracking(env, this.api)
  }

  keys({ resource, object, old }: StoreEvent): readonly string[] {
    if (resource === R.jobs) return [keyOf(object)]
    if (resource !== R.pods) return []
    const owners = [object, old].flatMap((pod) => (pod && ownerKey(pod, 'Job')) ?? [])
    return controllerOf(object) === undefined
      ? [...owners, ...namespaceKeys(this.env.store, R.jobs, object.metadata.namespace)]
      : owners
  }

  patience({ type, resource, object, old }: StoreEvent): number {
    if (resource === R.jobs) return type === 'MODIFIED' && object.metadata.generation === old?.metadata.generation ? BATCH : 0
    const owner = ownerKey(object, 'Job')
    // A Job that is gone counts nothing any more: its pods are let go at once.
    return owner !== undefined && this.find(owner) === undefined ? 0 : BATCH
  }

  all(): readonly string[] {
    return this.env.store.list(R.jobs).map(keyOf)
  }

  save(): Json {
    return this.backoffs as unknown as Json
  }

  load(state: Json): void {
    this.backoffs = state as unknown as Record<string, Backoff>
  }

  sync(key: string): void {
    const job = this.find(key)
    if (job === undefined || FINISHED.some((type) => isTrue(job.status?.conditions ?? [], type))) {
      const { [key]: _gone, ...others } = this.backoffs
      this.backoffs = others
      this.tracking.letGo(splitKey(key).namespace, job)
      return
    }
    if (job.spec.managedBy !== undefined && job.spec.managedBy !== 'kubernetes.io/job-controller') return
    const pods = this.claimed(job)
    const state = jobState(job, pods)
    const { now } = this.env.clock
    const failed = state.newFailed.filter((pod) => matchFailurePolicy(job, pod).counts)
    state.succeeded = isIndexed(job) ? state.succeededIndexes.length : state.succeeded + state.newSucceeded.length
    state.failed += failed.length
    if (state.startTime === undefined && job.spec.suspend !== true) state.startTime = now
    const backoff = afterPods(this.backoffs[key] ?? { failures: 0, last: 0 }, state.newSucceeded, state.newFailed)
    let finished = ended(job, pods, state, now)
    this.awaitDeadline(key, job, state)
    let failure: unknown
    let changed = false
    if (finished !== undefined) {
      const deleted = this.pods.removeAll(job, state)
      if (deleted < state.active.length) finished = undefined
    } else {
      if (job.metadata.deletionTimestamp === undefined) {
        const managed = this.pods.manage(job, state, backoff, (delay) => this.later(key, delay))
        failure = managed.failure
      }
      const { completions } = job.spec
      const isDone = completions === undefined ? state.succeeded > 0 : state.succeeded >= completions
      if (isDone && state.activeCount === 0) finished = success(now)
      else if (job.metadata.deletionTimestamp === undefined) changed = this.suspension(job, state)
    }
    // The record is kept with the first status that counts these pods (flushUncountedAndRemoveFinalizers).
    this.backoffs = { ...this.backoffs, [key]: backoff }
    this.tracking.count(job, pods, state, finished, changed)
    if (failure !== undefined) throw failure
  }

  private find(key: string): KubeObject | undefined {
    const { namespace, name } = splitKey(key)
    return this.env.store.get(R.jobs, namespace, name)
  }

  private claimed(job: KubeObject): readonly KubeObject[] {
    const found = claim(this.env.store.list(R.pods, job.metadata.namespace), job, job.spec.selector)
    for (const pod of found.release) this.api.update(R.pods, withoutOwner(pod, job.metadata.uid))
    if (job.metadata.deletionTimestamp !== undefined) return found.mine
    return [...found.mine, ...found.adopt.map((pod) => this.api.update(R.pods, withOwner(pod, job)))]
  }

  private awaitDeadline(key: string, job: KubeObject, state: JobState): void {
    const { activeDeadlineSeconds: limit, suspend } = job.spec
    if (limit === undefined || suspend === true || state.startTime === undefined) return
    const left = state.startTime + limit * 1000 - this.env.clock.now
    if (left > 0) this.later(key, left)
  }

  /** The Suspended condition and its Event; says whether it changed. */
  private suspension(job: KubeObject, state: JobState): boolean {
    const { now } = this.env.clock
    const isSuspended = job.spec.suspend === true
    const [status, reason, message] = isSuspended
      ? ['True', 'JobSuspended', 'Job suspended']
      : ['False', 'JobResumed', 'Job resumed']
    const conditions = ensured(state.conditions, condition('Suspended', reason, message, timeText(now), status))
    if (conditions === state.conditions) return false
    state.conditions = conditions
    this.env.events.record(SOURCE, job, isSuspended ? 'Suspended' : 'Resumed', message)
    if (!isSuspended) state.startTime = now
    return true
  }
}

function success(now: number): JobCondition {
  const message = 'Reached expected number of succeeded pods'
  return condition('SuccessCriteriaMet', 'CompletionsReached', message, timeText(now))
}
