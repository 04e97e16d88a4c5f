import { identity, type Owner, ownersBefore, withOwners } from './apply/managers.ts'
import { compareObjects } from './compare-fields.ts'
import { isEmpty, minus, union } from './field-set.ts'
import { kindsOf } from './kinds/kinds.ts'
import type { KubeObject } from './object.ts'
import { type Type, typeNamed } from './schema/schema.ts'
import { timestamp } from './time.ts'
import type { WriteContext, WriteOptions } from './write-context.ts'

/** Metadata that the server owns (fieldmanager stripmeta). */
const SERVER = ['name', 'namespace', 'uid', 'resourceVersion', 'creationTimestamp', 'generation', 'selfLink', 'managedFields']
const DELETION = ['deletionTimestamp', 'deletionGracePeriodSeconds']

/** What a manager can own: no type, no server metadata, and of status only what a status write sends. */
export function ownable(object: KubeObject | undefined, status: boolean): Record<string, unknown> {
  if (object === undefined) return {}
  const { apiVersion: _version, kind: _kind, metadata, status: given, ...rest } = object
  const kept = Object.entries(metadata ?? {}).filter(([key]) => !SERVER.includes(key) && !DELETION.includes(key))
  return { metadata: Object.fromEntries(kept), ...(status ? { status: given } : rest) }
}

const UNTYPED: Type = { name: '', fields: {}, required: [] }

/** The type of an object; without one its own shape serves. */
export function typeOf({ store }: Pick<WriteContext, 'store'>, object: KubeObject): Type {
  const name = kindsOf(store).named(object.apiVersion, object.kind)?.typeName
  return (name === undefined ? undefined : typeNamed(name)) ?? UNTYPED
}

/** How many updaters an object remembers (DefaultMaxUpdateManagers). */
const MAX_UPDATERS = 10
const ANCIENT = 'ancient-changes'

/** The oldest updaters beyond the limit become one (capManagersManager). */
function capped(owners: readonly Owner[]): readonly Owner[] {
  const updaters = owners.filter((o) => o.operation === 'Update')
  if (updaters.length <= MAX_UPDATERS) return owners
  const aged = [...updaters].sort((a, b) => ((a.time ?? '') + identity(a) < (b.time ?? '') + identity(b) ? -1 : 1))
  const out = new Map(owners.map((o) => [identity(o), o]))
  const first = new Map<string, string>()
  let left = updaters.length
  for (const owner of aged) {
    if (left <= MAX_UPDATERS) break
    const version = owner.apiVersion
    const before = first.get(version)
    if (before === undefined) {
      first.set(version, identity(owner))
      continue
    }
    const bucket = { manager: ANCIENT, operation: 'Update' as const, apiVersion: version }
    const held = out.get(identity(bucket)) ?? out.get(before)
    out.delete(before)
    out.delete(identity(owner))
    out.set(identity(bucket), { ...bucket, time: owner.time, fields: union(owner.fields, held?.fields ?? owner.fields) })
    left--
  }
  return [...out.values()]
}

/**
 * Notes in managedFields who wrote what: an update takes what it changes from all others. `given` is the object as the client sent
 * it. Without a manager nothing is noted; an object that nobody owns stays so until somebody applies it.
 */
export function trackUpdate(
  context: WriteContext,
  old: KubeObject | undefined,
  object: KubeObject,
  options: WriteOptions,
  given: KubeObject = object,
): KubeObject {
  const { manager, subresource } = options
  if (manager === undefined) return object
  const type = typeOf(context, object)
  const before = ownersBefore(old, given, subresource !== undefined)
  if (old !== undefined && before.length === 0) return withOwners(object, [])
  const status = subresource === 'status'
  const { set, removed } = compareObjects(ownable(old, status), ownable(object, status), type)
  if (isEmpty(set) && isEmpty(removed)) return withOwners(object, before)
  const mine = { manager, operation: 'Update' as const, apiVersion: object.apiVersion, subresource }
  const owners = new Map<string, Owner>()
  for (const owner of before) {
    const fields = minus(minus(owner.fields, set), removed, true)
    if (!isEmpty(fields)) owners.set(identity(owner), { ...owner, fields })
  }
  if (!isEmpty(set)) {
    const fields = union(owners.get(identity(mine))?.fields ?? set, set)
    owners.set(identity(mine), { ...mine, time: timestamp(context.clock.now), fields })
  }
  return withOwners(object, capped([...owners.values()]))
}

/** managedFields without times, for telling whether a write changed anything. */
export function untimed(object: KubeObject): readonly unknown[] {
  return (object.metadata.managedFields ?? []).map((e) => ({ ...(e as object), time: undefined }))
}
