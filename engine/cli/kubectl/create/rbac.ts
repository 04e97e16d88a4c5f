import { fail, KubectlError } from '../errors.ts'
import { type FlagSpec, flag } from '../flags/spec.ts'
import type { Invocation } from '../invocation.ts'
import type { Obj } from '../values.ts'
import type { Verb } from '../verb.ts'
import { CREATE_FLAGS, createTyped, meta, oneName } from './typed.ts'

const API = 'rbac.authorization.k8s.io/v1'
const GROUP = 'rbac.authorization.k8s.io'
const VERBS = '* get delete list create update patch watch proxy deletecollection use bind escalate impersonate'.split(' ')
const URL_VERBS = '* get post put delete patch head options'.split(' ')

/** Verbs that only some resources have: "resource.group" (create_role.go specialVerbs). */
const SPECIAL: Readonly<Record<string, readonly string[]>> = {
  use: ['podsecuritypolicies.policy', 'podsecuritypolicies.extensions'],
  bind: [`roles.${GROUP}`, `clusterroles.${GROUP}`],
  escalate: [`roles.${GROUP}`, `clusterroles.${GROUP}`],
  impersonate: ['users.', 'serviceaccounts.', 'groups.', 'userextras.authentication.k8s.io'],
}

const RULE_FLAGS: readonly FlagSpec[] = [
  flag('resource', 'stringSlice'),
  flag('resource-name', 'stringArray'),
  flag('verb', 'stringSlice'),
]

interface Wanted {
  readonly group: string
  readonly resource: string
  readonly sub: string
}

const distinct = (values: readonly string[]) => [...new Set(values)]

function verbsOf(call: Invocation): readonly string[] {
  const verbs = distinct(call.flags.list('verb'))
  return verbs.includes('*') ? ['*'] : verbs
}

/** "deployments.apps/scale"; "*" alone stands for everything and ends the list. */
function resourcesOf(call: Invocation): readonly Wanted[] {
  const out: Wanted[] = []
  for (const text of call.flags.list('resource')) {
    const cut = text.indexOf('/')
    const [head, sub] = cut < 0 ? [text, ''] : [text.slice(0, cut), text.slice(cut + 1)]
    const dot = head.indexOf('.')
    const wanted = { resource: dot < 0 ? head : head.slice(0, dot), group: dot < 0 ? '' : head.slice(dot + 1), sub }
    if (wanted.resource === '*' && dot < 0 && cut < 0) return [wanted]
    out.push(wanted)
  }
  return out
}

function find(call: Invocation, { group, resource }: Wanted): { group: string; resource: string } | undefined {
  return call.mapper.find(group === '' ? resource : `${resource}.${group}`)
}

/** CreateRoleOptions.validateResource: every resource is one that the server has, and may have the special verbs. */
function validateResources(call: Invocation, verbs: readonly string[], resources: readonly Wanted[]): void {
  for (const verb of verbs) if (!VERBS.includes(verb)) call.err(`Warning: '${verb}' is not a standard resource verb\n`)
  if (resources.length === 0) throw fail('at least one resource must be specified')
  for (const wanted of resources) {
    if (wanted.resource === '') throw fail('resource must be specified if apiGroup/subresource specified')
    if (wanted.resource === '*') return
    const found = find(call, wanted)
    const { group, resource } = found ?? wanted
    let special = false
    for (const verb of verbs) {
      const allowed = SPECIAL[verb]
      if (allowed === undefined) continue
      if (!allowed.includes(`${resource}.${group}`)) throw fail(`can not perform '${verb}' on '${resource}' in group '${group}'`)
      special = true
    }
    if (found !== undefined || special) continue
    const where = wanted.group === '' ? '' : ` in group "${wanted.group}"`
    // meta.NoResourceMatchError is told without a prefix (cmdutil.StandardErrorMessage)
    throw new KubectlError(`the server doesn't have a resource type "${wanted.resource}"${where}`)
  }
}

/** One rule a group of resources, and one for paths (generateResourcePolicyRules). */
function rules(call: Invocation, verbs: readonly string[], resources: readonly Wanted[], urls: readonly string[]): Obj[] {
  const byGroup = new Map<string, string[]>()
  for (const wanted of resources) {
    const { group, resource } = find(call, wanted) ?? wanted
    const name = wanted.sub === '' ? resource : `${resource}/${wanted.sub}`
    const held = byGroup.get(group) ?? []
    if (!held.includes(name)) held.push(name)
    byGroup.set(group, held)
  }
  const names = distinct(call.flags.list('resource-name'))
  const out: Obj[] = [...byGroup]
    .sort(([x], [y]) => (x < y ? -1 : 1))
    .map(([group, list]) => ({
      verbs,
      apiGroups: [group],
      resources: list,
      ...(names.length > 0 ? { resourceNames: names } : {}),
    }))
  return urls.length === 0 ? out : [...out, { verbs, nonResourceURLs: urls }]
}

export const createRole: Verb = {
  name: 'role',
  short: 'Create a role with single rule',
  use: 'NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [--dry-run=server|client|none] [options]',
  flags: [...CREATE_FLAGS, ...RULE_FLAGS],
  run: (call) => {
    const name = oneName(call)
    const [verbs, resources] = [verbsOf(call), resourcesOf(call)]
    if (verbs.length === 0) throw fail('at least one verb must be specified')
    validateResources(call, verbs, resources)
    const metadata = meta(call, name, undefined)
    return createTyped(call, 'roles', { kind: 'Role', apiVersion: API, metadata, rules: rules(call, verbs, resources, []) })
  },
}

