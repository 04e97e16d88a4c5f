// biome-ignore-all lint/suspicious/noExplicitAny: classes are open structures whose shape the schema checks
import type { KubeObject } from '../../object.ts'
import { duplicate, type FieldError, forbiddenField, invalid } from '../../status.ts'
import { complaints, IMMUTABLE, label, unsupported } from '../fields.ts'
import { qualifiedName, validateLabels } from '../names.ts'
import { containerResources } from '../pod/resources.ts'
import { validateTolerations } from '../pod/scheduling.ts'

const HIGHEST = 1000000000
const POLICIES = ['PreemptLowerPriority', 'Never']
const SYSTEM: Readonly<Record<string, number>> = {
  'system-node-critical': 2000001000,
  'system-cluster-critical': 2000000000,
}

/** IsKnownSystemPriorityClass: what is wrong with a class under a system name. */
function notSystem({ metadata, value = 0, globalDefault }: KubeObject): string | undefined {
  const known = SYSTEM[metadata.name]
  if (known === undefined) return `${metadata.name} is not a known system priority class`
  if (value !== known) return `value of ${metadata.name} PriorityClass must be ${known}`
  return globalDefault === true ? `globalDefault of ${metadata.name} PriorityClass must be false` : undefined
}

/** ValidatePriorityClass. */
export function validatePriorityClass(object: KubeObject): FieldError[] {
  const out: FieldError[] = []
  const { name } = object.metadata
  if (name?.startsWith('system-')) {
    const why = notSystem(object)
    const words = "priority class names with 'system-' prefix are reserved for system use only. error: "
    if (why !== undefined) out.push(forbiddenField('metadata.name', words + why))
  } else if ((object.value ?? 0) > HIGHEST) {
    out.push(forbiddenField('value', `maximum allowed value of a user defined priority is ${HIGHEST}`))
  }
  const policy = object.preemptionPolicy
  if (policy !== undefined && !POLICIES.includes(policy)) out.push(unsupported('preemptionPolicy', policy, POLICIES))
  return out
}

/** ValidatePriorityClassUpdate. */
export function validatePriorityClassUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const out: FieldError[] = []
  if ((object.value ?? 0) !== (old.value ?? 0)) out.push(forbiddenField('value', 'may not be changed in an update.'))
  if (object.preemptionPolicy !== old.preemptionPolicy)
    out.push(invalid('preemptionPolicy', object.preemptionPolicy ?? null, IMMUTABLE))
  return out
}

/** ValidateRuntimeClass. */
export function validateRuntimeClass(object: KubeObject): FieldError[] {
  const out = label(object.handler ?? '', 'handler')
  if (object.overhead !== undefined) out.push(...containerResources({ limits: object.overhead.podFixed ?? {} }, 'overhead', []))
  const { nodeSelector, tolerations = [] } = object.scheduling ?? {}
  out.push(...validateLabels(nodeSelector, 'scheduling.nodeSelector'))
  out.push(...validateTolerations(tolerations, 'scheduling.tolerations'))
  const seen = new Set<string>()
  for (const [i, t] of (tolerations as readonly any[]).entries()) {
    const key = JSON.stringify([t.key, t.operator, t.value, t.effect])
    const shown = {
      Key: t.key ?? '',
      Operator: t.operator ?? '',
      Value: t.value ?? '',
      Effect: t.effect ?? '',
      TolerationSeconds: t.tolerationSeconds ?? null,
    }
    if (seen.has(key)) out.push(duplicate(`scheduling.tolerations[${i}]`, shown))
    seen.add(key)
  }
  return out
}

export function validateRuntimeClassUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const out = validateRuntimeClass(object)
  return object.handler === old.handler ? out : [...out, invalid('handler', object.handler ?? '', IMMUTABLE)]
}

/** ValidateLeaseSpec; strategy and preferredHolder are dropped, their feature being off. */
export function validateLease(object: KubeObject): FieldError[] {
  const { leaseDurationSeconds: duration, leaseTransitions: transitions } = object.spec ?? {}
  return [
    ...(duration <= 0 ? [invalid('spec.leaseDurationSeconds', duration, 'must be greater than 0')] : []),
    ...(transitions < 0 ? [invalid('spec.leaseTransitions', transitions, 'must be greater than or equal to 0')] : []),
  ]
}

const STANDARD = ['kubernetes', 'orphan', 'foregroundDeletion']

/** validateFinalizerName of a namespace's spec. */
export function validateNamespace(object: KubeObject): FieldError[] {
  return (object.spec?.finalizers ?? []).flatMap((f: string) => [
    ...complaints('spec.finalizers', f, qualifiedName(f)),
    ...(f.includes('/') || STANDARD.includes(f)
      ? []
      : [invalid('spec.finalizers', f, 'name is neither a standard finalizer name nor is it fully qualified')]),
  ])
}

export function validateNamespaceStatus(object: KubeObject): FieldError[] {
  const phase = object.status?.phase ?? ''
  const going = object.metadata.deletionTimestamp !== undefined
  if (phase === (going ? 'Terminating' : 'Active')) return []
  const words = going
    ? "may only be 'Terminating' if `deletionTimestamp` is not empty"
    : "may only be 'Active' if `deletionTimestamp` is empty"
  return [invalid('status.Phase', phase, words)]
}
