import { deepEqual } from '../deep-equal.ts'
import type { KubeObject } from '../object.ts'
import { forbidden, notFound, unclassified } from '../status.ts'
import type { Store } from '../store.ts'
import { RBAC_GROUP } from '../validation/rbac.ts'
import type { WriteContext, Writer } from '../write-context.ts'
import { authorize, MASTERS, rulesFor, rulesOfRole } from './resolver.ts'
import { compact, missing, type PolicyRule, quoted, ruleText } from './rules.ts'

const FULL: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
]

/** ConfirmNoEscalation: what a user would give away without having it, in the server's words. */
function escalates(
  store: Store,
  user: Writer,
  { namespace, resource }: { readonly namespace: string | undefined; readonly resource: string },
  wanted: readonly PolicyRule[],
): string | undefined {
  const { rules, error } = rulesFor(store, user, namespace, resource)
  const lacking = missing(rules, wanted)
  if (lacking.length === 0) return undefined
  const texts = [...new Set(compact(lacking).map(ruleText))].sort()
  const words = `user ${JSON.stringify(user.name)} (groups=${quoted(user.groups)}) is attempting to grant RBAC permissions not currently held:\n${texts.join('\n')}`
  return error === '' ? words : `${words}; resolution errors: [${error}]`
}

/** Only what lets the garbage collector end the object changes (IsOnlyMutatingGCFields). */
function onlyFreed(object: KubeObject, old: KubeObject | undefined): boolean {
  if (old === undefined) return false
  const rest = ({ metadata, ...o }: KubeObject) => {
    const {
      ownerReferences: _owners,
      finalizers: _finalizers,
      managedFields: _fields,
      resourceVersion: _version,
      ...meta
    } = metadata
    return { ...o, metadata: meta }
  }
  return deepEqual(rest(object), rest(old))
}

const aggregates = (role: KubeObject | undefined) => (role?.aggregationRule?.clusterRoleSelectors ?? []).length > 0

/** A Role or ClusterRole may only be given what its writer has, unless the verb "escalate" allows more (policybased storage). */
export function confirmRole(context: WriteContext, object: KubeObject, old: KubeObject | undefined, user: Writer): void {
  const { store } = context
  const { name, namespace } = object.metadata
  const resource = object.kind === 'Role' ? 'roles' : 'clusterroles'
  const kind = { group: RBAC_GROUP, resource }
  // the name of a request to create is not in its path, so rules that name roles do not match it
  const asked = { verb: 'escalate', ...kind, namespace, ...(old === undefined ? {} : { name }) }
  if (user.groups.includes(MASTERS) || authorize(store, user, asked).allowed || onlyFreed(object, old)) return
  const why = escalates(store, user, { namespace, resource }, object.rules ?? [])
  if (why !== undefined) throw forbidden(kind, name, why)
  if ((aggregates(object) || aggregates(old)) && escalates(store, user, { namespace, resource }, FULL) !== undefined)
    throw forbidden(kind, name, 'must have cluster-admin privileges to use the aggregationRule')
}

/** A binding may only give a role whose rules its writer has, unless the verb "bind" allows it. */
export function confirmBinding(context: WriteContext, object: KubeObject, old: KubeObject | undefined, user: Writer): void {
  const { store } = context
  const { name, namespace } = object.metadata
  const resource = object.kind === 'RoleBinding' ? 'rolebindings' : 'clusterrolebindings'
  const ref = object.roleRef ?? {}
  if (user.groups.includes(MASTERS) || onlyFreed(object, old)) return
  const roles = ref.kind === 'Role' ? 'roles' : 'clusterroles'
  const known = ref.kind === 'Role' || ref.kind === 'ClusterRole'
  const asked = { verb: 'bind', group: ref.apiGroup ?? '', resource: roles, namespace, name: ref.name }
  if (known && authorize(store, user, asked).allowed) return
  if (!known) throw unclassified(`unsupported role reference kind: "${ref.kind ?? ''}"`)
  const rules = rulesOfRole(store, ref, namespace ?? '')
  if (typeof rules === 'string') throw notFound({ group: RBAC_GROUP, resource }, ref.name)
  const why = escalates(store, user, { namespace, resource }, rules)
  if (why !== undefined) throw forbidden({ group: RBAC_GROUP, resource }, name, why)
}
