import type { Json } from '../base/json.ts'

/** A set of field paths as a tree: structured-merge-diff's fieldpath.Set, and its JSON form FieldsV1. */
export interface FieldSet {
  /** Whether the path itself belongs to the set. */
  member: boolean
  /** "f:NAME" of a field, 'k:{"key":"value"}' of a list item by key, 'v:"value"' of a set's value. */
  readonly children: Map<string, FieldSet>
}

export function emptySet(): FieldSet {
  return { member: false, children: new Map() }
}

export function isEmpty(set: FieldSet): boolean {
  return !set.member && set.children.size === 0
}

/** FieldsV1 JSON to a set: {} is a member, "." one that has children too. */
export function parseFields(json: Json | undefined): FieldSet {
  const set = emptySet()
  for (const [key, value] of Object.entries((json ?? {}) as Record<string, Json>)) {
    if (key === '.') set.member = true
    else {
      const child = parseFields(value)
      if (isEmpty(child)) child.member = true
      set.children.set(key, child)
    }
  }
  return set
}

export function encodeFields(set: FieldSet): Json {
  const out: Record<string, Json> = {}
  if (set.member && set.children.size > 0) out['.'] = {}
  for (const key of sortedElements(set)) out[key] = encodeFields(set.children.get(key) as FieldSet)
  return out
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  const out: FieldSet = { member: a.member || b.member, children: new Map(a.children) }
  for (const [key, child] of b.children) out.children.set(key, union(a.children.get(key) ?? emptySet(), child))
  return out
}

/** `a` without the members of `b`; with `below`, also without everything under them. */
export function minus(a: FieldSet, b: FieldSet, below = false): FieldSet {
  if (below && b.member) return emptySet()
  const out: FieldSet = { member: a.member && !b.member, children: new Map() }
  for (const [key, child] of a.children) {
    const other = b.children.get(key)
    const rest = other === undefined ? child : minus(child, other, below)
    if (!isEmpty(rest)) out.children.set(key, rest)
  }
  return out
}

/** Members of both. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const out: FieldSet = { member: a.member && b.member, children: new Map() }
  for (const [key, child] of a.children) {
    const other = b.children.get(key)
    const both = other === undefined ? undefined : intersection(child, other)
    if (both !== undefined && !isEmpty(both)) out.children.set(key, both)
  }
  return out
}

/** Field names before keys before values; keys by their values, numbers as numbers (fieldpath.PathElement.Compare). */
function compareElements(a: string, b: string): number {
  const rank = 'fkvi'
  if (a[0] !== b[0]) return rank.indexOf(a[0] as string) - rank.indexOf(b[0] as string)
  if (a.startsWith('f:')) return a < b ? -1 : 1
  const [left, right] = [JSON.parse(a.slice(2)), JSON.parse(b.slice(2))] as [unknown, unknown]
  if (a.startsWith('v:')) return compareScalars(left, right)
  const [x, y] = [Object.entries(left as object), Object.entries(right as object)] as [[string, unknown][], [string, unknown][]]
  for (const [i, [name, value]] of x.entries()) {
    const other = y[i]
    if (other === undefined) return 1
    if (name !== other[0]) return name < other[0] ? -1 : 1
    const order = compareScalars(value, other[1])
    if (order !== 0) return order
  }
  return x.length - y.length
}

function compareScalars(a: unknown, b: unknown): number {
  if (a === b) return 0
  if (typeof a === typeof b) return (a as string | number) < (b as string | number) ? -1 : 1
  return typeof a === 'number' ? -1 : 1
}

export function sortedElements(set: FieldSet): readonly string[] {
  return [...set.children.keys()].sort(compareElements)
}

/** Every member's path; at each level the members first, then what is below (Set.Iterate). */
export function paths(set: FieldSet, at: readonly string[] = []): (readonly string[])[] {
  const elements = sortedElements(set)
  const here = elements.filter((e) => set.children.get(e)?.member).map((e) => [...at, e])
  return [...here, ...elements.flatMap((e) => paths(set.children.get(e) as FieldSet, [...at, e]))]
}

export function has(set: FieldSet, path: readonly string[]): boolean {
  let at: FieldSet | undefined = set
  for (const element of path) at = at?.children.get(element)
  return at?.member === true
}
