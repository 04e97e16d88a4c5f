import type { Json } from '../../base/json.ts'
import { compareObjects } from '../compare-fields.ts'
import { deepEqual } from '../deep-equal.ts'
import { emptySet, type FieldSet, has, intersection, isEmpty, minus, paths, union } from '../field-set.ts'
import { ownable, typeOf } from '../managed-fields.ts'
import type { KubeObject } from '../object.ts'
import type { Field } from '../schema/schema.ts'
import { timestamp } from '../time.ts'
import type { WriteContext } from '../write-context.ts'
import { DEDUCED, type Values } from './atom.ts'
import { type Conflict, conflictError } from './conflicts.ts'
import { identity, type Owner, ownersOf, withOwners } from './managers.ts'
import { mergeApplied } from './merge.ts'
import { fieldsOf, removeFields, withNamedFields } from './sets.ts'

/** A server-side apply. */
export interface Apply {
  readonly manager: string
  readonly force: boolean
  readonly subresource?: string
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
const BEFORE = 'before-first-apply'

function fieldOf(name: string, untyped: boolean): Field {
  return untyped ? DEDUCED : { type: `@${name}` }
}

/** Objects that were never applied have no owners; what they hold then belongs to whoever came before (skipNonAppliedManager). */
function startingOwners(context: WriteContext, live: KubeObject | undefined, status: boolean): readonly Owner[] {
  const owners = ownersOf(live)
  if (live === undefined || owners.length > 0) return owners
  const { set } = compareObjects({}, ownable(live, status) as Values, typeOf(context, live))
  const before = { manager: BEFORE, operation: 'Update' as const, apiVersion: live.apiVersion }
  return isEmpty(set) ? [] : [{ ...before, time: timestamp(context.clock.now), fields: set }]
}

/** Fields that the last configuration named, this one does not, and no other applier or updater owns, go (Updater.prune). */
function pruned(merged: unknown, field: Field, last: FieldSet, owners: readonly Owner[]): unknown {
  const named = (set: FieldSet) => withNamedFields(set, field)
  const without = removeFields(merged, named(last), field)
  let managed = emptySet()
  for (const owner of owners) managed = union(managed, owner.fields)
  const all = named(fieldsOf(merged, field))
  const kept = without === undefined ? emptySet() : named(fieldsOf(without, field))
  const owned = removeFields(merged, minus(all, union(kept, named(managed))), field)
  const left = owned === undefined ? emptySet() : named(fieldsOf(owned, field))
  return removeFields(merged, intersection(minus(all, left), named(last)), field)
}

interface Outcome {
  readonly object: Values
  readonly owners: readonly Owner[]
}

/** merge.Updater.Apply: the live object with the configuration merged in, and who owns what from now on. */
function merge(context: WriteContext, live: KubeObject, config: KubeObject, owners: readonly Owner[], apply: Apply): Outcome {
  const type = typeOf(context, config)
  const field = fieldOf(type.name, type.name === '')
  const status = apply.subresource === 'status'
  const mine = {
    manager: apply.manager,
    operation: 'Apply' as const,
    apiVersion: config.apiVersion,
    subresource: apply.subresource,
  }
  const me = identity(mine)
  const held = owners.find((o) => identity(o) === me)
  const { managedFields: _live, ...metadata } = live.metadata
  const plain = { ...live, metadata }
  let object = mergeApplied(plain, config, field)
  const set = fieldsOf(ownable(config, status), field)
  set.children.get('f:metadata')?.children.size === 0 && set.children.delete('f:metadata')
  const others = owners.filter((o) => identity(o) !== me)
  if (held !== undefined && !isEmpty(held.fields))
    object = pruned(object, field, held.fields, [...others, { ...mine, fields: set }])
  const result = (object ?? {}) as KubeObject
  const { set: changed, removed } = compareObjects(ownable(plain, status) as Values, ownable(result, status) as Values, type)
  const conflicts: Conflict[] = []
  const rest: Owner[] = []
  for (const owner of others) {
    const lost = intersection(owner.fields, changed)
    if (!isEmpty(lost)) for (const path of paths(lost)) conflicts.push({ owner, path })
    rest.push({ ...owner, fields: minus(minus(owner.fields, lost), removed, true) })
  }
  if (!apply.force && conflicts.length > 0) throw conflictError(allowed(context, plain, conflicts, apply))
  const same = deepEqual(plain, result)
  // who applies what is there already has no time of its own
  const time = same ? held?.time : timestamp(context.clock.now)
  return { object: result, owners: [...rest, { ...mine, time, fields: set }] }
}

class Allowed extends Error {}

/** `kubectl apply --server-side` may take over what client-side apply wrote and nobody changed since (lastAppliedManager). */
function allowed(
  context: WriteContext,
  live: KubeObject,
  conflicts: readonly Conflict[],
  { manager }: Apply,
): readonly Conflict[] {
  const text = live.metadata.annotations?.[LAST_APPLIED]
  if (manager !== 'kubectl' || !text) return conflicts
  let last: KubeObject
  try {
    last = JSON.parse(text) as KubeObject
  } catch {
    return conflicts
  }
  if (last?.apiVersion !== live.apiVersion) return conflicts
  const type = typeOf(context, live)
  const field = fieldOf(type.name, type.name === '')
  const { set, removed } = compareObjects(ownable(last, false) as Values, ownable(live, false) as Values, type)
  const unchanged = minus(minus(fieldsOf(ownable(last, false), field), set), removed)
  const left = conflicts.filter((c) => !has(unchanged, c.path))
  if (left.length === 0) throw new Allowed()
  return left
}

/**
 * Server-side apply of `config` to `live` (or to nothing): the whole object as it should be stored, with its managedFields.
 * Throws the conflict Status.
 */
export function applyConfiguration(
  context: WriteContext,
  live: KubeObject | undefined,
  config: KubeObject,
  apply: Apply,
): KubeObject {
  const base = live ?? ({ apiVersion: config.apiVersion, kind: config.kind, metadata: {} } as unknown as KubeObject)
  const owners = startingOwners(context, live, apply.subresource === 'status')
  let outcome: Outcome
  try {
    outcome = merge(context, base, config, owners, apply)
  } catch (error) {
    if (!(error instanceof Allowed)) throw error
    outcome = merge(context, base, config, owners, { ...apply, force: true })
  }
  let object = outcome.object as KubeObject
  if (apply.manager === 'kubectl' && object.metadata.annotations?.[LAST_APPLIED]) object = withLastApplied(object, config)
  return withOwners(object, outcome.owners)
}

function withLastApplied(object: KubeObject, config: KubeObject): KubeObject {
  const { [LAST_APPLIED]: _old, ...annotations } = config.metadata.annotations ?? {}
  const plain = { ...config, metadata: { ...config.metadata, ...(config.metadata.annotations ? { annotations } : {}) } }
  const text = `${JSON.stringify(inOrder(plain as unknown as Json))}\n`
  return { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [LAST_APPLIED]: text } } }
}

/** Go writes the keys of maps in order. */
function inOrder(value: Json): Json {
  if (Array.isArray(value)) return value.map(inOrder)
  if (value === null || typeof value !== 'object') return value
  const map = value as Record<string, Json>
  return Object.fromEntries(
    Object.keys(map)
      .sort()
      .map((k) => [k, inOrder(map[k] as Json)]),
  )
}
