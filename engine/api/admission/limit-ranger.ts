import type { KubeObject } from '../object.ts'
import { podResources, type ResourceList } from '../quota/pod-resources.ts'
import { forbidden } from '../status.ts'
import { amountOf, compareQuantities } from '../validation/quantity.ts'
import type { WriteRequest } from '../write-context.ts'

interface Limit {
  readonly type: string
  readonly min?: ResourceList
  readonly max?: ResourceList
  readonly default?: ResourceList
  readonly defaultRequest?: ResourceList
  readonly maxLimitRequestRatio?: ResourceList
}

interface Container {
  readonly name: string
  readonly resources?: { readonly requests?: ResourceList; readonly limits?: ResourceList }
}

const ANNOTATION = 'kubernetes.io/limit-ranger'

function limits({ context, object }: WriteRequest): readonly KubeObject[] {
  return context.store.list('limitranges', object.metadata.namespace)
}

/** Fills one container in; notes what was set, for the annotation. */
function merge(container: Container, range: readonly Limit[], what: string, notes: string[]): Container {
  const all = (part: 'default' | 'defaultRequest') => Object.assign({}, ...range.map((l) => l[part])) as ResourceList
  const [defaults, requests] = [all('default'), all('defaultRequest')]
  const own = container.resources ?? {}
  const missing = (from: ResourceList, have: ResourceList | undefined) => Object.keys(from).filter((n) => have?.[n] === undefined)
  const [setRequests, setLimits] = [missing(requests, own.requests), missing(defaults, own.limits)]
  if (setRequests.length > 0) notes.push(`${setRequests.sort().join(', ')} request for ${what} ${container.name}`)
  if (setLimits.length > 0) notes.push(`${setLimits.sort().join(', ')} limit for ${what} ${container.name}`)
  if (setRequests.length + setLimits.length === 0) return container
  const resources = { ...own, limits: { ...defaults, ...own.limits }, requests: { ...requests, ...own.requests } }
  return { ...container, resources: Object.fromEntries(Object.entries(resources).filter(([, v]) => Object.keys(v).length > 0)) }
}

/** LimitRanger's defaults for a new pod (mergePodResourceRequirements). */
export function limitDefaults(request: WriteRequest): KubeObject {
  let pod = request.object
  if (request.kind.key !== 'pods' || request.operation !== 'CREATE' || request.options.subresource !== undefined) return pod
  for (const range of limits(request)) {
    const rules = ((range.spec?.limits ?? []) as readonly Limit[]).filter((l) => l.type === 'Container')
    if (rules.length === 0) continue
    const notes: string[] = []
    const fill = (list: readonly Container[] | undefined, what: string) => list?.map((c) => merge(c, rules, what, notes))
    const containers = fill(pod.spec?.containers, 'container')
    const initContainers = fill(pod.spec?.initContainers, 'init container')
    if (notes.length === 0) continue
    const annotations = { ...pod.metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${notes.join('; ')}` }
    pod = {
      ...pod,
      metadata: { ...pod.metadata, annotations },
      spec: { ...pod.spec, containers, ...(initContainers === undefined ? {} : { initContainers }) },
    }
  }
  return pod
}

function min(type: string, name: string, least: string, requests: ResourceList, caps: ResourceList): string | undefined {
  const words = `minimum ${name} usage per ${type} is ${least}`
  const [request, limit] = [requests[name], caps[name]]
  if (request === undefined) return `${words}.  No request is specified`
  if (compareQuantities(request, least) < 0) return `${words}, but request is ${request}`
  return limit !== undefined && compareQuantities(limit, least) < 0 ? `${words}, but limit is ${limit}` : undefined
}

function max(type: string, name: string, most: string, requests: ResourceList, caps: ResourceList): string | undefined {
  const words = `maximum ${name} usage per ${type} is ${most}`
  const [request, limit] = [requests[name], caps[name]]
  if (limit === undefined) return `${words}.  No limit is specified`
  if (compareQuantities(limit, most) > 0) return `${words}, but limit is ${limit}`
  return request !== undefined && compareQuantities(request, most) > 0 ? `${words}, but request is ${request}` : undefined
}

function ratio(type: string, name: string, most: string, requests: ResourceList, caps: ResourceList): string | undefined {
  const words = `${name} max limit to request ratio per ${type} is ${most}`
  const [request, limit] = [amountOf(requests[name]).nanos, amountOf(caps[name]).nanos]
  if (request === 0n) return `${words}, but no request is specified or request is 0`
  if (limit === 0n) return `${words}, but no limit is specified or limit is 0`
  const found = Number(limit) / Number(request)
  return found > Number(amountOf(most).nanos) / 1e9 ? `${words}, but provided ratio is ${found.toFixed(6)}` : undefined
}

type Rule = (type: string, name: string, bound: string, requests: ResourceList, caps: ResourceList) => string | undefined

function broken(limit: Limit, requests: ResourceList, caps: ResourceList): string[] {
  const rules: readonly [ResourceList | undefined, Rule][] = [
    [limit.min, min],
    [limit.max, max],
    [limit.maxLimitRequestRatio, ratio],
  ]
  return rules.flatMap(([bounds, rule]) =>
    Object.entries(bounds ?? {}).flatMap(([name, bound]) => rule(limit.type, name, bound, requests, caps) ?? []),
  )
}

function podProblems(limit: Limit, pod: KubeObject): string[] {
  if (limit.type === 'Container') {
    const containers: readonly Container[] = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]
    return containers.flatMap(({ resources }) => broken(limit, resources?.requests ?? {}, resources?.limits ?? {}))
  }
  if (limit.type !== 'Pod') return []
  const spec = { ...pod.spec, overhead: undefined }
  return broken(limit, podResources(spec, 'requests'), podResources(spec, 'limits'))
}

/** A claim's size has bounds of its own; limits do not come into it. */
function claimProblems(limit: Limit, claim: KubeObject): string[] {
  if (limit.type !== 'PersistentVolumeClaim') return []
  const requests: ResourceList = claim.spec?.resources?.requests ?? {}
  const least = Object.entries(limit.min ?? {}).flatMap(([name, bound]) => min(limit.type, name, bound, requests, {}) ?? [])
  const most = Object.entries(limit.max ?? {}).flatMap(([name, bound]) => {
    const words = `maximum ${name} usage per ${limit.type} is ${bound}`
    const request = requests[name]
    if (request === undefined) return [`${words}.  No request is specified`]
    return compareQuantities(request, bound) > 0 ? [`${words}, but request is ${request}`] : []
  })
  return [...least, ...most]
}

/** LimitRanger's bounds (PodValidateLimitFunc, PersistentVolumeClaimValidateLimitFunc). */
export function checkLimits(request: WriteRequest): void {
  const { kind, operation, object, options } = request
  if (options.subresource !== undefined || request.old?.metadata.deletionTimestamp !== undefined) return
  const claim = kind.key === 'persistentvolumeclaims'
  if (!claim && (kind.key !== 'pods' || operation !== 'CREATE')) return
  for (const range of limits(request)) {
    const rules: readonly Limit[] = range.spec?.limits ?? []
    const problems = [...new Set(rules.flatMap((l) => (claim ? claimProblems(l, object) : podProblems(l, object))))]
    if (problems.length === 0) continue
    throw forbidden(
      kind,
      object.metadata.name ?? '',
      problems.length === 1 ? (problems[0] as string) : `[${problems.join(', ')}]`,
    )
  }
}
