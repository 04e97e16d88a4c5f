// biome-ignore-all lint/suspicious/noExplicitAny: RBAC objects as they are in the store
import { forbidden, type StatusError } from '../api/status.ts'
import type { Store } from '../api/store.ts'
import type { ApiUser } from './client.ts'
import type { RequestInfo } from './request-info.ts'

/** What is asked of the authorizer. */
export interface Attributes {
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
  /** Set instead of a resource for paths such as /healthz. */
  readonly path?: string
}

const RBAC = 'rbac.authorization.k8s.io'

/** The user with the groups that authentication adds. */
export function withGroups(user: ApiUser): ApiUser {
  const groups = new Set(user.groups)
  groups.add(user.name === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated')
  const account = /^system:serviceaccount:([^:]+):[^:]+$/.exec(user.name)
  if (account !== null) groups.add('system:serviceaccounts').add(`system:serviceaccounts:${account[1]}`)
  return { name: user.name, groups: [...groups] }
}

function applies(subject: any, user: ApiUser, namespace: string | undefined): boolean {
  if (subject.kind === 'User') return subject.name === user.name
  if (subject.kind === 'Group') return user.groups.includes(subject.name)
  return (
    subject.kind === 'ServiceAccount' && user.name === `system:serviceaccount:${subject.namespace ?? namespace}:${subject.name}`
  )
}

const has = (list: readonly string[] | undefined, value: string) =>
  list !== undefined && (list.includes('*') || list.includes(value))

/** rbac/v1 helpers RuleAllows. */
function allows(rule: any, a: Attributes): boolean {
  if (!has(rule.verbs, a.verb)) return false
  if (a.path !== undefined) {
    return (rule.nonResourceURLs ?? []).some(
      (url: string) => url === '*' || url === a.path || (url.endsWith('*') && a.path?.startsWith(url.slice(0, -1))),
    )
  }
  const resource = a.subresource === undefined ? a.resource : `${a.resource}/${a.subresource}`
  const resources: readonly string[] = rule.resources ?? []
  const named = has(resources, resource) || (a.subresource !== undefined && resources.includes(`*/${a.subresource}`))
  const names: readonly string[] = rule.resourceNames ?? []
  return has(rule.apiGroups, a.group) && named && (names.length === 0 || names.includes(a.name ?? ''))
}

function rulesOf(store: Store, ref: any, namespace: string | undefined): readonly any[] {
  const role =
    ref.kind === 'Role' ? store.get(`roles.${RBAC}`, namespace, ref.name) : store.get(`clusterroles.${RBAC}`, undefined, ref.name)
  return role?.rules ?? []
}

/** Every rule that binds the user, cluster-wide ones first. */
export function rulesFor(store: Store, given: ApiUser, namespace: string | undefined): readonly any[] {
  const user = withGroups(given)
  const out: any[] = []
  const collect = (binding: any, within: string | undefined) => {
    if ((binding.subjects ?? []).some((s: any) => applies(s, user, within))) out.push(...rulesOf(store, binding.roleRef, within))
  }
  for (const binding of store.list(`clusterrolebindings.${RBAC}`)) collect(binding, undefined)
  if (namespace !== undefined && namespace !== '')
    for (const binding of store.list(`rolebindings.${RBAC}`, namespace)) collect(binding, namespace)
  return out
}

/** Whether the user may. A cluster without ClusterRoles asks nobody. */
export function authorized(store: Store, user: ApiUser, attributes: Attributes): boolean {
  if (user.groups.includes('system:masters') || store.list(`clusterroles.${RBAC}`).length === 0) return true
  return rulesFor(store, user, attributes.namespace).some((rule) => allows(rule, attributes))
}

export function attributesOf(info: RequestInfo): Attributes {
  if (info.resource === '') return { verb: info.verb, group: '', resource: '', path: info.path }
  const own = info.resource === 'namespaces' && info.group === '' && info.namespace === undefined ? info.name : undefined
  return {
    verb: info.verb,
    group: info.group,
    resource: info.resource,
    subresource: info.subresource,
    namespace: info.namespace ?? own,
    name: info.name,
  }
}

/** 403 in the server's words (responsewriters.Forbidden). */
export function denied(user: ApiUser, a: Attributes): StatusError {
  if (a.path !== undefined)
    return forbidden({ group: '', resource: '' }, '', `User "${user.name}" cannot ${a.verb} path "${a.path}"`)
  const resource = a.subresource === undefined ? a.resource : `${a.resource}/${a.subresource}`
  const where = a.namespace ? `in the namespace "${a.namespace}"` : 'at the cluster scope'
  const words = `User "${user.name}" cannot ${a.verb} resource "${resource}" in API group "${a.group}" ${where}`
  return forbidden({ group: a.group, resource: a.resource }, a.name ?? '', words)
}
