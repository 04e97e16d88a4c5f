import type { Attributes } from '../api/rbac/rules.ts'
import { badRequest } from '../api/status.ts'
import type { Store } from '../api/store.ts'
import { authorized, denied } from './authorize.ts'
import type { ApiRequest, ApiUser } from './client.ts'
import { header } from './headers.ts'

const GROUP = 'authentication.k8s.io'
const EXTRA = 'impersonate-extra-'
const AUTHENTICATED = 'system:authenticated'
const UNAUTHENTICATED = 'system:unauthenticated'

/** One thing that a request wants to be, as an ObjectReference prints it in Go. */
interface Wanted {
  readonly kind: 'User' | 'ServiceAccount' | 'Group' | 'UserExtra' | 'UID'
  readonly name: string
  readonly namespace?: string
  readonly key?: string
}

const listed = (text: string | undefined) => (text === undefined ? [] : text.split(',').map((part) => part.trim()))

function serviceAccount(name: string): { namespace: string; name: string } | undefined {
  const match = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name)
  return match === null ? undefined : { namespace: match[1] as string, name: match[2] as string }
}

/** What the Impersonate headers ask for, in the order of buildImpersonationRequests. */
function wantedOf(request: ApiRequest): Wanted[] {
  const out: Wanted[] = []
  const user = header(request, 'Impersonate-User')
  if (user !== undefined) {
    const account = serviceAccount(user)
    out.push(account === undefined ? { kind: 'User', name: user } : { kind: 'ServiceAccount', ...account })
  }
  for (const name of listed(header(request, 'Impersonate-Group'))) out.push({ kind: 'Group', name })
  for (const [key, value] of Object.entries(request.headers ?? {})) {
    if (!key.toLowerCase().startsWith(EXTRA)) continue
    for (const name of listed(value)) out.push({ kind: 'UserExtra', name, key: decoded(key.slice(EXTRA.length).toLowerCase()) })
  }
  const uid = header(request, 'Impersonate-Uid')
  if (uid !== undefined) out.push({ kind: 'UID', name: uid })
  return out
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}

function printed({ kind, name, key }: Wanted): string {
  const version = kind === 'UserExtra' || kind === 'UID' ? `${GROUP}/v1` : ''
  return `{${kind}  ${name}  ${version}  ${key ?? ''}}`
}

function attributesOf({ kind, name, namespace, key }: Wanted): Attributes {
  const verb = 'impersonate'
  switch (kind) {
    case 'User':
      return { verb, group: '', resource: 'users', name }
    case 'ServiceAccount':
      return { verb, group: '', resource: 'serviceaccounts', namespace, name }
    case 'Group':
      return { verb, group: '', resource: 'groups', name }
    case 'UserExtra':
      return { verb, group: GROUP, resource: 'userextras', subresource: key, name }
    case 'UID':
      return { verb, group: GROUP, resource: 'uids', name }
  }
}

function groupsOf(name: string, given: readonly string[], account: { namespace: string } | undefined): readonly string[] {
  let groups = given
  if (account !== undefined && groups.length === 0)
    groups = ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`]
  const own = name === 'system:anonymous' ? UNAUTHENTICATED : AUTHENTICATED
  return groups.includes(own) || groups.includes(UNAUTHENTICATED) ? groups : [...groups, own]
}

/** The user a request acts as, where its Impersonate headers name one that `user` may be (filters/impersonation.go). */
export function impersonated(store: Store, user: ApiUser, request: ApiRequest): ApiUser {
  const wanted = wantedOf(request)
  if (wanted.length === 0) return user
  const [first] = wanted
  if (first?.kind !== 'User' && first?.kind !== 'ServiceAccount')
    throw badRequest(`requested [${wanted.map(printed).join(' ')}] without impersonating a user`)
  for (const one of wanted) {
    const attributes = attributesOf(one)
    if (!authorized(store, user, attributes)) throw denied(user, attributes, store)
  }
  const name = header(request, 'Impersonate-User') as string
  const groups = wanted.filter((w) => w.kind === 'Group').map((w) => w.name)
  const extra: Record<string, string[]> = {}
  for (const { kind, name: value, key = '' } of wanted) if (kind === 'UserExtra') extra[key] = [...(extra[key] ?? []), value]
  const uid = wanted.find((w) => w.kind === 'UID')?.name
  return {
    name,
    groups: groupsOf(name, groups, serviceAccount(name)),
    ...(uid === undefined ? {} : { uid }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  }
}
