// Makes engine/cluster/defaults.data.json: what kubeadm and the API server put into every new cluster (namespaces, default RBAC,
// controller ServiceAccounts, priority classes), from a recorded dump, without anything that belongs to that one cluster.
// Usage: node test/tools/cluster-defaults.mjs DUMP.json.gz > engine/cluster/defaults.data.json
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

const KINDS = new Set([
  'Namespace',
  'ServiceAccount',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
  'PriorityClass',
])
const NAMESPACES = new Set(['default', 'kube-node-lease', 'kube-public', 'kube-system'])
const dump = JSON.parse(gunzipSync(readFileSync(process.argv[2])))
const items = dump.items
  .filter((o) => KINDS.has(o.kind))
  .filter((o) => NAMESPACES.has(o.metadata.namespace ?? (o.kind === 'Namespace' ? o.metadata.name : 'default')))
  .map(({ apiVersion, kind, metadata: { name, namespace, labels, annotations, generation }, ...rest }) => ({
    apiVersion,
    kind,
    metadata: { name, namespace, labels, annotations, generation },
    ...rest,
  }))
process.stdout.write(`[\n${items.map((o) => JSON.stringify(o)).join(',\n')}\n]\n`)
