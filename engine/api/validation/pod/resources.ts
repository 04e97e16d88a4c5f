// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks

import { podResources as podSums } from '../../quota/pod-resources.ts'
import { duplicate, type FieldError, forbiddenField, invalid, notFoundField, notSupported, required } from '../../status.ts'
import { label } from '../fields.ts'
import { qualifiedName } from '../names.ts'
import { amountOf, compareQuantities, isWhole } from '../quantity.ts'

const CONTAINER = ['cpu', 'memory', 'ephemeral-storage']
const COUNTED = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]
/** What a quota can count beside objects. */
export const QUOTA_RESOURCES = [
  ...CONTAINER,
  ...['requests.cpu', 'requests.memory', 'requests.storage', 'requests.ephemeral-storage'],
  ...['limits.cpu', 'limits.memory', 'limits.ephemeral-storage'],
  ...COUNTED,
]

const huge = (name: string) => name.startsWith('hugepages-')
const native = (name: string) => !name.includes('/') || name.includes('kubernetes.io/')
export const overcommit = (name: string) => native(name) && !huge(name)

function extended(name: string): boolean {
  return !native(name) && !name.startsWith('requests.') && qualifiedName(`requests.${name}`).length === 0
}

/** validateResourceName. */
export function resourceName(name: string, at: string): FieldError[] {
  const out = qualifiedName(name).map((m) => invalid(at, name, m))
  if (out.length > 0 || name.includes('/')) return out
  const standard = QUOTA_RESOURCES.includes(name) || name === 'storage' || huge(name) || name.startsWith('requests.hugepages-')
  return standard ? [] : [invalid(at, name, 'must be a standard resource type or fully qualified')]
}

/** validateContainerResourceName. */
export function containerResourceName(name: string, at: string): FieldError[] {
  const out = resourceName(name, at)
  if (!name.includes('/')) {
    if (!CONTAINER.includes(name) && !huge(name)) out.push(invalid(at, name, 'must be a standard resource for containers'))
  } else if (!native(name) && !extended(name)) out.push(invalid(at, name, "doesn't follow extended resource name standard"))
  return out
}

function podResourceName(name: string, at: string): FieldError[] {
  const out = resourceName(name, at)
  if (out.length > 0) return out
  return ['cpu', 'memory'].includes(name) || huge(name) ? [] : [notSupported(at, name, ['cpu', 'hugepages-', 'memory'])]
}

/** ValidateResourceQuantityValue: not negative; what is counted is whole. */
export function quantityValue(name: string, value: string, at: string): FieldError[] {
  const out: FieldError[] = []
  if (amountOf(value).nanos < 0n) out.push(invalid(at, value, 'must be greater than or equal to 0'))
  if ((COUNTED.includes(name) || extended(name)) && !isWhole(value)) out.push(invalid(at, value, 'must be an integer'))
  return out
}

function pages(name: string, value: string, at: string): FieldError[] {
  const size = amountOf(name.slice('hugepages-'.length)).nanos
  if (size > 0n && amountOf(value).nanos % size === 0n) return []
  return [invalid(at, value, `${value} is not positive integer multiple of ${name}`)]
}

type NameRule = (name: string, at: string) => FieldError[]

function requirements(given: any, at: string, rule: NameRule, claims: readonly string[]): FieldError[] {
  const out: FieldError[] = []
  const limits: Record<string, string> = given?.limits ?? {}
  const requests: Record<string, string> = given?.requests ?? {}
  for (const [name, value] of Object.entries(limits)) {
    const field = `${at}.limits[${name}]`
    out.push(...rule(name, field), ...quantityValue(name, value, field))
    if (huge(name)) out.push(...pages(name, value, field))
  }
  for (const [name, value] of Object.entries(requests)) {
    const field = `${at}.requests[${name}]`
    out.push(...rule(name, field), ...quantityValue(name, value, field))
    const limit = limits[name]
    if (limit !== undefined) {
      const order = compareQuantities(value, limit)
      if (order !== 0 && !overcommit(name))
        out.push(invalid(`${at}.requests`, value, `must be equal to ${name} limit of ${limit}`))
      else if (order > 0) out.push(invalid(`${at}.requests`, value, `must be less than or equal to ${name} limit of ${limit}`))
    } else if (!overcommit(name)) {
      out.push(required(`${at}.limits`, 'Limit must be set for non overcommitable resources'))
    }
    if (huge(name)) out.push(...pages(name, value, field))
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)]
  if (names.some(huge) && !names.includes('cpu') && !names.includes('memory')) {
    out.push(forbiddenField(at, 'HugePages require cpu or memory'))
  }
  return [...out, ...claimNames(given?.claims ?? [], `${at}.claims`, claims)]
}

/** validateResourceClaimNames. */
function claimNames(list: readonly any[], at: string, known: readonly string[]): FieldError[] {
  const out: FieldError[] = []
  const seen = new Set<string>()
  for (const [i, { name, request }] of list.entries()) {
    const field = `${at}[${i}]`
    if (!name) {
      out.push(required(field))
      continue
    }
    if (request) out.push(...label(request, `${field}.request`))
    const key = request ? `${name}/${request}` : name
    if (seen.has(name) || seen.has(key)) out.push(duplicate(field, seen.has(name) ? name : key))
    else if (!request && [...seen].some((s) => s.startsWith(`${name}/`))) out.push(duplicate(field, name))
    seen.add(key)
    if (known.includes(name)) continue
    const among = known.length === 0 ? ' which is empty' : `: ${[...known].sort().join(', ')}`
    out.push({ ...notFoundField(field, name), detail: `must be one of the names in pod.spec.resourceClaims${among}` })
  }
  return out
}

/** ValidateContainerResourceRequirements. */
export function containerResources(given: any, at: string, claims: readonly string[]): FieldError[] {
  return requirements(given, at, containerResourceName, claims)
}

/** validatePodResourceConsistency: the whole is no less than its parts. */
function consistency(spec: any, at: string): FieldError[] {
  const out: FieldError[] = []
  const { resources: _whole, overhead: _overhead, ...parts } = spec
  const whole: Record<string, string> = spec.resources.requests ?? {}
  for (const [name, sum] of Object.entries(podSums(parts, 'requests')))
    if (whole[name] !== undefined && compareQuantities(sum, whole[name]) > 0) {
      const words = `must be greater than or equal to aggregate container requests of ${sum}`
      out.push(invalid(`${at}.requests[${name}]`, whole[name], words))
    }
  const limits: Record<string, string> = spec.resources.limits ?? {}
  for (const [i, c] of (spec.containers ?? []).entries())
    for (const [name, limit] of Object.entries((c.resources?.limits ?? {}) as Record<string, string>))
      if (limits[name] !== undefined && compareQuantities(limit, limits[name]) > 0) {
        const words = `must be less than or equal to pod limits of ${limits[name]}`
        out.push(invalid(`${at}.containers[${i}][${name}].limits`, limit, words))
      }
  return out
}

/** validatePodResources: what is set for the pod as a whole. */
export function podResources(spec: any, at: string): FieldError[] {
  if (spec.resources === undefined) return []
  if (spec.os?.name === 'windows') return [forbiddenField(at, 'may not be set for a windows pod')]
  const claims = 'claims may not be set for Resources at pod-level'
  const out = spec.resources.claims === undefined ? [] : [forbiddenField(`${at}.claims`, claims)]
  return [...out, ...requirements(spec.resources, at, podResourceName, []), ...consistency(spec, at)]
}

/** validateOverhead. */
export function overhead(given: any, at: string): FieldError[] {
  return containerResources({ limits: given }, at, [])
}
