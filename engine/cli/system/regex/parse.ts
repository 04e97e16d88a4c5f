import type { Assertion, CharSet, Node } from './ast.ts'
import { parseBracket } from './bracket.ts'
import { ANY, WORD } from './chars.ts'

/** How a tool's patterns differ; glibc's RE_SYNTAX bits in words. */
export interface Syntax {
  readonly extended: boolean
  /** A `)` that closes nothing is itself (RE_UNMATCHED_RIGHT_PAREN_ORD). */
  readonly strayParenIsLiteral: boolean
  /** `{` that begins no interval is itself (RE_INVALID_INTERVAL_ORD). */
  readonly strayBraceIsLiteral: boolean
  /** `*` where nothing can be repeated is refused (RE_CONTEXT_INVALID_OPS), skipped, or (basic patterns) itself. */
  readonly strayRepeat: 'refused' | 'skipped'
  readonly intervals: boolean
  /** GNU's \w \s \b \< and the like, and back-references. */
  readonly gnuEscapes: boolean
  /** `\n` as newline and the like (sed); what an escape at this index stands for, or undefined if it is none. */
  readonly escapeAt?: (pattern: string, at: number) => { readonly code: number; readonly next: number } | undefined
  /** `[:space:]` is a mistake (grep). */
  readonly colonsMistaken?: boolean
  /** Escapes hold inside brackets too (awk). */
  readonly bracketEscapes: boolean
}

export interface Parsed {
  readonly node: Node
  readonly groups: number
  /** Operators where there was nothing to repeat, for grep's warning. */
  readonly strays: readonly string[]
}

/** RE_DUP_MAX. */
const MOST = 32767

const ASSERTIONS: Readonly<Record<string, Assertion>> = {
  '<': 'word start',
  '>': 'word end',
  b: 'word edge',
  B: 'no word edge',
  '`': 'text start',
  "'": 'text end',
}
const SPACE: CharSet = { negated: false, ranges: [], classes: ['space'] }
const SETS: Readonly<Record<string, CharSet>> = {
  w: WORD,
  W: { ...WORD, negated: true },
  s: SPACE,
  S: { ...SPACE, negated: true },
}

class Mistake extends Error {}

/** Parses a pattern; a text is what regcomp(3) says is wrong with it. */
export function parsePattern(pattern: string, syntax: Syntax): Parsed | string {
  const parser = new Parser(pattern, syntax)
  try {
    return parser.parse()
  } catch (error) {
    if (error instanceof Mistake) return error.message
    throw error
  }
}

class Parser {
  private readonly text: string
  private readonly syntax: Syntax
  private at = 0
  private groups = 0
  private depth = 0
  private readonly closed = new Set<number>()
  private readonly strays: string[] = []

  constructor(text: string, syntax: Syntax) {
    this.text = text
    this.syntax = syntax
  }

  parse(): Parsed {
    const node = this.alternatives()
    if (this.at < this.text.length) throw new Mistake('Unmatched ) or \\)')
    return { node, groups: this.groups, strays: this.strays }
  }

  /** The operator at `at`: `(`, `)`, `|`, `{`, `*`, `+`, `?` in either notation, and its length. */
  private operator(at = this.at): { readonly op: string; readonly length: number } | undefined {
    const { extended, intervals } = this.syntax
    const ch = this.text[at]
    if (ch === '*') return { op: '*', length: 1 }
    if (extended)
      return ch !== undefined && '()|+?'.includes(ch)
        ? { op: ch, length: 1 }
        : ch === '{' && intervals
          ? { op: '{', length: 1 }
          : undefined
    const next = this.text[at + 1]
    return ch === '\\' && next !== undefined && '()|{+?'.includes(next) ? { op: next, length: 2 } : undefined
  }

  private alternatives(): Node {
    const items = [this.branch()]
    while (this.operator()?.op === '|') {
      this.at += this.operator()?.length as number
      items.push(this.branch())
    }
    return items.length === 1 ? (items[0] as Node) : { type: 'alt', items }
  }

  private branch(): Node {
    const items: Node[] = []
    for (;;) {
      if (this.at >= this.text.length) break
      const found = this.operator()
      if (found?.op === '|') break
      if (found?.op === ')' && (this.depth > 0 || !(this.syntax.extended && this.syntax.strayParenIsLiteral))) {
        if (this.depth === 0) throw new Mistake('Unmatched ) or \\)')
        break
      }
      const atom = this.atom()
      if (atom !== undefined) items.push(this.repeated(atom))
    }
    return items.length === 1 ? (items[0] as Node) : { type: 'seq', items }
  }

  private atom(): Node | undefined {
    const { extended, strayRepeat } = this.syntax
    const found = this.operator()
    if (found !== undefined && found.op === '(') return this.group(found.length)
    if (found !== undefined && '*+?{'.includes(found.op)) {
      // glibc's parse_expression: anchors take no repeats, so what follows one is at the start again.
      if (extended && found.op === '{' && strayRepeat === 'skipped' && this.interval(false) === undefined) return this.literal()
      if (strayRepeat === 'refused' && (extended || found.op === '{')) throw new Mistake('Invalid preceding regular expression')
      this.at += found.length
      if (!extended) return one(found.op.codePointAt(0) as number)
      this.strays.push(found.op)
      return undefined
    }
    return this.literal()
  }

