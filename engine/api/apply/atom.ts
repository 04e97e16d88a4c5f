import { type Field, structOf } from '../schema/schema.ts'

export type Values = Readonly<Record<string, unknown>>

/** How structured-merge-diff treats a value (schema.Atom): whole, by fields, by items. */
export type Atom =
  | { readonly is: 'scalar'; readonly type: string }
  | { readonly is: 'list'; readonly of: Field; readonly atomic: boolean; readonly keys?: readonly string[] }
  | {
      readonly is: 'map'
      readonly atomic: boolean
      readonly fields: Readonly<Record<string, Field>>
      /** What keys hold that no field names; undefined: there can be none. */
      readonly others?: Field
    }

export const isMap = (value: unknown): value is Values => value !== null && typeof value === 'object' && !Array.isArray(value)

/** The type of what has no schema. '*' has one: RawExtension, which goes as a whole. */
export const DEDUCED: Field = { type: '?' }

/** Without a schema the value itself says what it is (deducedParseableType): maps by key, lists whole. */
function deduced(value: unknown): Atom {
  if (Array.isArray(value)) return { is: 'list', of: DEDUCED, atomic: true }
  return isMap(value) ? { is: 'map', atomic: false, fields: {}, others: DEDUCED } : { is: 'scalar', type: '?' }
}

/** The atom of a field; `value` decides where the type leaves it open. */
export function atomOf(field: Field, value: unknown): Atom {
  const { type } = field
  if (type === '?') return deduced(value)
  if (type === '*') return { is: 'scalar', type }
  if (type.startsWith('[')) {
    const atomic = field.list !== 'map' && field.list !== 'set'
    return { is: 'list', of: { type: type.slice(1) }, atomic, keys: field.list === 'map' ? field.keys : undefined }
  }
  if (type.startsWith('{')) return { is: 'map', atomic: field.map === 'atomic', fields: {}, others: { type: type.slice(1) } }
  if (!type.startsWith('@')) return { is: 'scalar', type }
  const struct = structOf(type)
  if (struct === undefined) return deduced(value)
  return { is: 'map', atomic: field.map === 'atomic' || struct.map === 'atomic', fields: struct.fields }
}

/** The field behind a key of a map. */
export function fieldAt(atom: Extract<Atom, { is: 'map' }>, key: string): Field | undefined {
  return Object.hasOwn(atom.fields, key) ? atom.fields[key] : atom.others
}

/** Key fields that the API gives a value where the client gives none. */
const KEY_DEFAULTS: Readonly<Record<string, unknown>> = { protocol: 'TCP' }

/** A required key that is left out has Go's zero value, which the schema gives as its default. */
function zeroKey(of: Field, key: string): unknown {
  const struct = structOf(of.type)
  if (!struct?.required.includes(key)) return undefined
  return struct.fields[key]?.type === 'string' ? '' : 0
}

/** What ObjectToTyped says of a list item that cannot be told from others. */
export class ItemError extends Error {}

/** The path element of an item of a keyed list or a set: 'k:{"name":"a"}', 'v:"a"' (listItemToPathElement). */
export function itemElement(atom: Extract<Atom, { is: 'list' }>, item: unknown): string {
  if (atom.keys === undefined) {
    if (isMap(item)) throw new ItemError("associative list without keys has an element that's a map type")
    if (Array.isArray(item)) throw new ItemError('not supported: associative list with lists as elements')
    if (item === null) throw new ItemError("associative list without keys has an element that's an explicit null")
    return `v:${JSON.stringify(item)}`
  }
  if (item === null) throw new ItemError('associative list with keys may not have a null element')
  if (!isMap(item)) throw new ItemError('associative list with keys may not have non-map elements')
  const found: [string, unknown][] = []
  for (const key of [...atom.keys].sort()) {
    const value = item[key] ?? KEY_DEFAULTS[key] ?? zeroKey(atom.of, key)
    if (value !== undefined) found.push([key, value])
  }
  if (found.length === 0) {
    const keys = atom.keys.map((k) => JSON.stringify(k)).join(' ')
    const words = 'associative list with keys has an element that omits all key fields'
    throw new ItemError(`${words} [${keys}] (and doesn't have default values for any key fields)`)
  }
  return `k:${JSON.stringify(Object.fromEntries(found))}`
}

/** A path element as messages print it: ".spec", '[name="a"]', '[="v"]' (fieldpath.PathElement.String). */
export function elementText(element: string): string {
  const rest = element.slice(2)
  if (element.startsWith('f:')) return `.${rest}`
  if (element.startsWith('v:')) return `[=${rest}]`
  const keys = Object.entries(JSON.parse(rest) as Record<string, unknown>)
  return `[${keys.map(([k, v]) => `${k}=${JSON.stringify(v)}`).join(',')}]`
}
