import type { KubeObject } from '../object.ts'
import type { WriteRequest } from '../write-context.ts'

interface Toleration {
  readonly key?: string
  readonly operator?: string
  readonly effect?: string
}

const NOT_READY = 'node.kubernetes.io/not-ready'

/** DefaultTolerationSeconds: five minutes on a node that is not ready or unreachable. */
export function tolerations({ kind, object: pod, options }: WriteRequest): KubeObject {
  if (kind.key !== 'pods' || options.subresource !== undefined || pod.spec === undefined) return pod
  const given: readonly Toleration[] = pod.spec.tolerations ?? []
  const covers = (key: string) => given.some((t) => (t.key === key || !t.key) && (t.effect === 'NoExecute' || !t.effect))
  const added = [NOT_READY, 'node.kubernetes.io/unreachable']
    .filter((key) => !covers(key))
    .map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }))
  return added.length === 0 ? pod : { ...pod, spec: { ...pod.spec, tolerations: [...given, ...added] } }
}

/** TaintNodesByCondition: a new node is not ready until its lifecycle controller has seen otherwise. */
export function notReady({ kind, operation, object: node, options }: WriteRequest): KubeObject {
  if (kind.key !== 'nodes' || operation !== 'CREATE' || options.subresource !== undefined) return node
  const taints: readonly { readonly key: string; readonly effect: string }[] = node.spec?.taints ?? []
  if (taints.some((t) => t.key === NOT_READY && t.effect === 'NoSchedule')) return node
  return { ...node, spec: { ...node.spec, taints: [...taints, { key: NOT_READY, effect: 'NoSchedule' }] } }
}
