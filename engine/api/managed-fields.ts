import type { Json } from '../base/json.ts'
import { compareObjects } from './compare-fields.ts'
import { encodeFields, isEmpty, minus, parseFields, union } from './field-set.ts'
import type { KubeObject } from './object.ts'
import { typeOfKind } from './schema/schema.ts'
import { timestamp } from './time.ts'
import type { WriteContext, WriteOptions } from './write-context.ts'

interface Entry {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly time: string
  readonly fieldsType: 'FieldsV1'
  readonly fieldsV1: Json
  readonly subresource?: string
}

/** Metadata that the server owns (fieldmanager stripmeta). */
const SERVER = ['name', 'namespace', 'uid', 'resourceVersion', 'creationTimestamp', 'generation', 'selfLink', 'managedFields']
const DELETION = ['deletionTimestamp', 'deletionGracePeriodSeconds']

/** What a manager can own: no type, no server metadata, and of status only what a status write sends. */
function owned(object: KubeObject | undefined, status: boolean): Record<string, unknown> {
  if (object === undefined) return {}
  const { apiVersion: _version, kind: _kind, metadata, status: given, ...rest } = object
  const kept = Object.entries(metadata).filter(([key]) => !SERVER.includes(key) && !DELETION.includes(key))
  return { metadata: Object.fromEntries(kept), ...(status ? { status: given } : rest) }
}

/** Servers sort entries by operation, time and manager. */
function order(a: Entry, b: Entry): number {
  const key = (e: Entry) => `${e.operation} ${e.time ?? ''} ${e.manager} ${e.apiVersion} ${e.subresource ?? ''}`
  return key(a) < key(b) ? -1 : 1
}

/** Notes in managedFields who wrote what: an update takes what it changes from all others. Without a manager nothing is noted. */
export function trackUpdate(
  context: WriteContext,
  old: KubeObject | undefined,
  object: KubeObject,
  _given: KubeObject,
  options: WriteOptions,
): KubeObject {
  const { manager, subresource } = options
  const type = typeOfKind(object.apiVersion, object.kind)
  if (manager === undefined || type === undefined) return object
  const status = subresource === 'status'
  const { set, removed } = compareObjects(owned(old, status), owned(object, status), type)
  if (isEmpty(set) && isEmpty(removed)) return object
  const before = (old?.metadata.managedFields ?? []) as readonly Entry[]
  const mine = (e: Entry) =>
    e.manager === manager &&
    e.operation === 'Update' &&
    e.apiVersion === object.apiVersion &&
    (e.subresource ?? '') === (subresource ?? '')
  const out: Entry[] = []
  for (const entry of before) {
    if (mine(entry)) continue
    const fields = parseFields(entry.fieldsV1)
    const left = minus(minus(fields, set), removed, true)
    if (isEmpty(left)) continue
    out.push({ ...entry, fieldsV1: encodeFields(left) })
  }
  const held = before.find(mine)
  const fields = union(minus(parseFields(held?.fieldsV1), removed, true), set)
  if (!isEmpty(fields)) {
    const encoded = encodeFields(fields)
    const unchanged = held !== undefined && JSON.stringify(encoded) === JSON.stringify(encodeFields(parseFields(held.fieldsV1)))
    out.push({
      manager,
      operation: 'Update',
      apiVersion: object.apiVersion,
      time: unchanged ? held.time : timestamp(context.clock.now),
      fieldsType: 'FieldsV1',
      fieldsV1: encoded,
      ...(subresource === undefined ? {} : { subresource }),
    })
  }
  return { ...object, metadata: { ...object.metadata, managedFields: out.sort(order) } }
}
