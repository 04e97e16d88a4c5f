import { type Conversion, formatDouble, formatInteger, formatUnsigned, padded } from './printf.ts'
import { Input, isPlainInteger, toNumber, type Value } from './values.ts'

/** A format wants more arguments than there are; what was made of it until then. */
export class TooFew extends Error {
  readonly made: string
  constructor(made: string) {
    super('too few')
    this.made = made
  }
}

const SPECIFIER = /%([-+ #0]*)(\*|\d+)?(?:\.(\*|\d*))?(?:hh|h|ll|l|L|q|j|z|t)?([a-zA-Z%])|%[^%]*$/g

/** sprintf() over awk values. */
export function format(template: string, args: readonly Value[], text: (value: Value) => string): string {
  let next = 0
  let out = ''
  let at = 0
  const take = (): Value => {
    if (next >= args.length) throw new TooFew(out)
    return args[next++]
  }
  for (const match of template.matchAll(SPECIFIER)) {
    out += template.slice(at, match.index)
    at = match.index + match[0].length
    let [, flags = '', width, precision, letter] = match
    if (letter === '%') {
      out += '%'
      continue
    }
    let columns = width === '*' ? Math.trunc(toNumber(take())) : Number(width ?? 0)
    if (columns < 0) {
      flags += '-'
      columns = -columns
    }
    const digits = precision === '*' ? Math.trunc(toNumber(take())) : precision === undefined ? -1 : Number(precision)
    out += one(letter, { flags, width: columns, precision: digits }, take, text) ?? match[0]
  }
  return out + template.slice(at)
}

function one(
  letter: string | undefined,
  conversion: Conversion,
  take: () => Value,
  text: (value: Value) => string,
): string | undefined {
  switch (letter) {
    case 'd':
    case 'i':
      // mawk's d_to_I
      return formatInteger(Math.min(Math.max(toNumber(take()), -0x7fffffff), 0x7fffffff), conversion)
    case 'o':
    case 'u':
    case 'x':
    case 'X':
      return formatUnsigned(toNumber(take()), letter, conversion)
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      return formatDouble(toNumber(take()), letter, conversion)
    case 'c': {
      const value = take()
      const number = typeof value === 'number' ? value : value instanceof Input ? value.number : undefined
      return padded(
        number === undefined ? text(value).slice(0, 1) || '\0' : String.fromCharCode(Math.trunc(number) & 0xff),
        conversion,
      )
    }
    case 's': {
      const all = text(take())
      return padded(conversion.precision < 0 ? all : all.slice(0, conversion.precision), conversion)
    }
    default:
      take()
      return undefined
  }
}

/** A number as text: whole ones as they are, others by CONVFMT or OFMT. */
export function numberText(value: number, template: string): string {
  if (isPlainInteger(value)) return String(value === 0 ? 0 : value)
  if (template === '%.6g') return formatDouble(value, 'g', { flags: '', width: 0, precision: 6 })
  return format(template, [value], () => '')
}
