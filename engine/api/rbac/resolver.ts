import type { KubeObject } from '../object.ts'
import type { Store } from '../store.ts'
import { RBAC_GROUP } from '../validation/rbac.ts'
import type { Writer } from '../write-context.ts'
import { type Attributes, type PolicyRule, ruleAllows } from './rules.ts'

interface Subject {
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}

interface RoleRef {
  readonly kind: string
  readonly name: string
}

/** The group whose members may do everything, whatever RBAC says. */
export const MASTERS = 'system:masters'

function applies(subject: Subject, user: Writer, namespace: string): boolean {
  if (subject.kind === 'User') return subject.name === user.name
  if (subject.kind === 'Group') return user.groups.includes(subject.name)
  const within = subject.namespace || namespace
  return subject.kind === 'ServiceAccount' && within !== '' && user.name === `system:serviceaccount:${within}:${subject.name}`
}

/**
 * GetRoleReferenceRules: a role's rules, or in the server's words why they cannot be had. The authorizer asks a lister, whose errors
 * name the singular; a check for escalation asks the registry, whose errors name the resource of the request (`within`).
 */
export function rulesOfRole(store: Store, ref: RoleRef, namespace: string, within?: string): readonly PolicyRule[] | string {
  const own = ref.kind === 'Role'
  const resource = own ? 'roles' : 'clusterroles'
  const role = store.get(`${resource}.${RBAC_GROUP}`, own ? namespace : undefined, ref.name)
  if (role !== undefined) return role.rules ?? []
  return `${within ?? resource.slice(0, -1)}.${RBAC_GROUP} "${ref.name}" not found`
}

/** A rule that binds the user and where it comes from, or why a role could not be read. */
export type Found = { readonly rule: PolicyRule; readonly source: string } | { readonly error: string }

function describe(binding: KubeObject, subject: Subject, namespace: string): string {
  const { kind, metadata, roleRef } = binding
  const name = namespace === '' ? metadata.name : `${metadata.name}/${metadata.namespace}`
  const who = subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace || namespace}` : subject.name
  return `${kind} "${name}" of ${roleRef.kind} "${roleRef.name}" to ${subject.kind} "${who}"`
}

/** VisitRulesFor: every rule that binds the user, cluster-wide ones first. */
export function* visitRules(store: Store, user: Writer, namespace: string | undefined, asking?: string): Generator<Found> {
  const within = namespace ?? ''
  const levels: [readonly KubeObject[], string][] = [[store.list(`clusterrolebindings.${RBAC_GROUP}`), '']]
  if (within !== '') levels.push([store.list(`rolebindings.${RBAC_GROUP}`, within), within])
  for (const [bindings, level] of levels) {
    for (const binding of bindings) {
      const subject = (binding.subjects as readonly Subject[] | undefined)?.find((s) => applies(s, user, level))
      if (subject === undefined) continue
      const rules = rulesOfRole(store, binding.roleRef, level, asking)
      if (typeof rules === 'string') yield { error: rules }
      else for (const rule of rules) yield { rule, source: describe(binding, subject, level) }
    }
  }
}

/** RulesFor: the rules, and what went wrong on the way (utilerrors.Aggregate). */
export function rulesFor(store: Store, user: Writer, namespace: string | undefined, asking?: string) {
  const rules: PolicyRule[] = []
  const errors: string[] = []
  for (const found of visitRules(store, user, namespace, asking)) {
    if ('rule' in found) rules.push(found.rule)
    else errors.push(found.error)
  }
  return { rules, error: aggregate(errors) }
}

/** Several errors as one: equal ones once, in brackets where there are more. */
export function aggregate(errors: readonly string[]): string {
  const distinct = [...new Set(errors)]
  return distinct.length > 1 ? `[${distinct.join(', ')}]` : (distinct[0] ?? '')
}

export interface Decision {
  readonly allowed: boolean
  /** Which binding allows it, or what could not be resolved; often nothing. */
  readonly reason: string
}

/** The authorizer: members of system:masters, then RBAC. A cluster without ClusterRoles asks nobody. */
export function authorize(store: Store, user: Writer, attributes: Attributes): Decision {
  if (user.groups.includes(MASTERS) || store.list(`clusterroles.${RBAC_GROUP}`).length === 0) return { allowed: true, reason: '' }
  const errors: string[] = []
  for (const found of visitRules(store, user, attributes.namespace)) {
    if ('error' in found) errors.push(found.error)
    else if (ruleAllows(found.rule, attributes)) return { allowed: true, reason: `RBAC: allowed by ${found.source}` }
  }
  return { allowed: false, reason: errors.length === 0 ? '' : `RBAC: ${aggregate(errors)}` }
}
