import { withCondition, withDisruptionCondition } from '../api/disruption-allowed.ts'
import { resourceOf } from '../api/kinds/registry.ts'
import type { KubeObject } from '../api/object.ts'
import { matchesSelector } from '../api/selectors.ts'
import type { StoreEvent } from '../api/store.ts'
import { type ApiWriter, type ControlLoop, type ControllerEnv, keyOf, R, sameValue, splitKey, timeText } from './env.ts'
import { controllerOf } from './ownership.ts'
import { isReady } from './pods.ts'

const SOURCE = { component: 'controllermanager' }
/** An evicted pod that is still there after this long was not evicted (DeletionTimeout), ms. */
const EVICTION_LASTS = 120_000

/** Why a budget's pods cannot be counted. */
class Uncountable extends Error {}

interface Expected {
  readonly pods: number
  readonly healthy: number
  readonly hasUnmanaged: boolean
}

/** Keeps what PodDisruptionBudgets allow up to date (pkg/controller/disruption). */
export class DisruptionLoop implements ControlLoop {
  readonly name = 'disruption'
  later: (key: string, delay: number) => void = () => {}
  private readonly env: ControllerEnv
  private readonly api: ApiWriter

  constructor(env: ControllerEnv) {
    this.env = env
    this.api = env.writer('kube-controller-manager')
  }

  keys({ type, resource, object, old }: StoreEvent): readonly string[] {
    if (resource === R.budgets) return type === 'DELETED' ? [] : [keyOf(object)]
    if (resource !== R.pods) return []
    const budgets = this.env.store.list(R.budgets, object.metadata.namespace)
    const concerns = (budget: KubeObject) => selects(budget, object) || (old !== undefined && selects(budget, old))
    return budgets.filter(concerns).map(keyOf)
  }

  all(): readonly string[] {
    return this.env.store.list(R.budgets).map(keyOf)
  }

  sync(key: string): void {
    const { namespace, name } = splitKey(key)
    const { store, events, clock } = this.env
    const budget = store.get(R.budgets, namespace, name)
    if (budget === undefined) return
    const pods = store.list(R.pods, namespace).filter((pod) => selects(budget, pod))
    if (pods.length === 0) events.record(SOURCE, budget, 'NoPods', 'No matching pods found')
    try {
      const expected = this.expected(budget, pods)
      if (expected.hasUnmanaged) this.warnOfUnmanaged(budget)
      this.write(budget, pods, expected)
    } catch (error) {
      if (!(error instanceof Uncountable)) throw error
      const message = `Failed to calculate the number of expected pods: ${error.message}`
      events.record(SOURCE, budget, 'CalculateExpectedPodCountFailed', message, { type: 'Warning' })
      const status = withCondition(
        { ...budget.status, disruptionsAllowed: 0 },
        'False',
        'SyncFailed',
        error.message,
        timeText(clock.now),
      )
      if (!sameValue(status, budget.status)) this.api.update(R.budgets, { ...budget, status }, 'status')
    }
  }

  /** How many pods there should be, and how many of them in health (getExpectedPodCount). */
  private expected(budget: KubeObject, pods: readonly KubeObject[]): Expected {
    const { minAvailable, maxUnavailable } = budget.spec ?? {}
    if (maxUnavailable === undefined && typeof minAvailable !== 'string')
      return { pods: minAvailable === undefined ? 0 : pods.length, healthy: minAvailable ?? 0, hasUnmanaged: false }
    const scales = new Map<string, number>()
    let hasUnmanaged = false
    for (const pod of pods) {
      const owner = controllerOf(pod)
      if (owner === undefined) hasUnmanaged = true
      else if (!scales.has(owner.uid)) {
        const { uid, scale } = this.scaleOf(pod)
        scales.set(owner.uid, 0)
        scales.set(uid, scale)
      }
    }
    const total = [...scales.values()].reduce((sum, n) => sum + n, 0)
    const share = (value: number | string) =>
      typeof value === 'number' ? value : Math.ceil((Number.parseInt(value, 10) * total) / 100)
    const healthy = maxUnavailable === undefined ? share(minAvailable) : Math.max(0, total - share(maxUnavailable))
    return { pods: total, healthy, hasUnmanaged }
  }

