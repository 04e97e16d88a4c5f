import type { GroupResource, KubeObject } from '../api/object.ts'
import type { LabelSelector } from '../api/selectors.ts'
import { StatusError } from '../api/status.ts'
import type { StoreEvent } from '../api/store.ts'
import { type ApiWriter, type ControlLoop, type ControllerEnv, keyOf, R, sameValue, splitKey, timeText } from './env.ts'
import { claim, controllerOf, controllerReference, withOwner, withoutOwner } from './ownership.ts'
import {
  byDeletionOrder,
  isActive,
  isAvailable,
  isFinished,
  isReady,
  isTerminating,
  namespaceKeys,
  ownerKey,
  podFromTemplate,
} from './pods.ts'

/** The two kinds that keep a number of pods: a ReplicaSet and its elder, whose selector is a plain map. */
export interface Replicator {
  readonly name: string
  readonly resource: GroupResource
  readonly kind: string
  readonly component: string
  /** Whether its status tells of pods on their way out. */
  readonly countsTerminating: boolean
  readonly selectorOf: (owner: KubeObject) => LabelSelector
}

const REPLICA_SET: Replicator = {
  name: 'replicaset',
  resource: R.replicasets,
  kind: 'ReplicaSet',
  component: 'replicaset-controller',
  countsTerminating: true,
  selectorOf: (rs) => rs.spec.selector,
}

export const REPLICATION_CONTROLLER: Replicator = {
  name: 'replicationcontroller',
  resource: R.replicationcontrollers,
  kind: 'ReplicationController',
  component: 'replication-controller',
  countsTerminating: false,
  selectorOf: (rc) => ({ matchLabels: rc.spec.selector ?? {} }),
}
/** Most pods made or deleted in one turn (BurstReplicas). */
const BURST = 500

/** Keeps as many pods of its template as a ReplicaSet asks for (pkg/controller/replicaset/replica_set.go). */
export class ReplicaSetLoop implements ControlLoop {
  readonly name: string
  private readonly of: Replicator
  private readonly env: ControllerEnv
  private readonly api: ApiWriter

  constructor(env: ControllerEnv, of: Replicator = REPLICA_SET) {
    this.name = of.name
    this.of = of
    this.env = env
    this.api = env.writer('kube-controller-manager')
  }

  private get source() {
    return { component: this.of.component }
  }

  keys({ resource, object, old }: StoreEvent): readonly string[] {
    if (resource === this.of.resource) return [keyOf(object)]
    if (resource !== R.pods) return []
    const owners = [object, old].flatMap((pod) => (pod && ownerKey(pod, this.of.kind)) ?? [])
    return controllerOf(object) === undefined
      ? [...owners, ...namespaceKeys(this.env.store, this.of.resource, object.metadata.namespace)]
      : owners
  }

  all(): readonly string[] {
    return this.env.store.list(this.of.resource).map(keyOf)
  }

  sync(key: string): void {
    const { namespace, name } = splitKey(key)
    const rs = this.env.store.get(this.of.resource, namespace, name)
    if (rs === undefined) return
    const pods = this.claimed(rs)
    const active = pods.filter(isActive)
    const failure = rs.metadata.deletionTimestamp === undefined ? this.manage(rs, active) : undefined
    this.updateStatus(rs, active, pods.filter((p) => isTerminating(p) && !isFinished(p)).length, failure)
    if (failure !== undefined) throw failure
  }

  private claimed(rs: KubeObject): readonly KubeObject[] {
    const found = claim(this.env.store.list(R.pods, rs.metadata.namespace), rs, this.of.selectorOf(rs))
    for (const pod of found.release) this.api.update(R.pods, withoutOwner(pod, rs.metadata.uid))
    if (rs.metadata.deletionTimestamp !== undefined) return found.mine
    const adopted = found.adopt.filter((pod) => !isFinished(pod)).map((pod) => this.api.update(R.pods, withOwner(pod, rs)))
    return [...found.mine, ...adopted]
  }

