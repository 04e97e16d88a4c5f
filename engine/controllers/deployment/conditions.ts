export interface Condition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
  readonly lastUpdateTime: string
  readonly lastTransitionTime: string
}

export function getCondition(conditions: readonly Condition[], type: string): Condition | undefined {
  return conditions.find((c) => c.type === type)
}

/** Puts a condition at the end; one of the same status and reason stays as it is (deployment util, SetDeploymentCondition). */
export function setCondition(
  conditions: readonly Condition[],
  condition: Pick<Condition, 'type' | 'status' | 'reason' | 'message'>,
  now: string,
): readonly Condition[] {
  const current = getCondition(conditions, condition.type)
  if (current?.status === condition.status && current.reason === condition.reason) return conditions
  const { type, status, reason, message } = condition
  const lastTransitionTime = current?.status === status ? current.lastTransitionTime : now
  const changed = { type, status, lastUpdateTime: now, lastTransitionTime, reason, message }
  return [...conditions.filter((c) => c.type !== type), changed]
}

/** Replaces a condition even where nothing but its message or time differs. */
export function renewCondition(
  conditions: readonly Condition[],
  condition: Pick<Condition, 'type' | 'status' | 'reason' | 'message'>,
  now: string,
): readonly Condition[] {
  const current = getCondition(conditions, condition.type)
  const lastTransitionTime = current?.status === condition.status ? current.lastTransitionTime : now
  const { type, status, reason, message } = condition
  const renewed = { type, status, lastUpdateTime: now, lastTransitionTime, reason, message }
  return [...conditions.filter((c) => c.type !== type), renewed]
}
