import { formatIndexes, parseIndexes } from '../../api/job-indexes.ts'
import type { KubeObject } from '../../api/object.ts'
import { timeText } from '../env.ts'
import { isActive, isReady } from '../pods.ts'
import type { JobCondition } from './conditions.ts'
import { indexFailures, indexOf, isFailed, isIndexed, isOnItsWayOut, isTracked } from './pods.ts'
import { matchFailurePolicy } from './policies.ts'

/** What one turn knows of a Job and changes; written back as its status. */
export interface JobState {
  readonly active: readonly KubeObject[]
  /** Ended since they were last counted. */
  readonly newSucceeded: readonly KubeObject[]
  readonly newFailed: readonly KubeObject[]
  /** Indexes that were complete before this turn, and with it. */
  readonly knownIndexes: readonly number[]
  succeededIndexes: readonly number[]
  failedIndexes: readonly number[] | undefined
  /** Failed pods that are kept until their index's next pod carries their count on, by index. */
  readonly awaited: ReadonlyMap<number, KubeObject>
  succeeded: number
  failed: number
  activeCount: number
  ready: number
  terminating: number
  startTime: number | undefined
  completionTime: number | undefined
  conditions: readonly JobCondition[]
  uncounted: { succeeded: readonly string[]; failed: readonly string[] }
  /** What the status says already. */
  counted: { succeeded: number; failed: number }
}

const parsed = (text: string | undefined, job: KubeObject): readonly number[] => {
  const result = parseIndexes(text ?? '', job.spec.completions ?? 0)
  return 'error' in result ? [] : result.indexes
}

const union = (a: readonly number[], b: readonly number[]) => [...new Set([...a, ...b])].sort((x, y) => x - y)

export function jobState(job: KubeObject, pods: readonly KubeObject[]): JobState {
  const status = job.status ?? {}
  const uncounted = {
    succeeded: status.uncountedTerminatedPods?.succeeded ?? [],
    failed: status.uncountedTerminatedPods?.failed ?? [],
  }
  const known = new Set<string>([...uncounted.succeeded, ...uncounted.failed])
  const fresh = pods.filter((pod) => {
    if (!isTracked(pod) || known.has(pod.metadata.uid ?? '')) return false
    return !isIndexed(job) || indexOf(pod, job) !== undefined
  })
  const active = pods.filter(isActive)
  const knownIndexes = parsed(status.completedIndexes, job)
  const indexes = (list: readonly KubeObject[]) => list.flatMap((pod) => indexOf(pod, job) ?? [])
  const tracked = pods.filter(isTracked)
  const succeededIndexes = union(knownIndexes, indexes(tracked.filter((pod) => pod.status?.phase === 'Succeeded')))
  const failedIndexes =
    job.spec.backoffLimitPerIndex === undefined || !isIndexed(job)
      ? undefined
      : union(parsed(status.failedIndexes, job), indexes(tracked.filter((pod) => exhaustsIndex(pod, job))))
  const spent = new Set([...succeededIndexes, ...(failedIndexes ?? []), ...indexes(active)])
  const awaited = new Map<number, KubeObject>()
  if (failedIndexes !== undefined)
    for (const pod of tracked.filter((p) => isFailed(p, job))) {
      const index = indexOf(pod, job)
      if (index === undefined || spent.has(index)) continue
      const other = awaited.get(index)
      if (other === undefined || indexFailures(other) <= indexFailures(pod)) awaited.set(index, pod)
    }
  const counted = { succeeded: status.succeeded ?? 0, failed: status.failed ?? 0 }
  return {
    active,
    newSucceeded: fresh.filter((pod) => pod.status?.phase === 'Succeeded'),
    newFailed: fresh.filter((pod) => isFailed(pod, job)),
    knownIndexes,
    succeededIndexes,
    failedIndexes,
    awaited,
    counted,
    succeeded: counted.succeeded + uncounted.succeeded.length,
    failed: counted.failed + uncounted.failed.length,
    activeCount: active.length,
    ready: active.filter(isReady).length,
    terminating: pods.filter(isOnItsWayOut).length,
    startTime: status.startTime === undefined ? undefined : Date.parse(status.startTime),
    completionTime: status.completionTime === undefined ? undefined : Date.parse(status.completionTime),
    conditions: status.conditions ?? [],
    uncounted,
  }
}

/** Whether this failure is the last that its index may have (isIndexFailed). */
function exhaustsIndex(pod: KubeObject, job: KubeObject): boolean {
  if (!isFailed(pod, job)) return false
  const match = matchFailurePolicy(job, pod)
  if (match.action === 'FailIndex') return true
  return match.counts && indexFailures(pod) >= job.spec.backoffLimitPerIndex
}

const when = (name: string, at: number | undefined) => (at === undefined ? {} : { [name]: timeText(at) })
const some = (name: string, n: number) => (n > 0 ? { [name]: n } : {})
const list = (name: string, uids: readonly string[]) => (uids.length > 0 ? { [name]: uids } : {})

/** The state as a JobStatus. */
export function statusOf(job: KubeObject, state: JobState): object {
  const { conditions, uncounted, counted } = state
  return {
    ...(conditions.length > 0 ? { conditions } : {}),
    ...when('startTime', state.startTime),
    ...when('completionTime', state.completionTime),
    ...some('active', state.activeCount),
    ...some('succeeded', counted.succeeded),
    ...some('failed', counted.failed),
    terminating: state.terminating,
    ...(isIndexed(job) && state.succeededIndexes.length > 0 ? { completedIndexes: formatIndexes(state.succeededIndexes) } : {}),
    ...(state.failedIndexes === undefined ? {} : { failedIndexes: formatIndexes(state.failedIndexes) }),
    uncountedTerminatedPods: { ...list('succeeded', uncounted.succeeded), ...list('failed', uncounted.failed) },
    ready: state.ready,
  }
}
