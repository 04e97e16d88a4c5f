import { EMPTY, type Histogram, observe, PROGRAMMING_BUCKETS, SYNC_BUCKETS } from './histogram.ts'

/** What one family's proxier counts (pkg/proxy/metrics); plain data. A sync takes no virtual time, so its duration is 0. */
export interface ProxierMetrics {
  readonly syncs: Histogram
  readonly fullSyncs: Histogram
  readonly partialSyncs: Histogram
  readonly programming: Histogram
  readonly reconciles: Histogram
  readonly deletedFlows: number
  readonly restoreFailures: number
  readonly partialRestoreFailures: number
  /** Rules owned, and rules written by the last sync. */
  readonly rules: { readonly filter: number; readonly nat: number }
  readonly lastRules: { readonly filter: number; readonly nat: number }
  readonly noLocalInternal: number
  readonly noLocalExternal: number
  /** ms; 0: never. */
  readonly lastQueued: number
  readonly lastSynced: number
}

export const NO_METRICS: ProxierMetrics = {
  syncs: EMPTY,
  fullSyncs: EMPTY,
  partialSyncs: EMPTY,
  programming: EMPTY,
  reconciles: EMPTY,
  deletedFlows: 0,
  restoreFailures: 0,
  partialRestoreFailures: 0,
  rules: { filter: 0, nat: 0 },
  lastRules: { filter: 0, nat: 0 },
  noLocalInternal: 0,
  noLocalExternal: 0,
  lastQueued: 0,
  lastSynced: 0,
}

/** What there is to say of one sync. */
export interface SyncReport {
  readonly now: number
  readonly full: boolean
  readonly failed: boolean
  /** Rules written into each table, and those of nat that were left out because nothing changed. */
  readonly filter: number
  readonly nat: number
  readonly skipped: number
  readonly noLocalInternal: number
  readonly noLocalExternal: number
  readonly triggerTimes: readonly number[]
}

/** The metrics after one more sync. */
export function synced(before: ProxierMetrics, report: SyncReport): ProxierMetrics {
  const { full, failed } = report
  const once = (histogram: Histogram, when = true) => (when ? observe(histogram, 0, SYNC_BUCKETS) : histogram)
  const counted: ProxierMetrics = {
    ...before,
    syncs: once(before.syncs),
    fullSyncs: once(before.fullSyncs, full),
    partialSyncs: once(before.partialSyncs, !full),
    rules: { filter: report.filter, nat: report.nat + report.skipped },
    lastRules: { filter: report.filter, nat: report.nat },
  }
  if (failed) {
    return {
      ...counted,
      restoreFailures: before.restoreFailures + 1,
      partialRestoreFailures: before.partialRestoreFailures + (full ? 0 : 1),
    }
  }
  let programming = before.programming
  for (const time of report.triggerTimes) {
    programming = observe(programming, Math.max(0, (report.now - time) / 1000), PROGRAMMING_BUCKETS)
  }
  const { noLocalInternal, noLocalExternal, now } = report
  return { ...counted, programming, noLocalInternal, noLocalExternal, lastSynced: now }
}

/** The metrics after conntrack was looked through for stale flows. */
export function reconciled(before: ProxierMetrics, deleted: number): ProxierMetrics {
  return {
    ...before,
    reconciles: observe(before.reconciles, 0, SYNC_BUCKETS),
    deletedFlows: before.deletedFlows + deleted,
  }
}
