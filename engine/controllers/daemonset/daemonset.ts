import type { KubeObject } from '../../api/object.ts'
import type { StoreEvent } from '../../api/store.ts'
import { type ApiWriter, type ControlLoop, type ControllerEnv, keyOf, R, sameValue, splitKey } from '../env.ts'
import { REVISION_LABEL, RevisionHistory, templatePatch } from '../history.ts'
import { claim, controllerOf, controllerReference, withOwner, withoutOwner } from '../ownership.ts'
import { isAvailable, isReady, isTerminating, namespaceKeys, ownerKey, podFromTemplate } from '../pods.ts'
import { templateHash } from '../template-hash.ts'
import { nodeFit, pinned, placeOf, tolerationsOf } from './node-fit.ts'
import { excess, type RollingView, rollingStep } from './rolling.ts'

const SOURCE = { component: 'daemonset-controller' }
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation'
/** A daemon that failed is replaced after a second, then two, four… up to 15 minutes. */
const BACKOFF = { first: 1000, most: 900_000 }

/** Keeps one pod of its template on every node that a DaemonSet fits (pkg/controller/daemon). */
export class DaemonSetLoop implements ControlLoop {
  readonly name = 'daemonset'
  later: (key: string, delay: number) => void = () => {}
  private readonly env: ControllerEnv
  private readonly api: ApiWriter
  private readonly history: RevisionHistory

  constructor(env: ControllerEnv) {
    this.env = env
    this.api = env.writer('kube-controller-manager')
    this.history = new RevisionHistory(env, this.api)
  }

  keys({ resource, object, old }: StoreEvent): readonly string[] {
    if (resource === R.daemonsets) return [keyOf(object)]
    if (resource === R.nodes) {
      const facts = (n: KubeObject | undefined) => [n?.spec, n?.metadata.labels]
      return sameValue(facts(old), facts(object)) ? [] : this.all()
    }
    if (resource !== R.pods) return []
    const owners = [object, old].flatMap((pod) => (pod && ownerKey(pod, 'DaemonSet')) ?? [])
    return controllerOf(object) === undefined
      ? [...owners, ...namespaceKeys(this.env.store, R.daemonsets, object.metadata.namespace)]
      : owners
  }

  all(): readonly string[] {
    return this.env.store.list(R.daemonsets).map(keyOf)
  }

  sync(key: string): void {
    const { namespace, name } = splitKey(key)
    const ds = this.env.store.get(R.daemonsets, namespace, name)
    if (ds === undefined || ds.metadata.deletionTimestamp !== undefined) return
    const history = this.histories(ds)
    if (history === undefined) return
    const { hash } = history
    const nodes = this.env.store.list(R.nodes)
    const made = this.manage(ds, nodes, hash)
    // A rolling update waits until what was just begun is seen (expectations).
    if (!made && ds.spec.updateStrategy?.type !== 'OnDelete') this.roll(ds, nodes, hash)
    this.cleanUp(ds, history.old)
    this.updateStatus(ds, nodes, hash)
    const wait: number = ds.spec.minReadySeconds ?? 0
    if (wait > 0 && this.pods(ds).some((pod) => isReady(pod) && !isAvailable(pod, wait, this.env.clock.now)))
      this.later(key, wait * 1000)
  }

  /** The pods of the set, oldest first; strays that fit are taken in. */
  private pods(ds: KubeObject): readonly KubeObject[] {
    const found = claim(this.env.store.list(R.pods, ds.metadata.namespace), ds, ds.spec.selector)
    for (const pod of found.release) this.api.update(R.pods, withoutOwner(pod, ds.metadata.uid))
    const adopted = found.adopt.map((pod) => this.api.update(R.pods, withOwner(pod, ds)))
    const created = (pod: KubeObject) => Date.parse(pod.metadata.creationTimestamp ?? '')
    return [...found.mine, ...adopted].sort((a, b) => created(a) - created(b))
  }

  private byNode(ds: KubeObject): Map<string, KubeObject[]> {
    const out = new Map<string, KubeObject[]>()
    for (const pod of this.pods(ds)) {
      const place = placeOf(pod)
      if (place !== undefined) out.set(place, [...(out.get(place) ?? []), pod])
    }
    return out
  }

