import type { KubeObject } from '../../api/object.ts'
import { newSetReplicas, replicasOf, rollingBounds, totalReplicas, totalStatus } from './arithmetic.ts'
import type { DeploymentReplicaSets } from './replica-sets.ts'
import type { DeploymentSets } from './status.ts'

/** One step of a rolling update: grow the new ReplicaSet or shrink the old ones; whether anything was done (rolling.go). */
export function rollingStep(deployment: KubeObject, sets: DeploymentSets, by: DeploymentReplicaSets): boolean {
  return growNew(deployment, sets, by) || shrinkOld(deployment, sets, by)
}

function growNew(deployment: KubeObject, { newSet, oldSets }: DeploymentSets, by: DeploymentReplicaSets): boolean {
  if (newSet === undefined) return false
  const current = replicasOf(newSet)
  const wanted = replicasOf(deployment)
  const size = current > wanted ? wanted : newSetReplicas(deployment, [...oldSets, newSet], current)
  if (size === current) return false
  by.scale(deployment, newSet, size)
  return true
}

function shrinkOld(deployment: KubeObject, { newSet, oldSets }: DeploymentSets, by: DeploymentReplicaSets): boolean {
  const active = oldSets.filter((rs) => replicasOf(rs) > 0)
  if (active.length === 0) return false
  const sets = newSet === undefined ? oldSets : [...oldSets, newSet]
  const minAvailable = replicasOf(deployment) - rollingBounds(deployment).unavailable
  const newUnavailable = newSet === undefined ? 0 : replicasOf(newSet) - totalStatus([newSet], 'availableReplicas')
  const most = totalReplicas(sets) - minAvailable - newUnavailable
  if (most <= 0) return false
  const { left, done } = dropUnhealthy(deployment, active, most, by)
  const spare = totalStatus(sets, 'availableReplicas') - minAvailable
  return dropHealthy(deployment, left, spare, by) || done > 0
}

/** Replicas that are not available serve nobody, so they go first. */
function dropUnhealthy(deployment: KubeObject, sets: readonly KubeObject[], most: number, by: DeploymentReplicaSets) {
  let done = 0
  const left = sets.map((rs) => {
    const unhealthy = replicasOf(rs) - totalStatus([rs], 'availableReplicas')
    const drop = Math.min(most - done, unhealthy)
    if (drop <= 0) return rs
    done += drop
    return by.scale(deployment, rs, replicasOf(rs) - drop)
  })
  return { left, done }
}

function dropHealthy(deployment: KubeObject, sets: readonly KubeObject[], spare: number, by: DeploymentReplicaSets): boolean {
  let left = spare
  for (const rs of sets) {
    const drop = Math.min(left, replicasOf(rs))
    if (drop <= 0) continue
    by.scale(deployment, rs, replicasOf(rs) - drop)
    left -= drop
  }
  return left < spare
}