  private group(length: number): Node {
    this.at += length
    const index = ++this.groups
    this.depth++
    const body = this.alternatives()
    const close = this.operator()
    if (close?.op !== ')') throw new Mistake('Unmatched ( or \\(')
    this.at += close.length
    this.depth--
    this.closed.add(index)
    return { type: 'group', index, body }
  }

  private literal(): Node {
    const { text, syntax } = this
    const ch = text[this.at] as string
    if (ch === '[') {
      const escapeAt = syntax.bracketEscapes ? (at: number) => syntax.escapeAt?.(text, at) ?? charAt(text, at) : undefined
      const found = parseBracket(text, this.at, escapeAt)
      if (typeof found === 'string') throw new Mistake(found)
      if (syntax.colonsMistaken && /^\[:.*:\]$/s.test(text.slice(this.at, found.next)) && found.set.classes.length === 0)
        throw new Mistake('character class syntax is [[:space:]], not [:space:]')
      this.at = found.next
      return { type: 'set', set: found.set }
    }
    if (ch === '.') {
      this.at++
      return { type: 'set', set: ANY }
    }
    if ((ch === '^' && this.anchorsAtStart()) || (ch === '$' && this.anchorsAtEnd())) {
      this.at++
      return { type: 'assert', kind: ch === '^' ? 'line start' : 'line end' }
    }
    if (ch === '\\') return this.escaped()
    const { code, next } = charAt(text, this.at)
    this.at = next
    return one(code)
  }

  private escaped(): Node {
    const { text, syntax } = this
    if (this.at + 1 >= text.length) throw new Mistake('Trailing backslash')
    const next = text[this.at + 1] as string
    const special = syntax.escapeAt?.(text, this.at)
    if (special !== undefined) {
      this.at = special.next
      return one(special.code)
    }
    if (syntax.gnuEscapes) {
      const set = Object.hasOwn(SETS, next) ? SETS[next] : undefined
      const kind = Object.hasOwn(ASSERTIONS, next) ? ASSERTIONS[next] : undefined
      if (set !== undefined || kind !== undefined || /[1-9]/.test(next)) this.at += 2
      if (set !== undefined) return { type: 'set', set }
      if (kind !== undefined) return { type: 'assert', kind }
      if (/[1-9]/.test(next)) {
        if (!this.closed.has(Number(next))) throw new Mistake('Invalid back reference')
        return { type: 'back', index: Number(next) }
      }
    }
    const { code, next: after } = charAt(text, this.at + 1)
    this.at = after
    return one(code)
  }

  private repeated(atom: Node): Node {
    if (atom.type === 'assert') return atom
    let node = atom
    for (;;) {
      const found = this.operator()
      if (found === undefined || !'*+?{'.includes(found.op)) return node
      let bounds: readonly [number, number] | undefined
      if (found.op === '{') {
        bounds = this.interval(true)
        if (bounds === undefined) return node
      } else {
        this.at += found.length
        bounds = found.op === '*' ? [0, Number.POSITIVE_INFINITY] : found.op === '+' ? [1, Number.POSITIVE_INFINITY] : [0, 1]
      }
      node = { type: 'repeat', body: node, min: bounds[0], max: bounds[1] }
    }
  }

  /** Reads `{m,n}` at the place; undefined where it is no interval and so itself. */
  private interval(take: boolean): readonly [number, number] | undefined {
    const { text, syntax } = this
    const start = this.at + (this.operator()?.length as number)
    const close = syntax.extended ? '}' : '\\}'
    const match = /^(\d*)(,?)(\d*)/.exec(text.slice(start, start + 20)) as RegExpExecArray
    const [all, low = '', comma = '', high = ''] = match
    const end = start + all.length
    const wrong = (words: string) => {
      if (syntax.extended && syntax.strayBraceIsLiteral) return undefined
      throw new Mistake(words)
    }
    if (end >= text.length) return wrong('Unmatched \\{')
    if (!text.startsWith(close, end) || (low === '' && comma === '')) return wrong('Invalid content of \\{\\}')
    const min = Number(low)
    const max = comma === '' ? min : high === '' ? Number.POSITIVE_INFINITY : Number(high)
    if (max < min) return wrong('Invalid content of \\{\\}')
    if (min > MOST || (max > MOST && max !== Number.POSITIVE_INFINITY)) throw new Mistake('Regular expression too big')
    if (take) this.at = end + close.length
    return [min, max]
  }

  /** In basic patterns `^` is an anchor first in the pattern, after `\(`, `\|` or a newline. */
  private anchorsAtStart(): boolean {
    if (this.syntax.extended || this.at === 0) return true
    const before = this.text.slice(0, this.at)
    return /(?:^|[^\\])(?:\\\\)*\\[(|]$/.test(before)
  }

  /** In basic patterns `$` is an anchor last in the pattern, before `\)` or `\|`. */
  private anchorsAtEnd(): boolean {
    if (this.syntax.extended || this.at + 1 === this.text.length) return true
    return /^\\[)|]/.test(this.text.slice(this.at + 1))
  }
}

function charAt(text: string, at: number): { readonly code: number; readonly next: number } {
  const code = text.codePointAt(at) as number
  return { code, next: at + (code > 0xffff ? 2 : 1) }
}

function one(code: number): Node {
  return { type: 'set', set: { negated: false, ranges: [[code, code]], classes: [] } }
}
