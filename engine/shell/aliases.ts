import { afterHeredocs, afterQuote, heredocAt, startsQuote } from './scan.ts'

/** Words after which a command begins. */
const BEFORE_COMMAND = new Set(['if', 'then', 'else', 'elif', 'while', 'until', 'do', '{', '!', 'time'])

/**
 * Replaces aliases in a line typed at a prompt, as bash's reader does before it parses: the first word of a command, if it is
 * unquoted and has not been replaced already; and the next word too where an alias ends in a blank.
 */
export function expandAliases(text: string, aliases: Readonly<Record<string, string>>, seen: readonly string[] = []): string {
  if (Object.keys(aliases).length === 0) return text
  let out = ''
  let command = true
  let parens = 0
  let docs: Parameters<typeof afterHeredocs>[2] = []
  for (let i = 0; i < text.length; ) {
    const ch = text[i] as string
    const doc = ch === '<' ? heredocAt(text, i) : undefined
    let next = i + 1
    if (ch === '\n') {
      if (docs.length > 0) {
        const end = afterHeredocs(text, next, docs)
        next = end < 0 ? text.length : end
        docs = []
      }
      command = true
    } else if (ch === ' ' || ch === '\t') {
      // Between words nothing changes.
    } else if (doc !== undefined) {
      docs = [...docs, doc.doc]
      next = doc.next
    } else if (ch === '<' || ch === '>') {
      const target = /^(?:[<>|&]*)[ \t]*[^\s;|&<>()'"`$\\]*/.exec(text.slice(i + 1, i + 4097))?.[0].length ?? 0
      next = i + 1 + target
    } else if (ch === ';' || ch === '&' || ch === '|') command = true
    else if (ch === '(') {
      parens++
      command = true
    } else if (ch === ')') {
      // Without its parenthesis it ends a pattern of `case`.
      command = parens === 0
      parens = Math.max(0, parens - 1)
    } else if (ch === '#') {
      const end = text.indexOf('\n', i)
      next = end < 0 ? text.length : end
    } else {
      const end = wordEnd(text, i)
      const word = text.slice(i, end)
      const value = command && !seen.includes(word) && Object.hasOwn(aliases, word) ? aliases[word] : undefined
      if (value !== undefined) {
        out += expandAliases(value, aliases, [...seen, word])
        command = /[ \t]$/.test(value)
        i = end
        continue
      }
      command = command && (BEFORE_COMMAND.has(word) || /^[A-Za-z_]\w*\+?=/.test(word))
      next = end
    }
    out += text.slice(i, next)
    i = next
  }
  return out
}

/** The index after the word at `i`; quotes and substitutions belong to it. */
function wordEnd(text: string, i: number): number {
  let j = i
  while (j < text.length && !/[\s;|&<>()]/.test(text[j] as string)) {
    if (startsQuote(text, j)) {
      const next = afterQuote(text, j)
      if (next < 0) return text.length
      j = next
    } else if (text[j] === '$' && text[j + 1] === '(') return j + 1
    else j++
  }
  return Math.max(j, i + 1)
}
