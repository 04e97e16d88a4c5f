export interface JobCondition {
  readonly type: string
  readonly status: string
  readonly lastProbeTime: string
  readonly lastTransitionTime: string
  readonly reason: string
  readonly message: string
}

export function condition(type: string, reason: string, message: string, now: string, status = 'True'): JobCondition {
  return { type, status, lastProbeTime: now, lastTransitionTime: now, reason, message }
}

export function isTrue(list: readonly JobCondition[], type: string): boolean {
  return list.some((c) => c.type === type && c.status === 'True')
}

/** The list with this condition; the same list if it says so already, or if it would only begin with False. */
export function ensured(list: readonly JobCondition[], wanted: JobCondition): readonly JobCondition[] {
  const at = list.findIndex((c) => c.type === wanted.type)
  if (at < 0) return wanted.status === 'False' ? list : [...list, wanted]
  const { status, reason, message } = list[at] as JobCondition
  if (status === wanted.status && reason === wanted.reason && message === wanted.message) return list
  return list.with(at, wanted)
}
