import { mutatingAdmission, validatingAdmission } from './admission.ts'
import { deepEqual } from './deep-equal.ts'
import type { Strategy } from './kinds/kind.ts'
import { kindsOf } from './kinds/kinds.ts'
import type { Kind } from './kinds/registry.ts'
import { trackUpdate, untimed } from './managed-fields.ts'
import type { GroupResource, KubeObject, ObjectMeta } from './object.ts'
import { typeNamed } from './schema/schema.ts'
import {
  conflict,
  type FieldError,
  invalid,
  invalidObject,
  notEmulatedStatus,
  notFound,
  OPTIMISTIC_LOCK,
  pathNotFound,
  unclassified,
} from './status.ts'
import { timestamp } from './time.ts'
import { validateMeta, validateMetaUpdate } from './validation/meta.ts'
import type { WriteContext, WriteOptions, WriteRequest } from './write-context.ts'
import { generated, ownersOnce, taken, uidMismatch, without } from './write-meta.ts'

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
  const type = kind.typeName === undefined || kind.custom ? undefined : typeNamed(kind.typeName)
  return type?.fields.spec === undefined ? object : { ...object, spec: {} }
}

const SYSTEM = ['resourceVersion', 'selfLink', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'generation', 'managedFields']

/** Where a kind counts no generations, a client's own number stays. */
const FREE = SYSTEM.filter((field) => field !== 'generation')

/**
 * Creates an object the way the registry does: defaults, admission, validation, allocation, then the store.
 * Throws StatusError. Returns what was stored (or would be, with dryRun).
 */
export function createObject(
  context: WriteContext,
  resource: GroupResource,
  given: KubeObject,
  options: WriteOptions = {},
): KubeObject {
  const { kind, strategy } = writable(context, resource)
  const { resourceVersion } = given.metadata
  // the store minds it, and a dry run does not get there
  if (resourceVersion && resourceVersion !== '0' && !options.dryRun) {
    throw unclassified('resourceVersion should not be set on objects to be created')
  }
  const name = generated(context, kind, given.metadata)
  let object: KubeObject = {
    ...given,
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata: {
      ...without(ownersOnce(given.metadata, options), counts(strategy, context) ? SYSTEM : FREE),
      name,
      uid: context.dice.uuid(),
      ...(options.dryRun && resourceVersion ? { resourceVersion } : {}),
      ...(counts(strategy, context) ? { generation: 1 } : {}),
      creationTimestamp: timestamp(context.clock.now),
    },
  }
  object = withSpec(kind, object)
  object = strategy.defaults?.(object) ?? object
  // fields belong to whoever sent them: what admission and allocation add later is nobody's
  object = options.tracked === true ? withFieldsOf(object, given) : trackUpdate(context, undefined, object, options, given)
  if (options.user !== undefined) strategy.authorizeWrite?.(context, object, undefined, options.user)
  const request = (changed: KubeObject): WriteRequest => ({ context, kind, operation: 'CREATE', object: changed, options })
  object = mutatingAdmission(request(object))
  if (strategy.status === true && strategy.createsStatus !== true) object = without(object, ['status'])
  if (strategy.initialStatus !== undefined) object = { ...object, status: strategy.initialStatus }
  object = strategy.prepareCreate?.(object, options.dryRun ? { ...context, dryRun: true } : context, options.user) ?? object
  check(context, kind, object, [...validateMeta(object, kind.namespaced, strategy.name), ...(strategy.validate?.(object) ?? [])])
  options.warnings?.push(...(strategy.warnings?.(object, context.minor) ?? []))
  validatingAdmission(request(object))
  const there = context.store.get(resource, object.metadata.namespace, name)
  if (there !== undefined) throw taken(kind, name, there, given.metadata)
  if (options.dryRun) return object
  const stored = context.store.put(resource, object)
  strategy.afterCommit?.(context, undefined, stored)
  return stored
}

