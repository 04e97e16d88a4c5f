import { type Field, structOf, type Type, typeNamed } from '../schema/schema.ts'
import { unclassified } from '../status.ts'
import { goValue } from './go-print.ts'
import { isObject } from './merge.ts'

const DIRECTIVE = '$patch'
const RETAIN = '$retainKeys'
const DELETE_PRIMITIVES = '$deleteFromPrimitiveList/'
const ORDER = '$setElementOrder/'

type Item = Record<string, unknown>

/**
 * apimachinery util/strategicpatch: like a JSON merge patch, but lists whose schema names a merge key are merged item by item,
 * and "$patch", "$retainKeys", "$deleteFromPrimitiveList" and "$setElementOrder" say what JSON alone cannot.
 */
export function strategicMerge(target: unknown, patch: Record<string, unknown>, typeName: string | undefined): unknown {
  return mergeObject(isObject(target) ? target : {}, patch, typeName === undefined ? undefined : typeNamed(typeName))
}

function mergeObject(target: Item, patch: Item, type: Type | undefined): Item {
  const directive = patch[DIRECTIVE]
  if (directive === 'replace') return stripped(patch)
  if (directive === 'delete') return {}
  if (directive !== undefined && directive !== 'merge')
    throw unclassified(`unknown patch type: ${goValue(directive)} in map: ${goValue(patch)}`)
  const out: Item = { ...target }
  const keep = patch[RETAIN]
  if (Array.isArray(keep)) for (const key of Object.keys(out)) if (!keep.includes(key)) delete out[key]
  for (const [key, value] of Object.entries(patch)) {
    if (key === DIRECTIVE || key === RETAIN || key.startsWith(ORDER)) continue
    if (key.startsWith(DELETE_PRIMITIVES)) {
      const name = key.slice(DELETE_PRIMITIVES.length)
      const gone = Array.isArray(value) ? value : []
      if (Array.isArray(out[name])) out[name] = (out[name] as unknown[]).filter((v) => !gone.includes(v))
      continue
    }
    if (value === null) delete out[key]
    // what is not there yet is taken as given, without its directives
    else if (out[key] === undefined || out[key] === null) add(out, key, value)
    else out[key] = mergeField(out[key], value, type?.fields[key], patch[`${ORDER}${key}`])
  }
  // an order may be given for a list that itself is not patched
  for (const [key, order] of Object.entries(patch)) {
    const name = key.startsWith(ORDER) ? key.slice(ORDER.length) : undefined
    const list = name === undefined || patch[name] !== undefined ? undefined : out[name]
    if (name === undefined || !Array.isArray(list) || !Array.isArray(order)) continue
    out[name] = ordered(list, order, target[name], type?.fields[name]?.mergeKey)
  }
  return out
}

function add(out: Item, key: string, value: unknown): void {
  if (isObject(value) && value[DIRECTIVE] === 'delete') delete out[key]
  else out[key] = clean(Array.isArray(value) ? value.filter((v) => !isObject(v) || v[DIRECTIVE] === undefined) : value)
}

/** The type of a list's items as reflect.Type.String prints it; undefined where they differ. */
function itemType(list: readonly unknown[]): string | undefined {
  const kinds = new Set(list.map((v) => (isObject(v) ? 'map' : Array.isArray(v) ? 'list' : typeof v)))
  return kinds.size > 1 ? undefined : [...kinds][0]
}

/** The order that a patch asks for must be the order of what it patches (validatePatchWithSetOrderList). */
function checkOrder(patch: readonly unknown[], order: unknown, key: string | undefined): void {
  if (!Array.isArray(order)) return
  const id = (v: unknown) => (key !== undefined && isObject(v) ? v[key] : v)
  const wanted = order.map(id)
  const named = patch.filter((v) => !isObject(v) || v[DIRECTIVE] !== 'delete').map(id)
  let at = 0
  for (const value of named) {
    while (at < wanted.length && wanted[at] !== value) at++
    if (at++ < wanted.length) continue
    throw unclassified(`The order in patch list:\n${goValue(patch)}\n doesn't match $setElementOrder list:\n${goValue(order)}\n`)
  }
}

