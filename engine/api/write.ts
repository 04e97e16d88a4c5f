import { admitNamespace, admitPod } from './admission.ts'
import { serviceRanges } from './allocation.ts'
import { deepEqual } from './deep-equal.ts'
import type { Strategy } from './kinds/kind.ts'
import { kindsOf } from './kinds/kinds.ts'
import type { Kind } from './kinds/registry.ts'
import { trackUpdate } from './managed-fields.ts'
import type { GroupResource, KubeObject, ObjectMeta } from './object.ts'
import { typeOfKind } from './schema/schema.ts'
import { trackAddresses } from './service-addresses.ts'
import { allocateService, prepareService } from './service-write.ts'
import {
  alreadyExists,
  conflict,
  type FieldError,
  invalidObject,
  notEmulatedStatus,
  notFound,
  OPTIMISTIC_LOCK,
  pathNotFound,
  unclassified,
} from './status.ts'
import { timestamp } from './time.ts'
import { validateMeta, validateMetaUpdate } from './validation/meta.ts'
import type { WriteContext, WriteOptions } from './write-context.ts'

export type { WriteContext, WriteOptions } from './write-context.ts'

interface Writable {
  readonly kind: Kind
  readonly strategy: Strategy
}

/** The kind behind a store key, if objects of it can be written here. */
export function writable(context: Pick<WriteContext, 'store'>, resource: GroupResource): Writable {
  const kind = kindsOf(context.store).ofKey(resource)
  if (kind === undefined) throw pathNotFound()
  const strategy = kind.descriptor?.strategy
  if (strategy === undefined) throw notEmulatedStatus(`writing ${resource}`)
  return { kind, strategy }
}

function check(context: WriteContext, kind: Kind, object: KubeObject, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalidObject(kind, object.metadata.name ?? '', errors, context.minor)
}

/** Where the kind has a spec, every object has one: in Go it is no pointer. */
function withSpec(kind: Kind, object: KubeObject): KubeObject {
  if (object.spec !== undefined && object.spec !== null) return object
  return typeOfKind(kind.apiVersion, kind.kind)?.fields.spec === undefined ? object : { ...object, spec: {} }
}

/** names.SimpleNameGenerator: the prefix, cut to 58, and five random characters. */
function generated(context: WriteContext, meta: ObjectMeta): string {
  return meta.name || !meta.generateName ? meta.name : `${meta.generateName.slice(0, 58)}${context.dice.suffix(5)}`
}

function without<T extends object>(value: T, names: readonly string[]): T {
  return Object.fromEntries(Object.entries(value).filter(([k, v]) => !names.includes(k) && v !== undefined)) as T
}

/**
 * Creates an object the way the registry does: defaults, admission, allocation, validation, then the store.
 * Throws StatusError. Returns what was stored (or would be, with dryRun).
 */
export function createObject(
  context: WriteContext,
  resource: GroupResource,
  given: KubeObject,
  options: WriteOptions = {},
): KubeObject {
  const { kind, strategy } = writable(context, resource)
  if (given.metadata.resourceVersion && given.metadata.resourceVersion !== '0') {
    throw unclassified('resourceVersion should not be set on objects to be created')
  }
  let object: KubeObject = { ...given, apiVersion: kind.apiVersion, kind: kind.kind }
  const name = generated(context, given.metadata)
  const system = ['resourceVersion', 'selfLink', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'generation', 'managedFields']
  object = {
    ...object,
    metadata: {
      ...without(given.metadata, system),
      name,
      uid: context.dice.uuid(),
      ...(counts(strategy, context) ? { generation: 1 } : {}),
      creationTimestamp: timestamp(context.clock.now),
    },
  }
  object = withSpec(kind, object)
  object = strategy.defaults?.(object) ?? object
  // fields belong to whoever sent them: what admission and allocation add later is nobody's
  object = trackUpdate(context, undefined, object, options)
  admitNamespace(context, kind, object)
  if (resource === 'pods') object = admitPod(context, object)
  if (strategy.status === true) object = without(object, ['status'])
  if (strategy.initialStatus !== undefined) object = { ...object, status: strategy.initialStatus }
  object = strategy.prepareCreate?.(object) ?? object
  if (resource === 'services') object = prepareService(object)
  check(context, kind, object, [...validateMeta(object, kind.namespaced, strategy.name), ...(strategy.validate?.(object) ?? [])])
  if (resource === 'services') object = allocateService(allocation(context), object)
  if (context.store.get(resource, object.metadata.namespace, name) !== undefined) throw alreadyExists(kind, name)
  if (options.dryRun) return object
  const stored = context.store.put(resource, object)
  if (resource === 'services') trackAddresses(context, undefined, stored)
  return stored
}

