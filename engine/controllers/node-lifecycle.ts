import type { KubeObject } from '../api/object.ts'
import type { StoreEvent } from '../api/store.ts'
import { type ApiWriter, type ControlLoop, type ControllerEnv, keyOf, R, sameValue, timeText } from './env.ts'
import { type Taint, taintsOf } from './scheduler/tolerations.ts'

interface Condition {
  readonly type: string
  readonly status: string
}

/** Taints that follow a node's state (pkg/controller/nodelifecycle): condition, the status that taints, and the taint's key. */
const TAINTS: readonly (readonly [type: string, status: string, key: string])[] = [
  ['Ready', 'False', 'node.kubernetes.io/not-ready'],
  ['Ready', 'Unknown', 'node.kubernetes.io/unreachable'],
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
]
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable'
const OURS = new Set([UNSCHEDULABLE, ...TAINTS.map(([, , key]) => key)])

/** Taints nodes by their conditions and by cordon, so that scheduling needs to know taints only. */
export class NodeLifecycleLoop implements ControlLoop {
  readonly name = 'node-lifecycle'
  private readonly env: ControllerEnv
  private readonly api: ApiWriter

  constructor(env: ControllerEnv) {
    this.env = env
    this.api = env.writer('kube-controller-manager')
  }

  keys({ resource, type, object }: StoreEvent): readonly string[] {
    return resource === R.nodes && type !== 'DELETED' ? [object.metadata.name] : []
  }

  all(): readonly string[] {
    return this.env.store.list(R.nodes).map(keyOf)
  }

  sync(name: string): void {
    const current = this.env.store.get(R.nodes, undefined, name)
    if (current === undefined) return
    const now = timeText(this.env.clock.now)
    const before = taintsOf(current)
    const isWanted = new Set(wantedKeys(current))
    const kept = before.filter((t) => !OURS.has(t.key) || t.effect !== 'NoSchedule' || isWanted.has(t.key))
    const have = new Set(kept.filter((t) => t.effect === 'NoSchedule').map((t) => t.key))
    const added: Taint[] = [...isWanted]
      .filter((key) => !have.has(key))
      .map((key) => ({ key, effect: 'NoSchedule', timeAdded: now }))
    const taints = [...kept, ...added]
    if (sameValue(taints, before)) return
    const { taints: _old, ...spec } = current.spec ?? {}
    this.api.update(R.nodes, { ...current, spec: taints.length > 0 ? { ...spec, taints } : spec })
  }
}

function wantedKeys(node: KubeObject): readonly string[] {
  const conditions = (node.status?.conditions ?? []) as Condition[]
  const byCondition = TAINTS.filter(([type, status]) => conditions.some((c) => c.type === type && c.status === status)).map(
    ([, , key]) => key,
  )
  return node.spec?.unschedulable === true ? [...byCondition, UNSCHEDULABLE] : byCondition
}