  /** The size of what controls a pod: its Deployment rather than the ReplicaSet, or whatever has a /scale. */
  private scaleOf(pod: KubeObject): { readonly uid: string; readonly scale: number } {
    const owner = controllerOf(pod)
    const find = (ref: typeof owner, from: KubeObject) => {
      const resource = ref && resourceOf(ref.apiVersion, ref.kind)
      const found = resource && this.env.store.get(resource, from.metadata.namespace, ref.name)
      return found && found.metadata.uid === ref.uid ? { resource, found } : undefined
    }
    const direct = find(owner, pod)
    if (direct === undefined) throw new Uncountable(`found no controllers for pod "${pod.metadata.name}"`)
    const above = direct.resource === R.replicasets ? controllerOf(direct.found) : undefined
    const { resource, found } = (above?.kind === 'Deployment' ? find(above, direct.found) : undefined) ?? direct
    const scalable = [R.deployments, R.replicasets, R.statefulsets, R.replicationcontrollers] as readonly string[]
    if (!scalable.includes(resource)) throw new Uncountable(`${resource} does not implement the scale subresource`)
    return { uid: found.metadata.uid ?? '', scale: found.spec?.replicas ?? 1 }
  }

  private write(budget: KubeObject, pods: readonly KubeObject[], expected: Expected): void {
    const { now } = this.env.clock
    const evicted: Record<string, string> = {}
    for (const [name, at] of Object.entries((budget.status?.disruptedPods ?? {}) as Record<string, string>)) {
      const pod = pods.find((p) => p.metadata.name === name && p.metadata.deletionTimestamp === undefined)
      if (pod === undefined) continue
      const left = Date.parse(at) + EVICTION_LASTS - now
      if (left >= 0) {
        evicted[name] = at
        this.later(keyOf(budget), left + 1)
        continue
      }
      const { namespace } = budget.metadata
      const message = `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`
      this.env.events.record(SOURCE, pod, 'NotDeleted', message, { type: 'Warning' })
    }
    const isHealthy = (pod: KubeObject) =>
      pod.metadata.deletionTimestamp === undefined && evicted[pod.metadata.name] === undefined && isReady(pod)
    const currentHealthy = pods.filter(isHealthy).length
    const allowed = expected.pods > 0 ? Math.max(0, currentHealthy - expected.healthy) : 0
    const status = withDisruptionCondition(
      {
        ...(budget.metadata.generation === undefined ? {} : { observedGeneration: budget.metadata.generation }),
        ...(Object.keys(evicted).length > 0 ? { disruptedPods: evicted } : {}),
        disruptionsAllowed: allowed,
        currentHealthy,
        desiredHealthy: expected.healthy,
        expectedPods: expected.pods,
        ...(budget.status?.conditions === undefined ? {} : { conditions: budget.status.conditions }),
      },
      timeText(now),
    )
    if (!sameValue(status, budget.status)) this.api.update(R.budgets, { ...budget, status }, 'status')
  }

  private warnOfUnmanaged(budget: KubeObject): void {
    const labels = Object.entries((budget.spec.selector?.matchLabels ?? {}) as Record<string, string>).sort()
    const selector = `&LabelSelector{MatchLabels:map[string]string{${labels.map(([k, v]) => `${k}: ${v},`).join('')}},MatchExpressions:[]LabelSelectorRequirement{},}`
    const message =
      `Pods selected by this PodDisruptionBudget (selector: ${selector}) were found to be unmanaged. As a result, the status of ` +
      'the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ' +
      '".spec.minAvailable" field of the PDB to an integer value.'
    this.env.events.record(SOURCE, budget, 'UnmanagedPods', message, { type: 'Warning' })
  }
}

/** policy/v1: an empty selector selects everything, none at all nothing. */
function selects(budget: KubeObject, pod: KubeObject): boolean {
  const { selector } = budget.spec ?? {}
  return selector !== undefined && selector !== null && matchesSelector(selector, pod.metadata.labels)
}
