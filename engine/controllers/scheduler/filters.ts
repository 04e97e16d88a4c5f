import type { KubeObject } from '../../api/object.ts'
import { matchesNode } from './node-affinity.ts'
import { interPodAffinity } from './pod-affinity.ts'
import { quantity } from './quantity.ts'
import { podRequests, sumRequests } from './requests.ts'
import { topologySpread } from './spread.ts'
import { type Taint, taintsOf, tolerates } from './tolerations.ts'
import { type Filter, fixed, passing, type Refusal } from './view.ts'

const UNSCHEDULABLE: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }

const nodeUnschedulable: Filter = (pod, node) =>
  node.spec?.unschedulable === true && !tolerates(pod, UNSCHEDULABLE) ? fixed('node(s) were unschedulable') : undefined

const nodeName: Filter = (pod, node) =>
  pod.spec.nodeName && pod.spec.nodeName !== node.metadata.name
    ? fixed("node(s) didn't match the requested node name")
    : undefined

const taintToleration: Filter = (pod, node, { minor }) => {
  const bad = taintsOf(node).find((t) => (t.effect === 'NoSchedule' || t.effect === 'NoExecute') && !tolerates(pod, t))
  if (bad === undefined) return undefined
  // Names and values of taints left the message with 1.35.
  return fixed(
    minor >= 35 ? 'node(s) had untolerated taint(s)' : `node(s) had untolerated taint {${bad.key}: ${bad.value ?? ''}}`,
  )
}

const nodeAffinity: Filter = (pod, node) =>
  matchesNode(pod, node) ? undefined : fixed("node(s) didn't match Pod's node affinity/selector")

interface HostPort {
  readonly hostPort?: number
  readonly protocol?: string
  readonly hostIP?: string
}

const nodePorts: Filter = (pod, node, view) => {
  const ports = (p: KubeObject) =>
    ((p.spec.containers ?? []) as { ports?: readonly HostPort[] }[]).flatMap((c) =>
      (c.ports ?? []).filter((port) => port.hostPort),
    )
  const isAny = (ip: string | undefined) => !ip || ip === '0.0.0.0'
  const collide = (a: HostPort, b: HostPort) =>
    a.hostPort === b.hostPort &&
    (a.protocol ?? 'TCP') === (b.protocol ?? 'TCP') &&
    (isAny(a.hostIP) || isAny(b.hostIP) || a.hostIP === b.hostIP)
  const taken = view.onNode(node.metadata.name).flatMap(ports)
  const isTaken = ports(pod).some((port) => taken.some((other) => collide(port, other)))
  return isTaken ? passing("node(s) didn't have free ports for the requested pod ports") : undefined
}

const nodeResources: Filter = (pod, node, view) => {
  const onNode = view.onNode(node.metadata.name)
  const allocatable = (node.status?.allocatable ?? node.status?.capacity ?? {}) as Record<string, string>
  const reasons: string[] = []
  let isFixed = false
  const { pods: room } = allocatable
  if (room !== undefined && onNode.length + 1 > quantity(room)) reasons.push('Too many pods')
  const used = sumRequests(onNode)
  for (const [name, wanted] of podRequests(pod)) {
    const isOwn = ['cpu', 'memory', 'ephemeral-storage'].includes(name)
    if (wanted === 0 || (isOwn && allocatable[name] === undefined)) continue
    const have = quantity(allocatable[name] ?? '0')
    if (wanted + (used.get(name) ?? 0) <= have) continue
    reasons.push(`Insufficient ${name}`)
    if (wanted > have) isFixed = true
  }
  return reasons.length === 0 ? undefined : { reasons, fixed: isFixed }
}

/** The nodes that an affinity to names alone leaves; undefined if it asks for anything else (NodeAffinity, PreFilter). */
function namedNodes(pod: KubeObject): ReadonlySet<string> | undefined {
  const terms: readonly { matchFields?: readonly { key: string; operator: string; values?: readonly string[] }[] }[] | undefined =
    pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  if (terms === undefined || terms.length === 0) return undefined
  const names = new Set<string>()
  for (const { matchFields = [] } of terms) {
    const lists = matchFields.filter((f) => f.key === 'metadata.name' && f.operator === 'In').map((f) => f.values ?? [])
    if (lists.length === 0) return undefined
    const [first = [], ...rest] = lists
    for (const name of first) if (rest.every((list) => list.includes(name))) names.add(name)
  }
  return names
}

/** In the order of the default plugins; the first that objects decides. */
const FILTERS: readonly Filter[] = [
  nodeUnschedulable,
  nodeName,
  taintToleration,
  nodeAffinity,
  nodePorts,
  nodeResources,
  topologySpread,
  interPodAffinity,
]

export const refuse: Filter = (pod, node, view): Refusal | undefined => {
  const named = namedNodes(pod)
  if (named !== undefined && !named.has(node.metadata.name)) return fixed("node(s) didn't satisfy plugin(s) [NodeAffinity]")
  for (const filter of FILTERS) {
    const refusal = filter(pod, node, view)
    if (refusal !== undefined) return refusal
  }
  return undefined
}
