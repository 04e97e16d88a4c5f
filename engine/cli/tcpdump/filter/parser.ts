import type { Arithmetic, Direction, Kind, Node, Operand, Protocol, Qualifiers } from './ast.ts'
import { FilterError, SYNTAX_ERROR, type Token, tokens } from './lexer.ts'
import { CONSTANTS, KEYWORDS, PROTOCOLS, UNEMULATED_WORDS } from './words.ts'

/** A valid expression that is not emulated: its first such word. */
export class UnemulatedFilter extends Error {}

const KINDS: readonly string[] = ['host', 'net', 'port', 'portrange', 'proto']
const NO_QUALIFIERS: Qualifiers = { protocol: undefined, direction: 'either', kind: undefined }
const RELATIONS = ['=', '==', '!=', '>', '<', '>=', '<=']
/** Operators of arithmetic, loosest first (grammar.y's %left lines). */
const LEVELS = [['|'], ['&'], ['^'], ['<<', '>>'], ['+', '-'], ['*', '/', '%']]

/** grammar.y: the filter language, by recursive descent. "and" and "or" bind alike, from left to right. */
export function parseFilter(text: string): Node | undefined {
  const list = tokens(text)
  return list.length === 0 ? undefined : new Parser(list).whole()
}

class Parser {
  private readonly list: readonly Token[]
  private at = 0
  /** What a bare name after and/or means: the qualifiers said last. */
  private last: Qualifiers = NO_QUALIFIERS

  constructor(list: readonly Token[]) {
    this.list = list
  }

  whole(): Node {
    const node = this.expression()
    if (this.at < this.list.length) this.fail()
    return node
  }

  private expression(): Node {
    let left = this.term()
    for (;;) {
      const kind = this.sign('&&') || this.word('and') ? 'and' : this.sign('||') || this.word('or') ? 'or' : undefined
      if (kind === undefined) return left
      left = { kind, left, right: this.term(true) }
    }
  }

  /** `more`: a name alone takes the qualifiers that were said last. */
  private term(more = false): Node {
    if (this.sign('!') || this.word('not')) return { kind: 'not', of: this.term(more) }
    const compared = this.attempt(() => this.comparison())
    if (compared !== undefined) return compared
    if (this.sign('(')) {
      const node = more && this.bareOperand() ? this.operands(this.last) : this.expression()
      if (!this.sign(')')) this.fail()
      return node
    }
    if (more && this.bareOperand()) return this.operand(this.last)
    return this.primitive()
  }

  private primitive(): Node {
    const word = this.peekWord()
    if (word === 'gateway') throw new FilterError("'gateway' not supported in this configuration")
    if (word !== undefined && UNEMULATED_WORDS.includes(word)) throw new UnemulatedFilter(word)
    if (this.word('inbound')) return { kind: 'direction', inbound: true }
    if (this.word('outbound')) return { kind: 'direction', inbound: false }
    for (const name of ['less', 'greater'] as const)
      if (this.word(name)) return { kind: 'length', atLeast: name === 'greater', value: this.number() }
    const protocol = this.protocol()
    for (const to of ['broadcast', 'multicast'] as const) {
      if (!this.word(to)) continue
      if (protocol !== undefined && protocol !== 'ether' && protocol !== 'ip' && protocol !== 'ip6') this.fail()
      return { kind: 'cast', protocol: (protocol ?? 'ether') as 'ether' | 'ip' | 'ip6', to }
    }
    const direction = this.direction()
    const kind = this.kind()
    if (kind === 'proto' && direction !== undefined) this.fail()
    if (protocol !== undefined && direction === undefined && kind === undefined) {
      // "tcp" alone; an operand may not follow a protocol without a word between them.
      if (this.bareOperand()) return this.protocolOperand(protocol)
      return { kind: 'protocol', protocol }
    }
    if (direction === undefined && kind === undefined) this.fail()
    const qualifiers: Qualifiers = { protocol, direction: direction ?? 'either', kind }
    this.last = qualifiers
    if (this.sign('(')) {
      const node = this.operands(qualifiers)
      if (!this.sign(')')) this.fail()
      return node
    }
    return this.operand(qualifiers)
  }

  private protocolOperand(protocol: Protocol): Node {
    const first = this.list[this.at]
    if (first?.kind === 'number') this.fail()
    const qualifiers: Qualifiers = { protocol, direction: 'either', kind: undefined }
    this.last = qualifiers
    return this.operand(qualifiers)
  }

  /** pid: "a or b and c" between parentheses. */
  private operands(qualifiers: Qualifiers): Node {
    const one = (): Node => (this.sign('!') || this.word('not') ? { kind: 'not', of: one() } : this.operand(qualifiers))
    let left = one()
    for (;;) {
      const kind = this.sign('&&') || this.word('and') ? 'and' : this.sign('||') || this.word('or') ? 'or' : undefined
      if (kind === undefined) return left
      left = { kind, left, right: one() }
    }
  }

  private operand(qualifiers: Qualifiers): Node {
    const token = this.list[this.at++]
    if (token === undefined) this.fail()
    return { kind: 'operand', qualifiers, operand: this.operandOf(token) }
  }

