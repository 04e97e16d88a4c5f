import type { CharSet, ClassName } from './ast.ts'

/** What a bracket expression can be wrong about, in glibc's words (regcomp.c's messages). */
export const BRACKET = 'Unmatched [, [^, [:, [., or [='
const CLASS = 'Invalid character class name'
const COLLATE = 'Invalid collation character'
const RANGE = 'Invalid range end'

const CLASSES = new Set([
  'alpha',
  'digit',
  'alnum',
  'upper',
  'lower',
  'space',
  'blank',
  'punct',
  'print',
  'graph',
  'cntrl',
  'xdigit',
])

/** Reads the bracket expression whose `[` is at `at`; backslash is an escape in awk only, through `escapeAt`. */
export function parseBracket(
  pattern: string,
  at: number,
  escapeAt?: (at: number) => { readonly code: number; readonly next: number },
): { readonly set: CharSet; readonly next: number } | string {
  let i = at + 1
  const negated = pattern[i] === '^'
  if (negated) i++
  if (i >= pattern.length) return 'Invalid regular expression'
  const ranges: [number, number][] = []
  const classes: ClassName[] = []
  for (let first = true; ; first = false) {
    if (i >= pattern.length) return BRACKET
    if (pattern[i] === ']' && !first) return { set: { negated, ranges, classes }, next: i + 1 }
    const opener = pattern[i] === '[' ? pattern[i + 1] : undefined
    if (opener === ':') {
      const end = pattern.indexOf(':]', i + 2)
      if (end < 0) return BRACKET
      const name = pattern.slice(i + 2, end)
      if (!CLASSES.has(name)) return CLASS
      classes.push(name as ClassName)
      i = end + 2
      continue
    }
    const low = element(pattern, i, escapeAt)
    if (typeof low === 'string') return low
    i = low.next
    if (pattern[i] === '-' && i + 1 < pattern.length && pattern[i + 1] !== ']') {
      const high = element(pattern, i + 1, escapeAt)
      if (typeof high === 'string') return high
      if (high.code < low.code) return RANGE
      ranges.push([low.code, high.code])
      i = high.next
    } else ranges.push([low.code, low.code])
  }
}

/** One end of a range: a character, `[.x.]` or `[=x=]`. */
function element(
  pattern: string,
  at: number,
  escapeAt?: (at: number) => { readonly code: number; readonly next: number },
): { readonly code: number; readonly next: number } | string {
  const opener = pattern[at] === '[' ? pattern[at + 1] : undefined
  if (opener === '.' || opener === '=') {
    const end = pattern.indexOf(`${opener}]`, at + 2)
    if (end < 0) return BRACKET
    const [char, ...rest] = [...pattern.slice(at + 2, end)]
    if (char === undefined || rest.length > 0) return COLLATE
    return { code: char.codePointAt(0) as number, next: end + 2 }
  }
  if (escapeAt !== undefined && pattern[at] === '\\' && at + 1 < pattern.length) return escapeAt(at)
  const code = pattern.codePointAt(at) as number
  return { code, next: at + (code > 0xffff ? 2 : 1) }
}
