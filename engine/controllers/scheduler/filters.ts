import type { KubeObject } from '../../api/object.ts'
import { quantity } from './quantity.ts'
import { podRequests, sumRequests } from './requests.ts'
import { type Taint, taintsOf, tolerates } from './tolerations.ts'

/** Why a pod cannot go to a node, in the scheduler's words. */
export type Filter = (pod: KubeObject, node: KubeObject, onNode: readonly KubeObject[], minor: number) => readonly string[]

const UNSCHEDULABLE: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }

const nodeUnschedulable: Filter = (pod, node) =>
  node.spec?.unschedulable === true && !tolerates(pod, UNSCHEDULABLE) ? ['node(s) were unschedulable'] : []

const nodeName: Filter = (pod, node) =>
  pod.spec.nodeName && pod.spec.nodeName !== node.metadata.name ? ["node(s) didn't match the requested node name"] : []

const taintToleration: Filter = (pod, node, _pods, minor) => {
  const bad = taintsOf(node).find((t) => (t.effect === 'NoSchedule' || t.effect === 'NoExecute') && !tolerates(pod, t))
  if (bad === undefined) return []
  // Names and values of taints left the message with 1.35.
  return [minor >= 35 ? 'node(s) had untolerated taint(s)' : `node(s) had untolerated taint {${bad.key}: ${bad.value ?? ''}}`]
}

interface Expression {
  readonly key: string
  readonly operator: string
  readonly values?: readonly string[]
}

function fits({ key, operator, values = [] }: Expression, have: Readonly<Record<string, string>>): boolean {
  const value = have[key]
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return Number(value) > Number(values[0])
    case 'Lt':
      return Number(value) < Number(values[0])
    default:
      return false
  }
}

/** Whether the node is one that the pod's nodeSelector and required node affinity allow. */
export function matchesNode(pod: KubeObject, node: KubeObject): boolean {
  const labels = node.metadata.labels ?? {}
  for (const [key, value] of Object.entries((pod.spec.nodeSelector ?? {}) as Record<string, string>)) {
    if (labels[key] !== value) return false
  }
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms as
    | readonly { matchExpressions?: readonly Expression[]; matchFields?: readonly Expression[] }[]
    | undefined
  if (terms === undefined) return true
  const fields = { 'metadata.name': node.metadata.name }
  return terms.some(({ matchExpressions = [], matchFields = [] }) => {
    if (matchExpressions.length + matchFields.length === 0) return false
    return matchExpressions.every((e) => fits(e, labels)) && matchFields.every((e) => fits(e, fields))
  })
}

const nodeAffinity: Filter = (pod, node) => (matchesNode(pod, node) ? [] : ["node(s) didn't match Pod's node affinity/selector"])

const nodePorts: Filter = (pod, _node, onNode) => {
  const ports = (p: KubeObject) =>
    ((p.spec.containers ?? []) as { ports?: { hostPort?: number; protocol?: string; hostIP?: string }[] }[]).flatMap((c) =>
      (c.ports ?? []).filter((port) => port.hostPort).map((port) => `${port.protocol ?? 'TCP'}/${port.hostPort}`),
    )
  const taken = new Set(onNode.flatMap(ports))
  return ports(pod).some((port) => taken.has(port)) ? ["node(s) didn't have free ports for the requested pod ports"] : []
}

const nodeResources: Filter = (pod, node, onNode) => {
  const allocatable = (node.status?.allocatable ?? node.status?.capacity ?? {}) as Record<string, string>
  const reasons: string[] = []
  const { pods: room } = allocatable
  if (room !== undefined && onNode.length + 1 > quantity(room)) reasons.push('Too many pods')
  const used = sumRequests(onNode)
  for (const [name, wanted] of podRequests(pod)) {
    if (wanted === 0 || allocatable[name] === undefined) continue
    if (wanted + (used.get(name) ?? 0) > quantity(allocatable[name])) reasons.push(`Insufficient ${name}`)
  }
  return reasons
}

/** In the order of the default plugins; the first that objects decides. */
const FILTERS: readonly Filter[] = [nodeUnschedulable, nodeName, taintToleration, nodeAffinity, nodePorts, nodeResources]

export const refuse: Filter = (pod, node, onNode, minor) => {
  for (const filter of FILTERS) {
    const reasons = filter(pod, node, onNode, minor)
    if (reasons.length > 0) return reasons
  }
  return []
}
