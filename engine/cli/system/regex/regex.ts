import { type CharSet, type Node, nodesOf } from './ast.ts'
import { longestByTrial } from './backtrack.ts'
import { longestMatch } from './longest.ts'
import { isGreedyLongest, isQuick, type NativeOptions, nativeExpression } from './native.ts'
import { type Parsed, parsePattern, type Syntax } from './parse.ts'
import { type Matcher, type Spanned, type Spans, Subject } from './subject.ts'

/** A match: where it lies, and the text of each group (index 0 is the whole). */
export interface Match {
  readonly start: number
  readonly end: number
  readonly groups: readonly (string | undefined)[]
}

export interface RegexOptions {
  readonly icase?: boolean
  readonly multiline?: boolean
  /** Text is bytes, one char each (mawk); otherwise decoded text. */
  readonly bytes?: boolean
}

/**
 * A compiled POSIX pattern. JavaScript's matcher does the work where it gives POSIX's answer; a matcher of our own where it would
 * not, or would take for ever.
 */
export class Regex {
  readonly groups: number
  /** Operators that had nothing to repeat. */
  readonly strays: readonly string[]
  private readonly node: Node
  private readonly options: Required<RegexOptions>
  private readonly greedy: boolean
  private readonly quick: boolean
  private readonly matcher: Matcher
  private readonly native: { ascii?: RegExp; unicode?: RegExp } = {}
  private readonly testers = {
    ascii: new Map<CharSet, (c: string) => boolean>(),
    unicode: new Map<CharSet, (c: string) => boolean>(),
  }

  constructor(parsed: Parsed, options: RegexOptions = {}) {
    this.node = parsed.node
    this.groups = parsed.groups
    this.strays = parsed.strays
    this.options = { icase: false, multiline: false, bytes: false, ...options }
    this.greedy = isGreedyLongest(this.node)
    this.quick = isQuick(this.node)
    const refersBack = [...nodesOf(this.node)].some(({ type }) => type === 'back')
    this.matcher = refersBack ? longestByTrial : longestMatch
  }

  /** Compiles a pattern, or says in regcomp's words what is wrong with it. */
  static compile(pattern: string, syntax: Syntax, options: RegexOptions = {}): Regex | string {
    const parsed = parsePattern(pattern, syntax)
    return typeof parsed === 'string' ? parsed : new Regex(parsed, options)
  }

  test(text: string): boolean {
    if (!this.quick) return this.exec(text) !== undefined
    const expression = this.expression(this.isUnicode(text))
    expression.lastIndex = 0
    return expression.test(text)
  }

  /** The leftmost longest match that begins at `from` or later. */
  exec(text: string, from = 0): Match | undefined {
    const unicode = this.isUnicode(text)
    if (!this.quick) return this.search(text, from, unicode)
    const expression = this.expression(unicode)
    expression.lastIndex = from
    const found = expression.exec(text)
    if (found === null) return undefined
    if (this.greedy) return { start: found.index, end: found.index + found[0].length, groups: found }
    const longest = this.matcher(this.node, this.subject(text, unicode))(found.index)
    return longest === undefined ? undefined : this.match(text, found.index, longest)
  }

  private search(text: string, from: number, unicode: boolean): Match | undefined {
    const tryAt = this.matcher(this.node, this.subject(text, unicode))
    for (let start = from; start <= text.length; start++) {
      const found = tryAt(start)
      if (found !== undefined) return this.match(text, start, found)
      if ((text.codePointAt(start) ?? 0) > 0xffff) start++
    }
    return undefined
  }

  private match(text: string, start: number, { end, spans }: Spanned): Match {
    return { start, end, groups: [text.slice(start, end), ...this.texts(text, spans)] }
  }

  private texts(text: string, spans: Spans): (string | undefined)[] {
    return Array.from({ length: this.groups }, (_, i) => {
      const span = spans[i + 1]
      return span === undefined ? undefined : text.slice(...span)
    })
  }

  private isUnicode(text: string): boolean {
    return !this.options.bytes && /[^\x00-\x7f]/.test(text)
  }

  private nativeOptions(unicode: boolean): NativeOptions {
    return { ...this.options, unicode }
  }

  private subject(text: string, unicode: boolean): Subject {
    return new Subject(text, this.nativeOptions(unicode), unicode ? this.testers.unicode : this.testers.ascii)
  }

  private expression(unicode: boolean): RegExp {
    const kind = unicode ? 'unicode' : 'ascii'
    this.native[kind] ??= nativeExpression(this.node, this.nativeOptions(unicode))
    return this.native[kind]
  }
}
