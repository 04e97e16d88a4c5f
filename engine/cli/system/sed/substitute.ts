import type { Match, Regex } from '../regex/regex.ts'
import type { ReplacementPart, Substitution } from './script.ts'

/** What `s` makes of the text, or undefined if it replaced nothing. */
export function substitute(text: string, regex: Regex, { replacement, global, number }: Substitution): string | undefined {
  let out = ''
  let at = 0
  let count = 0
  let done = false
  let lastEnd = -1
  while (at <= text.length) {
    const match = regex.exec(text, at)
    if (match === undefined) break
    const { start, end } = match
    const empty = start === end
    out += text.slice(at, start)
    // Nothing is no match right where the last one ended.
    const counts = !(empty && start === lastEnd)
    if (counts && ++count >= number) {
      out += replaced(replacement, match)
      done = true
    } else out += text.slice(start, end)
    lastEnd = end
    at = end
    if (done && !global) break
    if (empty) {
      const char = String.fromCodePoint(text.codePointAt(end) ?? 0)
      if (end < text.length) out += char
      at = end + char.length
    }
  }
  return done ? out + text.slice(at) : undefined
}

function replaced(parts: readonly ReplacementPart[], { groups }: Match): string {
  let out = ''
  let mode: 'U' | 'L' | undefined
  let once: 'u' | 'l' | undefined
  for (const part of parts) {
    if (part.type === 'case') {
      if (part.to === 'u' || part.to === 'l') once = part.to
      else {
        mode = part.to === 'E' ? undefined : part.to
        if (part.to === 'E') once = undefined
      }
      continue
    }
    const piece = part.type === 'text' ? part.text : (groups[part.index] ?? '')
    if (piece === '') continue
    const cased = mode === 'U' ? upper(piece) : mode === 'L' ? lower(piece) : piece
    if (once === undefined) out += cased
    else {
      const first = String.fromCodePoint(piece.codePointAt(0) as number)
      out += (once === 'u' ? upper(first) : lower(first)) + cased.slice(first.length)
    }
    once = undefined
  }
  return out
}

/** towupper(3) gives one character for one. */
function upper(text: string): string {
  return [...text].map((char) => (char.toUpperCase().length === char.length ? char.toUpperCase() : char)).join('')
}

function lower(text: string): string {
  return [...text].map((char) => (char.toLowerCase().length === char.length ? char.toLowerCase() : char)).join('')
}
