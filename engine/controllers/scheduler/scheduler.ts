import type { KubeObject } from '../../api/object.ts'
import type { StoreEvent } from '../../api/store.ts'
import { type ApiWriter, type ControlLoop, type ControllerEnv, keyOf, R, sameValue, splitKey, timeText } from '../env.ts'
import { controllerOf } from '../ownership.ts'
import { isFinished } from '../pods.ts'
import { refuse } from './filters.ts'
import { taintsOf, tolerates } from './tolerations.ts'

const NAME = 'default-scheduler'

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
  readonly lastProbeTime: null
  readonly lastTransitionTime: string
}

/** Gives each pod without a node one that fits, the emptiest first (pkg/scheduler, with the default plugins that matter here). */
export class SchedulerLoop implements ControlLoop {
  readonly name = 'scheduler'
  private readonly env: ControllerEnv
  private readonly api: ApiWriter

  constructor(env: ControllerEnv) {
    this.env = env
    this.api = env.writer('kube-scheduler')
  }

  keys({ resource, type, object, old }: StoreEvent): readonly string[] {
    if (resource === R.pods) {
      if (type === 'ADDED' && this.waits(object)) return [keyOf(object)]
      // Room on a node again, or new labels of another pod: those that found no node try again.
      const frees = type === 'DELETED' || (isFinished(object) && old !== undefined && !isFinished(old))
      return frees ? this.waiting() : []
    }
    if (resource !== R.nodes) return []
    const facts = (node: KubeObject | undefined) => [node?.spec, node?.metadata.labels, node?.status?.allocatable]
    return sameValue(facts(old), facts(object)) ? [] : this.waiting()
  }

  all(): readonly string[] {
    return this.waiting()
  }

  sync(key: string): void {
    const { namespace, name } = splitKey(key)
    const { store, dice, minor, events } = this.env
    const pod = store.get(R.pods, namespace, name)
    if (pod === undefined || !this.waits(pod)) return
    const nodes = store.list(R.nodes)
    const reasons = new Map<string, number>()
    const feasible: { node: KubeObject; score: number }[] = []
    for (const node of nodes) {
      const onNode = store.list(R.pods).filter((p) => p.spec.nodeName === node.metadata.name && !isFinished(p))
      const against = refuse(pod, node, onNode, minor)
      for (const reason of against) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
      if (against.length === 0) feasible.push({ node, score: score(pod, node, onNode) })
    }
    const best = Math.min(...feasible.map((f) => f.score))
    const candidates = feasible.filter((f) => f.score === best)
    if (candidates.length === 0) {
      this.report(pod, nodes.length, reasons)
      return
    }
    const node = (candidates.length === 1 ? candidates[0] : candidates[dice.int(candidates.length)])?.node as KubeObject
    this.api.bind(namespace ?? 'default', name, node.metadata.name)
    const message = `Successfully assigned ${namespace}/${name} to ${node.metadata.name}`
    events.record({ component: NAME, host: this.host() }, pod, 'Scheduled', message, { action: 'Binding' })
  }

  /** Waits for a node from this scheduler. */
  private waits(pod: KubeObject): boolean {
    return (
      !pod.spec.nodeName &&
      !isFinished(pod) &&
      pod.metadata.deletionTimestamp === undefined &&
      (pod.spec.schedulerName ?? NAME) === NAME &&
      (pod.spec.schedulingGates ?? []).length === 0
    )
  }

  private waiting(): readonly string[] {
    return this.env.store
      .list(R.pods)
      .filter((pod) => this.waits(pod))
      .map(keyOf)
  }

  /** The machine it runs on: the first control-plane node. */
  private host(): string {
    const nodes = this.env.store.list(R.nodes)
    const control = nodes.find((n) => 'node-role.kubernetes.io/control-plane' in (n.metadata.labels ?? {})) ?? nodes[0]
    return control?.metadata.name ?? NAME
  }

  private report(pod: KubeObject, nodes: number, reasons: ReadonlyMap<string, number>): void {
    const list = [...reasons].map(([reason, n]) => `${n} ${reason}`).sort()
    const message = unschedulable(nodes, list, this.env.minor)
    this.env.events.record({ component: NAME, host: this.host() }, pod, 'FailedScheduling', message, {
      type: 'Warning',
      action: 'Scheduling',
    })
    const before = ((pod.status?.conditions ?? []) as Condition[]).find((c) => c.type === 'PodScheduled')
    const lastTransitionTime = before?.status === 'False' ? before.lastTransitionTime : timeText(this.env.clock.now)
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      lastProbeTime: null,
      lastTransitionTime,
      reason: 'Unschedulable',
      message,
    }
    const status = { ...pod.status, conditions: scheduled(pod, condition) }
    if (!sameValue(status, pod.status)) this.api.update(R.pods, { ...pod, status }, 'status')
  }
}

function scheduled(pod: KubeObject, condition: Condition): readonly Condition[] {
  return [...((pod.status?.conditions ?? []) as Condition[]).filter((c) => c.type !== 'PodScheduled'), condition]
}

function unschedulable(nodes: number, reasons: readonly string[], minor: number): string {
  if (nodes === 0) return 'no nodes available to schedule pods'
  const helpless = `preemption: 0/${nodes} nodes are available: ${nodes} Preemption is not helpful for scheduling.`
  const claims = minor >= 34 ? ' no new claims to deallocate,' : ''
  return `0/${nodes} nodes are available: ${reasons.join(', ')}.${claims} ${helpless}`
}

/** Less is better: siblings on the node first, then what it carries, then taints it only prefers to keep away. */
function score(pod: KubeObject, node: KubeObject, onNode: readonly KubeObject[]): number {
  const owner = controllerOf(pod)?.uid
  const siblings = owner === undefined ? 0 : onNode.filter((p) => controllerOf(p)?.uid === owner).length
  const avoided = taintsOf(node).filter((t) => t.effect === 'PreferNoSchedule' && !tolerates(pod, t)).length
  return avoided * 1_000_000 + siblings * 1000 + onNode.length
}
