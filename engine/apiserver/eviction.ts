import { bindPod } from '../api/bind.ts'
import { deleteObject } from '../api/delete.ts'
import type { KubeObject } from '../api/object.ts'
import { matchesSelector } from '../api/selectors.ts'
import { badRequest, tooManyRequests } from '../api/status.ts'
import { bodyOf, decodeObject } from './body.ts'
import type { ApiResponse } from './client.ts'
import { type Call, writeOptions } from './handler.ts'
import { getObject } from './read.ts'
import { reply } from './respond.ts'

const CREATED = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }

const BUDGET = "Cannot evict pod as it would violate the pod's disruption budget."

/** pods/eviction: a deletion that a PodDisruptionBudget may refuse (registry/core/pod/storage/eviction.go). */
export function evict(call: Call): ApiResponse {
  const { context, info } = call
  const eviction = decodeObject(
    { apiVersion: 'policy/v1', kind: 'Eviction', version: 'v1' },
    bodyOf(call.request),
    info,
    call.warnings,
  )
  const pod = getObject(context.store, call.kind, info)
  const { namespace, name } = pod.metadata
  const given = eviction.metadata.name
  if (given && given !== name) throw badRequest('name in URL does not match name in Eviction object')
  if (guarded(pod)) {
    const budgets = context.store
      .list('poddisruptionbudgets.policy', namespace)
      .filter((b) => matchesSelector(b.spec?.selector, pod.metadata.labels))
    const exhausted = budgets.find((b) => (b.status?.disruptionsAllowed ?? 0) <= 0)
    if (exhausted !== undefined) {
      const { currentHealthy = 0, desiredHealthy = 0 } = exhausted.status ?? {}
      const why = `The disruption budget ${exhausted.metadata.name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`
      throw tooManyRequests(BUDGET, why)
    }
  }
  const { gracePeriodSeconds } = eviction.deleteOptions ?? {}
  deleteObject(context, 'pods', namespace, name, { gracePeriodSeconds, dryRun: writeOptions(call).dryRun })
  return reply(201, CREATED, call.warnings)
}

/** Pods that ended, wait or already go need no budget's leave. */
function guarded(pod: KubeObject): boolean {
  const phase = pod.status?.phase
  return phase !== 'Succeeded' && phase !== 'Failed' && phase !== 'Pending' && pod.metadata.deletionTimestamp === undefined
}

/** pods/binding: what a scheduler of one's own would post. */
export function bind(call: Call): ApiResponse {
  const { info } = call
  const binding = decodeObject({ apiVersion: 'v1', kind: 'Binding', version: 'v1' }, bodyOf(call.request), info, call.warnings)
  const node: string = binding.target?.name ?? ''
  bindPod(call.context, info.namespace as string, info.name as string, node, writeOptions(call))
  return reply(201, CREATED, call.warnings)
}