function allocation(context: WriteContext) {
  return {
    store: context.store,
    dice: context.dice,
    minor: context.minor,
    ranges: serviceRanges(context.store, context.serviceCIDR),
  }
}

/** What an ordinary update may not touch, and what a status update may not. */
function merged(strategy: Strategy, given: KubeObject, old: KubeObject, options: WriteOptions): KubeObject {
  const { metadata } = given
  const kept: ObjectMeta = {
    ...without(metadata, ['deletionTimestamp', 'deletionGracePeriodSeconds', 'generation', 'selfLink', 'managedFields']),
    name: old.metadata.name,
    namespace: old.metadata.namespace,
    uid: metadata.uid ?? old.metadata.uid,
    creationTimestamp: metadata.creationTimestamp ?? old.metadata.creationTimestamp,
    resourceVersion: old.metadata.resourceVersion,
    generateName: metadata.generateName ?? old.metadata.generateName,
    generation: old.metadata.generation,
    deletionTimestamp: old.metadata.deletionTimestamp,
    deletionGracePeriodSeconds: old.metadata.deletionGracePeriodSeconds,
    managedFields: old.metadata.managedFields,
  }
  const meta = without(kept, [])
  if (options.subresource === 'status') return { ...old, metadata: meta, status: given.status }
  const object: KubeObject = { ...given, apiVersion: old.apiVersion, kind: old.kind, metadata: meta }
  if (strategy.status === true || strategy.initialStatus !== undefined) {
    const { status: _status, ...rest } = object
    return old.status === undefined ? (rest as KubeObject) : { ...(rest as KubeObject), status: old.status }
  }
  return object
}

function counts(strategy: Strategy, { minor }: WriteContext): boolean {
  return strategy.generation !== undefined && minor >= (strategy.generationSince ?? 0)
}

function bump(context: WriteContext, strategy: Strategy, object: KubeObject, old: KubeObject): KubeObject {
  if (strategy.generation === undefined || !counts(strategy, context)) return object
  const content = (o: KubeObject) => ({ ...o, metadata: undefined, status: undefined })
  const changed =
    !deepEqual(content(object), content(old)) ||
    strategy.generation.some((part) => !deepEqual(object.metadata[part] ?? {}, old.metadata[part] ?? {}))
  return changed ? { ...object, metadata: { ...object.metadata, generation: (old.metadata.generation ?? 0) + 1 } } : object
}

/** A finished deletion: nothing holds the object back any longer. */
function released(object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata
  if (deletionTimestamp === undefined || (finalizers ?? []).length > 0) return false
  if (object.kind === 'Namespace' && object.apiVersion === 'v1' && (object.spec?.finalizers ?? []).length > 0) return false
  return (deletionGracePeriodSeconds ?? 0) === 0
}

/**
 * Replaces an object (or with subresource "status" its status). A resourceVersion in `given` must be the newest one.
 * A change of nothing writes nothing. Throws StatusError.
 */
