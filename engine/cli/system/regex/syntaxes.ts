import type { Syntax } from './parse.ts'

/** RE_SYNTAX_POSIX_BASIC as coreutils use it (nl, expr), and sed with its escapes. */
export const BASIC_PATTERNS: Syntax = {
  extended: false,
  strayParenIsLiteral: false,
  strayBraceIsLiteral: false,
  strayRepeat: 'refused',
  intervals: true,
  gnuEscapes: true,
  bracketEscapes: false,
}
