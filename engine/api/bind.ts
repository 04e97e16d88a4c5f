import type { KubeObject } from './object.ts'
import { conflict, notFound } from './status.ts'
import { timestamp } from './time.ts'
import { commit } from './write.ts'
import type { WriteContext, WriteOptions } from './write-context.ts'

/** Labels of a node that its pods get too, from v1.35 on (admission plugin PodTopologyLabels). */
const TOPOLOGY = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region']
const TOPOLOGY_SINCE = 35

function topology({ store, minor }: WriteContext, node: string): Record<string, string> {
  const labels = minor < TOPOLOGY_SINCE ? undefined : store.get('nodes', undefined, node)?.metadata.labels
  return Object.fromEntries(TOPOLOGY.filter((key) => labels?.[key] !== undefined).map((key) => [key, labels?.[key] as string]))
}

/** pods/binding: the scheduler's decision, and the condition that says so; neither is a change of the pod's generation. */
export function bindPod(
  context: WriteContext,
  namespace: string,
  name: string,
  node: string,
  options: WriteOptions = {},
): KubeObject {
  const old = context.store.get('pods', namespace, name)
  const kind = { group: '', resource: 'pods' }
  if (old === undefined) throw notFound(kind, name)
  const cannot = (why: string) => conflict({ group: '', resource: 'pods/binding' }, name, why)
  if (old.metadata.deletionTimestamp !== undefined) throw cannot(`pod ${name} is being deleted, cannot be assigned to a host`)
  if (old.spec.nodeName) throw cannot(`pod ${name} is already assigned to node "${old.spec.nodeName}"`)
  if ((old.spec.schedulingGates ?? []).length > 0) throw cannot(`pod ${name} has non-empty .spec.schedulingGates`)
  const others = (old.status?.conditions ?? []).filter((c: { type: string }) => c.type !== 'PodScheduled')
  const scheduled = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: timestamp(context.clock.now),
  }
  const { nominatedNodeName: _nominated, ...status } = old.status ?? {}
  const labels = topology(context, node)
  const metadata =
    Object.keys(labels).length === 0 ? old.metadata : { ...old.metadata, labels: { ...old.metadata.labels, ...labels } }
  const bound = {
    ...old,
    metadata,
    spec: { ...old.spec, nodeName: node },
    status: { ...status, conditions: [...others, scheduled] },
  }
  return commit(context, 'pods', bound, old, options)
}
