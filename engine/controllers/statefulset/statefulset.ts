import type { KubeObject } from '../../api/object.ts'
import { StatusError } from '../../api/status.ts'
import type { StoreEvent } from '../../api/store.ts'
import { type ApiWriter, type ControlLoop, type ControllerEnv, keyOf, R, sameValue, splitKey } from '../env.ts'
import { RevisionHistory, revisionHash, templatePatch } from '../history.ts'
import { claim, controllerOf, withOwner, withoutOwner } from '../ownership.ts'
import { isAvailable, isFinished, isReady, isTerminating, namespaceKeys, ownerKey } from '../pods.ts'
import { firstOrdinal, inRange, isMember, matchesIdentity, ordinalOf, type Revisions, revisionOf, wantedPod } from './identity.ts'
import { Blocked, StatefulPodControl } from './pod-control.ts'
import { statefulSetStatus } from './status.ts'

/** Pods with names of their own that come, change and go in order (pkg/controller/statefulset). */
export class StatefulSetLoop implements ControlLoop {
  readonly name = 'statefulset'
  later: (key: string, delay: number) => void = () => {}
  private readonly env: ControllerEnv
  private readonly api: ApiWriter
  private readonly history: RevisionHistory
  private readonly pods: StatefulPodControl

  constructor(env: ControllerEnv) {
    this.env = env
    this.api = env.writer('kube-controller-manager')
    this.history = new RevisionHistory(env, this.api)
    this.pods = new StatefulPodControl(env, this.api)
  }

  keys({ resource, object, old }: StoreEvent): readonly string[] {
    if (resource === R.statefulsets) return [keyOf(object)]
    if (resource !== R.pods) return []
    const owners = [object, old].flatMap((pod) => (pod && ownerKey(pod, 'StatefulSet')) ?? [])
    return controllerOf(object) === undefined
      ? [...owners, ...namespaceKeys(this.env.store, R.statefulsets, object.metadata.namespace)]
      : owners
  }

  all(): readonly string[] {
    return this.env.store.list(R.statefulsets).map(keyOf)
  }

