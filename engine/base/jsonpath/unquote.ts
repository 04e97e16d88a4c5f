import { LETTER_ESCAPES } from '../letter-escapes.ts'

/** Go's escapes between quotes of either kind (parser.go UnquoteExtend); undefined: not valid. */
export function unquoteExtend(quoted: string): string | undefined {
  const mark = quoted[0]
  if (quoted.length < 2 || mark !== quoted.at(-1)) return undefined
  const body = quoted.slice(1, -1)
  let out = ''
  for (let i = 0; i < body.length; i++) {
    const ch = body[i]!
    if (ch !== '\\') {
      if (ch === mark) return undefined
      out += ch
      continue
    }
    const next = body[++i] ?? ''
    const code = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3}))/.exec(body.slice(i))
    if (code !== null) {
      out += String.fromCodePoint(
        code[4] === undefined ? Number.parseInt(code[1] ?? code[2] ?? code[3]!, 16) : Number.parseInt(code[4], 8),
      )
      i += code[0].length - 1
    } else if (next === mark) out += next
    else if (LETTER_ESCAPES[next] !== undefined) out += LETTER_ESCAPES[next]
    else return undefined
  }
  return out
}
