import type { KubeObject } from '../../api/object.ts'
import { matchesNode } from '../scheduler/node-affinity.ts'
import { taintsOf, tolerates } from '../scheduler/tolerations.ts'

const node = (condition: string, effect: string) => ({ key: `node.kubernetes.io/${condition}`, operator: 'Exists', effect })
/** What daemon pods put up with (pkg/controller/daemon/util, AddOrUpdateDaemonPodTolerations). */
const TOLERATIONS = [
  node('not-ready', 'NoExecute'),
  node('unreachable', 'NoExecute'),
  node('disk-pressure', 'NoSchedule'),
  node('memory-pressure', 'NoSchedule'),
  node('pid-pressure', 'NoSchedule'),
  node('unschedulable', 'NoSchedule'),
]

/** The tolerations that daemon pods get beside their own. */
export function tolerationsOf(ds: KubeObject) {
  const network = ds.spec.template.spec.hostNetwork === true ? [node('network-unavailable', 'NoSchedule')] : []
  return [...TOLERATIONS, ...network]
}

export interface NodeFit {
  /** A pod shall be made there. */
  readonly run: boolean
  /** One that is there may stay: only a NoExecute taint drives it off. */
  readonly stay: boolean
}

/** NodeShouldRunDaemonPod. */
export function nodeFit(ds: KubeObject, n: KubeObject): NodeFit {
  const { spec } = ds.spec.template
  const pod = { ...ds, spec: { ...spec, tolerations: [...(spec.tolerations ?? []), ...tolerationsOf(ds)] } }
  if ((spec.nodeName && spec.nodeName !== n.metadata.name) || !matchesNode(pod, n)) return { run: false, stay: false }
  const bad = taintsOf(n).filter((taint) => taint.effect !== 'PreferNoSchedule' && !tolerates(pod, taint))
  return { run: bad.length === 0, stay: bad.every((taint) => taint.effect !== 'NoExecute') }
}

/** The node a daemon pod runs on, or is meant for. */
export function placeOf(pod: KubeObject): string | undefined {
  if (pod.spec.nodeName) return pod.spec.nodeName
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  return terms[0]?.matchFields?.[0]?.values?.[0]
}

/** The template's affinity with its node terms narrowed to one node (ReplaceDaemonSetPodNodeNameNodeAffinity). */
export function pinned(affinity: KubeObject[string], nodeName: string): KubeObject[string] {
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [nodeName] }]
  const required = { nodeSelectorTerms: [{ matchFields }] }
  return {
    ...affinity,
    nodeAffinity: { ...affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: required },
  }
}
