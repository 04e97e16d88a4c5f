import type { KubeObject } from '../api/object.ts'
import type { StoreEvent } from '../api/store.ts'
import { type ApiWriter, type ControlLoop, type ControllerEnv, keyOf, R, sameValue, splitKey } from './env.ts'
import { claim, controllerReference } from './ownership.ts'
import { isActive, isAvailable, isFinished, isReady, ownerKey, podFromTemplate } from './pods.ts'
import { matchesNode } from './scheduler/filters.ts'
import { taintsOf, tolerates } from './scheduler/tolerations.ts'
import { templateHash } from './template-hash.ts'

const SOURCE = { component: 'daemonset-controller' }
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation'

const node = (condition: string, effect: string) => ({ key: `node.kubernetes.io/${condition}`, operator: 'Exists', effect })
/** What daemon pods put up with (pkg/controller/daemon/util, AddOrUpdateDaemonPodTolerations). */
const TOLERATIONS = [
  node('not-ready', 'NoExecute'),
  node('unreachable', 'NoExecute'),
  node('disk-pressure', 'NoSchedule'),
  node('memory-pressure', 'NoSchedule'),
  node('pid-pressure', 'NoSchedule'),
  node('unschedulable', 'NoSchedule'),
]

/** Keeps one pod of its template on every node that a DaemonSet fits (pkg/controller/daemon). */
export class DaemonSetLoop implements ControlLoop {
  readonly name = 'daemonset'
  private readonly env: ControllerEnv
  private readonly api: ApiWriter

  constructor(env: ControllerEnv) {
    this.env = env
    this.api = env.writer('kube-controller-manager')
  }

  keys({ resource, object, old }: StoreEvent): readonly string[] {
    if (resource === R.daemonsets) return [keyOf(object)]
    if (resource === R.nodes) {
      const facts = (n: KubeObject | undefined) => [n?.spec, n?.metadata.labels]
      return sameValue(facts(old), facts(object)) ? [] : this.all()
    }
    return resource === R.pods ? [object, old].flatMap((pod) => (pod && ownerKey(pod, 'DaemonSet')) ?? []) : []
  }

  all(): readonly string[] {
    return this.env.store.list(R.daemonsets).map(keyOf)
  }

  sync(key: string): void {
    const { namespace, name } = splitKey(key)
    const ds = this.env.store.get(R.daemonsets, namespace, name)
    if (ds === undefined || ds.metadata.deletionTimestamp !== undefined) return
    const pods = claim(this.env.store.list(R.pods, namespace), ds, ds.spec.selector).mine
    const wanted = this.env.store.list(R.nodes).filter((n) => fitsNode(ds, n))
    const isWanted = new Set(wanted.map((n) => n.metadata.name))
    for (const pod of pods) {
      const at = placeOf(pod)
      if (isActive(pod) && at !== undefined && !isWanted.has(at)) this.remove(ds, pod)
      else if (isFinished(pod) && pod.metadata.deletionTimestamp === undefined) this.remove(ds, pod)
    }
    for (const n of wanted) {
      // A pod that is still going holds the place: two daemons of a kind never run side by side on a node.
      if (!pods.some((pod) => placeOf(pod) === n.metadata.name && !isFinished(pod))) this.create(ds, n.metadata.name)
    }
    this.roll(ds, wanted.length)
    this.updateStatus(ds, wanted)
  }