export function updateObject(
  context: WriteContext,
  resource: GroupResource,
  given: KubeObject,
  options: WriteOptions = {},
): KubeObject {
  const { kind, strategy } = writable(context, resource)
  const { namespace, name, resourceVersion, uid } = given.metadata
  const old = context.store.get(resource, namespace, name)
  if (old === undefined) {
    if (strategy.createOnUpdate === true && options.subresource === undefined && !resourceVersion)
      return createObject(context, resource, given, options)
    throw notFound(kind, name)
  }
  if (uid !== undefined && uid !== old.metadata.uid) {
    throw conflict(kind, name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`)
  }
  if (resourceVersion && resourceVersion !== old.metadata.resourceVersion) throw conflict(kind, name, OPTIMISTIC_LOCK)
  const whole = withSpec(kind, given)
  const wanted = options.subresource === undefined ? (strategy.defaults?.(whole) ?? whole) : given
  let object = trackUpdate(context, old, merged(strategy, wanted, old, options), options)
  if (options.subresource === undefined) {
    object = strategy.prepareUpdate?.(object, old) ?? object
    if (resource === 'services') object = prepareService(object, old)
  }
  // A status write never counts, even where it carries annotations along (deploymentStatusStrategy).
  if (options.subresource === undefined) object = bump(context, strategy, object, old)
  check(context, kind, object, [
    ...validateMetaUpdate(object, old),
    ...validateMeta(object, kind.namespaced, strategy.name),
    ...(options.subresource === undefined ? (strategy.validateUpdate?.(object, old) ?? strategy.validate?.(object) ?? []) : []),
  ])
  if (resource === 'services' && options.subresource === undefined) object = allocateService(allocation(context), object, old)
  return commit(context, resource, object, old, options)
}

function unmanaged(object: KubeObject): object {
  const { managedFields: _fields, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** Takes an object out of the store, with what it had allocated. */
export function removeObject(context: WriteContext, resource: GroupResource, object: KubeObject): void {
  context.store.remove(resource, object.metadata.namespace, object.metadata.name)
  if (resource === 'services') trackAddresses(context, object, undefined)
}

/** Stores a changed object, unless nothing changed or its deletion is now complete. */
export function commit(
  context: WriteContext,
  resource: GroupResource,
  object: KubeObject,
  old: KubeObject,
  options: WriteOptions,
): KubeObject {
  if (released(object)) {
    if (!options.dryRun) removeObject(context, resource, object)
    return object
  }
  if (deepEqual(unmanaged(object), unmanaged(old))) return old
  if (options.dryRun) return object
  const stored = context.store.put(resource, object)
  if (resource === 'services') trackAddresses(context, old, stored)
  return stored
}

/** Namespace /finalize: only spec.finalizers changes. */
export function finalizeNamespace(context: WriteContext, given: KubeObject, options: WriteOptions = {}): KubeObject {
  const old = context.store.get('namespaces', undefined, given.metadata.name)
  if (old === undefined) throw notFound({ group: '', resource: 'namespaces' }, given.metadata.name)
  const finalizers: readonly string[] = given.spec?.finalizers ?? []
  const spec = finalizers.length > 0 ? { ...old.spec, finalizers } : without(old.spec, ['finalizers'])
  return commit(context, 'namespaces', { ...old, spec }, old, options)
}

/** pods/binding: the scheduler's decision, and the condition that says so; neither is a change of the pod's generation. */
export function bindPod(
  context: WriteContext,
  namespace: string,
  name: string,
  node: string,
  options: WriteOptions = {},
): KubeObject {
  const old = context.store.get('pods', namespace, name)
  const kind = { group: '', resource: 'pods' }
  if (old === undefined) throw notFound(kind, name)
  const cannot = (why: string) => conflict({ group: '', resource: 'pods/binding' }, name, why)
  if (old.metadata.deletionTimestamp !== undefined) throw cannot(`pod ${name} is being deleted, cannot be assigned to a host`)
  if (old.spec.nodeName) throw cannot(`pod ${name} is already assigned to node "${old.spec.nodeName}"`)
  const others = (old.status?.conditions ?? []).filter((c: { type: string }) => c.type !== 'PodScheduled')
  const scheduled = {
    type: 'PodScheduled',
    ...(context.minor >= OBSERVED_GENERATION ? { observedGeneration: old.metadata.generation } : {}),
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: timestamp(context.clock.now),
  }
  const bound = { ...old, spec: { ...old.spec, nodeName: node }, status: { ...old.status, conditions: [...others, scheduled] } }
  return commit(context, 'pods', bound, old, options)
}

/** The minor version whose pod conditions say which generation they observed (PodObservedGenerationTracking on by default). */
const OBSERVED_GENERATION = 34
