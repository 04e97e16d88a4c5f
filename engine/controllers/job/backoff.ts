import type { KubeObject } from '../../api/object.ts'
import { finishedAt } from './pods.ts'

/** Failures since the last success, and when the last of them was. */
export interface Backoff {
  readonly failures: number
  readonly last: number
}

const FIRST = 10_000
const MOST = 600_000

/** The record after more pods have ended (newBackoffRecord). */
export function afterPods(before: Backoff, succeeded: readonly KubeObject[], failed: readonly KubeObject[]): Backoff {
  const ends = failed.map(finishedAt).sort((a, b) => a - b)
  const last = ends.at(-1) ?? before.last
  if (succeeded.length === 0) return { failures: before.failures + ends.length, last }
  const success = Math.max(...succeeded.map(finishedAt))
  return { failures: ends.filter((at) => at > success).length, last }
}

/** How long to wait after so many failures: ten seconds, doubled each time, ten minutes at most. */
export function remaining({ failures, last }: Backoff, now: number): number {
  if (failures === 0) return 0
  return Math.max(0, Math.min(MOST, FIRST * 2 ** (failures - 1)) - (now - last))
}
