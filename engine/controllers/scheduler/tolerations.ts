import type { KubeObject } from '../../api/object.ts'

export interface Taint {
  readonly key: string
  readonly value?: string
  readonly effect: string
}

interface Toleration {
  readonly key?: string
  readonly operator?: string
  readonly value?: string
  readonly effect?: string
}

export function taintsOf(node: KubeObject): readonly Taint[] {
  return node.spec?.taints ?? []
}

/** v1.Toleration.ToleratesTaint */
export function tolerates(pod: KubeObject, taint: Taint): boolean {
  return ((pod.spec.tolerations ?? []) as Toleration[]).some(({ key, operator = 'Equal', value = '', effect }) => {
    if (effect && effect !== taint.effect) return false
    if (key && key !== taint.key) return false
    if (operator === 'Exists') return true
    return Boolean(key) && value === (taint.value ?? '')
  })
}