/** What an ordinary update may not touch, and what a status update may not. */
function merged(
  context: WriteContext,
  strategy: Strategy,
  given: KubeObject,
  old: KubeObject,
  options: WriteOptions,
): KubeObject {
  const { metadata } = given
  const kept: ObjectMeta = {
    ...without(ownersOnce(metadata, options), SYSTEM),
    name: old.metadata.name,
    namespace: old.metadata.namespace,
    uid: metadata.uid || old.metadata.uid,
    creationTimestamp: old.metadata.creationTimestamp,
    resourceVersion: old.metadata.resourceVersion,
    generation: old.metadata.generation,
    deletionTimestamp: old.metadata.deletionTimestamp,
    deletionGracePeriodSeconds: old.metadata.deletionGracePeriodSeconds,
    managedFields: old.metadata.managedFields,
  }
  const meta = without(kept, [])
  const { subresource } = options
  if (subresource !== undefined) {
    const own = strategy.subresources?.[subresource]
    return own?.prepare({ ...given, metadata: meta }, old, context) ?? { ...old, metadata: meta, status: given.status }
  }
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
function released(strategy: Strategy | undefined, object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata
  if (deletionTimestamp === undefined || (finalizers ?? []).length > 0) return false
  return (deletionGracePeriodSeconds ?? 0) === 0 && strategy?.held?.(object) !== true
}

function prepared(
  context: WriteContext,
  strategy: Strategy,
  object: KubeObject,
  old: KubeObject,
  subresource: string | undefined,
): KubeObject {
  // a status write never counts, even where it carries annotations along (deploymentStatusStrategy)
  if (subresource !== undefined && strategy.subresources?.[subresource] === undefined)
    return strategy.prepareStatus?.(object, old, subresource, context) ?? object
  const ready = subresource === undefined ? strategy.prepareUpdate?.(object, old, context) : undefined
  return bump(context, strategy, ready ?? object, old)
}

function updateErrors(strategy: Strategy, object: KubeObject, old: KubeObject, subresource: string | undefined) {
  if (subresource === undefined) return strategy.validateUpdate?.(object, old) ?? strategy.validate?.(object)
  const own = strategy.subresources?.[subresource]
  return own === undefined ? strategy.validateStatus?.(object, old, subresource) : own.validate?.(object, old)
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
  if (uid && uid !== old.metadata.uid && options.patch !== true)
    throw conflict(kind, name, uidMismatch(kind, old, uid, options.dryRun))
  if (resourceVersion && !/^\d+$/.test(resourceVersion))
    throw unclassified(`strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`)
  const { subresource, user } = options
  const whole = withSpec(kind, given)
  const wanted = subresource === undefined ? (strategy.defaults?.(whole) ?? whole) : given
  let object = merged(context, strategy, wanted, old, options)
  // what a subresource may not touch nobody owns through it (GetResetFields)
  if (subresource !== undefined && strategy.subresources?.[subresource] === undefined)
    object = strategy.prepareStatus?.(object, old, subresource, context) ?? object
  object = options.tracked === true ? withFieldsOf(object, given) : trackUpdate(context, old, object, options, given)
  if (user !== undefined && subresource === undefined) strategy.authorizeWrite?.(context, object, old, user)
  const request = (changed: KubeObject): WriteRequest => ({ context, kind, operation: 'UPDATE', object: changed, old, options })
  object = mutatingAdmission(request(object))
  const unnamed = !resourceVersion || resourceVersion === '0'
  if (!unnamed && resourceVersion !== old.metadata.resourceVersion) throw conflict(kind, name, OPTIMISTIC_LOCK)
  // the cluster's own writers act as no user, and know what they change
  if (unnamed && strategy.unconditionalUpdate === false && user !== undefined) {
    // this one names the resource instead of the kind (registry store.go Update)
    const errors = [invalid('metadata.resourceVersion', 0, 'must be specified for an update')]
    throw invalidObject({ group: kind.group, kind: kind.resource }, name, errors, context.minor)
  }
  object = prepared(context, strategy, object, old, subresource)
  check(context, kind, object, [
    ...validateMeta(object, kind.namespaced, strategy.name),
    // once for every object, and once more by the kind's own validation
    ...validateMetaUpdate(object, old),
    ...validateMetaUpdate(object, old),
    ...(updateErrors(strategy, object, old, subresource) ?? []),
  ])
  if (subresource === undefined) {
    const { minor } = context
    options.warnings?.push(...(strategy.warningsUpdate?.(object, old, minor) ?? strategy.warnings?.(object, minor, old) ?? []))
  }
  validatingAdmission(request(object))
  return commit(context, resource, object, old, options)
}

function withFieldsOf(object: KubeObject, given: KubeObject): KubeObject {
  return { ...object, metadata: { ...object.metadata, managedFields: given.metadata.managedFields } }
}

/** An object for telling whether a write changed it: times of managers do not count (ignoreManagedFieldsTimestampsTransformer). */
function comparable(object: KubeObject): object {
  return { ...object, metadata: { ...object.metadata, managedFields: untimed(object) } }
}

/** Takes an object out of the store, with what it had allocated. */
export function removeObject(context: WriteContext, resource: GroupResource, object: KubeObject): KubeObject {
  const gone = context.store.remove(resource, object.metadata.namespace, object.metadata.name)
  kindsOf(context.store).ofKey(resource)?.descriptor?.strategy?.afterCommit?.(context, object, undefined)
  return gone ?? object
}

/** Stores a changed object, unless nothing changed or its deletion is now complete. */
export function commit(
  context: WriteContext,
  resource: GroupResource,
  object: KubeObject,
  old: KubeObject,
  options: WriteOptions,
): KubeObject {
  const strategy = kindsOf(context.store).ofKey(resource)?.descriptor?.strategy
  if (released(strategy, object)) {
    if (!options.dryRun) removeObject(context, resource, object)
    return object
  }
  if (deepEqual(comparable(object), comparable(old))) return old
  if (options.dryRun) return object
  const stored = context.store.put(resource, object)
  strategy?.afterCommit?.(context, old, stored)
  return stored
}
