import type { KubeObject } from './object.ts'

/** A PodDisruptionBudget's status with the condition that follows from what it allows (UpdateDisruptionAllowedCondition). */
export function withDisruptionCondition(status: KubeObject[string], now: string): KubeObject[string] {
  const [value, reason] = (status.disruptionsAllowed ?? 0) > 0 ? ['True', 'SufficientPods'] : ['False', 'InsufficientPods']
  return withCondition(status, value, reason, '', now)
}

/** meta.SetStatusCondition for DisruptionAllowed: the time moves only with the status. */
export function withCondition(
  status: KubeObject[string],
  value: string,
  reason: string,
  message: string,
  now: string,
): KubeObject[string] {
  const before: readonly KubeObject[string][] = status.conditions ?? []
  const old = before.find((c) => c.type === 'DisruptionAllowed')
  const condition = {
    type: 'DisruptionAllowed',
    status: value,
    ...(status.observedGeneration === undefined ? {} : { observedGeneration: status.observedGeneration }),
    lastTransitionTime: old?.status === value ? old.lastTransitionTime : now,
    reason,
    message,
  }
  return { ...status, conditions: [...before.filter((c) => c.type !== 'DisruptionAllowed'), condition] }
}
