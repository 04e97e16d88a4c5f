import type { Regex } from '../regex/regex.ts'

/** Index and length as mawk 1.3.4-20200120 reads them: a start below 0 lengthens what is taken. */
export function substr(text: string, from: number, length: number | undefined): string {
  let start = Math.trunc(Number.isNaN(from) ? 0 : from)
  if (length === undefined) return text.slice(Math.max(0, start - 1))
  let count = Math.trunc(Number.isNaN(length) ? 0 : length)
  if (start < 1) {
    if (start < 0) count -= start
    start = 1
  }
  return count <= 0 ? '' : text.slice(start - 1, start - 1 + count)
}

/** sub() and gsub(): the new text and how often something was replaced. */
export function replace(
  text: string,
  regex: Regex,
  replacement: string,
  all: boolean,
): { readonly text: string; readonly count: number } {
  const parts = replacementParts(replacement)
  let out = ''
  let count = 0
  let at = 0
  let lastEnd = -1
  while (at <= text.length) {
    const match = regex.exec(text, at)
    if (match === undefined) break
    const { start, end } = match
    out += text.slice(at, start)
    const empty = start === end
    if (!(empty && start === lastEnd)) {
      out += parts.map((part) => part ?? text.slice(start, end)).join('')
      count++
    }
    lastEnd = end
    at = end
    if (empty) {
      out += text.slice(end, end + 1)
      at = end + 1
    }
    if (!all && count > 0) break
  }
  return { text: out + text.slice(at), count }
}

/** Pieces of a replacement; undefined stands for what was matched (`&`). */
function replacementParts(text: string): (string | undefined)[] {
  const parts: (string | undefined)[] = []
  for (const [piece] of text.matchAll(/\\\\|\\&|&|[^\\&]+|\\/g)) {
    parts.push(piece === '&' ? undefined : piece === '\\&' ? '&' : piece === '\\\\' ? '\\' : piece)
  }
  return parts
}
