import type { Json } from '../../../engine/index.ts'
import { MESSAGES } from './messages.data.ts'
import { fieldsOf, ProtobufError, type WireField } from './reader.ts'

interface Field {
  readonly name: string
  readonly inline: boolean
  /** A zero says something here. */
  readonly zero: boolean
  readonly shape: 'one' | 'list' | 'map'
  readonly type: string
}

type Fields = ReadonlyMap<number, Field>
type Values = Record<string, Json>

const MOST_DEPTH = 100
const tables = new Map<string, Fields>()

function tableOf(type: string): Fields | undefined {
  const had = tables.get(type)
  if (had !== undefined) return had
  const text = Object.hasOwn(MESSAGES, type) ? MESSAGES[type] : undefined
  if (text === undefined) return undefined
  const fields = new Map<number, Field>()
  for (const part of text.split('|')) {
    const [number, name = '', kind = ''] = part.split(' ')
    const zero = name.endsWith('!')
    fields.set(Number(number), {
      name: zero ? name.slice(0, -1) : name,
      inline: name === '^',
      zero,
      shape: kind.startsWith('*') ? 'list' : kind.startsWith('%') ? 'map' : 'one',
      type: kind.replace(/^[*%]/, ''),
    })
  }
  tables.set(type, fields)
  return fields
}

/** A message as the JSON form of the same object; undefined where the type is not known. Unknown fields are dropped, as Go does. */
export function readMessage(type: string, bytes: Buffer, depth = 0): Values | undefined {
  const table = tableOf(type)
  if (table === undefined) return undefined
  if (depth > MOST_DEPTH) throw new ProtobufError('exceeded max depth')
  const out: Values = {}
  for (const wire of fieldsOf(bytes)) {
    const field = table.get(wire.number)
    if (field === undefined) continue
    const { name, shape } = field
    if (field.inline) Object.assign(out, readMessage(field.type, bytesOf(wire), depth + 1))
    else if (shape === 'list') out[name] = [...((out[name] as Json[]) ?? []), one(field.type, wire, depth) ?? null]
    else if (shape === 'map') Object.defineProperty(mapAt(out, name), ...entry(field.type, wire, depth))
    else {
      const value = one(field.type, wire, depth)
      if (value !== undefined && (field.zero || (value !== '' && value !== 0 && value !== false))) out[name] = value
    }
  }
  return out
}

function mapAt(out: Values, name: string): Values {
  out[name] ??= {}
  return out[name] as Values
}

function entry(type: string, wire: WireField, depth: number): [string, PropertyDescriptor] {
  let key = ''
  let value: Json | undefined
  for (const field of fieldsOf(bytesOf(wire))) {
    if (field.number === 1) key = bytesOf(field).toString('utf8')
    else if (field.number === 2) value = one(type, field, depth)
  }
  // Defined, not assigned: a key may be called __proto__.
  return [key, { value: value ?? '', enumerable: true, writable: true, configurable: true }]
}

function bytesOf({ bytes, number }: WireField): Buffer {
  if (bytes === undefined) throw new ProtobufError(`proto: wrong wireType for field ${number}`)
  return bytes
}

function numberOf({ value, number }: WireField): bigint {
  if (value === undefined) throw new ProtobufError(`proto: wrong wireType for field ${number}`)
  return BigInt.asIntN(64, value)
}

function one(type: string, wire: WireField, depth: number): Json | undefined {
  switch (type) {
    case 'string':
      return bytesOf(wire).toString('utf8')
    case 'bool':
      return numberOf(wire) !== 0n
    case 'int':
    case 'int32':
    case 'int64':
    case 'uint32':
    case 'uint64':
      return Number(numberOf(wire))
    case 'bytes':
      return bytesOf(wire).toString('base64')
    case 'strings':
      return [...fieldsOf(bytesOf(wire))].map((item) => bytesOf(item).toString('utf8'))
    case 'time':
    case 'microtime':
      return time(bytesOf(wire), type === 'microtime')
    case 'duration':
      return `${Number(firstNumber(bytesOf(wire))) / 1e9}s`
    case 'quantity':
      return String([...fieldsOf(bytesOf(wire))].find((f) => f.number === 1)?.bytes ?? '0')
    case 'intorstring':
      return intOrString(bytesOf(wire))
    case 'raw':
      return raw(bytesOf(wire))
    default:
      return readMessage(type, bytesOf(wire), depth + 1)
  }
}

function firstNumber(bytes: Buffer): bigint {
  for (const field of fieldsOf(bytes)) if (field.number === 1) return numberOf(field)
  return 0n
}

/** A Timestamp: seconds and nanoseconds; the zero time is no time (meta/v1 Time.Unmarshal). */
function time(bytes: Buffer, micro: boolean): string | undefined {
  let seconds = 0n
  let nanos = 0n
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) seconds = numberOf(field)
    else if (field.number === 2) nanos = numberOf(field)
  }
  if (bytes.length === 0 || (seconds === 0n && nanos === 0n)) return undefined
  const date = new Date(Number(seconds) * 1000)
  if (Number.isNaN(date.getTime())) throw new ProtobufError('a time out of range')
  const whole = date.toISOString().slice(0, 19)
  return micro ? `${whole}.${String(nanos / 1000n).padStart(6, '0')}Z` : `${whole}Z`
}

/** util/intstr: 1 which of the two, 2 the number, 3 the text. */
function intOrString(bytes: Buffer): Json {
  let isText = false
  let number = 0
  let text = ''
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) isText = numberOf(field) === 1n
    else if (field.number === 2) number = Number(numberOf(field))
    else if (field.number === 3) text = bytesOf(field).toString('utf8')
  }
  return isText ? text : number
}

/** A message that carries JSON: FieldsV1, RawExtension. */
function raw(bytes: Buffer): Json | undefined {
  for (const field of fieldsOf(bytes)) {
    if (field.number !== 1) continue
    try {
      return JSON.parse(bytesOf(field).toString('utf8')) as Json
    } catch {
      throw new ProtobufError('raw JSON that does not parse')
    }
  }
  return undefined
}