function mergeField(target: unknown, patch: unknown, field: Field | undefined, order: unknown): unknown {
  if (isObject(patch)) return mergeObject(isObject(target) ? target : {}, patch, nested(field, ''))
  if (!Array.isArray(patch)) return patch
  checkOrder(patch, order, field?.mergeKey)
  const merges = field?.patch?.split(',').includes('merge') ?? false
  if (!merges) return patch.map(clean)
  if (Array.isArray(target) && target.length > 0 && patch.length > 0 && itemType([...target, ...patch]) === undefined)
    throw unclassified(`list element types are not identical: [${goValue(target)} ${goValue(patch)}]`)
  const merged =
    field?.mergeKey === undefined ? mergePrimitives(target, patch) : mergeItems(target, patch, field.mergeKey, nested(field, '['))
  return ordered(merged, Array.isArray(order) ? order : patch, target, field?.mergeKey)
}

/** The struct of a field, or of its items when `prefix` is "[". */
function nested(field: Field | undefined, prefix: string): Type | undefined {
  const type = field?.type ?? '*'
  if (prefix !== '') return type.startsWith(prefix) ? structOf(type.slice(1)) : undefined
  return structOf(type)
}

function mergePrimitives(target: unknown, patch: readonly unknown[]): unknown[] {
  const have = Array.isArray(target) ? target : []
  return [...have, ...patch.filter((v) => !have.includes(v))]
}

function mergeItems(target: unknown, patch: readonly unknown[], key: string, type: Type | undefined): unknown[] {
  let out = (Array.isArray(target) ? target : []) as Item[]
  const additions: Item[] = []
  if (patch.some((p) => isObject(p) && p[DIRECTIVE] === 'replace')) {
    return patch.filter((p) => !(isObject(p) && p[DIRECTIVE] === 'replace' && Object.keys(p).length === 1)).map(clean)
  }
  for (const item of patch) {
    if (!isObject(item)) throw unclassified('expected a map, but received a different type')
    if (item[key] === undefined) throw unclassified(`map: ${goValue(item)} does not contain declared merge key: ${key}`)
    if (item[DIRECTIVE] === 'delete') {
      out = out.filter((o) => o[key] !== item[key])
      continue
    }
    const at = out.findIndex((o) => o[key] === item[key])
    if (at < 0) additions.push(clean(mergeObject({}, item, type)) as Item)
    else out = out.map((o, i) => (i === at ? mergeObject(o, item, type) : o))
  }
  return [...out, ...additions]
}

/**
 * normalizeElementOrder: items that the patch names keep its order, the others the server's; the two are merged so that others stay
 * before those they preceded on the server. New items therefore come first.
 */
function ordered(merged: readonly unknown[], order: readonly unknown[], server: unknown, key: string | undefined): unknown[] {
  const id = (value: unknown) => (key !== undefined && isObject(value) ? value[key] : value)
  const before = (Array.isArray(server) ? server : []).map(id)
  const wanted = order.map(id)
  const place = (ids: readonly unknown[]) => (a: unknown, b: unknown) => ids.indexOf(id(a)) - ids.indexOf(id(b))
  const named = merged.filter((v) => wanted.includes(id(v))).sort(place(wanted))
  const others = merged.filter((v) => !wanted.includes(id(v))).sort(place(before))
  const out: unknown[] = []
  while (named.length > 0 && others.length > 0) {
    const [left, right] = [before.indexOf(id(others[0])), before.indexOf(id(named[0]))]
    out.push(left >= 0 && right >= 0 && left < right ? others.shift() : named.shift())
  }
  return [...out, ...named, ...others]
}

function stripped(patch: Item): Item {
  const { [DIRECTIVE]: _directive, ...rest } = patch
  return clean(rest) as Item
}

/** What a patch adds whole: without its directives and nulls. */
function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clean)
  if (!isObject(value)) return value
  const out: Item = {}
  for (const [key, item] of Object.entries(value)) {
    if (key === DIRECTIVE || key === RETAIN || key.startsWith(ORDER) || key.startsWith(DELETE_PRIMITIVES) || item === null)
      continue
    out[key] = clean(item)
  }
  return out
}
