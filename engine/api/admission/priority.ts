import type { KubeObject } from '../object.ts'
import { forbidden } from '../status.ts'
import type { WriteRequest } from '../write-context.ts'

const CLASSES = 'priorityclasses.scheduling.k8s.io'

/** Of several global defaults the lowest counts (getDefaultPriorityClass). */
function globalDefault({ context }: WriteRequest): KubeObject | undefined {
  const defaults = context.store.list(CLASSES).filter((c) => c.globalDefault === true)
  return defaults.reduce<KubeObject | undefined>((a, b) => (a === undefined || b.value < a.value ? b : a), undefined)
}

/** Priority: a class's value, or the global default's, or 0; a change keeps what was computed. */
export function priority(request: WriteRequest): KubeObject {
  const { context, kind, operation, object: pod, old, options } = request
  if (kind.key !== 'pods' || options.subresource !== undefined || pod.spec === undefined) return pod
  if (operation === 'UPDATE') {
    const spec = { ...pod.spec }
    for (const field of ['priority', 'preemptionPolicy'])
      if (spec[field] === undefined && old?.spec?.[field] !== undefined) spec[field] = old.spec[field]
    return { ...pod, spec }
  }
  const refuse = (why: string) => forbidden(kind, pod.metadata.name ?? '', why)
  const name: string = pod.spec.priorityClassName ?? ''
  const found = name === '' ? globalDefault(request) : context.store.get(CLASSES, undefined, name)
  if (name !== '' && found === undefined) throw refuse(`no PriorityClass with name ${name} was found`)
  const value: number = found?.value ?? 0
  const policy: string = found?.preemptionPolicy ?? 'PreemptLowerPriority'
  const computed = (what: string, given: unknown, result: unknown) =>
    `the ${what} (${given}) must not be provided in pod spec; priority admission controller computed ${result} from the given PriorityClass name`
  const { priority: given, preemptionPolicy: wanted } = pod.spec
  if (given !== undefined && given !== value) throw refuse(computed('integer value of priority', given, value))
  if (wanted !== undefined && wanted !== policy) throw refuse(computed('string value of PreemptionPolicy', wanted, policy))
  const spec = { ...pod.spec, priority: value, preemptionPolicy: policy }
  if (found !== undefined) spec.priorityClassName = found.metadata.name
  return { ...pod, spec }
}

/** Only one class may be the default of the cluster (validatePriorityClass). */
export function checkPriorityClass(request: WriteRequest): void {
  const { kind, operation, object } = request
  if (kind.key !== CLASSES || object.globalDefault !== true) return
  const other = globalDefault(request)
  if (other === undefined || (operation === 'UPDATE' && other.metadata.name === object.metadata.name)) return
  const words = `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`
  throw forbidden(kind, object.metadata.name, words)
}
