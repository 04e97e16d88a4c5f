import { fail } from '../errors.ts'
import { type FlagSpec, flag } from '../flags/spec.ts'
import type { Invocation } from '../invocation.ts'
import type { Obj } from '../values.ts'
import type { Verb } from '../verb.ts'
import { CREATE_FLAGS, createTyped, meta, oneName } from './typed.ts'

const RULE_FLAGS: readonly FlagSpec[] = [
  flag('resource', 'stringSlice'),
  flag('resource-name', 'stringArray'),
  flag('verb', 'stringSlice'),
]

/** One rule a group of resources (create_role.go generateResourcePolicyRules). */
function rules(call: Invocation): Obj[] {
  const verbs = [...new Set(call.flags.list('verb').map((v) => v.trim()))]
  if (verbs.length === 0) throw fail('at least one verb must be specified')
  if (call.flags.list('resource').length === 0) throw fail('at least one resource must be specified')
  const byGroup = new Map<string, string[]>()
  for (const text of call.flags.list('resource')) {
    const [type = '', sub] = text.split('/')
    const mapping = type === '*' ? { group: '', resource: '*' } : call.mapper.find(type)
    if (mapping === undefined) throw fail(`the server doesn't have a resource type "${type}"`)
    const name = sub === undefined ? mapping.resource : `${mapping.resource}/${sub}`
    byGroup.set(mapping.group, [...(byGroup.get(mapping.group) ?? []), name])
  }
  const names = call.flags.list('resource-name')
  return [...byGroup]
    .sort(([x], [y]) => (x < y ? -1 : 1))
    .map(([group, resources]) => ({
      verbs: verbs.includes('*') ? ['*'] : verbs,
      apiGroups: [group],
      resources,
      ...(names.length > 0 ? { resourceNames: names } : {}),
    }))
}

const API = 'rbac.authorization.k8s.io/v1'

export const createRole: Verb = {
  name: 'role',
  short: 'Create a role with single rule',
  use: 'NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [--dry-run=server|client|none] [options]',
  flags: [...CREATE_FLAGS, ...RULE_FLAGS],
  run: (call) =>
    createTyped(call, 'roles', {
      kind: 'Role',
      apiVersion: API,
      metadata: meta(call, oneName(call), undefined),
      rules: rules(call),
    }),
}

export const createClusterRole: Verb = {
  name: 'clusterrole',
  short: 'Create a cluster role',
  use: 'NAME --verb=verb --resource=resource.group [--resource-name=resourcename] [--dry-run=server|client|none] [options]',
  flags: [...CREATE_FLAGS, ...RULE_FLAGS],
  run: (call) =>
    createTyped(call, 'clusterroles', {
      kind: 'ClusterRole',
      apiVersion: API,
      metadata: meta(call, oneName(call), undefined),
      rules: rules(call),
    }),
}

const BINDING_FLAGS: readonly FlagSpec[] = [
  flag('clusterrole', 'string'),
  flag('group', 'stringArray'),
  flag('serviceaccount', 'stringArray'),
  flag('user', 'stringArray'),
]

function binding(call: Invocation, kind: 'RoleBinding' | 'ClusterRoleBinding', role: { kind: string; name: string }): Obj {
  const rbac = 'rbac.authorization.k8s.io'
  const subjects: Obj[] = [
    ...call.flags.list('user').map((name) => ({ kind: 'User', apiGroup: rbac, name })),
    ...call.flags.list('group').map((name) => ({ kind: 'Group', apiGroup: rbac, name })),
    ...call.flags.list('serviceaccount').map((text) => {
      const [namespace = '', name = '', more] = text.split(':')
      if (namespace === '' || name === '' || more !== undefined) throw fail('serviceaccount must be <namespace>:<name>')
      return { kind: 'ServiceAccount', name, namespace }
    }),
  ]
  return { kind, apiVersion: API, metadata: meta(call, oneName(call), undefined), subjects, roleRef: { apiGroup: rbac, ...role } }
}

export const createRoleBinding: Verb = {
  name: 'rolebinding',
  short: 'Create a role binding for a particular role or cluster role',
  use: 'NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none] [options]',
  flags: [...CREATE_FLAGS, ...BINDING_FLAGS, flag('role', 'string')],
  run: (call) => {
    const [role, clusterRole] = [call.flags.text('role'), call.flags.text('clusterrole')]
    if ((role === '') === (clusterRole === '')) throw fail('exactly one of clusterrole or role must be specified')
    return createTyped(
      call,
      'rolebindings',
      binding(call, 'RoleBinding', role === '' ? { kind: 'ClusterRole', name: clusterRole } : { kind: 'Role', name: role }),
      'failed to create rolebinding',
    )
  },
}

export const createClusterRoleBinding: Verb = {
  name: 'clusterrolebinding',
  short: 'Create a cluster role binding for a particular cluster role',
  use: 'NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none] [options]',
  flags: [...CREATE_FLAGS, ...BINDING_FLAGS],
  run: (call) => {
    const name = call.flags.text('clusterrole')
    if (name === '') throw fail('exactly one of clusterrole must be specified')
    return createTyped(
      call,
      'clusterrolebindings',
      binding(call, 'ClusterRoleBinding', { kind: 'ClusterRole', name }),
      'failed to create clusterrolebinding',
    )
  },
}
