import { unifiedDiff } from '../../base/difflib.ts'
import { STRUCTS } from './internal.data.ts'

type Values = Readonly<Record<string, unknown>>

const ZERO: Readonly<Record<string, unknown>> = { s: '', b: false, n: 0, q: '0' }

/** A value of the API as the server's internal struct holds it: Go's field names, all fields, null where nothing is. */
function internal(value: unknown, type: string): unknown {
  if (type.startsWith('*')) return value === undefined || value === null ? null : internal(value, type.slice(1))
  if (type.startsWith('[')) return Array.isArray(value) ? value.map((item) => internal(item, type.slice(1))) : null
  if (type.startsWith('@')) return struct((value ?? {}) as Values, type.slice(1))
  if (type === '{') return sortedMap(value)
  return value ?? ZERO[type] ?? null
}

function sortedMap(value: unknown): unknown {
  if (value === undefined || value === null) return null
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function struct(value: Values, name: string): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const field of (STRUCTS[name] as string).split(' ')) {
    if (field === '') continue
    if (field.startsWith('+')) {
      Object.assign(out, struct(value, field.slice(1)))
      continue
    }
    const [goName = '', type = '', json = `${goName[0]?.toLowerCase()}${goName.slice(1)}`] = field.split(':')
    out[goName] = internal(value[json], type)
  }
  return out
}

/** The pod's own fields that the internal struct keeps in its security context. */
const HOST = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace', 'hostUsers']

function moved(type: string, value: Values): Values {
  if (type !== 'PodSpec') return value
  const host = Object.fromEntries(HOST.map((name) => [name, value[name]]))
  return { ...value, securityContext: { ...(value.securityContext as Values | undefined), ...host } }
}

/** A versioned object as the server's internal struct prints it (a validator's %#v of a PodSpec). */
export function internalStruct(type: string, value: Values): Record<string, unknown> {
  return struct(moved(type, value), type)
}

/** json.MarshalIndent: one space a level, and three characters that HTML minds escaped. */
function marshal(value: unknown): string {
  return JSON.stringify(value, undefined, 1).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('&', '\\u0026')
}

/** apimachinery util/diff: two values of an internal struct as indented JSON, and what differs line by line. */
export function goDiff(type: string, before: Values, after: Values): string {
  const text = (value: Values) => marshal(internalStruct(type, value))
  return unifiedDiff(text(before), text(after))
}
