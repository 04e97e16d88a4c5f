import { decodeBase64, decodeUtf8 } from '../../../../base/utf8.ts'
import { goValue, isMap, type Obj, sortedKeys } from '../../values.ts'

/** A function's failure; the caller says where. */
export class CallError extends Error {}

/** What text/template and kubectl (printers/template.go) define; and, or are evaluated by the caller. */
export const FUNCTIONS: Readonly<Record<string, (...args: Obj[]) => Obj>> = {
  not: (x) => !truth(x),
  len: (x) => {
    if (typeof x === 'string') return [...x].length
    if (Array.isArray(x)) return x.length
    if (isMap(x)) return Object.keys(x).length
    throw new CallError(`len of type ${typeName(x)}`)
  },
  index: (x, ...keys) => keys.reduce(indexOne, x),
  slice: (x, from = 0, to = x.length) => x.slice(from, to),
  print: (...args) => args.map(shown).join(''),
  println: (...args) => `${args.map(shown).join(' ')}\n`,
  printf: (format, ...args) => printf(String(format), args),
  html: (x) =>
    shown(x).replace(/[&<>"']/g, (ch: string) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' })[ch]!),
  js: (x) => JSON.stringify(shown(x)).slice(1, -1),
  urlquery: (x) => encodeURIComponent(shown(x)).replaceAll('%20', '+'),
  eq: (x, ...others) => others.some((y) => same(x, y)),
  ne: (x, y) => !same(x, y),
  lt: (x, y) => order(x, y) < 0,
  le: (x, y) => order(x, y) <= 0,
  gt: (x, y) => order(x, y) > 0,
  ge: (x, y) => order(x, y) >= 0,
  exists: (x, ...keys) => {
    let value = x
    for (const key of keys) {
      value = Array.isArray(value) ? value[key] : isMap(value) ? value[key] : undefined
      if (value === undefined) return false
    }
    return true
  },
  base64decode: (x) => {
    const bytes = decodeBase64(String(x))
    if (bytes === undefined) throw new CallError(`base64 decode: illegal base64 data`)
    return decodeUtf8(bytes)
  },
}

function indexOne(value: Obj, key: Obj): Obj {
  if (Array.isArray(value)) {
    if (typeof key !== 'number') throw new CallError(`cannot index slice/array with type ${typeName(key)}`)
    if (key < 0 || key >= value.length) throw new CallError(`error calling index: reflect: slice index out of range`)
    return value[key]
  }
  if (isMap(value)) return value[key]
  if (value === null || value === undefined) throw new CallError('index of untyped nil')
  throw new CallError(`can't index item of type ${typeName(value)}`)
}

/** Whether a value counts as true: not false, 0, nil or empty. */
export function truth(value: Obj): boolean {
  if (value === null || value === undefined || value === false || value === 0 || value === '') return false
  if (Array.isArray(value)) return value.length > 0
  return isMap(value) ? Object.keys(value).length > 0 : true
}

/** A value as an action prints it. */
export function shown(value: Obj): string {
  return value === undefined ? '<no value>' : goValue(value)
}

function same(x: Obj, y: Obj): boolean {
  if (typeof x !== typeof y && x !== null && y !== null) throw new CallError('incompatible types for comparison')
  return x === y
}

function order(x: Obj, y: Obj): number {
  if (typeof x !== typeof y) throw new CallError('incompatible types for comparison')
  return x < y ? -1 : x > y ? 1 : 0
}

export function typeName(value: Obj): string {
  if (value === null || value === undefined) return 'nil'
  if (Array.isArray(value)) return '[]interface {}'
  if (isMap(value)) return 'map[string]interface {}'
  return typeof value === 'number'
    ? Number.isInteger(value)
      ? 'int64'
      : 'float64'
    : typeof value === 'boolean'
      ? 'bool'
      : 'string'
}

function printf(format: string, args: readonly Obj[]): string {
  let next = 0
  const out = format.replace(
    /%([-+ 0#]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g,
    (_, flags: string, width: string | undefined, digits: string | undefined, verb: string) => {
      if (verb === '%') return '%'
      if (next >= args.length) return `%!${verb}(MISSING)`
      const text = formatOne(verb, args[next++], digits, flags)
      if (width === undefined) return text
      const pad = Number(width)
      return flags.includes('-') ? text.padEnd(pad) : text.padStart(pad, flags.includes('0') ? '0' : ' ')
    },
  )
  const extra = args.slice(next)
  return extra.length === 0 ? out : `${out}%!(EXTRA ${extra.map((e) => `${typeName(e)}=${goValue(e)}`).join(', ')})`
}

function formatOne(verb: string, value: Obj, digits: string | undefined, flags: string): string {
  switch (verb) {
    case 's':
    case 'v':
      return digits === undefined ? goValue(value) : goValue(value).slice(0, Number(digits))
    case 'd':
      return typeof value === 'number'
        ? flags.includes('+') && value >= 0
          ? `+${value}`
          : String(value)
        : `%!d(${typeName(value)}=${goValue(value)})`
    case 'q':
      return JSON.stringify(String(value))
    case 'x':
      return typeof value === 'number'
        ? value.toString(16)
        : [...String(value)].map((ch) => ch.charCodeAt(0).toString(16).padStart(2, '0')).join('')
    case 'f':
      return Number(value).toFixed(digits === undefined ? 6 : Number(digits))
    case 't':
      return String(value)
    case 'T':
      return typeName(value)
    default:
      return `%!${verb}(${typeName(value)}=${goValue(value)})`
  }
}

/** A map's keys in the order range visits them. */
export const mapKeys = sortedKeys
