import type { KubeObject } from '../../api/object.ts'
import type { StoreEvent } from '../../api/store.ts'
import { type ApiWriter, type ControlLoop, type ControllerEnv, keyOf, R, sameValue, splitKey, timeText } from '../env.ts'
import { controllerOf } from '../ownership.ts'
import { isFinished } from '../pods.ts'
import { desiredReplicas, revisionOf } from './annotations.ts'
import { proportionalSizes, replicasOf } from './arithmetic.ts'
import { getCondition, setCondition } from './conditions.ts'
import { DeploymentReplicaSets, SOURCE } from './replica-sets.ts'
import { rollingStep } from './rolling.ts'
import { calculateStatus, type DeploymentSets, isComplete, progressDeadline, rolloutStatus } from './status.ts'

/** Rolls a Deployment's template out through ReplicaSets (pkg/controller/deployment). */
export class DeploymentLoop implements ControlLoop {
  readonly name = 'deployment'
  /** Looks at a Deployment again later; set by whoever runs the loop. */
  later: (key: string, delay: number) => void = () => {}
  private readonly env: ControllerEnv
  private readonly api: ApiWriter
  private readonly sets: DeploymentReplicaSets

  constructor(env: ControllerEnv) {
    this.env = env
    this.api = env.writer('kube-controller-manager')
    this.sets = new DeploymentReplicaSets(env, this.api)
  }

  keys({ resource, object, type }: StoreEvent): readonly string[] {
    if (resource === R.deployments) return [keyOf(object)]
    const { namespace } = object.metadata
    if (resource === R.replicasets) {
      const owner = controllerOf(object)
      if (owner !== undefined) return owner.kind === 'Deployment' ? [`${namespace}/${owner.name}`] : []
      return this.env.store.list(R.deployments, namespace).map(keyOf)
    }
    // The last pod of an old template gone lets a Recreate rollout go on.
    if (resource !== R.pods || type !== 'DELETED') return []
    const recreates = (d: KubeObject) => d.spec.strategy?.type === 'Recreate'
    return this.env.store.list(R.deployments, namespace).filter(recreates).map(keyOf)
  }

  all(): readonly string[] {
    return this.env.store.list(R.deployments).map(keyOf)
  }

  sync(key: string): void {
    const deployment = this.fresh(key)
    if (deployment === undefined) return
    if (Object.keys(deployment.spec.selector ?? {}).length === 0) {
      this.env.events.record(
        SOURCE,
        deployment,
        'SelectingAll',
        'This deployment is selecting all pods. A non-empty selector is required.',
        {
          type: 'Warning',
        },
      )
      return
    }
    const sets = this.sets.claimed(deployment)
    if (deployment.metadata.deletionTimestamp !== undefined) {
      this.writeStatus(key, this.sets.sorted(deployment, sets), false)
      return
    }
    this.notePause(deployment)
    if (deployment.spec.paused) {
      this.resize(key, sets)
      return
    }
    const isScaling = sets.some(
      (rs) => replicasOf(rs) > 0 && (desiredReplicas(rs) ?? replicasOf(deployment)) !== replicasOf(deployment),
    )
    if (isScaling) {
      this.resize(key, sets)
      return
    }
    if (deployment.spec.strategy?.type === 'Recreate') this.recreate(key, sets)
    else this.roll(key, sets)
  }

  private fresh(key: string): KubeObject | undefined {
    const { namespace, name } = splitKey(key)
    return this.env.store.get(R.deployments, namespace, name)
  }

  private roll(key: string, sets: readonly KubeObject[]): void {
    const deployment = this.fresh(key) as KubeObject
    const found = this.sets.withRevision(deployment, sets, true)
    if (!rollingStep(deployment, found, this.sets)) this.cleanUp(key, found)
    this.writeStatus(key, this.reread(deployment, found), true)
  }

  private recreate(key: string, sets: readonly KubeObject[]): void {
    const deployment = this.fresh(key) as KubeObject
    const found = this.sets.withRevision(deployment, sets, false)
    const active = found.oldSets.filter((rs) => replicasOf(rs) > 0)
    for (const rs of active) this.sets.scale(deployment, rs, 0)
    if (active.length > 0 || this.oldPodsRun(found)) {
      this.writeStatus(key, this.reread(deployment, found), true)
      return
    }
    const made = this.sets.withRevision(deployment, sets, true)
    if (made.newSet !== undefined) this.sets.scale(deployment, made.newSet, replicasOf(deployment))
    this.cleanUp(key, made)
    this.writeStatus(key, this.reread(deployment, made), true)
  }

