import { C_ESCAPES } from './c-escapes.data.ts'

/** One output form of od: how many bytes a field takes and how it looks. */
export interface OdType {
  readonly size: number
  readonly width: number
  readonly trailer: boolean
  readonly text: (bytes: string) => string
}

/** od.c: bytes_to_oct_digits, bytes_to_hex_digits, bytes_to_signed_dec_digits, bytes_to_unsigned_dec_digits. */
const WIDTHS: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  o: { 1: 3, 2: 6, 4: 11, 8: 22 },
  x: { 1: 2, 2: 4, 4: 8, 8: 16 },
  d: { 1: 4, 2: 6, 4: 11, 8: 20 },
  u: { 1: 3, 2: 5, 4: 10, 8: 20 },
}
const SIZES: Readonly<Record<string, number>> = { C: 1, S: 2, I: 4, L: 8 }
const CHARS: Readonly<Record<string, string>> = { '\0': '\\0', ...C_ESCAPES }

/** The forms of a -t string; otherwise what is wrong with it, in od's words, or that it is not emulated. */
export function odTypes(text: string): OdType[] | { readonly error: string } | { readonly missing: string } {
  const found: OdType[] = []
  let rest = text
  while (rest !== '') {
    const letter = rest[0] as string
    if (letter === 'a' || letter === 'f') return { missing: `-t ${letter}` }
    if (!'cdoux'.includes(letter)) return { error: `invalid character '${letter}' in type string ‘${text}’` }
    rest = rest.slice(1)
    let size = letter === 'c' ? 1 : 4
    if (letter !== 'c') {
      const given = /^(?:[CSIL]|\d+)/.exec(rest)?.[0] ?? ''
      rest = rest.slice(given.length)
      if (given !== '') size = SIZES[given] ?? Number(given)
      if (![1, 2, 4, 8].includes(size))
        return { error: `invalid type string ‘${text}’;\nthis system doesn't provide a ${given}-byte integral type` }
    }
    const trailer = rest.startsWith('z')
    if (trailer) rest = rest.slice(1)
    found.push({ size, width: letter === 'c' ? 3 : (WIDTHS[letter]?.[size] as number), trailer, text: formatter(letter, size) })
  }
  return found
}

function formatter(letter: string, size: number): (bytes: string) => string {
  if (letter === 'c') return character
  const width = WIDTHS[letter]?.[size] as number
  return (bytes) => {
    // Little endian, as the machines are.
    let number = 0n
    for (let i = size - 1; i >= 0; i--) number = number * 256n + BigInt(bytes.charCodeAt(i))
    if (letter === 'd') return String(BigInt.asIntN(size * 8, number))
    if (letter === 'u') return String(number)
    return number.toString(letter === 'x' ? 16 : 8).padStart(width, '0')
  }
}

function character(byte: string): string {
  const code = byte.charCodeAt(0)
  if (CHARS[byte] !== undefined) return CHARS[byte]
  return code >= 32 && code < 127 ? byte : code.toString(8).padStart(3, '0')
}

/** The lines of one block of `width` bytes (the last may be shorter), the address before the first. */
export function odBlock(address: string, block: string, width: number, types: readonly OdType[]): string {
  const line = Math.max(...types.map((type) => (type.width + 1) * (width / type.size)))
  return types
    .map((type, i) => {
      const fields = width / type.size
      const shown = Math.ceil(block.length / type.size)
      const pad = line - (type.width + 1) * fields
      let left = pad
      let text = i === 0 ? address : ' '.repeat(address.length)
      // od.c PRINT_FIELDS: what a form is narrower than the widest is spread over its fields.
      for (let field = 0; field < shown; field++) {
        const next = Math.floor((pad * (fields - field - 1)) / fields)
        const bytes = block.slice(field * type.size, (field + 1) * type.size).padEnd(type.size, '\0')
        text += ` ${type.text(bytes).padStart(left - next + type.width)}`
        left = next
      }
      if (type.trailer) {
        const blank = fields - shown
        text += ' '.repeat(blank * (type.width + 1) + Math.floor((pad * blank) / fields))
        text += `  >${block.replace(/[^ -~]/g, '.')}<`
      }
      return `${text}\n`
    })
    .join('')
}
