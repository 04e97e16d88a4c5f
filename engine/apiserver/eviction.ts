import { bindPod } from '../api/bind.ts'
import { deleteObject } from '../api/delete.ts'
import { withDisruptionCondition } from '../api/disruption-allowed.ts'
import type { KubeObject } from '../api/object.ts'
import { matchesSelector } from '../api/selectors.ts'
import { badRequest, tooManyRequests, unclassified } from '../api/status.ts'
import { timestamp } from '../api/time.ts'
import { updateObject } from '../api/write.ts'
import { decodeObject } from './body.ts'
import type { ApiResponse } from './client.ts'
import { type Call, writeOptions } from './handler.ts'
import { getObject } from './read.ts'
import { reply } from './respond.ts'

const CREATED = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }

const BUDGETS = 'poddisruptionbudgets.policy'
const SEVERAL = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.'
const BUDGET = "Cannot evict pod as it would violate the pod's disruption budget."

/** pods/eviction: a deletion that a PodDisruptionBudget may refuse (registry/core/pod/storage/eviction.go). */
export function evict(call: Call): ApiResponse {
  const { context, info } = call
  const eviction = decodeObject({ apiVersion: 'policy/v1', kind: 'Eviction', version: 'v1' }, call.request, info, call.warnings)
  const pod = getObject(context.store, call.kind, info)
  const { namespace, name } = pod.metadata
  const given = eviction.metadata.name
  if (given && given !== name) throw badRequest('name in URL does not match name in Eviction object')
  if (guarded(pod)) {
    const budgets = context.store.list(BUDGETS, namespace).filter((b) => matchesSelector(b.spec?.selector, pod.metadata.labels))
    if (budgets.length > 1) throw unclassified(SEVERAL)
    const [budget] = budgets
    if (budget !== undefined && !isSpare(pod, budget)) spend(call, budget, name)
  }
  const { gracePeriodSeconds } = eviction.deleteOptions ?? {}
  if (writeOptions(call).dryRun !== true) markTarget(call, pod)
  deleteObject(context, 'pods', namespace, name, { gracePeriodSeconds, dryRun: writeOptions(call).dryRun })
  return reply(201, CREATED, call.warnings)
}

/** An unready pod whose going disturbs nobody: the budget's other pods are healthy enough, or it does not care. */
function isSpare(pod: KubeObject, budget: KubeObject): boolean {
  const conditions: readonly { type: string; status: string }[] = pod.status?.conditions ?? []
  if (conditions.some((c) => c.type === 'Ready' && c.status === 'True')) return false
  const { currentHealthy = 0, desiredHealthy = 0 } = budget.status ?? {}
  return budget.spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow' || (currentHealthy >= desiredHealthy && desiredHealthy > 0)
}

/** Takes one disruption from the budget, or refuses (checkAndDecrement). */
function spend(call: Call, budget: KubeObject, pod: string): void {
  const { context } = call
  const { name, generation = 0 } = budget.metadata
  const { observedGeneration = 0, disruptionsAllowed = 0, disruptedPods = {} } = budget.status ?? {}
  if (observedGeneration < generation) {
    throw tooManyRequests(BUDGET, `The disruption budget ${name} is still being processed by the server.`, 10)
  }
  if (disruptionsAllowed <= 0) throw tooManyRequests(BUDGET, refusal(budget))
  if (writeOptions(call).dryRun === true) return
  const now = timestamp(context.clock.now)
  const left = { ...budget.status, disruptionsAllowed: disruptionsAllowed - 1, disruptedPods: { ...disruptedPods, [pod]: now } }
  const status = left.disruptionsAllowed === 0 ? withDisruptionCondition(left, now) : left
  updateObject(context, BUDGETS, { ...budget, status }, { manager: 'kube-apiserver', subresource: 'status' })
}

function refusal(budget: KubeObject): string {
  const { name } = budget.metadata
  const { currentHealthy = 0, desiredHealthy = 0, conditions = [] } = budget.status ?? {}
  const condition = (conditions as KubeObject[string][]).find((c) => c.type === 'DisruptionAllowed' && c.status === 'False')
  if (condition?.message && condition.reason === 'SyncFailed') {
    return `The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${condition.message}`
  }
  if (currentHealthy <= desiredHealthy)
    return `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`
  const not = `The disruption budget ${name} does not allow evicting pods currently`
  return condition?.message ? `${not} (${condition.reason}): ${condition.message}` : not
}

/** The pod says why it goes (addConditionAndDeletePod). */
function markTarget(call: Call, pod: KubeObject): void {
  const { context } = call
  const others = ((pod.status?.conditions ?? []) as KubeObject[string][]).filter((c) => c.type !== 'DisruptionTarget')
  const condition = {
    type: 'DisruptionTarget',
    ...(context.minor >= 34 ? { observedGeneration: pod.metadata.generation } : {}),
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: timestamp(context.clock.now),
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  }
  const marked = { ...pod, status: { ...pod.status, conditions: [...others, condition] } }
  updateObject(context, 'pods', marked, { manager: 'kube-apiserver', subresource: 'status' })
}

/** Pods that ended, wait or already go need no budget's leave. */
function guarded(pod: KubeObject): boolean {
  const phase = pod.status?.phase
  return phase !== 'Succeeded' && phase !== 'Failed' && phase !== 'Pending' && pod.metadata.deletionTimestamp === undefined
}

/** pods/binding: what a scheduler of one's own would post. */
export function bind(call: Call): ApiResponse {
  const { info } = call
  const binding = decodeObject({ apiVersion: 'v1', kind: 'Binding', version: 'v1' }, call.request, info, call.warnings)
  const { kind = '', name: node = '' }: { kind?: string; name?: string } = binding.target ?? {}
  // what is wrong with it comes as an error of no class (BindingREST.Create: errs.ToAggregate)
  const wrong: string[] = []
  if (kind !== '' && kind !== 'Node')
    wrong.push(`target.kind: Unsupported value: ${JSON.stringify(kind)}: supported values: "Node", "<empty>"`)
  if (node === '') wrong.push('target.name: Required value')
  if (wrong.length > 0) throw unclassified(wrong.length === 1 ? (wrong[0] as string) : `[${wrong.join(', ')}]`)
  bindPod(call.context, info.namespace as string, info.name as string, node, writeOptions(call))
  return reply(201, CREATED, call.warnings)
}
