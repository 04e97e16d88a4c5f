import type { Syntax } from '../regex/parse.ts'
import { Regex } from '../regex/regex.ts'
import { AwkMistake } from './lexer.ts'

const ESCAPES: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, v: 11, a: 7, b: 8, '/': 47, '"': 34 }

function escapeAt(text: string, at: number): { readonly code: number; readonly next: number } | undefined {
  const octal = /^[0-7]{1,3}/.exec(text.slice(at + 1, at + 4))?.[0]
  if (octal !== undefined) return { code: Number.parseInt(octal, 8) & 0xff, next: at + 1 + octal.length }
  const next = text[at + 1]
  if (next === undefined) return undefined
  return { code: Object.hasOwn(ESCAPES, next) ? (ESCAPES[next] as number) : next.charCodeAt(0), next: at + 2 }
}

/** mawk 1.3.4's extended patterns, over bytes: no intervals, none of GNU's escapes. */
const AWK: Syntax = {
  extended: true,
  strayParenIsLiteral: false,
  strayBraceIsLiteral: true,
  strayRepeat: 'skipped',
  intervals: false,
  gnuEscapes: false,
  bracketEscapes: true,
  escapeAt,
}

const WORDS: Readonly<Record<string, string>> = {
  'Unmatched ( or \\(': "missing ')'",
  'Unmatched ) or \\)': "missing '('",
  'Invalid character class name': 'bad class -- [], [^] or [',
}

export function awkPattern(text: string, line?: number): Regex {
  const regex = Regex.compile(text, AWK, { bytes: true })
  if (typeof regex !== 'string') return regex
  const where = line === undefined ? '' : `line ${line}: `
  throw new AwkMistake(
    `${where}regular expression compile failed (${WORDS[regex] ?? WORDS['Invalid character class name']})\n${text}`,
  )
}
