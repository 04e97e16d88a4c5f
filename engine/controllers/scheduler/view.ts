import type { KubeObject } from '../../api/object.ts'

/** What the scheduler sees beside the pod: taken once for each pod it looks at. */
export interface SchedulingView {
  readonly nodes: readonly KubeObject[]
  /** Pods that take up a node, by its name. */
  readonly onNode: (node: string) => readonly KubeObject[]
  readonly namespaceLabels: (name: string) => Readonly<Record<string, string>>
  readonly minor: number
}

/** Why a pod cannot go to a node, in the scheduler's words; `fixed` if other pods going away would not help. */
export interface Refusal {
  readonly reasons: readonly string[]
  readonly fixed: boolean
}

export type Filter = (pod: KubeObject, node: KubeObject, view: SchedulingView) => Refusal | undefined

/** A refusal that stands whoever leaves the node (UnschedulableAndUnresolvable). */
export const fixed = (...reasons: string[]): Refusal => ({ reasons, fixed: true })

/** A refusal that ends when the right pods leave. */
export const passing = (...reasons: string[]): Refusal => ({ reasons, fixed: false })
