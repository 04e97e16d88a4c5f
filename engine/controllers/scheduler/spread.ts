import type { KubeObject } from '../../api/object.ts'
import { matchesSelector } from '../../api/selectors.ts'
import { matchesNode } from './node-affinity.ts'
import { taintsOf, tolerates } from './tolerations.ts'
import { type Filter, fixed, passing, type SchedulingView } from './view.ts'

interface Constraint {
  readonly maxSkew: number
  readonly topologyKey: string
  readonly whenUnsatisfiable: string
  readonly labelSelector?: KubeObject[string]
  readonly minDomains?: number
  readonly nodeAffinityPolicy?: string
  readonly nodeTaintsPolicy?: string
  readonly matchLabelKeys?: readonly string[]
}

const WORDS = "node(s) didn't match pod topology spread constraints"

function counts(pod: KubeObject, constraint: Constraint, other: KubeObject): boolean {
  if (other.metadata.namespace !== pod.metadata.namespace || other.metadata.deletionTimestamp !== undefined) return false
  const same = (constraint.matchLabelKeys ?? []).every((key) => other.metadata.labels?.[key] === pod.metadata.labels?.[key])
  return same && constraint.labelSelector !== undefined && matchesSelector(constraint.labelSelector, other.metadata.labels)
}

/** Nodes that a constraint counts: those the pod could go to by affinity, and by taints if it says so. */
function included(pod: KubeObject, constraint: Constraint, node: KubeObject): boolean {
  if (constraint.nodeAffinityPolicy !== 'Ignore' && !matchesNode(pod, node)) return false
  if (constraint.nodeTaintsPolicy !== 'Honor') return true
  return taintsOf(node).every((taint) => taint.effect === 'PreferNoSchedule' || tolerates(pod, taint))
}

/** PodTopologySpread for constraints that must hold (plugins/podtopologyspread/filtering.go). */
export const topologySpread: Filter = (pod, node, view: SchedulingView) => {
  const constraints: readonly Constraint[] = pod.spec.topologySpreadConstraints ?? []
  const hard = constraints.filter((c) => c.whenUnsatisfiable === 'DoNotSchedule')
  const hasKeys = (n: KubeObject) => hard.every((c) => n.metadata.labels?.[c.topologyKey] !== undefined)
  for (const constraint of hard) {
    const { topologyKey, maxSkew, minDomains = 1 } = constraint
    const own = node.metadata.labels?.[topologyKey]
    if (own === undefined) return fixed(`${WORDS} (missing required label)`)
    const domains = new Map<string, number>()
    for (const n of view.nodes) {
      const value = n.metadata.labels?.[topologyKey]
      if (value === undefined || !hasKeys(n) || !included(pod, constraint, n)) continue
      const here = view.onNode(n.metadata.name).filter((other) => counts(pod, constraint, other)).length
      domains.set(value, (domains.get(value) ?? 0) + here)
    }
    const least = domains.size < minDomains ? 0 : Math.min(...domains.values())
    const self = counts(pod, constraint, pod) ? 1 : 0
    if ((domains.get(own) ?? 0) + self - least > maxSkew) return passing(WORDS)
  }
  return undefined
}
