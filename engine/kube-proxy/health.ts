import type { KubeObject } from '../api/object.ts'

/** What the health of one family follows from. */
export interface Watched {
  readonly family: 4 | 6
  readonly lastUpdated: number
  /** When the oldest unwritten change came in; null if nothing waits. */
  readonly queuedSince: number | null
}

export interface Health {
  readonly healthy: boolean
  /** The newest of the families'. */
  readonly lastUpdated: number
  readonly currentTime: number
  readonly status: Readonly<Record<'IPv4' | 'IPv6', { readonly lastUpdated: number; readonly healthy: boolean }>>
}

const familyName = (family: 4 | 6) => (family === 4 ? 'IPv4' : 'IPv6')

/** A change that waited longer than `timeout` (twice the sync period) means that rules are not written (ProxyHealthServer.Health). */
export function healthOf(proxiers: readonly Watched[], now: number, timeout: number): Health {
  const status = Object.fromEntries(
    proxiers.map(({ family, lastUpdated, queuedSince }) => {
      const healthy = queuedSince === null || now - queuedSince < timeout
      return [familyName(family), { lastUpdated, healthy }]
    }),
  ) as Health['status']
  return {
    healthy: Object.values(status).every((one) => one.healthy),
    lastUpdated: Math.max(0, ...proxiers.map((p) => p.lastUpdated)),
    currentTime: now,
    status,
  }
}

/** Set by the cluster autoscaler on a node that is about to go. */
const TO_BE_DELETED = 'ToBeDeletedByClusterAutoscaler'

/** Whether load balancers should still send traffic to the node (NodeEligible). */
export function isEligible(node: KubeObject | undefined): boolean {
  if (node === undefined || node.metadata.deletionTimestamp !== undefined) return false
  const taints: readonly { readonly key: string }[] = node.spec?.taints ?? []
  return !taints.some((taint) => taint.key === TO_BE_DELETED)
}
