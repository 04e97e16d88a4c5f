import { type Node, nodesOf } from '../regex/ast.ts'
import { type Parsed, parsePattern, type Syntax } from '../regex/parse.ts'
import { Regex } from '../regex/regex.ts'

export interface MatcherOptions {
  readonly kind: 'basic' | 'extended' | 'fixed' | 'perl'
  readonly icase: boolean
  /** -w and -x. */
  readonly whole: 'word' | 'line' | undefined
}

/** RE_SYNTAX_GREP and RE_SYNTAX_EGREP (regex.h), as dfa.c reads them. */
const BASIC: Syntax = {
  extended: false,
  strayParenIsLiteral: false,
  strayBraceIsLiteral: false,
  strayRepeat: 'skipped',
  intervals: true,
  gnuEscapes: true,
  bracketEscapes: false,
  colonsMistaken: true,
}
const EXTENDED: Syntax = { ...BASIC, extended: true, strayParenIsLiteral: true, strayBraceIsLiteral: true }

export interface LineMatcher {
  test(line: string): boolean
  /** The leftmost longest match of any pattern that begins at `from` or later. */
  find(line: string, from: number): { readonly start: number; readonly end: number } | undefined
  /** What grep warns of before it begins. */
  readonly warnings: readonly string[]
}

/** What grep looks for: any of the patterns; a text says what is wrong with one. */
export function lineMatcher(patterns: readonly string[], options: MatcherOptions): LineMatcher | string {
  const parsed: Parsed[] = []
  for (const pattern of patterns) {
    const one = options.kind === 'fixed' ? literal(pattern) : parsePattern(pattern, options.kind === 'basic' ? BASIC : EXTENDED)
    if (typeof one === 'string') return one
    parsed.push(one)
  }
  const warnings = parsed.flatMap(({ strays }) => strays.map((op) => `${op} at start of expression`))
  const { icase } = options
  const refersBack = parsed.some(({ node }) => [...nodesOf(node)].some(({ type }) => type === 'back'))
  // Groups count from one in each pattern, so patterns that refer to theirs cannot become one.
  const together: readonly Parsed[] =
    refersBack || parsed.length < 2
      ? parsed
      : [{ node: { type: 'alt', items: parsed.map(({ node }) => node) }, groups: 0, strays: [] }]
  const all = together.map((one) => new Regex({ ...one, node: bounded(one.node, options.whole) }, { icase }))
  return { warnings, test: (line) => all.some((regex) => regex.test(line)), find: (line, from) => leftmost(all, line, from) }
}

function bounded(node: Node, whole: MatcherOptions['whole']): Node {
  if (whole === undefined) return node
  const [before, after] =
    whole === 'line' ? (['text start', 'text end'] as const) : (['after no word', 'before no word'] as const)
  return { type: 'seq', items: [{ type: 'assert', kind: before }, node, { type: 'assert', kind: after }] }
}

function leftmost(all: readonly Regex[], line: string, from: number) {
  let best: { readonly start: number; readonly end: number } | undefined
  for (const regex of all) {
    const found = regex.exec(line, from)
    if (found === undefined) continue
    const better = best === undefined || found.start < best.start || (found.start === best.start && found.end > best.end)
    if (better) best = found
  }
  return best
}

/** A fixed string as a pattern. */
function literal(text: string): Parsed {
  const items = [...text].map((char): Node => {
    const code = char.codePointAt(0) as number
    return { type: 'set', set: { negated: false, ranges: [[code, code]], classes: [] } }
  })
  return { node: { type: 'seq', items }, groups: 0, strays: [] }
}
