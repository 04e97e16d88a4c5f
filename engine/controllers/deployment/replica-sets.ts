import type { KubeObject } from '../../api/object.ts'
import { isStatus } from '../../api/status.ts'
import { type ApiWriter, type ControllerEnv, R, sameValue, timeText } from '../env.ts'
import { claim, controllerReference, withOwner, withoutOwner } from '../ownership.ts'
import { HASH_LABEL, sameTemplate, templateHash } from '../template-hash.ts'
import {
  annotationsOf,
  newRevisionAnnotations,
  REVISION,
  replicaAnnotations,
  revisionOf,
  withAnnotations,
} from './annotations.ts'
import { newSetReplicas, replicasOf, rollingBounds } from './arithmetic.ts'
import { getCondition, setCondition } from './conditions.ts'
import { type DeploymentSets, progressDeadline } from './status.ts'

export const SOURCE = { component: 'deployment-controller' }

const byCreation = (a: KubeObject, b: KubeObject) =>
  (Date.parse(a.metadata.creationTimestamp ?? '') || 0) - (Date.parse(b.metadata.creationTimestamp ?? '') || 0) ||
  (a.metadata.name < b.metadata.name ? -1 : 1)

/** What a Deployment does to its ReplicaSets: find, make, annotate, scale. */
export class DeploymentReplicaSets {
  private readonly env: ControllerEnv
  private readonly api: ApiWriter

  constructor(env: ControllerEnv, api: ApiWriter) {
    this.env = env
    this.api = api
  }

  claimed(deployment: KubeObject): readonly KubeObject[] {
    const { store } = this.env
    const found = claim(store.list(R.replicasets, deployment.metadata.namespace), deployment, deployment.spec.selector)
    for (const rs of found.release) this.api.update(R.replicasets, withoutOwner(rs, deployment.metadata.uid))
    if (deployment.metadata.deletionTimestamp !== undefined) return found.mine
    return [...found.mine, ...found.adopt.map((rs) => this.api.update(R.replicasets, withOwner(rs, deployment)))]
  }

  /** The ReplicaSet of the current template apart from the others; oldest first. */
  sorted(deployment: KubeObject, sets: readonly KubeObject[]): DeploymentSets {
    const order = [...sets].sort(byCreation)
    const newSet = order.find((rs) => sameTemplate(rs.spec.template, deployment.spec.template))
    return { newSet, oldSets: order.filter((rs) => rs !== newSet) }
  }

  /** {@link sorted}, with the new ReplicaSet brought up to its revision, or made if `create` (getAllReplicaSetsAndSyncRevision). */
  withRevision(deployment: KubeObject, sets: readonly KubeObject[], create: boolean): DeploymentSets {
    const { newSet, oldSets } = this.sorted(deployment, sets)
    const revision = Math.max(0, ...oldSets.map(revisionOf)) + 1
    if (newSet !== undefined) return { newSet: this.revised(deployment, newSet, revision), oldSets }
    return { newSet: create ? this.create(deployment, oldSets, revision) : undefined, oldSets }
  }

  /** Changes a ReplicaSet's size and says so; returns it as it is now. */
  scale(deployment: KubeObject, rs: KubeObject, replicas: number): KubeObject {
    const from = replicasOf(rs)
    const annotations = { ...annotationsOf(rs), ...replicaAnnotations(replicasOf(deployment), rollingBounds(deployment).surge) }
    if (from === replicas && sameValue(annotations, annotationsOf(rs))) return rs
    const scaled = this.api.update(R.replicasets, withAnnotations({ ...rs, spec: { ...rs.spec, replicas } }, annotations))
    if (from !== replicas) {
      const way = replicas > from ? 'up' : 'down'
      const message = `Scaled ${way} replica set ${rs.metadata.name} from ${from} to ${replicas}`
      this.env.events.record(SOURCE, deployment, 'ScalingReplicaSet', message)
    }
    return scaled
  }

  private revised(deployment: KubeObject, rs: KubeObject, revision: number): KubeObject {
    const annotations = newRevisionAnnotations(deployment, rs, revision)
    const minReadySeconds: number = deployment.spec.minReadySeconds ?? 0
    const changed = !sameValue(annotations, annotationsOf(rs)) || (rs.spec.minReadySeconds ?? 0) !== minReadySeconds
    const current = changed
      ? this.api.update(
          R.replicasets,
          withAnnotations({ ...rs, spec: { ...rs.spec, ...(minReadySeconds > 0 ? { minReadySeconds } : {}) } }, annotations),
        )
      : rs
    const found = `Found new replica set "${rs.metadata.name}"`
    this.note(deployment, annotationsOf(current)[REVISION] ?? String(revision), 'FoundNewReplicaSet', found, true)
    return current
  }

  private create(deployment: KubeObject, oldSets: readonly KubeObject[], revision: number): KubeObject | undefined {
    const template = deployment.spec.template
    const hash = templateHash(template, deployment.status?.collisionCount ?? 0)
    const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash }
    const name = `${deployment.metadata.name}-${hash}`
    const replicas = newSetReplicas(deployment, oldSets, 0)
    const surge = rollingBounds(deployment).surge
    const annotations = {
      ...newRevisionAnnotations(deployment, undefined, revision),
      ...replicaAnnotations(replicasOf(deployment), surge),
    }
    const { minReadySeconds = 0, selector } = deployment.spec
    const wanted = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name,
        namespace: deployment.metadata.namespace,
        labels,
        annotations,
        ownerReferences: [controllerReference(deployment)],
      },
      spec: {
        replicas,
        ...(minReadySeconds > 0 ? { minReadySeconds } : {}),
        selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH_LABEL]: hash } },
        template: { ...template, metadata: { ...template.metadata, labels } },
      },
    } as KubeObject
    let made: KubeObject
    try {
      made = this.api.create(R.replicasets, wanted)
    } catch (error) {
      if (!isStatus(error, 'AlreadyExists')) throw error
      // The name is taken by another template: count the collision, the next turn hashes again.
      const collisionCount = (deployment.status?.collisionCount ?? 0) + 1
      this.api.update(R.deployments, { ...deployment, status: { ...deployment.status, collisionCount } }, 'status')
      return undefined
    }
    if (replicas > 0) {
      this.env.events.record(SOURCE, deployment, 'ScalingReplicaSet', `Scaled up replica set ${name} from 0 to ${replicas}`)
    }
    this.note(deployment, String(revision), 'NewReplicaSetCreated', `Created new replica set "${name}"`, false)
    return made
  }

  /** Writes the Deployment's revision and how its new ReplicaSet came about. */
  private note(deployment: KubeObject, revision: string, reason: string, message: string, onlyIfNone: boolean): void {
    const current = this.env.store.get(R.deployments, deployment.metadata.namespace, deployment.metadata.name) ?? deployment
    const conditions = current.status?.conditions ?? []
    const wanted =
      progressDeadline(current) !== undefined && !(onlyIfNone && getCondition(conditions, 'Progressing') !== undefined)
    const at = timeText(this.env.clock.now)
    const noted = wanted ? setCondition(conditions, { type: 'Progressing', status: 'True', reason, message }, at) : conditions
    if (noted === conditions && annotationsOf(current)[REVISION] === revision) return
    const annotated = withAnnotations(current, { ...annotationsOf(current), [REVISION]: revision })
    this.api.update(R.deployments, { ...annotated, status: { ...current.status, conditions: noted } }, 'status')
  }
}
