import { goList, ruleRows } from '../auth/rules.ts'
import type { Obj } from '../values.ts'
import type { Describer } from './describer.ts'
import { annotations, type Lines, labels } from './writer.ts'

const roleLines = (out: Lines, object: Obj): void => {
  out.field('Name', object.metadata.name)
  labels(out, 'Labels', object.metadata.labels)
  annotations(out, 'Annotations', object.metadata.annotations)
  out
    .line('PolicyRule:')
    .at(1, 'Resources\tNon-Resource URLs\tResource Names\tVerbs\n')
    .at(1, '---------\t-----------------\t--------------\t-----\n')
  for (const row of ruleRows(object.rules ?? []))
    out.at(1, `${row.resource}\t${goList(row.urls)}\t${goList(row.names)}\t${goList(row.verbs)}\n`)
}

export const role: Describer = { kind: 'Role.rbac.authorization.k8s.io', describe: roleLines }
export const clusterRole: Describer = { kind: 'ClusterRole.rbac.authorization.k8s.io', describe: roleLines }

const bindingLines = (out: Lines, object: Obj): void => {
  out.field('Name', object.metadata.name)
  labels(out, 'Labels', object.metadata.labels)
  annotations(out, 'Annotations', object.metadata.annotations)
  out.line('Role:').at(1, `Kind:\t${object.roleRef.kind}\n`).at(1, `Name:\t${object.roleRef.name}\n`)
  out.line('Subjects:').at(1, 'Kind\tName\tNamespace\n').at(1, '----\t----\t---------\n')
  for (const s of object.subjects ?? []) out.at(1, `${s.kind}\t${s.name}\t${s.namespace ?? ''}\n`)
}

export const roleBinding: Describer = { kind: 'RoleBinding.rbac.authorization.k8s.io', describe: bindingLines }
export const clusterRoleBinding: Describer = { kind: 'ClusterRoleBinding.rbac.authorization.k8s.io', describe: bindingLines }
