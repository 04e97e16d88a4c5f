import { deepEqual } from './deep-equal.ts'
import { emptySet, type FieldSet, isEmpty } from './field-set.ts'
import { type Field, structOf, type Type } from './schema/schema.ts'

/** What changed from one object to another, as field sets: fields that are new or different, and fields that are gone. */
export interface Changes {
  readonly set: FieldSet
  readonly removed: FieldSet
}

type Values = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Values => value !== null && typeof value === 'object' && !Array.isArray(value)

function child(set: FieldSet, key: string): FieldSet {
  const found = set.children.get(key) ?? emptySet()
  set.children.set(key, found)
  return found
}

function prune(set: FieldSet): void {
  for (const [key, sub] of set.children) {
    prune(sub)
    if (isEmpty(sub)) set.children.delete(key)
  }
}

/** The list item's path element: its key fields as JSON, absent ones with their default. */
function itemKey(item: Values | null, keys: readonly string[]): string {
  // validation, which comes later, refuses null
  if (item === null) return 'k:{}'
  const sorted = [...keys].sort()
  const shown = sorted.filter((k) => item[k] !== undefined || k === 'protocol').map((k) => [k, item[k] ?? 'TCP'])
  return `k:${JSON.stringify(Object.fromEntries(shown))}`
}

function compareStruct(old: Values | undefined, now: Values, type: Type, out: Changes): void {
  for (const name of new Set([...Object.keys(old ?? {}), ...Object.keys(now)])) {
    const field = Object.hasOwn(type.fields, name) ? (type.fields[name] as Field) : { type: '?' }
    // in an object that exists, a struct held by value or a list that is always written is there before anything is in it
    const there = old !== undefined && (field.value === true || (type.required.includes(name) && field.type.startsWith('[')))
    const before = old?.[name] ?? (there ? (field.type.startsWith('[') ? [] : {}) : undefined)
    // Go does not tell an empty string from none, and in a struct that was there an unset pointer was null before
    const same = now[name] === '' || (now[name] === null && old !== undefined)
    compare(before, same && before === undefined ? undefined : now[name], field, {
      set: child(out.set, `f:${name}`),
      removed: child(out.removed, `f:${name}`),
    })
  }
}

function compareMap(old: Values, now: Values, field: Field, out: Changes): void {
  for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const next = { set: child(out.set, `f:${name}`), removed: child(out.removed, `f:${name}`) }
    compare(old[name], now[name], { type: field.type.slice(1) }, next)
  }
}

function compareList(old: readonly unknown[], now: readonly unknown[], field: Field, out: Changes): void {
  const keys = field.keys
  const keyed = (list: readonly unknown[]) =>
    new Map(list.map((v) => [keys === undefined ? `v:${JSON.stringify(v)}` : itemKey(v as Values | null, keys), v]))
  const [before, after] = [keyed(old), keyed(now)]
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const next = { set: child(out.set, key), removed: child(out.removed, key) }
    compare(before.get(key), after.get(key), { type: keys === undefined ? 'string' : field.type.slice(1) }, next)
  }
}

/** An explicit null is a value: it empties what goes by fields or items, and changes what goes as a whole. */
function compareNull(old: unknown, field: Field, out: Changes): void {
  // a list that is always written is null or empty when it has no items
  if (old === null || (Array.isArray(old) && old.length === 0)) return
  if (old === undefined) {
    out.set.member = true
    return
  }
  const parts = isObject(old) || (Array.isArray(old) && (field.list === 'map' || field.list === 'set'))
  const atomic = field.map === 'atomic' || structOf(field.type)?.map === 'atomic'
  if (!parts || atomic || field.type === '*') out.set.member = true
  else compare(old, Array.isArray(old) ? [] : {}, field, out)
}

function compare(old: unknown, now: unknown, field: Field, out: Changes): void {
  if (now === undefined) {
    if (old !== undefined) out.removed.member = true
    return
  }
  if (now === null) {
    compareNull(old, field, out)
    return
  }
  const struct = structOf(field.type)
  const atomic = field.map === 'atomic' || struct?.map === 'atomic'
  if (old === undefined) out.set.member = true
  if (struct !== undefined && isObject(now) && !atomic) compareStruct(isObject(old) ? old : undefined, now, struct, out)
  else if (field.type === '?' && isObject(now)) compareMap(isObject(old) ? old : {}, now, { type: '{?' }, out)
  else if (field.type.startsWith('{') && isObject(now) && !atomic) compareMap(isObject(old) ? old : {}, now, field, out)
  else if (field.type.startsWith('[') && Array.isArray(now) && (field.list === 'map' || field.list === 'set')) {
    compareList(Array.isArray(old) ? old : [], now, field, out)
  } else if (!deepEqual(old, now)) out.set.member = true
}

/** structured-merge-diff's Compare for two objects of one type. */
export function compareObjects(old: Values, now: Values, type: Type): Changes {
  const out: Changes = { set: emptySet(), removed: emptySet() }
  compareStruct(old, now, type, out)
  prune(out.set)
  prune(out.removed)
  return out
}
