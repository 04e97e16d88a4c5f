import type { KubeObject } from '../object.ts'
import type { ResourceList } from '../quota/pod-resources.ts'
import { computeUsage, inQuotaScopes, quotaResources, quotaUsage } from '../quota/usage.ts'
import { forbidden } from '../status.ts'
import { addQuantities, amountOf, compareQuantities, subtractQuantities } from '../validation/quantity.ts'
import type { WriteRequest } from '../write-context.ts'

/** What a quota that limits it wants every container to say. */
const WANTED = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory']

interface Container {
  readonly name: string
  readonly resources?: { readonly requests?: ResourceList; readonly limits?: ResourceList }
}

/** podEvaluator.Constraints: `must specify limits.cpu for: c; …`. */
function constraints(pod: KubeObject, names: readonly string[]): string | undefined {
  if (pod.spec?.resources !== undefined) return undefined
  const missing = new Map<string, Set<string>>()
  const containers: readonly Container[] = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]
  for (const { name, resources } of containers) {
    const usage = computeUsage(resources?.requests ?? {}, resources?.limits ?? {})
    for (const wanted of names.filter((n) => WANTED.includes(n) && usage[n] === undefined))
      missing.set(wanted, (missing.get(wanted) ?? new Set()).add(name))
  }
  if (missing.size === 0) return undefined
  const parts = [...missing.keys()].sort().map((n) => `${n} for: ${[...(missing.get(n) as Set<string>)].sort().join(',')}`)
  return `must specify ${parts.join('; ')}`
}

function pretty(list: Readonly<ResourceList>, names: readonly string[]): string {
  return names
    .filter((n) => list[n] !== undefined)
    .sort()
    .map((n) => `${n}=${list[n]}`)
    .join(',')
}

/** What a write adds to the usage: for a change only what grows (SubtractWithNonNegativeResult). */
function delta({ context, kind, object, old }: WriteRequest, quota: KubeObject): ResourceList {
  const usage = quotaUsage(kind.key, object, context.clock.now)
  if (old === undefined || !inQuotaScopes(quota, kind.key, old)) return usage
  const before = quotaUsage(kind.key, old, context.clock.now)
  const grown = Object.entries(usage).map(([n, v]) => [n, before[n] === undefined ? v : subtractQuantities(v, before[n])])
  return Object.fromEntries(grown.filter(([, v]) => amountOf(v).nanos > 0n))
}

function handles({ kind, operation, object, old, options }: WriteRequest): boolean {
  if (options.subresource !== undefined) return false
  if (operation === 'CREATE') return true
  if (kind.key === 'services' || kind.key === 'persistentvolumeclaims') return true
  const deadline = (o: KubeObject | undefined) => o?.spec?.activeDeadlineSeconds !== undefined
  return kind.key === 'pods' && deadline(object) !== deadline(old)
}

/** ResourceQuota (apiserver plugin/resourcequota/controller.go CheckRequest): nothing that a quota of the namespace has no room for. */
export function checkQuota(request: WriteRequest): void {
  const { context, kind, object, options } = request
  if (!kind.namespaced || kind.key === 'events' || !handles(request)) return
  const refuse = (why: string) => forbidden(kind, object.metadata.name ?? '', why)
  const changed: KubeObject[] = []
  for (const quota of context.store.list('resourcequotas', object.metadata.namespace)) {
    const hard: ResourceList = quota.status?.hard ?? {}
    const used: ResourceList = quota.status?.used ?? {}
    const names = quotaResources(kind.key, Object.keys(hard))
    if (names.length === 0 || !inQuotaScopes(quota, kind.key, object)) continue
    const name = quota.metadata.name
    const missing = kind.key === 'pods' ? constraints(object, names) : undefined
    if (missing !== undefined) throw refuse(`failed quota: ${name}: ${missing}`)
    if (names.some((n) => used[n] === undefined))
      throw refuse(`status unknown for quota: ${name}, resources: ${[...names].sort().join(',')}`)
    const requested = Object.fromEntries(
      Object.entries(delta(request, quota)).filter(([n, v]) => hard[n] !== undefined && amountOf(v).nanos !== 0n),
    )
    const next: ResourceList = { ...used }
    for (const [n, v] of Object.entries(requested)) next[n] = addQuantities(used[n] ?? '0', v)
    const over = Object.keys(requested).filter((n) => compareQuantities(next[n] as string, hard[n] as string) > 0)
    if (over.length > 0) {
      const words = `requested: ${pretty(requested, over)}, used: ${pretty(used, over)}, limited: ${pretty(hard, over)}`
      throw refuse(`exceeded quota: ${name}, ${words}`)
    }
    if (Object.keys(requested).length > 0) changed.push({ ...quota, status: { ...quota.status, used: next } })
  }
  if (options.dryRun !== true) for (const quota of changed) context.store.put('resourcequotas', quota)
}
