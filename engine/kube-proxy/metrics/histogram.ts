/** A Prometheus histogram as plain data: observations per bucket, with their number and sum. */
export interface Histogram {
  readonly buckets: readonly number[]
  readonly count: number
  readonly sum: number
}

/** component-base metrics.ExponentialBuckets(0.001, 2, 15): what syncs are measured by, seconds. */
export const SYNC_BUCKETS: readonly number[] = Array.from({ length: 15 }, (_, i) => 0.001 * 2 ** i)

const steps = (first: number, width: number, count: number) => Array.from({ length: count }, (_, i) => first + i * width)

/** 0.25 s to 5 min (NetworkProgrammingLatency). */
export const PROGRAMMING_BUCKETS: readonly number[] = [
  ...steps(0.25, 0.25, 2),
  ...steps(1, 1, 59),
  ...steps(60, 5, 12),
  ...steps(120, 30, 7),
]

export const EMPTY: Histogram = { buckets: [], count: 0, sum: 0 }

/** Adds an observation; `bounds` are the upper bounds of the buckets. */
export function observe(histogram: Histogram, value: number, bounds: readonly number[]): Histogram {
  const at = bounds.findIndex((bound) => value <= bound)
  const buckets = bounds.map((_, i) => (histogram.buckets[i] ?? 0) + (i === at ? 1 : 0))
  return { buckets, count: histogram.count + 1, sum: histogram.sum + value }
}
