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
  for (const key of [...set.children.keys()].sort()) out[key] = encodeFields(set.children.get(key) as FieldSet)
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
