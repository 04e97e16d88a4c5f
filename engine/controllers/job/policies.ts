import { parseIndexes } from '../../api/job-indexes.ts'
import type { KubeObject } from '../../api/object.ts'

export interface FailureMatch {
  /** Whether the failure counts towards the backoff limit. */
  readonly counts: boolean
  readonly action?: string
  /** Why the whole Job fails by this pod. */
  readonly failsJob?: string
}

interface ExitCodes {
  readonly containerName?: string
  readonly operator: string
  readonly values: readonly number[]
}

function container(statuses: readonly KubeObject[string][], { containerName, operator, values }: ExitCodes) {
  return statuses.find((status) => {
    const code: number | undefined = status.state?.terminated?.exitCode
    if (code === undefined || code === 0 || (containerName !== undefined && containerName !== status.name)) return false
    return operator === 'In' ? values.includes(code) : !values.includes(code)
  })
}

/** What the Job's podFailurePolicy says of a failed pod; its first rule that fits decides (matchPodFailurePolicy). */
export function matchFailurePolicy(job: KubeObject, pod: KubeObject): FailureMatch {
  const rules: readonly KubeObject[string][] = job.spec.podFailurePolicy?.rules ?? []
  const where = `${pod.metadata.namespace}/${pod.metadata.name}`
  for (const [i, { action, onExitCodes, onPodConditions }] of rules.entries()) {
    let why: string | undefined
    if (onExitCodes) {
      const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {}
      const found = container(containerStatuses, onExitCodes) ?? container(initContainerStatuses, onExitCodes)
      if (found !== undefined)
        why = `Container ${found.name} for pod ${where} failed with exit code ${found.state.terminated.exitCode}`
    } else {
      const conditions: readonly { type: string; status: string }[] = pod.status?.conditions ?? []
      const patterns: readonly { type: string; status: string }[] = onPodConditions ?? []
      const found = conditions.find((c) => patterns.some((p) => p.type === c.type && p.status === c.status))
      if (found !== undefined) why = `Pod ${where} has condition ${found.type}`
    }
    if (why === undefined) continue
    const failsJob = action === 'FailJob' ? { failsJob: `${why} matching ${action} rule at index ${i}` } : {}
    return { counts: action !== 'Ignore', action, ...failsJob }
  }
  return { counts: true }
}

/** The message with which a successPolicy ends a Job early; undefined as long as none of its rules is met. */
export function matchSuccessPolicy(job: KubeObject, succeeded: readonly number[]): string | undefined {
  const rules: readonly KubeObject[string][] = job.spec.successPolicy?.rules ?? []
  if (succeeded.length === 0) return undefined
  const done = new Set(succeeded)
  const at = rules.findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined) return succeededCount !== undefined && succeeded.length >= succeededCount
    const parsed = parseIndexes(succeededIndexes, job.spec.completions ?? 0)
    const wanted = 'error' in parsed ? [] : parsed.indexes
    if (wanted.length === 0) return false
    return wanted.filter((i) => done.has(i)).length >= (succeededCount ?? wanted.length)
  })
  return at < 0 ? undefined : `Matched rules at index ${at}`
}
