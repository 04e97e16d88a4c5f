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
  for (const rule of compact(object.rules ?? [])) {
    const list = (values: readonly string[] | undefined) => `[${(values ?? []).join(' ')}]`
    out.at(1, `${rule.resource}\t${list(rule.nonResourceURLs)}\t${list(rule.resourceNames)}\t${list(rule.verbs)}\n`)
  }
}

interface Row {
  readonly resource: string
  readonly nonResourceURLs: readonly string[]
  readonly resourceNames: readonly string[]
  readonly verbs: readonly string[]
}

/** One row a resource, equal ones merged, sorted (rbac.BreakdownRule, CompactRules, SortableRuleSlice). */
function compact(rules: readonly Obj[]): Row[] {
  const rows = new Map<string, { resource: string; nonResourceURLs: string[]; resourceNames: string[]; verbs: string[] }>()
  for (const rule of rules) {
    const urls: string[] = rule.nonResourceURLs ?? []
    const resources: string[] = (rule.resources ?? []).flatMap((r: string) =>
      (rule.apiGroups ?? ['']).map((g: string) => (g === '' ? r : `${r}.${g}`)),
    )
    const parts = [
      ...resources.flatMap((resource) =>
        rule.resourceNames?.length
          ? rule.resourceNames.map((n: string) => ({ resource, names: [n], urls: [] as string[] }))
          : [{ resource, names: [] as string[], urls: [] as string[] }],
      ),
      ...urls.map((url) => ({ resource: '', names: [] as string[], urls: [url] })),
    ]
    for (const part of parts) {
      const key = JSON.stringify(part)
      const held = rows.get(key)
      if (held === undefined)
        rows.set(key, {
          resource: part.resource,
          nonResourceURLs: part.urls,
          resourceNames: part.names,
          verbs: [...(rule.verbs ?? [])],
        })
      else for (const verb of rule.verbs ?? []) if (!held.verbs.includes(verb)) held.verbs.push(verb)
    }
  }
  const order = (r: Row) => `${r.resource}\0${r.resourceNames.join(' ')}\0${r.nonResourceURLs.join(' ')}`
  return [...rows.values()].sort((x, y) => (order(x) < order(y) ? -1 : 1))
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
