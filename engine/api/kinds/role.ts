import type { KubeObject } from '../object.ts'
import { type FieldError, required } from '../status.ts'
import type { KindDescriptor } from './kind.ts'

interface Rule {
  readonly verbs?: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
}

/** ValidateClusterRole and ValidateRole: every rule needs verbs, and resources with their groups (or paths). */
function validate(object: KubeObject): FieldError[] {
  return ((object.rules ?? []) as readonly Rule[]).flatMap((rule, i) => {
    const at = `rules[${i}]`
    const out: FieldError[] = []
    if ((rule.verbs ?? []).length === 0) out.push(required(`${at}.verbs`, 'verbs must contain at least one value'))
    if ((rule.nonResourceURLs ?? []).length > 0) return out
    if ((rule.apiGroups ?? []).length === 0)
      out.push(required(`${at}.apiGroups`, 'resource rules must supply at least one api group'))
    if ((rule.resources ?? []).length === 0)
      out.push(required(`${at}.resources`, 'resource rules must supply at least one resource'))
    return out
  })
}

const described = (resource: string, suite: KindDescriptor['suite']): KindDescriptor => ({
  resource,
  suite,
  cells: (object) => [object.metadata.name, object.metadata.creationTimestamp ?? ''],
  strategy: { name: 'path', validate, createOnUpdate: true },
})

export const role = described('roles.rbac.authorization.k8s.io', 'kubectl')
export const clusterRole = described('clusterroles.rbac.authorization.k8s.io', 'modelled')
