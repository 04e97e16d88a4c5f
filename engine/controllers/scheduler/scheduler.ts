import type { KubeObject } from '../../api/object.ts'
import type { StoreEvent } from '../../api/store.ts'
import { type ApiWriter, type ControlLoop, type ControllerEnv, keyOf, R, sameValue, splitKey, timeText } from '../env.ts'
import { controllerOf } from '../ownership.ts'
import { isFinished } from '../pods.ts'
import { refuse } from './filters.ts'
import { nodePreference } from './node-affinity.ts'
import { preemption } from './preemption.ts'
import { taintsOf, tolerates } from './tolerations.ts'
import { fixed, type Refusal, type SchedulingView } from './view.ts'

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
    if (resource === R.claims) return object.status?.phase === old?.status?.phase ? [] : this.waiting()
    if (resource !== R.nodes) return []
    const facts = (node: KubeObject | undefined) => [node?.spec, node?.metadata.labels, node?.status?.allocatable]
    return sameValue(facts(old), facts(object)) ? [] : this.waiting()
  }

  all(): readonly string[] {
    return this.waiting()
  }

  sync(key: string): void {
    const { namespace, name } = splitKey(key)
    const { store, dice, events } = this.env
    const pod = store.get(R.pods, namespace, name)
    if (pod === undefined || !this.waits(pod)) return
    const view = this.view()
    const unbound = unboundClaims(pod, store)
    if (unbound !== undefined) {
      this.report(pod, view, new Map(view.nodes.map((n) => [n.metadata.name, fixed()])), unbound)
      return
    }
    const refusals = new Map<string, Refusal>()
    const feasible: { node: KubeObject; score: number }[] = []
    for (const node of view.nodes) {
      const against = refuse(pod, node, view)
      if (against !== undefined) refusals.set(node.metadata.name, against)
      else feasible.push({ node, score: score(pod, node, view.onNode(node.metadata.name)) })
    }
    const best = Math.min(...feasible.map((f) => f.score))
    const candidates = feasible.filter((f) => f.score === best)
    if (candidates.length === 0) {
      this.report(pod, view, refusals)
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

  private view(): SchedulingView {
    const { store, minor } = this.env
    const byNode = new Map<string, KubeObject[]>()
    for (const pod of store.list(R.pods)) {
      const { nodeName } = pod.spec
      if (!nodeName || isFinished(pod)) continue
      const there = byNode.get(nodeName)
      if (there === undefined) byNode.set(nodeName, [pod])
      else there.push(pod)
    }
    return {
      nodes: store.list(R.nodes),
      onNode: (node) => byNode.get(node) ?? [],
      namespaceLabels: (name) => store.get(R.namespaces, undefined, name)?.metadata.labels ?? {},
      minor,
    }
  }

  /** Says why no node will do; where pods of lower priority are in the way, they are told to go. */
  private report(pod: KubeObject, view: SchedulingView, refusals: ReadonlyMap<string, Refusal>, unbound?: string): void {
    const found = unbound === undefined ? preemption(pod, view, refusals) : undefined
    const message = unschedulable(view, refusals, found !== undefined, unbound)
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
    const nominated = found === undefined ? {} : { nominatedNodeName: found.node.metadata.name }
    const status = { ...pod.status, conditions: scheduled(pod, condition), ...nominated }
    const current = sameValue(status, pod.status) ? pod : this.api.update(R.pods, { ...pod, status }, 'status')
    for (const victim of found?.victims ?? []) this.preempt(victim, current, found?.node.metadata.name ?? '')
  }

  private preempt(victim: KubeObject, by: KubeObject, node: string): void {
    if (victim.metadata.deletionTimestamp !== undefined) return
    const others = ((victim.status?.conditions ?? []) as Condition[]).filter((c) => c.type !== 'DisruptionTarget')
    const condition = {
      type: 'DisruptionTarget',
      ...(this.env.minor >= 34 ? { observedGeneration: victim.metadata.generation } : {}),
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: timeText(this.env.clock.now),
      reason: 'PreemptionByScheduler',
      message: `${NAME}: preempting to accommodate a higher priority pod`,
    }
    this.api.update(R.pods, { ...victim, status: { ...victim.status, conditions: [...others, condition] } }, 'status')
    this.api.delete(R.pods, victim.metadata.namespace, victim.metadata.name, { uid: victim.metadata.uid ?? '' })
    const message = `Preempted by pod ${by.metadata.uid} on node ${node}`
    this.env.events.record({ component: NAME, host: this.host() }, victim, 'Preempted', message, { action: 'Preempting' })
  }
}

function scheduled(pod: KubeObject, condition: Condition): readonly Condition[] {
  return [...((pod.status?.conditions ?? []) as Condition[]).filter((c) => c.type !== 'PodScheduled'), condition]
}

/** FitError.Error: reasons with their numbers, then what came of preemption. */
function unschedulable(
  { nodes, minor }: SchedulingView,
  refusals: ReadonlyMap<string, Refusal>,
  isPreempting: boolean,
  unbound: string | undefined,
): string {
  if (nodes.length === 0) return 'no nodes available to schedule pods'
  const counts = (all: readonly string[]) => {
    const by = new Map<string, number>()
    for (const reason of all) by.set(reason, (by.get(reason) ?? 0) + 1)
    return [...by].map(([reason, n]) => `${n} ${reason}`).sort()
  }
  const none = `0/${nodes.length} nodes are available`
  const why = unbound ?? counts([...refusals.values()].flatMap(({ reasons }) => reasons)).join(', ')
  if (isPreempting) return `${none}: ${why}.`
  // The plugins after the filters only find out that there is no node to look at.
  if (unbound !== undefined) return `${none}: ${why}. not found`
  const helps = [...refusals.values()].map((refusal) =>
    refusal.fixed ? 'Preemption is not helpful for scheduling' : 'No preemption victims found for incoming pod',
  )
  const claims = minor >= 34 ? ' no new claims to deallocate,' : ''
  return `${none}: ${why}.${claims} preemption: ${none}: ${counts(helps).join(', ')}.`
}

/** Claims that a volume must be bound to before the pod can go anywhere (VolumeBinding, PreFilter). */
function unboundClaims(pod: KubeObject, store: ControllerEnv['store']): string | undefined {
  const volumes: readonly { persistentVolumeClaim?: { claimName: string } }[] = pod.spec.volumes ?? []
  for (const { persistentVolumeClaim } of volumes) {
    if (persistentVolumeClaim === undefined) continue
    const { claimName } = persistentVolumeClaim
    const claim = store.get(R.claims, pod.metadata.namespace, claimName)
    if (claim === undefined) return `persistentvolumeclaim "${claimName}" not found`
    if (claim.status?.phase === 'Lost')
      return `persistentvolumeclaim "${claimName}" bound to non-existent persistentvolume "${claim.spec.volumeName}"`
    if (claim.metadata.deletionTimestamp !== undefined) return `persistentvolumeclaim "${claimName}" is being deleted`
    if (claim.metadata.annotations?.['pv.kubernetes.io/bind-completed'] === undefined)
      return 'pod has unbound immediate PersistentVolumeClaims'
  }
  return undefined
}

/** Less is better: siblings on the node first, then what it carries, then taints it only prefers to keep away. */
function score(pod: KubeObject, node: KubeObject, onNode: readonly KubeObject[]): number {
  const owner = controllerOf(pod)?.uid
  const siblings = owner === undefined ? 0 : onNode.filter((p) => controllerOf(p)?.uid === owner).length
  const avoided = taintsOf(node).filter((t) => t.effect === 'PreferNoSchedule' && !tolerates(pod, t)).length
  return avoided * 1_000_000 - nodePreference(pod, node) * 10_000 + siblings * 1000 + onNode.length
}
