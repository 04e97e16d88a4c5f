import { authorize, type Decision } from '../api/rbac/resolver.ts'
import type { Attributes } from '../api/rbac/rules.ts'
import { forbidden, type StatusError } from '../api/status.ts'
import type { Store } from '../api/store.ts'
import type { ApiUser } from './client.ts'
import { param, type RequestInfo } from './request-info.ts'

/** The user with the groups that authentication adds; a service account without groups of its own gets those of all accounts. */
export function withGroups(user: ApiUser): ApiUser {
  const groups = new Set(user.groups)
  const account = /^system:serviceaccount:([^:]+):[^:]+$/.exec(user.name)
  if (account !== null && user.groups.length === 0)
    groups.add('system:serviceaccounts').add(`system:serviceaccounts:${account[1]}`)
  if (user.name === 'system:anonymous') groups.add('system:unauthenticated')
  else if (!groups.has('system:unauthenticated')) groups.add('system:authenticated')
  return { ...user, groups: [...groups] }
}

/** What the authorizer says, with its reason; `known`: the groups that authentication adds are added. */
export function decide(store: Store, user: ApiUser, attributes: Attributes, known = true): Decision {
  return authorize(store, known ? withGroups(user) : user, attributes)
}

/** Whether the user may. */
export function authorized(store: Store, user: ApiUser, attributes: Attributes): boolean {
  return decide(store, user, attributes).allowed
}

/** A field selector for one name makes a list a question about that name (RequestInfoFactory.NewRequestInfo). */
function selectedName(info: RequestInfo): string | undefined {
  if (info.name !== undefined || !['list', 'watch', 'deletecollection'].includes(info.verb)) return info.name
  return /(?:^|,)metadata\.name==?([^,]+)/.exec(param(info, 'fieldSelector') ?? '')?.[1]
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
    name: selectedName(info),
  }
}

/** 403 in the server's words (responsewriters.Forbidden); with a store, also what of RBAC could not be resolved. */
export function denied(user: ApiUser, a: Attributes, store?: Store): StatusError {
  const reason = store === undefined ? '' : decide(store, user, a).reason
  const tail = reason === '' ? '' : `: ${reason}`
  if (a.path !== undefined)
    return forbidden({ group: '', resource: '' }, '', `User "${user.name}" cannot ${a.verb} path "${a.path}"${tail}`)
  const resource = a.subresource === undefined ? a.resource : `${a.resource}/${a.subresource}`
  const where = a.namespace ? `in the namespace "${a.namespace}"` : 'at the cluster scope'
  const words = `User "${user.name}" cannot ${a.verb} resource "${resource}" in API group "${a.group}" ${where}${tail}`
  return forbidden({ group: a.group, resource: a.resource }, a.name ?? '', words)
}
