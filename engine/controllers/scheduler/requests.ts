import type { KubeObject } from '../../api/object.ts'
import { quantity } from './quantity.ts'

/** What a pod asks a node for, by resource name: the sum of its containers, or an init container that asks for more. */
export function podRequests(pod: KubeObject): ReadonlyMap<string, number> {
  const total = new Map<string, number>()
  const of = (container: KubeObject[string]) => Object.entries((container.resources?.requests ?? {}) as Record<string, string>)
  for (const container of pod.spec.containers ?? []) {
    for (const [name, value] of of(container)) total.set(name, (total.get(name) ?? 0) + quantity(value))
  }
  for (const container of pod.spec.initContainers ?? []) {
    for (const [name, value] of of(container)) total.set(name, Math.max(total.get(name) ?? 0, quantity(value)))
  }
  for (const [name, value] of Object.entries((pod.spec.overhead ?? {}) as Record<string, string>)) {
    total.set(name, (total.get(name) ?? 0) + quantity(value))
  }
  return total
}

export function sumRequests(pods: readonly KubeObject[]): ReadonlyMap<string, number> {
  const total = new Map<string, number>()
  for (const pod of pods) for (const [name, value] of podRequests(pod)) total.set(name, (total.get(name) ?? 0) + value)
  return total
}