  /** Brings each node to one pod; says whether anything was begun (podsShouldBeOnNode). */
  private manage(ds: KubeObject, nodes: readonly KubeObject[], hash: string): boolean {
    const onNode = this.byNode(ds)
    const surges = maySurge(ds)
    const create: string[] = []
    const remove: KubeObject[] = []
    for (const node of nodes) {
      const { name } = node.metadata
      const { run, stay } = nodeFit(ds, node)
      const pods = onNode.get(name)
      if (run && pods === undefined) create.push(name)
      else if (!stay) remove.push(...(pods ?? []).filter((pod) => !isTerminating(pod)))
      else {
        const running = (pods ?? []).filter((pod) => !isTerminating(pod) && !this.isSpent(ds, pod, name, remove))
        if (!surges) remove.push(...running.slice(1))
        else if (running.length === 0 && run) create.push(name)
        else if (running.length > 1) remove.push(...excess(running, this.view(ds, hash)))
      }
    }
    // Pods of nodes that are gone.
    const known = new Set(nodes.map((n) => n.metadata.name))
    for (const [name, pods] of onNode)
      if (!known.has(name)) remove.push(...pods.filter((pod) => !pod.spec.nodeName && !isTerminating(pod)))
    for (const name of create) this.create(ds, name, hash)
    for (const pod of remove) this.remove(ds, pod)
    return create.length > 0 || remove.length > 0
  }

  /** A daemon that ended is told of and goes; another comes in a later turn. */
  private isSpent(ds: KubeObject, pod: KubeObject, node: string, remove: KubeObject[]): boolean {
    const phase = pod.status?.phase
    const about = `${pod.metadata.namespace}/${pod.metadata.name} on node ${node}`
    if (phase === 'Succeeded') {
      this.env.events.record(SOURCE, ds, 'SucceededDaemonPod', `Found succeeded daemon pod ${about}, will try to delete it`)
      remove.push(pod)
      return true
    }
    if (phase !== 'Failed') return false
    const age = this.env.clock.now - Date.parse(pod.metadata.creationTimestamp ?? '')
    if (age < BACKOFF.first) {
      this.later(keyOf(ds), BACKOFF.first - age)
      return true
    }
    const message = `Found failed daemon pod ${about}, will try to kill it`
    this.env.events.record(SOURCE, ds, 'FailedDaemonPod', message, { type: 'Warning' })
    remove.push(pod)
    return true
  }

  private create(ds: KubeObject, nodeName: string, hash: string): void {
    const { template } = ds.spec
    const labels = { ...template.metadata?.labels, [REVISION_LABEL]: hash, ...generationLabel(ds) }
    const pod = podFromTemplate(ds, { ...template, metadata: { ...template.metadata, labels } }, [controllerReference(ds)])
    const spec = {
      ...pod.spec,
      affinity: pinned(pod.spec.affinity, nodeName),
      tolerations: [...(pod.spec.tolerations ?? []), ...tolerationsOf(ds)],
    }
    const made = this.api.create(R.pods, { ...pod, spec })
    this.env.events.record(SOURCE, ds, 'SuccessfulCreate', `Created pod: ${made.metadata.name}`)
  }

