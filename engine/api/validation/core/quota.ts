// biome-ignore-all lint/suspicious/noExplicitAny: quotas are open structures whose shape the schema checks
import type { KubeObject } from '../../object.ts'
import { type FieldError, invalid, required } from '../../status.ts'
import { QUOTA_RESOURCES, quantityValue, resourceName } from '../pod/resources.ts'
import { compareQuantities } from '../quantity.ts'

const SCOPES = ['Terminating', 'NotTerminating', 'BestEffort', 'NotBestEffort', 'PriorityClass', 'VolumeAttributesClass']
const COMPUTE = ['cpu', 'memory', 'ephemeral-storage', 'requests.cpu', 'requests.memory', 'requests.ephemeral-storage']
const POD = ['pods', ...COMPUTE, 'limits.cpu', 'limits.memory', 'limits.ephemeral-storage']

const standard = (name: string) => QUOTA_RESOURCES.includes(name) || /^(requests\.)?hugepages-/.test(name)

/** IsResourceQuotaScopeValidForResource. */
function fits(scope: string, name: string): boolean {
  if (scope === 'BestEffort') return name === 'pods'
  if (scope === 'VolumeAttributesClass') return name === 'persistentvolumeclaims' || name === 'requests.storage'
  if (['Terminating', 'NotTerminating', 'NotBestEffort', 'PriorityClass', 'CrossNamespacePodAffinity'].includes(scope))
    return POD.includes(name) || /^(requests\.)?hugepages-/.test(name)
  return true
}

function amounts(list: Readonly<Record<string, string>> | undefined, at: string): FieldError[] {
  return Object.entries(list ?? {}).flatMap(([name, value]) => {
    const field = `${at}[${name}]`
    const out = resourceName(name, field)
    if (!name.includes('/') && !standard(name)) out.push(invalid(field, name, 'must be a standard resource for quota'))
    return [...out, ...quantityValue(name, value, field)]
  })
}

const PAIRS = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
]

function conflicts(scopes: readonly string[], at: string, shown: unknown): FieldError[] {
  return PAIRS.filter((pair) => pair.every((s) => scopes.includes(s))).map(() => invalid(at, shown, 'conflicting scopes'))
}

const EXISTS =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"
const ONLY_EXISTS = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity']

/** validateScopedResourceSelectorRequirement. */
function selector(spec: any, names: readonly string[]): FieldError[] {
  if (spec.scopeSelector === undefined) return []
  const at = 'spec.scopeSelector.matchExpressions'
  const terms: readonly any[] = spec.scopeSelector.matchExpressions ?? []
  const shown = {
    MatchExpressions: terms.map((t) => ({ ScopeName: t.scopeName, Operator: t.operator ?? '', Values: t.values ?? null })),
  }
  const out: FieldError[] = []
  for (const { scopeName: scope = '', operator = '', values = [] } of terms) {
    if (![...SCOPES, 'CrossNamespacePodAffinity'].includes(scope))
      out.push(invalid(`${at}.scopeName`, scope, 'unsupported scope'))
    for (const n of names)
      if (standard(n) && !fits(scope, n)) out.push(invalid(at, shown, 'unsupported scope applied to resource'))
    if (ONLY_EXISTS.includes(scope) && operator !== 'Exists') out.push(invalid(`${at}.operator`, operator, EXISTS))
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0)
        out.push(required(`${at}.values`, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"))
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0)
        out.push(
          invalid(`${at}.values`, values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"),
        )
    } else out.push(invalid(`${at}.operator`, operator, 'not a valid selector operator'))
  }
  return [
    ...out,
    ...conflicts(
      terms.map((t) => t.scopeName),
      at,
      spec.scopes ?? null,
    ),
  ]
}

/** ValidateResourceQuotaSpec. */
export function validateQuota(quota: KubeObject): FieldError[] {
  const spec = quota.spec ?? {}
  const names = Object.keys(spec.hard ?? {}).sort()
  const scopes: readonly string[] = spec.scopes ?? []
  const out = amounts(spec.hard, 'spec.hard')
  for (const scope of scopes) {
    if (![...SCOPES, 'CrossNamespacePodAffinity'].includes(scope)) out.push(invalid('spec.scopes', scopes, 'unsupported scope'))
    for (const n of names)
      if (standard(n) && !fits(scope, n)) out.push(invalid('spec.scopes', scopes, 'unsupported scope applied to resource'))
  }
  return [...out, ...conflicts(scopes, 'spec.scopes', scopes), ...selector(spec, names)]
}

export function validateQuotaUpdate(quota: KubeObject, old: KubeObject): FieldError[] {
  const set = (o: KubeObject) => JSON.stringify([...new Set<string>(o.spec?.scopes ?? [])].sort())
  const out = validateQuota(quota)
  return set(quota) === set(old) ? out : [...out, invalid('spec.scopes', quota.spec?.scopes ?? null, 'field is immutable')]
}

export function validateQuotaStatus(quota: KubeObject): FieldError[] {
  return [...amounts(quota.status?.hard, 'status.hard'), ...amounts(quota.status?.used, 'status.used')]
}

/** Requests that are more than the limits beside them (resourcequotaStrategy.WarningsOnCreate). */
export function quotaWarnings(quota: KubeObject): string[] {
  const hard: Readonly<Record<string, string>> = quota.spec?.hard ?? {}
  return ['cpu', 'memory', 'storage', 'ephemeral-storage'].flatMap((name) => {
    const bare = (name === 'cpu' || name === 'memory') && hard[`requests.${name}`] === undefined
    const [request, limit] = [bare ? name : `requests.${name}`, `limits.${name}`]
    const [least, most] = [hard[request], hard[limit]]
    if (least === undefined || most === undefined || compareQuantities(least, most) <= 0) return []
    return [`ResourceQuota ${request} (${least}) should be less than ${limit} (${most})`]
  })
}
