import { decodeBase64 } from '../../base/utf8.ts'
import { badRequest } from '../status.ts'
import { canonicalQuantity, isQuantity } from '../validation/quantity.ts'
import { structOf, type Type, typeNamed } from './schema.ts'

/** A decoded value without fields that the type does not have, and what was wrong with it. */
export interface Decoded {
  readonly value: unknown
  /** `unknown field "spec.prots"`, in the order met. */
  readonly problems: readonly string[]
}

const QUANTITY = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

/** A type as Go prints it in an error. */
function goType(type: string): string {
  if (type.startsWith('[')) return `[]${goType(type.slice(1))}`
  if (type.startsWith('{')) return `map[string]${goType(type.slice(1))}`
  if (type.startsWith('@')) return type.slice(1).split('.').slice(-2).join('.')
  if (type === 'bytes') return '[]uint8'
  return type
}

/** A JSON value as encoding/json names it. */
function valueName(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'object') return 'object'
  if (typeof value === 'boolean') return 'bool'
  return typeof value
}

/** Go's zero value, which null becomes inside lists and maps. */
function zero(type: string): unknown {
  if (type.startsWith('[') || type === 'time' || type === 'microtime') return null
  if (type.startsWith('{') || type.startsWith('@')) return {}
  if (type === 'bool') return false
  if (type === 'int32' || type === 'int64' || type === 'float64' || type === 'intorstring') return 0
  return type === 'quantity' ? '0' : ''
}

/** encoding/base64: the byte it stumbles over is a foreign character, or where an unfinished group of four begins. */
function base64(text: string): string {
  if (decodeBase64(text) !== undefined) return text
  const foreign = text.search(/[^A-Za-z0-9+/=\r\n]/)
  throw badRequest(`illegal base64 data at input byte ${foreign >= 0 ? foreign : text.length - (text.length % 4)}`)
}

class Decoder {
  readonly problems: string[] = []

  private mismatch(value: unknown, type: string, path: readonly string[], owner: string, number = false): never {
    const shown = number ? `number ${value}` : valueName(value)
    const fieldPath = path.filter((p) => !p.startsWith('[')).join('.')
    const where = fieldPath === '' ? 'Go value' : `Go struct field ${owner}.${fieldPath}`
    throw badRequest(`json: cannot unmarshal ${shown} into ${where} of type ${goType(type)}`)
  }

  value(value: unknown, type: string, path: readonly string[], owner: string): unknown {
    if (type === '*') return value
    if (value === null || value === undefined) return zero(type)
    if (type.startsWith('[')) {
      if (!Array.isArray(value)) return this.mismatch(value, type, path, owner)
      return value.map((item, i) => this.value(item, type.slice(1), [...path, `[${i}]`], owner))
    }
    if (type.startsWith('{')) {
      if (typeof value !== 'object' || Array.isArray(value)) return this.mismatch(value, type, path, owner)
      const entries = Object.entries(value).map(([k, v]) => [k, this.value(v, type.slice(1), path, owner)])
      return Object.fromEntries(entries)
    }
    if (type.startsWith('@')) {
      const struct = structOf(type)
      if (struct === undefined) return value
      if (typeof value !== 'object' || Array.isArray(value)) return this.mismatch(value, type, path, owner)
      return this.struct(value as Record<string, unknown>, struct, path)
    }
    return this.scalar(value, type, path, owner)
  }

  private scalar(value: unknown, type: string, path: readonly string[], owner: string): unknown {
    const is = typeof value
    switch (type) {
      case 'bytes':
        return is === 'string' ? base64(value as string) : this.mismatch(value, type, path, owner)
      case 'string':
        return is === 'string' ? value : this.mismatch(value, type, path, owner)
      case 'bool':
        return is === 'boolean' ? value : this.mismatch(value, type, path, owner)
      case 'int32':
      case 'int64':
        if (is !== 'number') return this.mismatch(value, type, path, owner)
        if (!Number.isInteger(value) || (type === 'int32' && Math.abs(value as number) > 2147483647))
          return this.mismatch(value, type, path, owner, true)
        return value
      case 'float64':
        return is === 'number' ? value : this.mismatch(value, type, path, owner)
      case 'quantity':
        if ((is !== 'string' && is !== 'number') || !isQuantity(String(value))) throw badRequest(QUANTITY)
        return canonicalQuantity(String(value))
      case 'intorstring':
        return is === 'string' || is === 'number' ? value : this.mismatch(value, 'int32', path, owner)
      case 'time':
      case 'microtime':
        if (is !== 'string') throw badRequest(`json: cannot unmarshal ${valueName(value)} into Go value of type string`)
        if (Number.isNaN(Date.parse(value as string))) {
          throw badRequest(
            `parsing time "${JSON.stringify(value)}" as "2006-01-02T15:04:05Z07:00": cannot parse "${value}" as "2006"`,
          )
        }
        return value
      default:
        return value
    }
  }

  struct(value: Record<string, unknown>, type: Type, path: readonly string[]): Record<string, unknown> {
    const out: Record<string, unknown> = {}
    const owner = type.name.split('.').at(-1) as string
    for (const [name, item] of Object.entries(value)) {
      const field = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined
      const at = [...path, name]
      if (field === undefined) this.problems.push(`unknown field "${at.join('.').replaceAll('.[', '[')}"`)
      // as in Go, null leaves a field as it is: absent
      else if (item !== null && item !== undefined) out[name] = this.value(item, field.type, at, owner)
    }
    return out
  }
}

/** Decodes `value` as the named type: wrong types throw the JSON decoder's words (400), unknown fields are dropped and reported. */
export function decodeAs(typeName: string, value: Record<string, unknown>): Decoded {
  const type = typeNamed(typeName)
  if (type === undefined) return { value, problems: [] }
  const decoder = new Decoder()
  return { value: decoder.struct(value, type, []), problems: decoder.problems }
}
