import type { CharSet, ClassName } from './ast.ts'

/** A byte that is no part of a valid UTF-8 character stands in decoded text as U+DC00 plus itself; no pattern matches it. */
export const BAD_BYTES = '\\uDC80-\\uDCFF'

/** POSIX's named classes of single bytes, as the inside of a JavaScript character class. */
export const ASCII: Readonly<Record<ClassName, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\t-\\r ',
  blank: '\\t ',
  punct: '!-\\/:-@\\[-`\\{-~',
  print: ' -~',
  graph: '!-~',
  cntrl: '\\x00-\\x1F\\x7F',
  xdigit: '0-9A-Fa-f',
  word: 'A-Za-z0-9_',
}

/** As glibc's C.UTF-8 classifies, by Unicode's own properties. */
const UNICODE: Readonly<Record<ClassName, string>> = {
  ...ASCII,
  alpha: '\\p{Alphabetic}',
  alnum: '\\p{Alphabetic}\\p{N}',
  upper: '\\p{Lu}',
  lower: '\\p{Ll}',
  space: '\\t-\\r \\u1680\\u2000-\\u2006\\u2008-\\u200A\\u2028\\u2029\\u205F\\u3000',
  blank: '\\t \\u1680\\u2000-\\u2006\\u2008-\\u200A\\u205F\\u3000',
  punct: '!-\\/:-@\\[-`\\{-~\\p{P}\\p{S}',
  print: ' -~\\u00A0-\\uD7FF\\uE000-\\u{10FFFF}',
  graph: '!-~\\u00A1-\\uD7FF\\uE000-\\u{10FFFF}',
  cntrl: '\\p{Cc}\\u2028\\u2029',
  word: '\\p{Alphabetic}\\p{N}_',
}

function hex(code: number, unicode: boolean): string {
  if (code > 0xffff && unicode) return `\\u{${code.toString(16)}}`
  return `\\u${code.toString(16).padStart(4, '0')}`
}

/** The set as a JavaScript character class; `unicode` says whether the expression has the u flag. */
export function classSource(set: CharSet, unicode: boolean): string {
  const names = unicode ? UNICODE : ASCII
  const parts = set.ranges
    .filter(([low]) => unicode || low <= 0xffff)
    .map(([low, high]) => (low === high ? hex(low, unicode) : `${hex(low, unicode)}-${hex(high, unicode)}`))
  const body = parts.join('') + set.classes.map((name) => names[name]).join('')
  if (!set.negated) return `[${body}]`
  return `[^${body}${unicode ? BAD_BYTES : ''}]`
}

/** Whether one character (a string of one code point) is in the set. */
export function setTester(
  set: CharSet,
  options: { readonly icase: boolean; readonly unicode: boolean },
): (char: string) => boolean {
  const expression = new RegExp(
    `^${classSource(set, options.unicode)}$`,
    `${options.icase ? 'i' : ''}${options.unicode ? 'u' : ''}`,
  )
  const seen = new Map<string, boolean>()
  return (char) => {
    let found = seen.get(char)
    if (found === undefined) {
      found = expression.test(char)
      seen.set(char, found)
    }
    return found
  }
}

export const WORD: CharSet = { negated: false, ranges: [], classes: ['word'] }
export const ANY: CharSet = { negated: true, ranges: [], classes: [] }

/** Bytes as text for matching: UTF-8 decoded, each byte that fits nowhere kept apart. */
export function decodeText(bytes: string): string {
  if (!/[\x80-\xff]/.test(bytes)) return bytes
  return bytes.replace(
    /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/g,
    (unit) => {
      const at = (i: number) => unit.charCodeAt(i)
      if (unit.length === 1) return String.fromCharCode(0xdc00 + at(0))
      let code = at(0) & (0xff >> (unit.length + 1))
      for (let i = 1; i < unit.length; i++) code = (code << 6) | (at(i) & 63)
      return String.fromCodePoint(code)
    },
  )
}

/** The inverse of {@link decodeText}. */
export function encodeText(text: string): string {
  if (!/[^\x00-\x7f]/.test(text)) return text
  let out = ''
  for (const char of text) {
    const code = char.codePointAt(0) as number
    if (code < 0x80) out += char
    else if (code >= 0xdc80 && code <= 0xdcff) out += String.fromCharCode(code - 0xdc00)
    else if (code < 0x800) out += String.fromCharCode(0xc0 | (code >> 6), 0x80 | (code & 63))
    else if (code < 0x10000) out += String.fromCharCode(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
    else
      out += String.fromCharCode(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
  }
  return out
}
