const CONTROL: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 }

/**
 * GNU sed's escapes for characters: \a \f \n \r \t \v, \cX, \dNNN, \oNNN, \xHH (sed's "Escapes" chapter); undefined where a
 * backslash means something else.
 */
export function sedEscape(text: string, at: number): { readonly code: number; readonly next: number } | undefined {
  const letter = text[at + 1] ?? ''
  if (Object.hasOwn(CONTROL, letter)) return { code: CONTROL[letter] as number, next: at + 2 }
  if (letter === 'c' && at + 2 < text.length) {
    return { code: (text[at + 2] as string).toUpperCase().charCodeAt(0) ^ 0x40, next: at + 3 }
  }
  const form = { d: /^[0-9]{1,3}/, o: /^[0-7]{1,3}/, x: /^[0-9a-fA-F]{1,2}/ }[letter]
  const digits = form?.exec(text.slice(at + 2, at + 5))?.[0]
  if (digits === undefined) return undefined
  const code = Number.parseInt(digits, { d: 10, o: 8, x: 16 }[letter]) & 0xff
  // A byte above 127 is no character by itself.
  return { code: code < 0x80 ? code : 0xdc00 + code, next: at + 2 + digits.length }
}

/** The text of a, i and c: escapes for characters, and a backslash makes what follows plain. */
export function plainText(text: string): string {
  let out = ''
  for (let i = 0; i < text.length; ) {
    if (text[i] !== '\\') {
      out += text[i++]
      continue
    }
    const found = text[i + 1] === 'n' ? undefined : sedEscape(text, i)
    out += found === undefined ? (text[i + 1] ?? '') : String.fromCharCode(found.code)
    i = found?.next ?? i + 2
  }
  return out
}
