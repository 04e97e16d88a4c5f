import type { Json } from '../../base/json.ts'
import { encodeFields, type FieldSet, isEmpty, parseFields } from '../field-set.ts'
import type { KubeObject } from '../object.ts'

/** metav1.ManagedFieldsEntry. */
export interface Entry {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly time?: string
  readonly fieldsType: 'FieldsV1'
  readonly fieldsV1: Json
  readonly subresource?: string
}

/** An entry with its fields as a set. */
export interface Owner extends Omit<Entry, 'fieldsV1' | 'fieldsType'> {
  readonly fields: FieldSet
}

/** Who an entry is of: appliers are the same whatever version they apply (BuildManagerIdentifier). */
export function identity(e: Pick<Entry, 'manager' | 'operation' | 'apiVersion' | 'subresource'>): string {
  return JSON.stringify([e.manager, e.operation, e.operation === 'Apply' ? '' : e.apiVersion, e.subresource ?? ''])
}

export function ownersOf(object: KubeObject | undefined): readonly Owner[] {
  const entries = (object?.metadata.managedFields ?? []) as readonly Entry[]
  return entries.map(({ fieldsV1, fieldsType: _type, ...rest }) => ({ ...rest, fields: parseFields(fieldsV1) }))
}

/** Servers sort entries by operation, time (in seconds), manager, version and subresource. */
function order(a: Entry, b: Entry): number {
  const key = (e: Entry) => [e.operation, e.time ?? '', e.manager, e.apiVersion, e.subresource ?? '']
  const [left, right] = [key(a), key(b)]
  for (const [i, text] of left.entries()) {
    const other = right[i] as string
    if (text !== other) return text < other ? -1 : 1
  }
  return 0
}

/** metadata.managedFields as the server writes it; owners of nothing are left out. */
export function entriesOf(owners: readonly Owner[]): readonly Entry[] {
  return owners
    .filter((o) => !isEmpty(o.fields))
    .map(
      ({ manager, operation, apiVersion, time, fields, subresource }): Entry => ({
        manager,
        operation,
        apiVersion,
        ...(time === undefined ? {} : { time }),
        fieldsType: 'FieldsV1',
        fieldsV1: encodeFields(fields),
        ...(subresource === undefined ? {} : { subresource }),
      }),
    )
    .sort(order)
}

/** The object with these owners; with none of them the field itself is absent. */
export function withOwners(object: KubeObject, owners: readonly Owner[]): KubeObject {
  const { managedFields: _before, ...metadata } = object.metadata
  const entries = entriesOf(owners)
  return { ...object, metadata: entries.length === 0 ? metadata : { ...metadata, managedFields: entries } }
}

/** One empty entry in an update says: forget all owners (isResetManagedFields). */
function resets(list: readonly unknown[]): boolean {
  return list.length === 1 && typeof list[0] === 'object' && list[0] !== null && Object.keys(list[0]).length === 0
}

function valid(list: readonly unknown[]): boolean {
  return list.every((e) => {
    const { operation, fieldsType } = (e ?? {}) as Partial<Entry>
    return (operation === 'Apply' || operation === 'Update') && fieldsType === 'FieldsV1'
  })
}

/** The owners an update starts from: a client may reset or replace them, though not through a subresource (decodeLiveOrNew). */
export function ownersBefore(live: KubeObject | undefined, given: KubeObject, subresource: boolean): readonly Owner[] {
  const list = given.metadata.managedFields
  if (subresource || !Array.isArray(list) || list.length === 0) return ownersOf(live)
  if (resets(list)) return []
  return valid(list) ? ownersOf(given) : ownersOf(live)
}