  /** Makes or deletes pods; returns what the API refused, if it did. */
  private manage(rs: KubeObject, active: readonly KubeObject[]): StatusError | undefined {
    const wanted: number = rs.spec.replicas ?? 1
    const { events } = this.env
    try {
      for (let i = active.length; i < Math.min(wanted, active.length + BURST); i++) {
        const pod = this.api.create(R.pods, podFromTemplate(rs, rs.spec.template, [controllerReference(rs)]))
        events.record(this.source, rs, 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`)
      }
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      // Nothing can be made in a namespace that is going away, and nothing needs to be said about it.
      if (error.status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating')) return undefined
      events.record(this.source, rs, 'FailedCreate', `Error creating: ${error.message}`, { type: 'Warning' })
      return error
    }
    if (active.length > wanted) {
      const onNode = new Map<string, number>()
      for (const pod of this.related(rs)) onNode.set(pod.spec.nodeName, (onNode.get(pod.spec.nodeName) ?? 0) + 1)
      const order = [...active].sort(byDeletionOrder((pod) => onNode.get(pod.spec.nodeName) ?? 0))
      for (const pod of order.slice(0, Math.min(active.length - wanted, BURST))) {
        this.api.delete(R.pods, pod.metadata.namespace, pod.metadata.name, { uid: pod.metadata.uid ?? '' })
        events.record(this.source, rs, 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
      }
    }
    return undefined
  }

  /** Active pods of every ReplicaSet of the same Deployment: crowded nodes are relieved first. */
  private related(rs: KubeObject): readonly KubeObject[] {
    const owner = controllerOf(rs)?.uid
    const { store } = this.env
    const family = store
      .list(this.of.resource, rs.metadata.namespace)
      .filter((other) => other === rs || (owner !== undefined && controllerOf(other)?.uid === owner))
    const uids = new Set(family.map((other) => other.metadata.uid))
    return store.list(R.pods, rs.metadata.namespace).filter((pod) => isActive(pod) && uids.has(controllerOf(pod)?.uid))
  }

  private updateStatus(
    rs: KubeObject,
    active: readonly KubeObject[],
    terminating: number,
    failure: StatusError | undefined,
  ): void {
    const now = this.env.clock.now
    const labels = Object.entries((rs.spec.template?.metadata?.labels ?? {}) as Record<string, string>)
    const labelled = active.filter((pod) => labels.every(([k, v]) => pod.metadata.labels?.[k] === v)).length
    const ready = active.filter(isReady).length
    const available = active.filter((pod) => isAvailable(pod, rs.spec.minReadySeconds ?? 0, now)).length
    const conditions = failureConditions(rs, failure, active.length, timeText(now))
    const status = {
      replicas: active.length,
      ...(labelled > 0 ? { fullyLabeledReplicas: labelled } : {}),
      ...(ready > 0 ? { readyReplicas: ready } : {}),
      ...(available > 0 ? { availableReplicas: available } : {}),
      ...(this.env.minor >= 35 && this.of.countsTerminating ? { terminatingReplicas: terminating } : {}),
      ...(rs.metadata.generation === undefined ? {} : { observedGeneration: rs.metadata.generation }),
      ...(conditions.length > 0 ? { conditions } : {}),
    }
    const current = this.env.store.get(this.of.resource, rs.metadata.namespace, rs.metadata.name)
    if (current === undefined || sameValue(current.status, status)) return
    this.api.update(this.of.resource, { ...current, status }, 'status')
  }
}

function failureConditions(rs: KubeObject, failure: StatusError | undefined, active: number, now: string): readonly object[] {
  const before = (rs.status?.conditions ?? []) as { type: string }[]
  const others = before.filter((c) => c.type !== 'ReplicaFailure')
  if (failure === undefined) return others
  // The first failure's words stay until one succeeds (calculateStatus).
  if (others.length < before.length) return before
  const reason = active < (rs.spec.replicas ?? 1) ? 'FailedCreate' : 'FailedDelete'
  return [...others, { type: 'ReplicaFailure', status: 'True', lastTransitionTime: now, reason, message: failure.message }]
}
