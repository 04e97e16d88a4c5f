import type { KubeObject } from '../../api/object.ts'
import { StatusError } from '../../api/status.ts'
import { type ApiWriter, type ControllerEnv, R } from '../env.ts'
import { controllerReference } from '../ownership.ts'
import { byDeletionOrder, isReady, podFromTemplate } from '../pods.ts'
import { type Backoff, remaining } from './backoff.ts'
import { absoluteFailures, finishedAt, indexOf, isIndexed, podTemplate, replacesFailedOnly } from './pods.ts'
import type { JobState } from './state.ts'

const SOURCE = { component: 'job-controller' }
/** Most pods made or deleted in one turn (MaxPodCreateDeletePerSync). */
const MOST = 500
/** A generated name leaves room for its five random characters. */
const PREFIX = 58

/** Makes a Job's pods, and takes away those too many (manageJob). */
export class JobPods {
  private readonly env: ControllerEnv
  private readonly api: ApiWriter

  constructor(env: ControllerEnv, api: ApiWriter) {
    this.env = env
    this.api = api
  }

  /** Every active pod of a Job that ended; returns how many went. */
  removeAll(job: KubeObject, state: JobState): number {
    this.remove(job, state, state.active)
    return state.active.length
  }

  manage(job: KubeObject, state: JobState, backoff: Backoff, later: (delay: number) => void): { readonly failure?: StatusError } {
    const { parallelism = 1, completions, suspend } = job.spec
    const active = state.active.length
    if (suspend === true) {
      this.remove(job, state, state.active)
      return {}
    }
    let wanted: number = parallelism
    if (completions !== undefined) wanted = Math.max(0, Math.min(parallelism, completions - state.succeeded))
    else if (state.succeeded > 0) wanted = active
    const surplus = this.surplus(job, state, Math.max(0, active - wanted))
    if (surplus.length > 0) {
      this.remove(job, state, surplus.slice(0, MOST))
      return {}
    }
    const more = Math.min(MOST, wanted - active - (replacesFailedOnly(job) ? state.terminating : 0))
    if (more <= 0) return {}
    const { now } = this.env.clock
    const perIndex = job.spec.backoffLimitPerIndex !== undefined
    const wait = perIndex ? 0 : remaining(backoff, now)
    if (wait > 0) {
      state.activeCount = 0
      later(wait)
      return {}
    }
    if (!isIndexed(job))
      return this.create(
        job,
        state,
        Array.from({ length: more }, () => undefined),
      )
    const pending = this.pending(job, state, more)
    if (!perIndex) return this.create(job, state, pending)
    const waits = pending.map((index) => {
      const last = state.awaited.get(index)
      return last === undefined ? 0 : remaining({ failures: absoluteFailures(last) + 1, last: finishedAt(last) }, now)
    })
    const ready = pending.filter((_, i) => waits[i] === 0)
    if (ready.length === 0 && pending.length > 0) {
      state.activeCount = 0
      later(Math.min(...waits))
      return {}
    }
    return this.create(job, state, ready)
  }

  /** The first indexes that neither ended nor run (firstPendingIndexes). */
  private pending(job: KubeObject, state: JobState, most: number): readonly number[] {
    const taken = new Set([...state.succeededIndexes, ...(state.failedIndexes ?? [])])
    for (const pod of state.active) taken.add(indexOf(pod, job) ?? -1)
    const out: number[] = []
    for (let i = 0; i < (job.spec.completions ?? 0) && out.length < most; i++) if (!taken.has(i)) out.push(i)
    return out
  }

  /** Pods to take away: repeated and foreign indexes first, then those that the least is lost with (activePodsForRemoval). */
  private surplus(job: KubeObject, state: JobState, least: number): readonly KubeObject[] {
    const order = [...state.active].sort(byDeletionOrder(() => 0))
    if (!isIndexed(job)) return order.slice(0, least)
    const kept = new Map<number, KubeObject>()
    for (const pod of [...order].reverse()) {
      const index = indexOf(pod, job)
      if (index !== undefined && !kept.has(index)) kept.set(index, pod)
    }
    const single = new Set(kept.values())
    const surplus = order.filter((pod) => !single.has(pod))
    return [...surplus, ...order.filter((pod) => single.has(pod)).slice(0, Math.max(0, least - surplus.length))]
  }

  private create(job: KubeObject, state: JobState, indexes: readonly (number | undefined)[]): { readonly failure?: StatusError } {
    for (const index of indexes) {
      const template = podTemplate(job, index, index === undefined ? undefined : state.awaited.get(index))
      const pod = podFromTemplate(job, template, [controllerReference(job)])
      const suffix = index === undefined ? '-' : `-${index}-`
      const generateName = `${job.metadata.name.slice(0, index === undefined ? undefined : PREFIX - suffix.length)}${suffix}`
      try {
        const made = this.api.create(R.pods, { ...pod, metadata: { ...pod.metadata, generateName } })
        state.activeCount++
        this.env.events.record(SOURCE, job, 'SuccessfulCreate', `Created pod: ${made.metadata.name}`)
      } catch (error) {
        if (!(error instanceof StatusError)) throw error
        if (error.status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating')) continue
        this.env.events.record(SOURCE, job, 'FailedCreate', `Error creating: ${error.message}`, { type: 'Warning' })
        return { failure: error }
      }
    }
    return {}
  }

  private remove(job: KubeObject, state: JobState, pods: readonly KubeObject[]): void {
    for (const pod of pods) {
      this.api.delete(R.pods, pod.metadata.namespace, pod.metadata.name, { uid: pod.metadata.uid ?? '' })
      this.env.events.record(SOURCE, job, 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
    }
    state.activeCount -= pods.length
    state.terminating += pods.length
    state.ready -= pods.filter(isReady).length
  }
}
