import type { KubeObject } from '../../api/object.ts'
import { isFinished, isTerminating } from '../pods.ts'
import { matchFailurePolicy } from './policies.ts'

/** Held by a Job's pods until they have been counted. */
export const TRACKING = 'batch.kubernetes.io/job-tracking'
const INDEX = 'batch.kubernetes.io/job-completion-index'
const FAILURES = 'batch.kubernetes.io/job-index-failure-count'
const IGNORED = 'batch.kubernetes.io/job-index-ignored-failure-count'

export function isTracked(pod: KubeObject): boolean {
  return (pod.metadata.finalizers ?? []).includes(TRACKING)
}

/** Only pods that really ended are replaced, not those that are still on their way out. */
export function replacesFailedOnly(job: KubeObject): boolean {
  return job.spec.podReplacementPolicy === 'Failed' || job.spec.podFailurePolicy !== undefined
}

/** Whether the pod counts as failed: a deleted one does, because it may never reach an end that tells (isPodFailed). */
export function isFailed(pod: KubeObject, job: KubeObject): boolean {
  if (pod.status?.phase === 'Failed') return true
  return !replacesFailedOnly(job) && isTerminating(pod) && pod.status?.phase !== 'Succeeded'
}

export function isOnItsWayOut(pod: KubeObject): boolean {
  return isTerminating(pod) && !isFinished(pod)
}

/** The completion index of an Indexed Job's pod; undefined where it has none that counts. */
export function indexOf(pod: KubeObject, job: KubeObject): number | undefined {
  const text = pod.metadata.annotations?.[INDEX]
  if (text === undefined || !/^\d+$/.test(text) || Number(text) >= (job.spec.completions ?? 0)) return undefined
  return Number(text)
}

export const isIndexed = (job: KubeObject): boolean => job.spec.completionMode === 'Indexed'

const number = (pod: KubeObject | undefined, name: string) => Number(pod?.metadata.annotations?.[name] ?? 0)

/** How often the pod's index had failed before it. */
export const indexFailures = (pod: KubeObject): number => number(pod, FAILURES)

/** Failures before it, counted or ignored: what the wait for the next try follows from. */
export const absoluteFailures = (pod: KubeObject): number => number(pod, FAILURES) + number(pod, IGNORED)

/** When the pod ended: with its last container, or when it stopped being ready, or was told to go (getFinishedTime). */
export function finishedAt(pod: KubeObject): number {
  const statuses: readonly KubeObject[string][] = pod.status?.containerStatuses ?? []
  const ends = statuses.map((s) => Date.parse(s.state?.terminated?.finishedAt ?? ''))
  if (ends.length > 0 && !ends.some(Number.isNaN)) return Math.max(...ends)
  const conditions: readonly KubeObject[string][] = pod.status?.conditions ?? []
  const ready = conditions.find((c) => c.type === 'Ready' && c.status === 'False')
  if (ready?.lastTransitionTime) return Date.parse(ready.lastTransitionTime)
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, creationTimestamp = '' } = pod.metadata
  if (deletionTimestamp !== undefined) return Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000
  return Date.parse(creationTimestamp)
}

/** The Job's pod template as its pods are made of it: tracked, and with its index where it has one. */
export function podTemplate(job: KubeObject, index: number | undefined, replaced: KubeObject | undefined): KubeObject[string] {
  const { template } = job.spec
  const finalizers = [...new Set([...(template.metadata?.finalizers ?? []), TRACKING])]
  if (index === undefined) return { ...template, metadata: { ...template.metadata, finalizers } }
  const env = (container: KubeObject[string]) => {
    const list: readonly { name: string }[] = container.env ?? []
    if (list.some((e) => e.name === 'JOB_COMPLETION_INDEX')) return container
    const valueFrom = { fieldRef: { fieldPath: `metadata.labels['${INDEX}']` } }
    return { ...container, env: [...list, { name: 'JOB_COMPLETION_INDEX', valueFrom }] }
  }
  const { initContainers, containers, ...spec } = template.spec
  return {
    metadata: {
      ...template.metadata,
      finalizers,
      labels: { ...template.metadata?.labels, [INDEX]: String(index) },
      annotations: { ...template.metadata?.annotations, [INDEX]: String(index), ...failureCounts(job, replaced) },
    },
    spec: {
      ...spec,
      ...(initContainers === undefined ? {} : { initContainers: initContainers.map(env) }),
      containers: (containers ?? []).map(env),
      hostname: `${job.metadata.name}-${index}`,
    },
  }
}

function failureCounts(job: KubeObject, replaced: KubeObject | undefined): Record<string, string> {
  if (job.spec.backoffLimitPerIndex === undefined) return {}
  let [failures, ignored] = [number(replaced, FAILURES), number(replaced, IGNORED)]
  if (replaced !== undefined && matchFailurePolicy(job, replaced).counts) failures++
  else if (replaced !== undefined) ignored++
  return { [FAILURES]: String(failures), ...(ignored > 0 ? { [IGNORED]: String(ignored) } : {}) }
}
