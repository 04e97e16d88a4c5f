import type { KubeObject } from './object.ts'
import { conflict, notFound } from './status.ts'
import { timestamp } from './time.ts'
import { commit } from './write.ts'
import type { WriteContext, WriteOptions } from './write-context.ts'

/** The minor version whose pod conditions say which generation they observed (PodObservedGenerationTracking on by default). */
const OBSERVED_GENERATION = 34

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
  const others = (old.status?.conditions ?? []).filter((c: { type: string }) => c.type !== 'PodScheduled')
  const scheduled = {
    type: 'PodScheduled',
    ...(context.minor >= OBSERVED_GENERATION ? { observedGeneration: old.metadata.generation } : {}),
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: timestamp(context.clock.now),
  }
  const bound = { ...old, spec: { ...old.spec, nodeName: node }, status: { ...old.status, conditions: [...others, scheduled] } }
  return commit(context, 'pods', bound, old, options)
}
