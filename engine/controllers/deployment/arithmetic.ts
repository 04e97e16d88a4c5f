import type { KubeObject } from '../../api/object.ts'

/** An absolute number or a percentage of `total` (intstr.GetScaledValueFromIntOrPercent). */
function scaled(value: number | string | undefined, total: number, up: boolean): number {
  if (value === undefined) return 0
  if (typeof value === 'number') return value
  const share = (Number(value.replace('%', '')) * total) / 100
  return up ? Math.ceil(share) : Math.floor(share)
}

export interface RollingBounds {
  readonly surge: number
  readonly unavailable: number
}

/** maxSurge rounds up, maxUnavailable down; both cannot be 0, or nothing would move (ResolveFenceposts). */
export function rollingBounds(deployment: KubeObject): RollingBounds {
  if (deployment.spec.strategy?.type === 'Recreate') return { surge: 0, unavailable: 0 }
  const rolling = deployment.spec.strategy?.rollingUpdate ?? {}
  const total = replicasOf(deployment)
  const surge = scaled(rolling.maxSurge, total, true)
  const unavailable = scaled(rolling.maxUnavailable, total, false)
  const needed = surge === 0 && unavailable === 0 ? 1 : unavailable
  return { surge, unavailable: Math.min(needed, total) }
}

export function replicasOf(object: KubeObject): number {
  return object.spec?.replicas ?? 1
}

export function totalReplicas(sets: readonly KubeObject[]): number {
  return sets.reduce((sum, rs) => sum + replicasOf(rs), 0)
}

type Counted = 'replicas' | 'readyReplicas' | 'availableReplicas' | 'terminatingReplicas'

export function totalStatus(sets: readonly KubeObject[], field: Counted): number {
  return sets.reduce((sum, rs) => sum + (rs.status?.[field] ?? 0), 0)
}

/** How many replicas the new ReplicaSet may have now (NewRSNewReplicas). */
export function newSetReplicas(deployment: KubeObject, sets: readonly KubeObject[], current: number): number {
  const wanted = replicasOf(deployment)
  if (deployment.spec.strategy?.type === 'Recreate') return wanted
  const limit = wanted + rollingBounds(deployment).surge
  const running = totalReplicas(sets)
  return running >= limit ? current : current + Math.min(limit - running, wanted - current)
}

/** Shares a change of the Deployment's size among its ReplicaSets by their size (dc.scale, proportional part). */
export function proportionalSizes(deployment: KubeObject, sets: readonly KubeObject[]): ReadonlyMap<string, number> {
  const wanted = replicasOf(deployment)
  const allowed = wanted > 0 ? wanted + rollingBounds(deployment).surge : 0
  const toAdd = allowed - totalReplicas(sets)
  const created = (rs: KubeObject) => Date.parse(rs.metadata.creationTimestamp ?? '') || 0
  const order = [...sets].sort(
    (a, b) => replicasOf(b) - replicasOf(a) || (toAdd > 0 ? created(b) - created(a) : created(a) - created(b)),
  )
  const sizes = new Map<string, number>()
  let added = 0
  for (const rs of order) {
    let share = 0
    if (toAdd !== 0) {
      const before = Number(rs.metadata.annotations?.['deployment.kubernetes.io/max-replicas'] ?? wanted)
      const fraction = before === 0 ? 0 : Math.round((replicasOf(rs) * allowed) / before) - replicasOf(rs)
      share = toAdd > 0 ? Math.min(fraction, toAdd - added) : Math.max(fraction, toAdd - added)
    }
    sizes.set(rs.metadata.name, replicasOf(rs) + share)
    added += share
  }
  const first = order[0]
  if (first !== undefined) sizes.set(first.metadata.name, Math.max(0, (sizes.get(first.metadata.name) ?? 0) + toAdd - added))
  return sizes
}
