import type { KubeObject } from '../../api/object.ts'
import { matchesSelector } from '../../api/selectors.ts'
import { type Filter, fixed, passing, type SchedulingView } from './view.ts'

interface Term {
  readonly labelSelector?: KubeObject[string]
  readonly namespaceSelector?: KubeObject[string]
  readonly namespaces?: readonly string[]
  readonly topologyKey: string
}

function terms(pod: KubeObject, kind: 'podAffinity' | 'podAntiAffinity'): readonly Term[] {
  return pod.spec.affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? []
}

/** Whether a term of `owner`'s speaks of `other`. */
function concerns(term: Term, owner: KubeObject, other: KubeObject, view: SchedulingView): boolean {
  const { namespaces = [], namespaceSelector, labelSelector } = term
  const { namespace = 'default' } = other.metadata
  const isNamed = namespaces.includes(namespace)
  const isChosen =
    namespaceSelector !== undefined &&
    namespaceSelector !== null &&
    matchesSelector(namespaceSelector, view.namespaceLabels(namespace))
  const isOwn = namespaces.length === 0 && !namespaceSelector && namespace === owner.metadata.namespace
  if (!isNamed && !isChosen && !isOwn) return false
  return labelSelector !== undefined && labelSelector !== null && matchesSelector(labelSelector, other.metadata.labels)
}

/** Pods of the nodes that share the node's value of a topology key. */
function neighbours(key: string, node: KubeObject, view: SchedulingView): readonly KubeObject[] {
  const value = node.metadata.labels?.[key]
  if (value === undefined) return []
  return view.nodes.filter((n) => n.metadata.labels?.[key] === value).flatMap((n) => view.onNode(n.metadata.name))
}

/** InterPodAffinity (pkg/scheduler/framework/plugins/interpodaffinity/filtering.go). */
export const interPodAffinity: Filter = (pod, node, view) => {
  const affinity = terms(pod, 'podAffinity')
  const found = affinity.map((term) => neighbours(term.topologyKey, node, view).some((other) => concerns(term, pod, other, view)))
  const hasKeys = affinity.every((term) => node.metadata.labels?.[term.topologyKey] !== undefined)
  if (!hasKeys || !found.every(Boolean)) {
    // The first pod of a group that wants to be together may go anywhere.
    const everybody = view.nodes.flatMap((n) => view.onNode(n.metadata.name))
    const isFirst =
      affinity.every((term) => concerns(term, pod, pod, view)) &&
      !everybody.some((other) => affinity.every((term) => concerns(term, pod, other, view)))
    if (!hasKeys || !isFirst) return fixed("node(s) didn't match pod affinity rules")
  }
  for (const term of terms(pod, 'podAntiAffinity'))
    if (neighbours(term.topologyKey, node, view).some((other) => concerns(term, pod, other, view)))
      return passing("node(s) didn't match pod anti-affinity rules")
  const minds = view.nodes
    .flatMap((n) => view.onNode(n.metadata.name).map((other) => ({ other, n })))
    .some(({ other, n }) =>
      terms(other, 'podAntiAffinity').some((term) => {
        const value = node.metadata.labels?.[term.topologyKey]
        return value !== undefined && n.metadata.labels?.[term.topologyKey] === value && concerns(term, other, pod, view)
      }),
    )
  return minds ? passing("node(s) didn't satisfy existing pods anti-affinity rules") : undefined
}
