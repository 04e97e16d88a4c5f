import { deepEqual } from '../deep-equal.ts'
import type { KubeObject } from '../object.ts'
import { forbidden } from '../status.ts'
import type { WriteRequest } from '../write-context.ts'

/** RuntimeClass: the class must be there; its overhead and where it can run are written into the pod. */
export function runtimeClass({ context, kind, operation, object: pod, options }: WriteRequest): KubeObject {
  if (kind.key !== 'pods' || operation !== 'CREATE' || options.subresource !== undefined || pod.spec === undefined) return pod
  const name: string | undefined = pod.spec.runtimeClassName
  if (name === undefined) return pod
  const refuse = (why: string) => forbidden(kind, pod.metadata.name ?? '', why)
  const found = context.store.get('runtimeclasses.node.k8s.io', undefined, name)
  if (found === undefined) throw refuse(`pod rejected: RuntimeClass ${JSON.stringify(name)} not found`)
  const spec = { ...pod.spec }
  const fixed = found.overhead?.podFixed
  if (found.overhead !== undefined) {
    if (Object.keys(spec.overhead ?? {}).length > 0 && !deepEqual(fixed, spec.overhead))
      throw refuse("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")
    if (fixed !== undefined) spec.overhead = fixed
  }
  const { nodeSelector, tolerations } = found.scheduling ?? {}
  for (const [key, value] of Object.entries((nodeSelector ?? {}) as Record<string, string>)) {
    const own = spec.nodeSelector?.[key]
    if (own !== undefined && own !== value)
      throw refuse(`conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`)
    spec.nodeSelector = { ...spec.nodeSelector, [key]: value }
  }
  const known: readonly unknown[] = spec.tolerations ?? []
  const more = ((tolerations ?? []) as readonly unknown[]).filter((t) => !known.some((k) => deepEqual(k, t)))
  if (more.length > 0) spec.tolerations = [...known, ...more]
  return { ...pod, spec }
}

/** Overhead belongs to the class alone. */
export function checkOverhead({ kind, operation, object: pod, context, options }: WriteRequest): void {
  if (kind.key !== 'pods' || operation !== 'CREATE' || options.subresource !== undefined) return
  const name: string | undefined = pod.spec?.runtimeClassName
  const found = name === undefined ? undefined : context.store.get('runtimeclasses.node.k8s.io', undefined, name)
  if (found?.overhead !== undefined || pod.spec?.overhead === undefined) return
  const words = 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead'
  throw forbidden(kind, pod.metadata.name ?? '', words)
}