  private operandOf(token: Token): Operand {
    switch (token.kind) {
      case 'name':
        return token
      case 'word':
        if (KEYWORDS.has(token.text)) this.fail()
        return { kind: 'name', text: token.text }
      case 'address':
        return { ...token, ...this.maskOf() }
      case 'number':
        return { ...token, ...this.maskOf() }
      case 'address6':
        return { ...token, ...(this.sign('/') ? { bits: this.number() } : {}) }
      case 'mac':
        return token
      default:
        return this.fail()
    }
  }

  private maskOf(): { readonly bits?: number; readonly mask?: string } {
    if (this.sign('/')) return { bits: this.number() }
    if (!this.word('mask') && !this.word('netmask')) return {}
    const token = this.list[this.at++]
    return token?.kind === 'address' ? { mask: token.text } : this.fail()
  }

  private protocol(): Protocol | undefined {
    const word = this.peekWord()
    const protocol = word === undefined ? undefined : PROTOCOLS[word]
    if (protocol !== undefined) this.at++
    return protocol
  }

  private direction(): Direction | undefined {
    const first = this.word('src') ? 'src' : this.word('dst') ? 'dst' : undefined
    if (first === undefined) return undefined
    const other = first === 'src' ? 'dst' : 'src'
    const next = this.list[this.at + 1]
    if (next?.kind !== 'word' || next.text !== other) return first
    if (this.sign('||') || this.word('or')) {
      this.at++
      return 'either'
    }
    if (this.sign('&&') || this.word('and')) {
      this.at++
      return 'both'
    }
    return first
  }

  private kind(): Kind | undefined {
    const word = this.peekWord()
    if (word === undefined || !KINDS.includes(word)) return undefined
    this.at++
    return word as Kind
  }

  /** Whether a name, a number or an address stands here that is no keyword. */
  private bareOperand(): boolean {
    const token = this.list[this.at]
    if (token === undefined || token.kind === 'sign') return false
    return token.kind !== 'word' || !KEYWORDS.has(token.text)
  }

  // -- arithmetic ------------------------------------------------------------------------------------------------------

  private comparison(): Node | undefined {
    const left = this.arithmetic()
    const token = this.list[this.at]
    if (left === undefined || token?.kind !== 'sign' || !RELATIONS.includes(token.text)) return undefined
    this.at++
    const right = this.arithmetic() ?? this.fail()
    return { kind: 'compare', op: token.text, left, right }
  }

  private arithmetic(level = 0): Arithmetic | undefined {
    if (level === LEVELS.length) return this.factor()
    let left = this.arithmetic(level + 1)
    while (left !== undefined) {
      const op = (LEVELS[level] as readonly string[]).find((o) => this.sign(o))
      if (op === undefined) return left
      const right = this.arithmetic(level + 1) ?? this.fail()
      left = { op: op as '+', left, right }
    }
    return undefined
  }

  private factor(): Arithmetic | undefined {
    const token = this.list[this.at]
    if (token?.kind === 'number') {
      this.at++
      return { op: 'number', value: token.value }
    }
    if (this.sign('-')) {
      const right = this.factor()
      return right === undefined ? undefined : { op: '-', left: { op: 'number', value: 0 }, right }
    }
    if (this.sign('(')) {
      const inner = this.arithmetic()
      return inner !== undefined && this.sign(')') ? inner : undefined
    }
    const word = this.peekWord()
    if (word === undefined) return undefined
    if (this.word('len') || this.word('length')) return { op: 'length' }
    const constant = CONSTANTS[word]
    if (constant !== undefined) {
      this.at++
      return { op: 'number', value: constant }
    }
    const protocol = this.protocol()
    if (protocol === undefined || !this.sign('[')) return undefined
    const at = this.arithmetic() ?? this.fail()
    const size = this.sign(':') ? this.number() : 1
    if (!this.sign(']')) this.fail()
    if (![1, 2, 4].includes(size)) throw new FilterError('data size must be 1, 2, or 4')
    return { op: 'load', protocol, at, size }
  }

  // -- tokens ----------------------------------------------------------------------------------------------------------

  /** Takes back what `parse` consumed where it finds nothing. */
  private attempt<T>(parse: () => T | undefined): T | undefined {
    const from = this.at
    try {
      const found = parse()
      if (found !== undefined) return found
    } catch (error) {
      if (!(error instanceof FilterError) || error.message !== SYNTAX_ERROR) throw error
    }
    this.at = from
    return undefined
  }

  private peekWord(): string | undefined {
    const token = this.list[this.at]
    return token?.kind === 'word' ? token.text : undefined
  }

  private word(text: string): boolean {
    if (this.peekWord() !== text) return false
    this.at++
    return true
  }

  private sign(text: string): boolean {
    const token = this.list[this.at]
    if (token?.kind !== 'sign' || token.text !== text) return false
    this.at++
    return true
  }

  private number(): number {
    const token = this.list[this.at++]
    return token?.kind === 'number' ? token.value : this.fail()
  }

  private fail(): never {
    throw new FilterError(SYNTAX_ERROR)
  }
}
