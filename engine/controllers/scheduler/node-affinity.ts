import type { KubeObject } from '../../api/object.ts'

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

/** How much a pod prefers the node: the weights of its preferred terms that fit. */
export function nodePreference(pod: KubeObject, node: KubeObject): number {
  const preferred = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
  let sum = 0
  for (const { weight, preference } of preferred) {
    const nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [preference] } }
    if (matchesNode({ ...pod, spec: { affinity: { nodeAffinity } } }, node)) sum += weight
  }
  return sum
}