  private oldPodsRun({ oldSets }: DeploymentSets): boolean {
    const uids = new Set(oldSets.map((rs) => rs.metadata.uid))
    return this.env.store
      .list(R.pods, oldSets[0]?.metadata.namespace)
      .some((pod) => !isFinished(pod) && uids.has(controllerOf(pod)?.uid ?? ''))
  }

  /** The number changed, not the template: every ReplicaSet keeps its share (dc.sync and dc.scale). */
  private resize(key: string, sets: readonly KubeObject[]): void {
    const deployment = this.fresh(key) as KubeObject
    const found = this.sets.withRevision(deployment, sets, false)
    const all = found.newSet === undefined ? found.oldSets : [...found.oldSets, found.newSet]
    const active = all.filter((rs) => replicasOf(rs) > 0)
    const only = active.length > 1 ? undefined : (active[0] ?? found.newSet ?? all.at(-1))
    const { newSet } = found
    const wanted = replicasOf(deployment)
    const isSaturated =
      newSet !== undefined &&
      replicasOf(newSet) === wanted &&
      desiredReplicas(newSet) === wanted &&
      (newSet.status?.availableReplicas ?? 0) === wanted
    if (active.length <= 1) {
      if (only !== undefined) this.sets.scale(deployment, only, wanted)
    } else if (isSaturated) {
      for (const rs of active) if (rs !== newSet) this.sets.scale(deployment, rs, 0)
    } else if (deployment.spec.strategy?.type !== 'Recreate') {
      const sizes = proportionalSizes(deployment, active)
      for (const rs of active) this.sets.scale(deployment, rs, sizes.get(rs.metadata.name) ?? replicasOf(rs))
    }
    this.writeStatus(key, this.reread(deployment, found), false)
  }

  /** A complete rollout keeps revisionHistoryLimit empty old ReplicaSets. */
  private cleanUp(key: string, { oldSets, newSet }: DeploymentSets): void {
    const deployment = this.fresh(key) as KubeObject
    const limit: number = deployment.spec.revisionHistoryLimit ?? 10
    const status = calculateStatus(deployment, { oldSets, newSet }, this.env.clock.now, this.env.minor)
    if (!isComplete(deployment, status)) return
    const empty = oldSets
      .filter((rs) => replicasOf(rs) === 0 && (rs.status?.replicas ?? 0) === 0 && rs.metadata.deletionTimestamp === undefined)
      .sort((a, b) => revisionOf(a) - revisionOf(b))
    for (const rs of empty.slice(0, Math.max(0, oldSets.length - limit))) {
      this.api.delete(R.replicasets, rs.metadata.namespace, rs.metadata.name)
    }
  }

  private notePause(deployment: KubeObject): void {
    if (progressDeadline(deployment) === undefined) return
    const conditions = deployment.status?.conditions ?? []
    const current = getCondition(conditions, 'Progressing')
    if (current?.reason === 'ProgressDeadlineExceeded') return
    const isNoted = current?.reason === 'DeploymentPaused'
    if (Boolean(deployment.spec.paused) === isNoted) return
    const [reason, message] = isNoted
      ? ['DeploymentResumed', 'Deployment is resumed']
      : ['DeploymentPaused', 'Deployment is paused']
    const noted = setCondition(
      conditions,
      { type: 'Progressing', status: 'Unknown', reason, message },
      timeText(this.env.clock.now),
    )
    this.api.update(R.deployments, { ...deployment, status: { ...deployment.status, conditions: noted } }, 'status')
  }

  private reread(deployment: KubeObject, found: DeploymentSets): DeploymentSets {
    const again = (rs: KubeObject) => this.env.store.get(R.replicasets, deployment.metadata.namespace, rs.metadata.name)
    return {
      newSet: found.newSet && again(found.newSet),
      oldSets: found.oldSets.map(again).filter((rs) => rs !== undefined),
    }
  }

  private writeStatus(key: string, sets: DeploymentSets, isRollout: boolean): void {
    const deployment = this.fresh(key)
    if (deployment === undefined) return
    const { clock, minor } = this.env
    const status = isRollout
      ? rolloutStatus(deployment, sets, clock.now, minor)
      : calculateStatus(deployment, sets, clock.now, minor)
    if (!sameValue(status, deployment.status)) this.api.update(R.deployments, { ...deployment, status }, 'status')
    const current = getCondition(status.conditions ?? [], 'Progressing')
    const deadline = progressDeadline(deployment)
    if (!isRollout || current === undefined || deadline === undefined) return
    if (current.reason === 'NewReplicaSetAvailable' || current.reason === 'ProgressDeadlineExceeded') return
    // Nothing may happen any more, and then only the deadline does (requeueStuckDeployment).
    this.later(key, Math.max(0, Date.parse(current.lastUpdateTime) + deadline - clock.now) + 1000)
  }
}
