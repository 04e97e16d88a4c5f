import type { KubeObject } from '../../api/object.ts'
import { timeText } from '../env.ts'
import { replicasOf, rollingBounds, totalReplicas, totalStatus } from './arithmetic.ts'
import { type Condition, getCondition, renewCondition, setCondition } from './conditions.ts'

export interface DeploymentSets {
  /** The ReplicaSet of the current template, if it exists. */
  readonly newSet: KubeObject | undefined
  readonly oldSets: readonly KubeObject[]
}

interface Status {
  readonly observedGeneration?: number
  readonly replicas?: number
  readonly updatedReplicas?: number
  readonly readyReplicas?: number
  readonly availableReplicas?: number
  readonly unavailableReplicas?: number
  readonly terminatingReplicas?: number
  readonly collisionCount?: number
  readonly conditions?: readonly Condition[]
}

/** A count field as Go's omitempty writes it: not at all when 0. */
const counted = (name: string, value: number) => (value > 0 ? { [name]: value } : {})

/** A Deployment's status from its ReplicaSets (pkg/controller/deployment/sync.go, calculateStatus). */
export function calculateStatus(deployment: KubeObject, { newSet, oldSets }: DeploymentSets, now: number, minor: number): Status {
  const sets = newSet === undefined ? oldSets : [...oldSets, newSet]
  const available = totalStatus(sets, 'availableReplicas')
  const enough = available >= replicasOf(deployment) - rollingBounds(deployment).unavailable
  const conditions = setCondition(
    deployment.status?.conditions ?? [],
    enough
      ? { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
      : {
          type: 'Available',
          status: 'False',
          reason: 'MinimumReplicasUnavailable',
          message: 'Deployment does not have minimum availability.',
        },
    timeText(now),
  )
  return {
    ...(deployment.metadata.generation === undefined ? {} : { observedGeneration: deployment.metadata.generation }),
    ...counted('replicas', totalStatus(sets, 'replicas')),
    ...counted('updatedReplicas', newSet === undefined ? 0 : totalStatus([newSet], 'replicas')),
    ...counted('readyReplicas', totalStatus(sets, 'readyReplicas')),
    ...counted('availableReplicas', available),
    ...counted('unavailableReplicas', Math.max(0, totalReplicas(sets) - available)),
    ...(minor >= 35 ? { terminatingReplicas: totalStatus(sets, 'terminatingReplicas') } : {}),
    ...counted('collisionCount', deployment.status?.collisionCount ?? 0),
    conditions,
  }
}

/** Nothing is left to roll out (deployment util, DeploymentComplete). */
export function isComplete(deployment: KubeObject, status: Status): boolean {
  const wanted = replicasOf(deployment)
  return (
    (status.updatedReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  )
}

function isProgressing(old: Status, status: Status): boolean {
  const updated = (s: Status) => s.updatedReplicas ?? 0
  const outdated = (s: Status) => (s.replicas ?? 0) - updated(s)
  return (
    updated(status) > updated(old) ||
    outdated(status) < outdated(old) ||
    (status.readyReplicas ?? 0) > (old.readyReplicas ?? 0) ||
    (status.availableReplicas ?? 0) > (old.availableReplicas ?? 0)
  )
}

/** math.MaxInt32 means no deadline. */
export function progressDeadline(deployment: KubeObject): number | undefined {
  const seconds: number | undefined = deployment.spec.progressDeadlineSeconds
  return seconds === undefined || seconds === 2147483647 ? undefined : seconds * 1000
}

function isTimedOut(deployment: KubeObject, conditions: readonly Condition[], now: number): boolean {
  const condition = getCondition(conditions, 'Progressing')
  const deadline = progressDeadline(deployment)
  if (condition === undefined || deadline === undefined || condition.reason === 'NewReplicaSetAvailable') return false
  return condition.reason === 'ProgressDeadlineExceeded' || Date.parse(condition.lastUpdateTime) + deadline < now
}

/** The status during a rollout: calculateStatus and the Progressing condition (progress.go, syncRolloutStatus). */
export function rolloutStatus(deployment: KubeObject, sets: DeploymentSets, now: number, minor: number): Status {
  const status = calculateStatus(deployment, sets, now, minor)
  const conditions = progress(deployment, sets.newSet, status, now)
  return { ...status, conditions: withFailures(conditions, sets, timeText(now)) }
}

function progress(deployment: KubeObject, newSet: KubeObject | undefined, status: Status, now: number): readonly Condition[] {
  const conditions = status.conditions ?? []
  if (progressDeadline(deployment) === undefined) return conditions.filter((c) => c.type !== 'Progressing')
  const old: Status = deployment.status ?? {}
  const current = getCondition(old.conditions ?? [], 'Progressing')
  if ((status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable') return conditions
  const what = newSet === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${newSet.metadata.name}"`
  const at = timeText(now)
  if (isComplete(deployment, status)) {
    const message = `${what} has successfully progressed.`
    return setCondition(conditions, { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message }, at)
  }
  if (isProgressing(old, status)) {
    const message = `${what} is progressing.`
    return renewCondition(conditions, { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message }, at)
  }
  if (isTimedOut(deployment, conditions, now)) {
    const message = `${what} has timed out progressing.`
    return setCondition(conditions, { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message }, at)
  }
  return conditions
}

/** A ReplicaSet that cannot make its pods makes its Deployment say so. */
function withFailures(conditions: readonly Condition[], { newSet, oldSets }: DeploymentSets, now: string): readonly Condition[] {
  for (const rs of newSet === undefined ? oldSets : [newSet, ...oldSets]) {
    const failure = getCondition(rs.status?.conditions ?? [], 'ReplicaFailure')
    if (failure !== undefined) return setCondition(conditions, failure, now)
  }
  return conditions.filter((c) => c.type !== 'ReplicaFailure')
}
