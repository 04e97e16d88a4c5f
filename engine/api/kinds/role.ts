import type { KubeObject } from '../object.ts'
import { confirmRole } from '../rbac/escalation.ts'
import { validateClusterRole, validateRole } from '../validation/rbac.ts'
import type { KindDescriptor } from './kind.ts'

/** In Go `rules` is a list without omitempty: an empty one is null. */
const defaults = (object: KubeObject): KubeObject => ({
  ...object,
  rules: (object.rules ?? []).length === 0 ? null : object.rules,
})

const described = (resource: string, suite: KindDescriptor['suite'], validate: typeof validateRole): KindDescriptor => ({
  resource,
  suite,
  cells: (object) => [object.metadata.name, object.metadata.creationTimestamp ?? ''],
  strategy: { name: 'path', defaults, validate, authorizeWrite: confirmRole, createOnUpdate: true },
})

export const role = described('roles.rbac.authorization.k8s.io', 'kubectl', validateRole)
export const clusterRole = described('clusterroles.rbac.authorization.k8s.io', 'modelled', validateClusterRole)
