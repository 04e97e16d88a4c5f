import type { KubeObject } from '../api/object.ts'
import type { StoreEvent } from '../api/store.ts'
import type { Json, Stateful } from '../base/json.ts'
import { type ApiWriter, type ControlLoop, type ControllerEnv, keyOf, R, sameValue, splitKey, timeText } from './env.ts'
import { type Taint, taintsOf, tolerates } from './scheduler/tolerations.ts'

const SOURCE = { component: 'taint-eviction-controller' }

interface Toleration {
  readonly tolerationSeconds?: number
}

/** Drives pods off nodes with NoExecute taints that they do not tolerate, or no longer (pkg/controller/tainteviction). */
export class TaintEvictionLoop implements ControlLoop, Stateful {
  readonly name = 'taint-eviction'
  later: (key: string, delay: number) => void = () => {}
  private readonly env: ControllerEnv
  private readonly api: ApiWriter
  /** When pods that tolerate a taint for a while must go, by uid. */
  private due: Readonly<Record<string, number>> = {}

  constructor(env: ControllerEnv) {
    this.env = env
    this.api = env.writer('kube-controller-manager')
  }

  keys({ type, resource, object, old }: StoreEvent): readonly string[] {
    if (resource === R.pods) {
      const isNew = type === 'ADDED' || old?.spec.nodeName !== object.spec.nodeName
      return type !== 'DELETED' && object.spec.nodeName && isNew ? [keyOf(object)] : []
    }
    if (resource !== R.nodes || sameValue(noExecute(object), old === undefined ? [] : noExecute(old))) return []
    const { name } = object.metadata
    return this.env.store
      .list(R.pods)
      .filter((pod) => pod.spec.nodeName === name)
      .map(keyOf)
  }

  all(): readonly string[] {
    const tainted = new Set(this.env.store.list(R.nodes).flatMap((n) => (noExecute(n).length > 0 ? [n.metadata.name] : [])))
    const pods = this.env.store.list(R.pods)
    return pods.filter((pod) => tainted.has(pod.spec.nodeName)).map(keyOf)
  }

  save(): Json {
    return this.due as unknown as Json
  }

  load(state: Json): void {
    this.due = state as unknown as Record<string, number>
  }

  sync(key: string): void {
    const { namespace, name } = splitKey(key)
    const { store, clock, events } = this.env
    const pod = store.get(R.pods, namespace, name)
    if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return
    const { uid = '' } = pod.metadata
    const { [uid]: known, ...others } = this.due
    const node = store.get(R.nodes, undefined, pod.spec.nodeName ?? '')
    const left = stay(pod, node === undefined ? [] : noExecute(node))
    if (left === undefined) {
      if (known === undefined) return
      this.due = others
      events.record(SOURCE, pod, 'TaintManagerEviction', `Cancelling deletion of Pod ${key}`)
      return
    }
    const due = known ?? clock.now + left
    if (due > clock.now) {
      this.due = { ...this.due, [uid]: due }
      this.later(key, due - clock.now)
      return
    }
    this.due = others
    events.record(SOURCE, pod, 'TaintManagerEviction', `Marking for deletion Pod ${key}`)
    this.mark(pod)
    this.api.delete(R.pods, namespace, name, { uid })
  }

  private mark(pod: KubeObject): void {
    const others = ((pod.status?.conditions ?? []) as { type: string }[]).filter((c) => c.type !== 'DisruptionTarget')
    const condition = {
      type: 'DisruptionTarget',
      ...(this.env.minor >= 34 ? { observedGeneration: pod.metadata.generation } : {}),
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: timeText(this.env.clock.now),
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
    }
    this.api.update(R.pods, { ...pod, status: { ...pod.status, conditions: [...others, condition] } }, 'status')
  }
}

function noExecute(node: KubeObject): readonly Taint[] {
  return taintsOf(node).filter((taint) => taint.effect === 'NoExecute')
}

/** How long the pod may stay, ms: 0 where a taint is not tolerated; undefined where nothing drives it away. */
function stay(pod: KubeObject, taints: readonly Taint[]): number | undefined {
  if (taints.length === 0) return undefined
  const tolerations = (pod.spec.tolerations ?? []) as readonly Toleration[]
  const used = new Set<Toleration>()
  for (const taint of taints) {
    const found = tolerations.filter((one) => tolerates({ ...pod, spec: { tolerations: [one] } }, taint))
    if (found.length === 0) return 0
    for (const one of found) used.add(one)
  }
  const seconds = [...used].flatMap(({ tolerationSeconds }) => (tolerationSeconds === undefined ? [] : [tolerationSeconds]))
  return seconds.length === 0 ? undefined : Math.max(0, Math.min(...seconds)) * 1000
}
