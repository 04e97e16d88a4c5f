import { keysAsWritten } from '../../base/go-json.ts'
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

/** A plain value's type in Go once JSON was read into interface{}. */
function goKind(value: unknown): string {
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  if (typeof value === 'string') return 'string'
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}'
}

/** runtime.fromUnstructured's errors. */
function convertError(value: unknown, type: string): string {
  const kind = value !== null && typeof value === 'object' ? (Array.isArray(value) ? 'slice' : 'map') : goKind(value)
  if (type.startsWith('[')) return `cannot restore slice from ${kind}`
  if (type.startsWith('{')) return `cannot restore map from ${kind}`
  if (type.startsWith('@')) return `cannot restore struct from: ${kind}`
  return `cannot convert ${goKind(value)} to ${goType(type)}`
}

class Decoder {
  readonly problems: string[] = []
  private readonly unstructured: boolean

  /** `unstructured`: the words of DefaultUnstructuredConverter, which takes maps for structs, instead of the JSON decoder's. */
  constructor(unstructured: boolean) {
    this.unstructured = unstructured
  }

  private mismatch(value: unknown, type: string, path: readonly string[], owner: string, number = false): never {
    if (this.unstructured) throw badRequest(convertError(value, type))
    const shown = number ? `number ${value}` : valueName(value)
    const fieldPath = path.filter((p) => !p.startsWith('[') && !p.startsWith('{')).join('.')
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
      return this.map(value as Record<string, unknown>, type.slice(1), path, owner)
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
        if (is !== 'string') return this.mismatch(value, 'string', path, owner)
        if (Number.isNaN(Date.parse(value as string)) || (type === 'microtime' && !/\.\d{6}/.test(value as string)))
          throw badRequest(timeError(value as string, type))
        return value
      default:
        return value
    }
  }

  private map(value: Record<string, unknown>, type: string, path: readonly string[], owner: string): Record<string, unknown> {
    const out: Record<string, unknown> = {}
    for (const name of keysAsWritten(value)) {
      if (Object.hasOwn(out, name)) this.problem('duplicate', [...path, name])
      else out[name] = this.value(value[name], type, [...path, `{${name}`], owner)
    }
    return out
  }

  private problem(what: 'unknown' | 'duplicate', path: readonly string[]): void {
    const text = `${what} field "${path
      .map((p) => p.replace(/^\{/, ''))
      .join('.')
      .replaceAll('.[', '[')}"`
    if (!this.problems.includes(text)) this.problems.push(text)
  }

  struct(value: Record<string, unknown>, type: Type, path: readonly string[]): Record<string, unknown> {
    const out: Record<string, unknown> = {}
    const owner = type.name.split('.').at(-1) as string
    const seen = new Set<string>()
    for (const name of keysAsWritten(value)) {
      const item = value[name]
      const field = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined
      const at = [...path, name]
      if (field === undefined) this.problem('unknown', at)
      else if (seen.has(name)) this.problem('duplicate', at)
      // as in Go, null leaves a field as it is: absent
      else if (item !== null && item !== undefined) {
        const read = this.value(item, field.type, at, owner)
        if (!omitted(read, field.type) || type.required.includes(name)) out[name] = read
      }
      seen.add(name)
    }
    for (const name of UNSET_TIMES) if (out[name] === undefined && isTime(type.fields[name]?.type)) out[name] = null
    return out
  }
}

/** Times that Go holds by value: unset they are written as null (all others are pointers, or know to be left out). */
const UNSET_TIMES = [
  'lastTransitionTime',
  'lastProbeTime',
  'lastUpdateTime',
  'lastHeartbeatTime',
  'startedAt',
  'finishedAt',
  'firstTimestamp',
  'lastTimestamp',
  'eventTime',
]

const isTime = (type: string | undefined) => type === 'time' || type === 'microtime'

/** Lists and maps with nothing in them are not written (omitempty) and so are as good as absent. */
function omitted(value: unknown, type: string): boolean {
  if (type.startsWith('[')) return Array.isArray(value) && value.length === 0
  return type.startsWith('{') && Object.keys(value as object).length === 0
}

/** time.ParseError of metav1.Time and MicroTime. */
function timeError(text: string, type: string): string {
  const layout = type === 'microtime' ? '2006-01-02T15:04:05.000000Z07:00' : '2006-01-02T15:04:05Z07:00'
  const seconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.exec(text)?.[0]
  const [rest, part] = seconds !== undefined && type === 'microtime' ? [text.slice(seconds.length), '.000000'] : [text, '2006']
  return `parsing time ${JSON.stringify(text)} as "${layout}": cannot parse ${JSON.stringify(rest)} as "${part}"`
}

/** Decodes `value` as the named type: wrong types throw the JSON decoder's words (400), unknown fields are dropped and reported. */
export function decodeAs(typeName: string, value: Record<string, unknown>, unstructured = false): Decoded {
  const type = typeNamed(typeName)
  if (type === undefined) return { value, problems: [] }
  const decoder = new Decoder(unstructured)
  return { value: decoder.struct(value, type, []), problems: decoder.problems }
}
