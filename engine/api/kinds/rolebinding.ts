import type { KubeObject } from '../object.ts'
import { type FieldError, invalid, notSupported, required } from '../status.ts'
import { created, type KindDescriptor } from './kind.ts'

interface Subject {
  readonly kind: string
  readonly name: string
  readonly namespace?: string
  readonly apiGroup?: string
}

const GROUP = 'rbac.authorization.k8s.io'

function named(subjects: readonly Subject[], kind: string): string {
  return subjects
    .filter((s) => s.kind === kind)
    .map((s) => (kind === 'ServiceAccount' && s.namespace ? `${s.namespace}/${s.name}` : s.name))
    .join(', ')
}

/** rbac/v1 defaults: users, groups and roles belong to the RBAC group. */
function defaults(object: KubeObject): KubeObject {
  const subjects = object.subjects?.map((s: Subject) =>
    s.kind === 'ServiceAccount' || s.apiGroup ? s : { ...s, apiGroup: GROUP },
  )
  const roleRef = object.roleRef === undefined ? undefined : { ...object.roleRef, apiGroup: object.roleRef.apiGroup || GROUP }
  return { ...object, ...(subjects === undefined ? {} : { subjects }), ...(roleRef === undefined ? {} : { roleRef }) }
}

const described = (resource: string, kinds: readonly string[]): KindDescriptor => {
  const validate = (object: KubeObject): FieldError[] => {
    const out: FieldError[] = []
    if (!kinds.includes(object.roleRef?.kind)) out.push(notSupported('roleRef.kind', object.roleRef?.kind ?? '', kinds))
    if (!object.roleRef?.name) out.push(required('roleRef.name'))
    for (const [i, s] of ((object.subjects ?? []) as readonly Subject[]).entries()) {
      const at = `subjects[${i}]`
      if (!s.name) out.push(required(`${at}.name`))
      if (!['Group', 'ServiceAccount', 'User'].includes(s.kind))
        out.push(notSupported(`${at}.kind`, s.kind ?? '', ['Group', 'ServiceAccount', 'User']))
      if (s.kind === 'ServiceAccount' && !s.namespace) out.push(required(`${at}.namespace`))
    }
    return out
  }
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
      validate,
      validateUpdate: (object, old) => [
        ...validate(object),
        ...(JSON.stringify(object.roleRef) === JSON.stringify(old.roleRef)
          ? []
          : [invalid('roleRef', object.roleRef, 'cannot change roleRef')]),
      ],
      createOnUpdate: true,
    },
  }
}

export const roleBinding = described(`rolebindings.${GROUP}`, ['ClusterRole', 'Role'])
export const clusterRoleBinding = described(`clusterrolebindings.${GROUP}`, ['ClusterRole'])
