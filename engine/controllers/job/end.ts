import type { KubeObject } from '../../api/object.ts'
import { timeText } from '../env.ts'
import { condition, type JobCondition } from './conditions.ts'
import { isFailed, isIndexed } from './pods.ts'
import { matchFailurePolicy, matchSuccessPolicy } from './policies.ts'
import type { JobState } from './state.ts'

/** Why the Job ends with this turn, before its completions are looked at; undefined if it goes on (syncJob). */
export function ended(job: KubeObject, pods: readonly KubeObject[], state: JobState, now: number): JobCondition | undefined {
  const at = timeText(now)
  const known = (type: string) => state.conditions.find((c) => c.type === type && c.status === 'True')
  const met = known('SuccessCriteriaMet')
  if (met !== undefined) return met
  const target = known('FailureTarget')
  if (target !== undefined) return { ...target, type: 'Failed', lastProbeTime: at, lastTransitionTime: at }
  const failure = (reason: string, message: string) => condition('FailureTarget', reason, message, at)
  for (const pod of pods) {
    const message = isFailed(pod, job) ? matchFailurePolicy(job, pod).failsJob : undefined
    if (message !== undefined) return failure('PodFailurePolicy', message)
  }
  if (state.failed > job.spec.backoffLimit || restartsTooOften(job, pods))
    return failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit')
  const { activeDeadlineSeconds: limit, completions = 0, maxFailedIndexes, suspend } = job.spec
  if (limit !== undefined && suspend !== true && state.startTime !== undefined && now - state.startTime >= limit * 1000)
    return failure('DeadlineExceeded', 'Job was active longer than specified deadline')
  if (!isIndexed(job)) return undefined
  const failed = state.failedIndexes?.length ?? 0
  if (maxFailedIndexes !== undefined && failed > maxFailedIndexes)
    return failure('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes')
  if (failed > 0 && failed + state.succeededIndexes.length >= completions)
    return failure('FailedIndexes', 'Job has failed indexes')
  const message = matchSuccessPolicy(job, state.succeededIndexes)
  return message === undefined ? undefined : condition('SuccessCriteriaMet', 'SuccessPolicy', message, at)
}

/** With restartPolicy OnFailure the restarts of containers count (pastBackoffLimitOnFailure). */
function restartsTooOften(job: KubeObject, pods: readonly KubeObject[]): boolean {
  if (job.spec.template.spec.restartPolicy !== 'OnFailure') return false
  let restarts = 0
  for (const { status } of pods) {
    if (status?.phase !== 'Running' && status?.phase !== 'Pending') continue
    for (const s of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])])
      restarts += s.restartCount ?? 0
  }
  return job.spec.backoffLimit === 0 ? restarts > 0 : restarts >= job.spec.backoffLimit
}
