import { emptySet, type FieldSet, isEmpty } from '../field-set.ts'
import type { Field } from '../schema/schema.ts'
import { atomOf, DEDUCED, fieldAt, isMap, itemElement, type Values } from './atom.ts'

function child(set: FieldSet, element: string): FieldSet {
  const found = set.children.get(element) ?? emptySet()
  set.children.set(element, found)
  return found
}

/** Every field that a value sets (TypedValue.ToFieldSet). */
export function fieldsOf(value: unknown, field: Field): FieldSet {
  const out = emptySet()
  collect(value, field, out)
  return out
}

function collect(value: unknown, field: Field, out: FieldSet): void {
  const atom = atomOf(field, value)
  if (atom.is === 'scalar' || atom.atomic) {
    out.member = true
    return
  }
  if (atom.is === 'list') {
    if (!Array.isArray(value)) return
    for (const item of value) {
      const at = child(out, itemElement(atom, item))
      collect(item, atom.of, at)
      at.member = true
    }
    return
  }
  if (!isMap(value)) return
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue
    const at = child(out, `f:${key}`)
    collect(item, fieldAt(atom, key) ?? DEDUCED, at)
    if (item === null || (isMap(item) && Object.keys(item).length === 0) || !Object.hasOwn(atom.fields, key)) at.member = true
    // an empty list sets nothing
    if (isEmpty(at)) out.children.delete(`f:${key}`)
  }
}

/** The set with every named field on the way to a member a member itself (Set.EnsureNamedFieldsAreMembers). */
export function withNamedFields(set: FieldSet, field: Field | undefined): FieldSet {
  const out: FieldSet = { member: set.member, children: new Map() }
  const atom = field === undefined ? undefined : atomOf(field, field.type === '?' ? {} : undefined)
  for (const [element, sub] of set.children) {
    let next: Field | undefined
    if (atom?.is === 'map' && element.startsWith('f:')) next = fieldAt(atom, element.slice(2))
    else if (atom?.is === 'list' && element.startsWith('k:')) next = atom.of
    const inner = withNamedFields(sub, next)
    if (sub.children.size > 0 && atom?.is === 'map' && element.startsWith('f:') && Object.hasOwn(atom.fields, element.slice(2)))
      inner.member = true
    out.children.set(element, inner)
  }
  return out
}

/** A value without the members of a set and all that is below them (TypedValue.RemoveItems); undefined when nothing is left. */
export function removeFields(value: unknown, set: FieldSet, field: Field): unknown {
  const atom = atomOf(field, value)
  if (atom.is === 'scalar') return value
  if (atom.is === 'list') {
    if (!Array.isArray(value) || value.length === 0 || atom.atomic) return undefined
    const items: unknown[] = []
    for (const item of value) {
      const at = set.children.get(itemElement(atom, item))
      if (at?.member === true) continue
      items.push(at === undefined || isEmpty(at) ? item : removeFields(item, at, atom.of))
    }
    return items.length === 0 ? undefined : items
  }
  if (!isMap(value) || atom.atomic) return undefined
  const out: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value as Values)) {
    const at = set.children.get(`f:${key}`)
    if (at?.member === true) continue
    if (at === undefined || isEmpty(at)) {
      out[key] = item
      continue
    }
    const left = removeFields(item, at, fieldAt(atom, key) ?? DEDUCED)
    out[key] = left === undefined ? null : left
  }
  return Object.keys(out).length === 0 ? undefined : out
}