  sync(key: string): void {
    const { namespace, name } = splitKey(key)
    const set = this.env.store.get(R.statefulsets, namespace, name)
    if (set === undefined) return
    const pods = this.claimed(set)
    const revisions = this.history.of(set)
    const found = this.revisions(set, revisions)
    if (found === undefined) return
    let failure: unknown
    let counted: readonly KubeObject[] = pods
    try {
      if (set.metadata.deletionTimestamp === undefined) {
        counted = this.process(set, found, pods)
      }
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof Blocked)) throw error
      failure = error
    }
    this.writeStatus(set, found, counted)
    this.truncate(set, found, pods, revisions)
    if (failure instanceof StatusError) throw failure
    if (failure !== undefined) this.later(key, 1000)
    const wait = set.spec.minReadySeconds ?? 0
    if (wait > 0 && pods.some((pod) => isReady(pod) && !isAvailable(pod, wait, this.env.clock.now))) this.later(key, wait * 1000)
  }

  private claimed(set: KubeObject): readonly KubeObject[] {
    const found = claim(this.env.store.list(R.pods, set.metadata.namespace), set, set.spec.selector)
    for (const pod of found.release) this.api.update(R.pods, withoutOwner(pod, set.metadata.uid))
    const mine = found.mine.filter((pod) => isMember(set, pod))
    if (set.metadata.deletionTimestamp !== undefined) return mine
    const adopted = found.adopt.filter((pod) => isMember(set, pod)).map((pod) => this.api.update(R.pods, withOwner(pod, set)))
    return [...mine, ...adopted].sort((a, b) => ordinalOf(a) - ordinalOf(b))
  }

  /** The revision that pods have and the one they shall get; undefined when a name was taken (getStatefulSetRevisions). */
  private revisions(set: KubeObject, known: readonly KubeObject[]): Revisions | undefined {
    const last = known.at(-1)
    const number = (last?.revision ?? 0) + 1
    const data = templatePatch(set)
    const equal = known.filter((revision) => sameValue(revision.data, data)).at(-1)
    let update: KubeObject | undefined
    if (equal !== undefined) update = equal === last ? equal : this.history.renumber(equal, number)
    else {
      const collisions: number = set.status?.collisionCount ?? 0
      const annotations = set.metadata.annotations
      update = this.history.create(set, revisionHash(data, collisions), number, annotations)
      if (update === undefined) {
        const status = { ...set.status, collisionCount: collisions + 1 }
        this.api.update(R.statefulsets, { ...set, status }, 'status')
        return undefined
      }
    }
    const current = [...known, update].find((revision) => revision.metadata.name === set.status?.currentRevision) ?? update
    return { current, update }
  }

  /** One turn (updateStatefulSet); returns the pods that there are then. */
  private process(set: KubeObject, revisions: Revisions, pods: readonly KubeObject[]): readonly KubeObject[] {
    const now = this.env.clock.now
    const minReady: number = set.spec.minReadySeconds ?? 0
    const isOrdered = set.spec.podManagementPolicy !== 'Parallel'
    const all = [...pods]
    const start = firstOrdinal(set)
    const byOrdinal = new Map(pods.filter((pod) => inRange(set, pod)).map((pod) => [ordinalOf(pod), pod]))
    const condemned = pods.filter((pod) => !inRange(set, pod)).sort((a, b) => ordinalOf(b) - ordinalOf(a))
    const isHealthy = (pod: KubeObject) => isReady(pod) && pod.status?.phase === 'Running'
    const isUnavailable = (pod: KubeObject | undefined) =>
      pod === undefined || !isAvailable(pod, minReady, now) || isTerminating(pod)
    const ordinals = Array.from({ length: set.spec.replicas ?? 1 }, (_, i) => start + i)
    const firstUnavailable =
      ordinals.find((n) => isUnavailable(byOrdinal.get(n))) ?? [...condemned].reverse().find(isUnavailable)?.metadata.name

    for (const ordinal of ordinals) {
      const pod = byOrdinal.get(ordinal)
      if (pod !== undefined && isFinished(pod)) {
        if (!isTerminating(pod)) this.pods.remove(set, pod)
        if (isOrdered) return all
        continue
      }
      if (pod === undefined) {
        const made = this.pods.create(set, wantedPod(set, revisions, ordinal))
        all.push(made)
        byOrdinal.set(ordinal, made)
        if (isOrdered) return all
        continue
      }
      if (pod.status?.phase === 'Pending') {
        this.pods.createClaims(set, pod)
        this.pods.ownClaims(set, pod)
      }
      if (isOrdered && (isTerminating(pod) || !isHealthy(pod) || !isAvailable(pod, minReady, now))) return all
      if (!matchesIdentity(set, pod)) this.pods.identify(set, pod)
      this.pods.ownClaims(set, pod)
    }
    for (const pod of condemned) {
      this.pods.ownClaims(set, pod)
      if (isTerminating(pod)) {
        if (isOrdered) return all
        continue
      }
      if (isOrdered && (!isHealthy(pod) || !isAvailable(pod, minReady, now)) && pod.metadata.name !== firstUnavailable) return all
      this.pods.remove(set, pod)
      if (isOrdered) return all
    }
    if (set.spec.updateStrategy?.type === 'OnDelete') return all
    const partition: number = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0
    for (let i = ordinals.length - 1; i >= partition; i--) {
      const pod = byOrdinal.get(start + i)
      if (pod !== undefined && revisionOf(pod) !== revisions.update.metadata.name && !isTerminating(pod)) {
        this.pods.remove(set, pod)
        return all
      }
      if (isUnavailable(pod)) return all
    }
    return all
  }

  private writeStatus(set: KubeObject, revisions: Revisions, pods: readonly KubeObject[]): void {
    const { store, clock } = this.env
    const live = pods.map((pod) => store.get(R.pods, pod.metadata.namespace, pod.metadata.name) ?? pod)
    const status = statefulSetStatus(set, revisions, live, clock.now)
    const current = store.get(R.statefulsets, set.metadata.namespace, set.metadata.name)
    if (current !== undefined && !sameValue(current.status, status))
      this.api.update(R.statefulsets, { ...current, status }, 'status')
  }

  /** Keeps revisionHistoryLimit revisions beside those in use. */
  private truncate(set: KubeObject, used: Revisions, pods: readonly KubeObject[], known: readonly KubeObject[]): void {
    const limit: number = set.spec.revisionHistoryLimit ?? 10
    const live = new Set([used.current.metadata.name, used.update.metadata.name, ...pods.map(revisionOf)])
    const old = known.filter((revision) => !live.has(revision.metadata.name))
    if (limit < 0 || old.length <= limit) return
    for (const revision of old.slice(0, old.length - limit)) this.history.remove(revision)
  }
}