  private remove(ds: KubeObject, pod: KubeObject): void {
    this.api.delete(R.pods, pod.metadata.namespace, pod.metadata.name, { uid: pod.metadata.uid ?? '' })
    this.env.events.record(SOURCE, ds, 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
  }

  private view(ds: KubeObject, hash: string): Pick<RollingView, 'isNew' | 'isAvailable'> {
    const generation = generationLabel(ds)['pod-template-generation']
    return {
      isNew: ({ metadata: { labels } }) =>
        labels?.[REVISION_LABEL] === hash || (generation !== undefined && labels?.['pod-template-generation'] === generation),
      isAvailable: (pod) => isAvailable(pod, ds.spec.minReadySeconds ?? 0, this.env.clock.now),
    }
  }

  private roll(ds: KubeObject, nodes: readonly KubeObject[], hash: string): void {
    const onNode = this.byNode(ds)
    const runs = new Set(nodes.filter((n) => nodeFit(ds, n).run).map((n) => n.metadata.name))
    for (const name of runs) if (!onNode.has(name)) onNode.set(name, [])
    const step = rollingStep(ds, {
      ...this.view(ds, hash),
      desired: runs.size,
      nodes: onNode,
      shouldRun: (name) => runs.has(name),
    })
    for (const name of step.surge) this.create(ds, name, hash)
    for (const pod of step.remove) this.remove(ds, pod)
  }

  /** The hash of the current template's revision and the revisions before; undefined when the name was taken (constructHistory). */
  private histories(ds: KubeObject): { readonly hash: string; readonly old: readonly KubeObject[] } | undefined {
    const data = templatePatch(ds)
    const all = this.history.of(ds)
    const old = all.filter((revision) => !sameValue(revision.data, data))
    const number = Math.max(0, ...old.map((revision) => revision.revision)) + 1
    let current = all.filter((revision) => sameValue(revision.data, data)).at(-1)
    if (current === undefined) {
      const collisions: number = ds.status?.collisionCount ?? 0
      current = this.history.create(ds, templateHash(ds.spec.template, collisions), number, ds.metadata.annotations)
      if (current === undefined) {
        const status = { ...ds.status, collisionCount: collisions + 1 }
        this.api.update(R.daemonsets, { ...ds, status }, 'status')
        return undefined
      }
    } else if (current.revision < number) current = this.history.renumber(current, number)
    return { hash: current.metadata.labels?.[REVISION_LABEL] ?? '', old }
  }

  /** Keeps revisionHistoryLimit old revisions, and those that pods still run. */
  private cleanUp(ds: KubeObject, old: readonly KubeObject[]): void {
    let surplus = old.length - (ds.spec.revisionHistoryLimit ?? 10)
    const live = new Set(this.pods(ds).map((pod) => pod.metadata.labels?.[REVISION_LABEL]))
    for (const revision of old) {
      if (surplus <= 0) return
      if (live.has(revision.metadata.labels?.[REVISION_LABEL])) continue
      this.history.remove(revision)
      surplus--
    }
  }

  private updateStatus(ds: KubeObject, nodes: readonly KubeObject[], hash: string): void {
    const { store } = this.env
    const onNode = this.byNode(ds)
    const view = this.view(ds, hash)
    const wanted = nodes.filter((n) => nodeFit(ds, n).run)
    const isWanted = new Set(wanted.map((n) => n.metadata.name))
    const first = wanted.flatMap((n) => onNode.get(n.metadata.name)?.[0] ?? [])
    const available = first.filter((pod) => isReady(pod) && view.isAvailable(pod)).length
    const updated = first.filter(view.isNew).length
    const status = {
      currentNumberScheduled: first.length,
      numberMisscheduled: nodes.filter((n) => !isWanted.has(n.metadata.name) && onNode.has(n.metadata.name)).length,
      desiredNumberScheduled: wanted.length,
      numberReady: first.filter(isReady).length,
      ...(ds.metadata.generation === undefined ? {} : { observedGeneration: ds.metadata.generation }),
      ...(updated > 0 ? { updatedNumberScheduled: updated } : {}),
      ...(available > 0 ? { numberAvailable: available } : {}),
      ...(wanted.length > available ? { numberUnavailable: wanted.length - available } : {}),
      ...(ds.status?.collisionCount === undefined ? {} : { collisionCount: ds.status.collisionCount }),
    }
    const current = store.get(R.daemonsets, ds.metadata.namespace, ds.metadata.name)
    if (current !== undefined && !sameValue(current.status, status))
      this.api.update(R.daemonsets, { ...current, status }, 'status')
  }
}

function maySurge(ds: KubeObject): boolean {
  const surge = ds.spec.updateStrategy?.rollingUpdate?.maxSurge ?? 0
  return ds.spec.updateStrategy?.type === 'RollingUpdate' && Number.parseInt(String(surge), 10) > 0
}

function generationLabel(ds: KubeObject): { readonly 'pod-template-generation'?: string } {
  const generation = ds.metadata.annotations?.[TEMPLATE_GENERATION]
  return generation === undefined ? {} : { 'pod-template-generation': generation }
}
