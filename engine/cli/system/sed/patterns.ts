import type { Syntax } from '../regex/parse.ts'
import { Regex } from '../regex/regex.ts'
import { BASIC_PATTERNS } from '../regex/syntaxes.ts'
import { sedEscape } from './escapes.ts'
import { ScriptMistake } from './reader.ts'
import type { ReplacementPart } from './script.ts'

/** RE_SYNTAX_POSIX_BASIC and RE_SYNTAX_POSIX_EXTENDED as sed sets them, with its escapes. */
const BASIC: Syntax = { ...BASIC_PATTERNS, bracketEscapes: true, escapeAt: sedEscape }
const EXTENDED: Syntax = { ...BASIC, extended: true }

/** A pattern of a script; an empty one stands for the last one used. */
export function sedPattern(
  text: string,
  options: { readonly extended: boolean; readonly icase: boolean; readonly multiline: boolean },
): Regex | undefined {
  if (text === '') {
    if (options.icase || options.multiline) throw new ScriptMistake('cannot specify modifiers on empty regexp')
    return undefined
  }
  const regex = Regex.compile(text, options.extended ? EXTENDED : BASIC, options)
  if (typeof regex === 'string') throw new ScriptMistake(regex)
  return regex
}

/** The right side of `s`. */
export function replacementParts(text: string): ReplacementPart[] {
  const parts: ReplacementPart[] = []
  let plain = ''
  const add = (part: ReplacementPart) => {
    if (plain !== '') parts.push({ type: 'text', text: plain })
    plain = ''
    parts.push(part)
  }
  for (let i = 0; i < text.length; ) {
    const char = text[i] as string
    if (char === '&') add({ type: 'group', index: 0 })
    if (char !== '\\') {
      if (char !== '&') plain += char
      i++
      continue
    }
    const next = text[i + 1] ?? ''
    const found = sedEscape(text, i)
    if (found !== undefined) {
      plain += String.fromCharCode(found.code)
      i = found.next
      continue
    }
    if (/[0-9]/.test(next)) add({ type: 'group', index: Number(next) })
    else if (/[ULulE]/.test(next)) add({ type: 'case', to: next as 'U' })
    else plain += next
    i += 2
  }
  if (plain !== '') parts.push({ type: 'text', text: plain })
  return parts
}
