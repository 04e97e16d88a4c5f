import type { KubeObject } from '../object.ts'
import { type FieldError, invalid, required } from '../status.ts'
import { dns1123Subdomain, pathSegment, validateLabelSelector } from './names.ts'

export const RBAC_GROUP = 'rbac.authorization.k8s.io'

interface Rule {
  readonly verbs?: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
}

/** ValidatePolicyRule: every rule needs verbs, and either resources with their groups or paths. */
function validateRule(rule: Rule, namespaced: boolean, at: string): FieldError[] {
  const out: FieldError[] = []
  const filled = (list: readonly string[] | undefined) => (list ?? []).length > 0
  if (!filled(rule.verbs)) out.push(required(`${at}.verbs`, 'verbs must contain at least one value'))
  if (filled(rule.nonResourceURLs)) {
    const wrong = (words: string) => out.push(invalid(`${at}.nonResourceURLs`, rule.nonResourceURLs, words))
    if (namespaced) wrong('namespaced rules cannot apply to non-resource URLs')
    if (filled(rule.apiGroups) || filled(rule.resources) || filled(rule.resourceNames))
      wrong('rules cannot apply to both regular resources and non-resource URLs')
    return out
  }
  if (!filled(rule.apiGroups)) out.push(required(`${at}.apiGroups`, 'resource rules must supply at least one api group'))
  if (!filled(rule.resources)) out.push(required(`${at}.resources`, 'resource rules must supply at least one resource'))
  return out
}

function validateRules(object: KubeObject, namespaced: boolean): FieldError[] {
  return ((object.rules ?? []) as readonly Rule[]).flatMap((rule, i) => validateRule(rule, namespaced, `rules[${i}]`))
}

/** ValidateRole (pkg/apis/rbac/validation). */
export function validateRole(object: KubeObject): FieldError[] {
  return validateRules(object, true)
}

/** ValidateClusterRole: the rules, and the selectors of an aggregated role. */
export function validateClusterRole(object: KubeObject): FieldError[] {
  const out = validateRules(object, false)
  if (object.aggregationRule === undefined) return out
  const at = 'aggregationRule.clusterRoleSelectors'
  const selectors = object.aggregationRule.clusterRoleSelectors ?? []
  if (selectors.length === 0) out.push(required(at, 'at least one clusterRoleSelector required if aggregationRule is non-nil'))
  for (const [i, selector] of selectors.entries()) {
    const wrong = validateLabelSelector(selector, `${at}[${i}]`)
    out.push(...wrong, ...(wrong.length > 0 ? [invalid(`${at}[${i}]`, null, 'invalid label selector.')] : []))
  }
  return out
}

/** The server prints these lists as it has them, unsorted. */
function unsupported(field: string, value: unknown, list: readonly string[]): FieldError {
  const detail = `supported values: ${list.map((v) => `"${v}"`).join(', ')}`
  return { type: 'FieldValueNotSupported', field, detail, value: { of: value } }
}

interface Subject {
  readonly kind?: string
  readonly name?: string
  readonly namespace?: string
  readonly apiGroup?: string
}

function validateSubject({ kind = '', name, namespace, apiGroup = '' }: Subject, namespaced: boolean, at: string): FieldError[] {
  const out: FieldError[] = []
  if (!name) out.push(required(`${at}.name`))
  if (kind === 'ServiceAccount') {
    if (name) for (const m of dns1123Subdomain(name)) out.push(invalid(`${at}.name`, name, m))
    if (apiGroup !== '') out.push(unsupported(`${at}.apiGroup`, apiGroup, ['']))
    if (!namespaced && !namespace) out.push(required(`${at}.namespace`))
  } else if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== RBAC_GROUP) out.push(unsupported(`${at}.apiGroup`, apiGroup, [RBAC_GROUP]))
  } else out.push(unsupported(`${at}.kind`, kind, ['ServiceAccount', 'User', 'Group']))
  return out
}

/** ValidateRoleBinding and ValidateClusterRoleBinding. */
export function validateBinding(object: KubeObject, kinds: readonly string[]): FieldError[] {
  const { apiGroup = '', kind = '', name = '' } = object.roleRef ?? {}
  const out: FieldError[] = []
  if (apiGroup !== RBAC_GROUP) out.push(unsupported('roleRef.apiGroup', apiGroup, [RBAC_GROUP]))
  if (!kinds.includes(kind)) out.push(unsupported('roleRef.kind', kind, kinds))
  if (name === '') out.push(required('roleRef.name'))
  else for (const m of pathSegment(name)) out.push(invalid('roleRef.name', name, m))
  const namespaced = kinds.includes('Role')
  for (const [i, subject] of ((object.subjects ?? []) as readonly Subject[]).entries())
    out.push(...validateSubject(subject, namespaced, `subjects[${i}]`))
  return out
}

/** A binding stays with its role. */
export function validateBindingUpdate(object: KubeObject, old: KubeObject, kinds: readonly string[]): FieldError[] {
  const form = ({ apiGroup = '', kind = '', name = '' } = object.roleRef ?? {}) => ({
    APIGroup: apiGroup,
    Kind: kind,
    Name: name,
  })
  const now = form(object.roleRef)
  const same = JSON.stringify(now) === JSON.stringify(form(old.roleRef))
  return [...validateBinding(object, kinds), ...(same ? [] : [invalid('roleRef', now, 'cannot change roleRef')])]
}
