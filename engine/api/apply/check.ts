import { goValue } from '../patch/go-print.ts'
import type { Field } from '../schema/schema.ts'
import { atomOf, elementText, fieldAt, ItemError, isMap, itemElement } from './atom.ts'

const NUMBERS = ['int32', 'int64', 'float64']

/** A plain value as Go's %#v prints it. */
function goSyntax(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (!isMap(value)) return String(value)
  const entries = Object.keys(value).sort()
  return `map[string]interface {}{${entries.map((k) => `${JSON.stringify(k)}:${goSyntax(value[k])}`).join(', ')}}`
}

function goType(value: unknown): string {
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}'
}

function scalar(type: string, value: unknown): string[] {
  if (type === '*') return []
  if (value === null || value === undefined) return []
  if (NUMBERS.includes(type)) {
    return typeof value === 'number' ? [] : [`expected numeric (int or float), got ${goType(value)}`]
  }
  if (type === 'string' || type === 'bytes') {
    return typeof value === 'string' ? [] : [`expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`]
  }
  if (type === 'bool') return typeof value === 'boolean' ? [] : [`expected boolean, got &{${goValue(value)}}`]
  return typeof value === 'object' ? [`expected any scalar, got &{${goValue(value)}}`] : []
}

const under = (prefix: string, errors: readonly string[]) =>
  errors.map((e) => (/^[.[]/.test(e) ? `${prefix}${e}` : `${prefix}: ${e}`))

/** What does not fit the schema (validatingObjectWalker), each with its path. */
export function typeErrors(value: unknown, field: Field): string[] {
  const atom = atomOf(field, value)
  if (atom.is === 'scalar') return scalar(atom.type, value)
  if (value === null || value === undefined) return []
  if (atom.is === 'list') {
    if (!Array.isArray(value)) return [`expected list, got &{${goValue(value)}}`]
    const seen = new Set<string>()
    const out: string[] = []
    for (const [i, item] of value.entries()) {
      let text = `[${i}]`
      if (!atom.atomic) {
        try {
          const element = itemElement(atom, item)
          text = elementText(element)
          if (seen.has(element)) out.push(`duplicate entries for key ${text}`)
          seen.add(element)
        } catch (error) {
          if (error instanceof ItemError) return [...out, `element ${i}: ${error.message}`]
          throw error
        }
      }
      out.push(...under(text, typeErrors(item, atom.of)))
    }
    return out
  }
  if (!isMap(value)) return [`expected map, got &{${goValue(value)}}`]
  const out: string[] = []
  for (const key of Object.keys(value)) {
    const of = fieldAt(atom, key)
    if (of === undefined) return [...out, `.${key}: field not declared in schema`]
    out.push(...under(`.${key}`, typeErrors(value[key], of)))
  }
  return out
}
