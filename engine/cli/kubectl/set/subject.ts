import { fail } from '../errors.ts'
import { flag } from '../flags/spec.ts'
import type { Invocation } from '../invocation.ts'
import type { Obj } from '../values.ts'
import { setter } from './setter.ts'

const GROUP = 'rbac.authorization.k8s.io'

function subjects(call: Invocation): Obj[] {
  const { flags } = call
  return [
    ...flags.list('user').map((name) => ({ apiGroup: GROUP, kind: 'User', name })),
    ...flags.list('group').map((name) => ({ apiGroup: GROUP, kind: 'Group', name })),
    ...flags.list('serviceaccount').map((text) => {
      const [namespace, name] = text.split(':')
      return { kind: 'ServiceAccount', name, namespace }
    }),
  ]
}

export const subject = setter({
  name: 'subject',
  short: 'Update the user, group, or service account in a role binding or cluster role binding',
  flags: [flag('group', 'stringArray'), flag('serviceaccount', 'stringArray'), flag('user', 'stringArray')],
  word: 'subjects updated',
  isValue: () => false,
  check: (call) => {
    if (['user', 'group', 'serviceaccount'].every((f) => call.flags.list(f).length === 0))
      throw fail('you must specify at least one value of user, group or serviceaccount')
    for (const text of call.flags.list('serviceaccount')) {
      const parts = text.split(':')
      if (parts.length !== 2) throw fail('serviceaccount must be <namespace>:<name>')
      if (parts[0] === '') throw fail('serviceaccount must be <namespace>:<name>, namespace must be specified')
    }
  },
  edit: (object, _values, call) => {
    if (!['RoleBinding', 'ClusterRoleBinding'].includes(object.kind))
      throw fail('setting subjects is only supported for RoleBinding/ClusterRoleBinding')
    object.subjects ??= []
    for (const s of subjects(call)) {
      const there = object.subjects.some(
        (o: Obj) => o.kind === s.kind && o.name === s.name && (o.namespace ?? '') === (s.namespace ?? ''),
      )
      if (!there) object.subjects.push(s)
    }
  },
})