function validateUrls(verbs: readonly string[], urls: readonly string[]): void {
  const wrong = verbs.find((v) => !URL_VERBS.includes(v))
  if (wrong !== undefined) throw fail(`invalid verb: '${wrong}' for nonResourceURL`)
  for (const url of urls) {
    if (url === '*') continue
    if (!url.startsWith('/')) throw fail('nonResourceURL should start with /')
    if (url.slice(0, -1).includes('*')) throw fail("nonResourceURL only supports wildcard matches when '*' is at the end")
  }
}

/** --aggregation-rule="a=b,c=d": one selector. */
function aggregation(call: Invocation): Obj | undefined {
  const given = call.flags.list('aggregation-rule')
  if (given.length === 0) return undefined
  const pairs = given
    .flatMap((text) => text.split(','))
    .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])
  return Object.fromEntries(pairs)
}

export const createClusterRole: Verb = {
  name: 'clusterrole',
  short: 'Create a cluster role',
  use: 'NAME --verb=verb --resource=resource.group [--resource-name=resourcename] [--dry-run=server|client|none] [options]',
  flags: [...CREATE_FLAGS, ...RULE_FLAGS, flag('aggregation-rule', 'stringToString'), flag('non-resource-url', 'stringSlice')],
  run: (call) => {
    const metadata = meta(call, oneName(call), undefined)
    const [verbs, resources] = [verbsOf(call), resourcesOf(call)]
    const urls = distinct(call.flags.list('non-resource-url'))
    const matchLabels = aggregation(call)
    if (matchLabels !== undefined) {
      if (urls.length + verbs.length + resources.length + call.flags.list('resource-name').length > 0)
        throw fail('aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames')
      const aggregationRule = { clusterRoleSelectors: [{ matchLabels }] }
      return createTyped(call, 'clusterroles', { kind: 'ClusterRole', apiVersion: API, metadata, aggregationRule, rules: null })
    }
    if (verbs.length === 0) throw fail('at least one verb must be specified')
    if (resources.length === 0 && urls.length === 0) throw fail('one of resource or nonResourceURL must be specified')
    if (resources.length > 0) validateResources(call, verbs, resources)
    if (urls.length > 0) validateUrls(verbs, urls)
    const object = { kind: 'ClusterRole', apiVersion: API, metadata, rules: rules(call, verbs, resources, urls) }
    return createTyped(call, 'clusterroles', object)
  },
}

const BINDING_FLAGS: readonly FlagSpec[] = [
  flag('clusterrole', 'string'),
  flag('group', 'stringArray'),
  flag('serviceaccount', 'stringArray'),
  flag('user', 'stringArray'),
]

function binding(call: Invocation, name: string, kind: 'RoleBinding' | 'ClusterRoleBinding', role: Obj): Obj {
  const subjects: Obj[] = [
    ...call.flags.list('user').map((user) => ({ kind: 'User', apiGroup: GROUP, name: user })),
    ...call.flags.list('group').map((group) => ({ kind: 'Group', apiGroup: GROUP, name: group })),
    ...call.flags.list('serviceaccount').map((text) => {
      const [namespace = '', account = '', more] = text.split(':')
      if (namespace === '' || account === '' || more !== undefined) throw fail('serviceaccount must be <namespace>:<name>')
      return { kind: 'ServiceAccount', name: account, namespace }
    }),
  ]
  return {
    kind,
    apiVersion: API,
    metadata: meta(call, name, undefined),
    ...(subjects.length === 0 ? {} : { subjects }),
    roleRef: { apiGroup: GROUP, ...role },
  }
}

export const createRoleBinding: Verb = {
  name: 'rolebinding',
  short: 'Create a role binding for a particular role or cluster role',
  use: 'NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none] [options]',
  flags: [...CREATE_FLAGS, ...BINDING_FLAGS, flag('role', 'string')],
  run: (call) => {
    const name = oneName(call)
    const [role, clusterRole] = [call.flags.text('role'), call.flags.text('clusterrole')]
    if ((role === '') === (clusterRole === '')) throw fail('exactly one of clusterrole or role must be specified')
    const ref = role === '' ? { kind: 'ClusterRole', name: clusterRole } : { kind: 'Role', name: role }
    return createTyped(call, 'rolebindings', binding(call, name, 'RoleBinding', ref), 'failed to create rolebinding')
  },
}

export const createClusterRoleBinding: Verb = {
  name: 'clusterrolebinding',
  short: 'Create a cluster role binding for a particular cluster role',
  use: 'NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none] [options]',
  flags: [...CREATE_FLAGS, ...BINDING_FLAGS],
  run: (call) => {
    if (!call.flags.changed('clusterrole')) throw fail('required flag(s) "clusterrole" not set')
    const ref = { kind: 'ClusterRole', name: call.flags.text('clusterrole') }
    const object = binding(call, oneName(call), 'ClusterRoleBinding', ref)
    return createTyped(call, 'clusterrolebindings', object, 'failed to create clusterrolebinding')
  },
}