  private create(ds: KubeObject, nodeName: string): void {
    const { template } = ds.spec
    const labels = { ...template.metadata?.labels, 'controller-revision-hash': templateHash(template, 0), ...generationLabel(ds) }
    const pod = podFromTemplate(ds, { ...template, metadata: { ...template.metadata, labels } }, [controllerReference(ds)])
    const terms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [nodeName] }] }]
    const spec = {
      ...pod.spec,
      affinity: {
        ...pod.spec.affinity,
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
      },
      tolerations: [...(pod.spec.tolerations ?? []), ...tolerationsOf(ds)],
    }
    const made = this.api.create(R.pods, { ...pod, spec })
    this.env.events.record(SOURCE, ds, 'SuccessfulCreate', `Created pod: ${made.metadata.name}`)
  }

  private remove(ds: KubeObject, pod: KubeObject): void {
    this.api.delete(R.pods, pod.metadata.namespace, pod.metadata.name, { uid: pod.metadata.uid ?? '' })
    this.env.events.record(SOURCE, ds, 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
  }

  /** RollingUpdate with maxUnavailable (1 by default): old pods go one after the other. */
  private roll(ds: KubeObject, desired: number): void {
    if (ds.spec.updateStrategy?.type === 'OnDelete') return
    const generation = generationLabel(ds)['pod-template-generation']
    if (generation === undefined) return
    const active = claim(this.env.store.list(R.pods, ds.metadata.namespace), ds, ds.spec.selector).mine.filter(isActive)
    const old = active.filter((pod) => pod.metadata.labels?.['pod-template-generation'] !== generation)
    const most = maxUnavailable(ds, desired)
    const unavailable = desired - active.filter(isReady).length
    const dead = old.filter((pod) => !isReady(pod))
    const alive = old.filter(isReady).slice(0, Math.max(0, most - unavailable))
    for (const pod of [...dead, ...alive]) this.remove(ds, pod)
  }

  private updateStatus(ds: KubeObject, wanted: readonly KubeObject[]): void {
    const { store, clock } = this.env
    const pods = claim(store.list(R.pods, ds.metadata.namespace), ds, ds.spec.selector).mine.filter((pod) => !isFinished(pod))
    const isWanted = new Set(wanted.map((n) => n.metadata.name))
    const placed = pods.filter((pod) => isWanted.has(placeOf(pod) ?? ''))
    const generation = generationLabel(ds)['pod-template-generation']
    const count = (test: (pod: KubeObject) => boolean) => new Set(placed.filter(test).map(placeOf)).size
    const ready = count(isReady)
    const available = count((pod) => isAvailable(pod, ds.spec.minReadySeconds ?? 0, clock.now))
    const updated = count((pod) => generation === undefined || pod.metadata.labels?.['pod-template-generation'] === generation)
    const status = {
      currentNumberScheduled: count(() => true),
      numberMisscheduled: pods.length - placed.length,
      desiredNumberScheduled: wanted.length,
      numberReady: ready,
      ...(ds.metadata.generation === undefined ? {} : { observedGeneration: ds.metadata.generation }),
      ...(updated > 0 ? { updatedNumberScheduled: updated } : {}),
      ...(available > 0 ? { numberAvailable: available } : {}),
      ...(wanted.length > available ? { numberUnavailable: wanted.length - available } : {}),
    }
    const current = store.get(R.daemonsets, ds.metadata.namespace, ds.metadata.name)
    if (current !== undefined && !sameValue(current.status, status))
      this.api.update(R.daemonsets, { ...current, status }, 'status')
  }
}

function tolerationsOf(ds: KubeObject) {
  const network = ds.spec.template.spec.hostNetwork === true ? [node('network-unavailable', 'NoSchedule')] : []
  return [...TOLERATIONS, ...network]
}

/** Whether the template's pod may run on the node, whatever else runs there. */
function fitsNode(ds: KubeObject, n: KubeObject): boolean {
  const { spec } = ds.spec.template
  const pod = { ...ds, spec: { ...spec, tolerations: [...(spec.tolerations ?? []), ...tolerationsOf(ds)] } }
  if (spec.nodeName && spec.nodeName !== n.metadata.name) return false
  return matchesNode(pod, n) && taintsOf(n).every((t) => t.effect === 'PreferNoSchedule' || tolerates(pod, t))
}

/** The node a daemon pod runs on, or is meant for. */
function placeOf(pod: KubeObject): string | undefined {
  if (pod.spec.nodeName) return pod.spec.nodeName
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  return terms[0]?.matchFields?.[0]?.values?.[0]
}

function generationLabel(ds: KubeObject): { readonly 'pod-template-generation'?: string } {
  const generation = ds.metadata.annotations?.[TEMPLATE_GENERATION]
  return generation === undefined ? {} : { 'pod-template-generation': generation }
}

function maxUnavailable(ds: KubeObject, desired: number): number {
  const value: number | string = ds.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1
  return typeof value === 'number' ? value : Math.ceil((Number(value.replace('%', '')) * desired) / 100)
}
