import { decodeBase64, decodeUtf8, encodeUtf8 } from '../../../../base/utf8.ts'
import { isMap, type Obj, quote, sortedKeys } from '../../values.ts'

/** A function's failure; the caller says where. */
export class CallError extends Error {}

/** What text/template and kubectl (printers/template.go) define; and, or are evaluated by the caller. Ints are bigints, JSON's numbers float64s. */
export const FUNCTIONS: Readonly<Record<string, (...args: Obj[]) => Obj>> = {
  not: (x) => !truth(x),
  len: (x) => {
    if (typeof x === 'string') return BigInt(utf8Length(x))
    if (Array.isArray(x)) return BigInt(x.length)
    if (isMap(x)) return BigInt(Object.keys(x).length)
    throw new CallError(x === null || x === undefined ? 'len of nil pointer' : `len of type ${typeName(x)}`)
  },
  index: (x, ...keys) => keys.reduce(indexOne, x),
  slice: sliceOf,
  print: (...args) => sprint(args),
  println: (...args) => `${args.map(shownPlain).join(' ')}\n`,
  printf: (format, ...args) => printf(String(format), args),
  html: (...args) =>
    argText(args).replace(
      /[&<>"'\0]/g,
      (ch) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;', '\0': '\ufffd' })[ch]!,
    ),
  js: (...args) => escapeJs(argText(args)),
  urlquery: (...args) =>
    encodeURIComponent(argText(args))
      .replace(/[!'()*]/g, (ch) => `%${ch.charCodeAt(0).toString(16).toUpperCase()}`)
      .replaceAll('%20', '+'),
  eq: (x, ...others) => {
    if (others.length === 0) throw new CallError('missing argument for comparison')
    return others.some((y) => same(x, y))
  },
  ne: (x, y) => !same(x, y),
  lt: (x, y) => order(x, y) < 0,
  le: (x, y) => order(x, y) <= 0,
  gt: (x, y) => order(x, y) > 0,
  ge: (x, y) => order(x, y) >= 0,
  exists: (x, ...keys) => {
    let value = x
    for (const key of keys) {
      if (Array.isArray(value)) {
        if (typeof key !== 'bigint' || key < 0n || key >= BigInt(value.length)) return false
        value = value[Number(key)]
      } else if (isMap(value) && typeof key === 'string') value = value[key]
      else return false
    }
    return value !== null && value !== undefined
  },
  base64decode: (x) => {
    const text = String(x)
    const bytes = decodeBase64(text)
    if (bytes === undefined) throw new CallError(`base64 decode failed: illegal base64 data at input byte ${illegalByte(text)}`)
    return decodeUtf8(bytes)
  },
}

/** How many arguments a function takes, as text/template counts them. */
export const ARITY: Readonly<Record<string, readonly [number, number]>> = {
  not: [1, 1],
  len: [1, 1],
  ne: [2, 2],
  lt: [2, 2],
  le: [2, 2],
  gt: [2, 2],
  ge: [2, 2],
  base64decode: [1, 1],
}

/** Where encoding/base64 gives up. */
function illegalByte(text: string): number {
  const plain = text.replace(/[\r\n]/g, '')
  const bad = plain.search(/[^A-Za-z0-9+/]/)
  if (bad < 0) return plain.length
  if (plain[bad] !== '=') return bad
  return bad % 4 < 2
    ? bad
    : /^={1,2}$/.test(plain.slice(bad)) && plain.length % 4 === 0
      ? plain.length
      : Math.min(bad + 1, plain.length)
}

function utf8Length(text: string): number {
  return encodeUtf8(text).length
}

function sliceOf(x: Obj, ...given: Obj[]): Obj {
  if (typeof x !== 'string' && !Array.isArray(x)) throw new CallError(`can't slice item of type ${typeName(x)}`)
  const source = typeof x === 'string' ? encodeUtf8(x) : x
  const at = given.map((g) => {
    if (typeof g !== 'bigint') throw new CallError(`cannot index slice/array with type ${typeName(g)}`)
    if (g < 0n || g > BigInt(source.length)) throw new CallError(`index out of range: ${g}`)
    return Number(g)
  })
  if (at.length > 1 && at[0]! > at[1]!) throw new CallError(`invalid slice index: ${at[0]} > ${at[1]}`)
  const part = source.slice(at[0] ?? 0, at[1] ?? source.length)
  return typeof part === 'string' ? decodeUtf8(part) : part
}

/** fmt.Sprint: a blank between two operands that are no strings. */
function sprint(args: readonly Obj[]): string {
  let out = ''
  args.forEach((arg, i) => {
    if (i > 0 && typeof arg !== 'string' && typeof args[i - 1] !== 'string') out += ' '
    out += shownPlain(arg)
  })
  return out
}

function argText(args: readonly Obj[]): string {
  return args.length === 1 && typeof args[0] === 'string' ? args[0] : sprint(args)
}

function escapeJs(text: string): string {
  const named: Record<string, string> = {
    '\\': '\\\\',
    "'": "\\'",
    '"': '\\"',
    '<': '\\u003C',
    '>': '\\u003E',
    '&': '\\u0026',
    '=': '\\u003D',
  }
  return text.replace(
    /[\\'"<>&=\x00-\x1f]/g,
    (ch) => named[ch] ?? `\\u${ch.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  )
}

function indexOne(value: Obj, key: Obj): Obj {
  if (Array.isArray(value)) {
    if (key === null || key === undefined) throw new CallError('cannot index slice/array with nil')
    if (typeof key !== 'bigint') throw new CallError(`cannot index slice/array with type ${typeName(key)}`)
    if (key < 0n || key >= BigInt(value.length)) throw new CallError(`index out of range: ${key}`)
    return value[Number(key)]
  }
  if (isMap(value)) {
    if (typeof key !== 'string') throw new CallError(`value has type ${typeName(key)}; should be string`)
    return value[key]
  }
  if (value === null || value === undefined) throw new CallError('index of untyped nil')
  throw new CallError(`can't index item of type ${typeName(value)}`)
}

/** Whether a value counts as true: not false, 0, nil or empty. */
export function truth(value: Obj): boolean {
  if (value === null || value === undefined || value === false || value === 0 || value === 0n || value === '') return false
  if (Array.isArray(value)) return value.length > 0
  return isMap(value) ? Object.keys(value).length > 0 : true
}

/** A value as an action prints it. */
export function shown(value: Obj): string {
  return value === undefined ? '<no value>' : shownPlain(value)
}

/** A value as %v prints it, where JSON's numbers are float64s. */
function shownPlain(value: Obj): string {
  if (value === null || value === undefined) return '<nil>'
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return goFloat(value)
  if (Array.isArray(value)) return `[${value.map(shownPlain).join(' ')}]`
  if (!isMap(value)) return String(value)
  return `map[${sortedKeys(value)
    .map((key) => `${key}:${shownPlain(value[key])}`)
    .join(' ')}]`
}

/** strconv's 'g' with as few digits as tell the number: an exponent below -4 and from 6 on. */
function goFloat(value: number): string {
  if (value === 0 || Number.isNaN(value)) return String(value)
  const [digits = '', power = '0'] = value.toExponential().split('e')
  const exponent = Number(power)
  if (exponent >= -4 && exponent < 6)
    return exponent < 0 ? value.toFixed(Math.max(0, digits.replace(/[-.]/g, '').length - 1 - exponent)) : plainDigits(value)
  return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

function plainDigits(value: number): string {
  return Number.isInteger(value) ? BigInt(value).toString() : String(value)
}

function basicKind(value: Obj): string {
  if (typeof value === 'bigint') return 'int'
  if (typeof value === 'number') return 'float'
  if (typeof value === 'string' || typeof value === 'boolean') return typeof value
  throw new CallError(
    value === null || value === undefined
      ? 'invalid type for comparison'
      : `non-comparable type ${shownPlain(value)}: ${typeName(value)}`,
  )
}

function same(x: Obj, y: Obj): boolean {
  const absent = (value: Obj) => value === null || value === undefined
  if (absent(x) || absent(y)) return absent(x) && absent(y)
  if (basicKind(x) !== basicKind(y)) throw new CallError('incompatible types for comparison')
  return x === y
}

function order(x: Obj, y: Obj): number {
  const kind = basicKind(x)
  if (kind !== basicKind(y)) throw new CallError('incompatible types for comparison')
  if (kind === 'boolean') throw new CallError('invalid type for comparison')
  return x < y ? -1 : x > y ? 1 : 0
}

export function typeName(value: Obj): string {
  if (value === null || value === undefined) return 'nil'
  if (Array.isArray(value)) return '[]interface {}'
  if (isMap(value)) return 'map[string]interface {}'
  return ({ bigint: 'int', number: 'float64', boolean: 'bool' } as Record<string, string>)[typeof value] ?? 'string'
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
  return extra.length === 0 ? out : `${out}%!(EXTRA ${extra.map((e) => `${typeName(e)}=${shownPlain(e)}`).join(', ')})`
}

function formatOne(verb: string, value: Obj, digits: string | undefined, flags: string): string {
  const wrong = () => `%!${verb}(${value === null || value === undefined ? '<nil>' : `${typeName(value)}=${shownPlain(value)}`})`
  const signed = (text: string) => (flags.includes('+') && !text.startsWith('-') ? `+${text}` : text)
  const cut = (text: string) => (digits === undefined ? text : [...text].slice(0, Number(digits)).join(''))
  if (verb === 'v') return typeof value === 'string' ? cut(value) : shownPlain(value)
  if (verb === 'T') return value === null || value === undefined ? '<nil>' : typeName(value)
  switch (typeof value) {
    case 'string':
      if (verb === 's') return cut(value)
      if (verb === 'q') return quote(value)
      if (verb === 'x' || verb === 'X') return hex(encodeUtf8(value), verb)
      return wrong()
    case 'bigint':
      if (verb === 'd') return signed(String(value))
      if (verb === 'x') return value.toString(16)
      if (verb === 'X') return value.toString(16).toUpperCase()
      if (verb === 'o') return value.toString(8)
      if (verb === 'b') return value.toString(2)
      return verb === 'c' ? String.fromCodePoint(Number(value)) : wrong()
    case 'number':
      if (verb === 'f' || verb === 'F') return signed(value.toFixed(digits === undefined ? 6 : Number(digits)))
      if (verb === 'g') return digits === undefined ? goFloat(value) : goFloat(Number(value.toPrecision(Number(digits) || 1)))
      if (verb === 'e') return value.toExponential(digits === undefined ? 6 : Number(digits)).replace(/e([+-])(\d)$/, 'e$10$2')
      return wrong()
    case 'boolean':
      return verb === 't' ? String(value) : wrong()
    default:
      return verb === 's' && typeof value === 'object' && value !== null ? each(value, digits) : wrong()
  }
}

/** %s of a map or a list formats what is in it. */
function each(value: Obj, digits: string | undefined): string {
  const one = (inner: Obj): string => formatOne('s', inner, digits, '')
  if (Array.isArray(value)) return `[${value.map(one).join(' ')}]`
  return `map[${sortedKeys(value)
    .map((key) => `${key}:${one(value[key])}`)
    .join(' ')}]`
}

function hex(bytes: string, verb: string): string {
  const out = [...bytes].map((ch) => ch.charCodeAt(0).toString(16).padStart(2, '0')).join('')
  return verb === 'X' ? out.toUpperCase() : out
}

/** A map's keys in the order range visits them. */
export const mapKeys = sortedKeys
