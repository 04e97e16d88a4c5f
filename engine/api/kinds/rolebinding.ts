import type { KubeObject } from '../object.ts'
import { confirmBinding } from '../rbac/escalation.ts'
import { RBAC_GROUP, validateBinding, validateBindingUpdate } from '../validation/rbac.ts'
import { created, type KindDescriptor } from './kind.ts'

interface Subject {
  readonly kind: string
  readonly name: string
  readonly namespace?: string
  readonly apiGroup?: string
}

function named(subjects: readonly Subject[], kind: string): string {
  return subjects
    .filter((s) => s.kind === kind)
    .map((s) => (kind === 'ServiceAccount' && s.namespace ? `${s.namespace}/${s.name}` : s.name))
    .join(', ')
}

/** rbac/v1 defaults: users, groups and roles belong to the RBAC group. */
function defaults(object: KubeObject): KubeObject {
  const subjects = object.subjects?.map((s: Subject) =>
    s.kind === 'ServiceAccount' || s.apiGroup ? s : { ...s, apiGroup: RBAC_GROUP },
  )
  const roleRef = { ...object.roleRef, apiGroup: object.roleRef?.apiGroup || RBAC_GROUP }
  return { ...object, ...(subjects === undefined ? {} : { subjects }), roleRef }
}

const described = (resource: string, kinds: readonly string[]): KindDescriptor => {
  return {
    resource,
    suite: 'kubectl',
    cells: (object, at) => {
      const subjects: readonly Subject[] = object.subjects ?? []
      const kindsShown = ['User', 'Group', 'ServiceAccount'].map((kind) => named(subjects, kind))
      return [object.metadata.name, `${object.roleRef?.kind}/${object.roleRef?.name}`, created(object, at), ...kindsShown]
    },
    strategy: {
      name: 'path',
      defaults,
      validate: (object) => validateBinding(object, kinds),
      validateUpdate: (object, old) => validateBindingUpdate(object, old, kinds),
      authorizeWrite: confirmBinding,
      createOnUpdate: true,
    },
  }
}

export const roleBinding = described(`rolebindings.${RBAC_GROUP}`, ['Role', 'ClusterRole'])
export const clusterRoleBinding = described(`clusterrolebindings.${RBAC_GROUP}`, ['ClusterRole'])
