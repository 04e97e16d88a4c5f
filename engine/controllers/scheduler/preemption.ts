import type { KubeObject } from '../../api/object.ts'
import { refuse } from './filters.ts'
import type { Refusal, SchedulingView } from './view.ts'

export const priorityOf = (pod: KubeObject): number => pod.spec.priority ?? 0

export interface Preemption {
  readonly node: KubeObject
  readonly victims: readonly KubeObject[]
}

/**
 * The node where the least has to go for the pod (plugins/defaultpreemption): every pod of a lower priority is thought away, then as
 * many as possible are let back, the most important first. Undefined where that helps nowhere.
 */
export function preemption(
  pod: KubeObject,
  view: SchedulingView,
  refusals: ReadonlyMap<string, Refusal>,
): Preemption | undefined {
  if (pod.spec.preemptionPolicy === 'Never') return undefined
  const found: Preemption[] = []
  for (const node of view.nodes) {
    const { name } = node.metadata
    if (refusals.get(name)?.fixed !== false) continue
    const here = view.onNode(name)
    const lower = here.filter((other) => priorityOf(other) < priorityOf(pod))
    const without = (gone: ReadonlySet<KubeObject>): SchedulingView => ({
      ...view,
      onNode: (n) => (n === name ? here.filter((other) => !gone.has(other)) : view.onNode(n)),
    })
    const gone = new Set(lower)
    if (lower.length === 0 || refuse(pod, node, without(gone)) !== undefined) continue
    for (const other of [...lower].sort((a, b) => priorityOf(b) - priorityOf(a))) {
      gone.delete(other)
      if (refuse(pod, node, without(gone)) !== undefined) gone.add(other)
    }
    found.push({ node, victims: [...gone] })
  }
  const highest = ({ victims }: Preemption) => Math.max(...victims.map(priorityOf))
  const total = ({ victims }: Preemption) => victims.reduce((sum, victim) => sum + priorityOf(victim), 0)
  return found.sort((a, b) => highest(a) - highest(b) || total(a) - total(b) || a.victims.length - b.victims.length)[0]
}
