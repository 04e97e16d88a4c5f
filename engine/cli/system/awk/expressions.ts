import type { ArrayRef, BinaryOp, CompareOp, Expr, Place } from './ast.ts'
import { AwkMistake, UNKNOWN_BUILTINS } from './lexer.ts'
import { awkPattern } from './patterns.ts'
import { Tokens } from './tokens.ts'

/** A program uses what mawk has and we have not. */
export class NotEmulated extends Error {}

/** How many arguments a function takes. */
const ARGS: Readonly<Record<string, readonly [number, number]>> = {
  length: [0, 1],
  substr: [2, 3],
  index: [2, 2],
  split: [2, 3],
  sub: [2, 3],
  gsub: [2, 3],
  match: [2, 2],
  sprintf: [1, 255],
  sin: [1, 1],
  cos: [1, 1],
  atan2: [2, 2],
  exp: [1, 1],
  log: [1, 1],
  sqrt: [1, 1],
  int: [1, 1],
  rand: [0, 0],
  srand: [0, 1],
  tolower: [1, 1],
  toupper: [1, 1],
  system: [1, 1],
  close: [1, 1],
  fflush: [0, 1],
}
const COMPARES = new Set(['<', '<=', '==', '!=', '>', '>='])
const ASSIGNS = new Set(['=', '+=', '-=', '*=', '/=', '%=', '^='])

interface Context {
  /** `>` leads to a file here. */
  readonly noGreater?: boolean
  /** `in` belongs to a for loop here. */
  readonly noIn?: boolean
}

/** Expressions, one method for each level of precedence (mawk's parse.y). */
export class ExpressionParser extends Tokens {
  protected params: readonly string[] = []
  protected readonly calls: string[] = []
  /** Names used alone for the first time. */
  private readonly fresh = new Set<Expr>()
  private readonly handed = new Set<string>()
  private readonly kinds = new Map<string, 'array' | 'scalar'>()

  /** Comma separated expressions, up to `close` or for as long as there are commas. */
  protected list(close: string | undefined, context: Context = {}): Expr[] {
    const items: Expr[] = []
    if (close !== undefined && this.is(close)) {
      this.advance()
      return items
    }
    for (;;) {
      items.push(this.expr(context))
      if (!this.is(',')) break
      this.advance()
      this.skipNewlines()
    }
    if (close !== undefined) this.expect(close)
    return items
  }

  protected expr(context: Context = {}): Expr {
    const test = this.or(context)
    if (this.token.type === 'op' && ASSIGNS.has(this.token.text) && isPlace(test)) {
      const op = this.token.text === '=' ? undefined : (this.token.text[0] as BinaryOp)
      this.advance()
      this.skipNewlines()
      return { type: 'assign', to: test, op, value: this.expr(context) }
    }
    if (!this.is('?')) return test
    this.advance()
    this.skipNewlines()
    const yes = this.expr(context)
    this.skipNewlines()
    this.expect(':')
    this.skipNewlines()
    return { type: 'ternary', test, yes, no: this.expr(context) }
  }

  private or(context: Context): Expr {
    let left = this.and(context)
    while (this.is('||')) {
      this.advance()
      this.skipNewlines()
      left = { type: 'or', left, right: this.and(context) }
    }
    return left
  }

  private and(context: Context): Expr {
    let left = this.membership(context)
    while (this.is('&&')) {
      this.advance()
      this.skipNewlines()
      left = { type: 'and', left, right: this.membership(context) }
    }
    return left
  }

  private membership(context: Context): Expr {
    let left = this.matching(context)
    while (this.is('in') && !context.noIn) {
      this.advance()
      left = { type: 'in', subscripts: left.type === 'group' ? left.items : [left], array: this.arrayName() }
    }
    return left
  }

  private matching(context: Context): Expr {
    let left = this.comparison(context)
    while (this.is('~') || this.is('!~')) {
      const negated = this.is('!~')
      this.advance()
      const { line } = this.token
      const right = this.comparison(context)
      if (right.type === 'string') awkPattern(right.value, line)
      left = { type: 'match', negated, left, right }
    }
    return left
  }

  private comparison(context: Context): Expr {
    let left = this.concatenation(context)
    for (;;) {
      const { text, type, line } = this.token
      if (text === '>=' && type === 'op' && context.noGreater) throw new AwkMistake(`line ${line}: syntax error at or near =`)
      if (type === 'op' && COMPARES.has(text) && !(text === '>' && context.noGreater)) {
        this.advance()
        left = { type: 'compare', op: text as CompareOp, left, right: this.concatenation(context) }
        continue
      }
      if (!this.is('|') || !this.isPipeToGetline()) return left
      left = { type: 'getline', to: this.optionalPlace(), from: 'command', source: left }
    }
  }

  /** Whether the `|` in hand leads to getline; then both are taken. */
  private isPipeToGetline(): boolean {
    const pipe = this.token
    const next = this.lexer.next()
    if (next.type === 'word' && next.text === 'getline') {
      this.advance()
      return true
    }
    this.hold(next)
    this.token = pipe
    return false
  }

  protected concatenation(context: Context): Expr {
    let left = this.additive(context)
    while (this.startsOperand()) left = { type: 'concat', left, right: this.additive(context) }
    return left
  }

  private startsOperand(): boolean {
    const { type, text } = this.token
    if (type === 'op') return text === '$' || text === '(' || text === '++' || text === '--'
    return type === 'number' || type === 'string' || type === 'name' || type === 'function call' || type === 'builtin'
  }

  private additive(context: Context): Expr {
    let left = this.multiplicative(context)
    while (this.is('+') || this.is('-')) {
      const op = this.token.text as BinaryOp
      this.advance()
      left = { type: 'binary', op, left, right: this.multiplicative(context) }
    }
    return left
  }

  private multiplicative(context: Context): Expr {
    let left = this.unary(context)
    while (this.is('*') || this.is('/') || this.is('%')) {
      const op = this.token.text as BinaryOp
      this.advance()
      left = { type: 'binary', op, left, right: this.unary(context) }
    }
    return left
  }

  private unary(context: Context): Expr {
    if (this.is('!') || this.is('-') || this.is('+')) {
      const op = this.token.text as '!'
      this.advance()
      return { type: 'unary', op, of: this.unary(context) }
    }
    return this.power(context)
  }

  private power(context: Context): Expr {
    const left = this.postfix()
    if (!this.is('^')) return left
    this.advance()
    const right = this.is('-') || this.is('+') || this.is('!') ? this.unary(context) : this.power(context)
    return { type: 'binary', op: '^', left, right }
  }

  private postfix(): Expr {
    if (this.is('++') || this.is('--')) {
      const by = this.is('++') ? 1 : -1
      this.advance()
      const to = this.primary()
      if (!isPlace(to)) this.unexpected()
      return { type: 'step', to: to as Place, by, prefix: true }
    }
    const of = this.primary()
    if (!(this.is('++') || this.is('--')) || !isPlace(of)) return of
    const by = this.is('++') ? 1 : -1
    this.advance()
    return { type: 'step', to: of, by, prefix: false }
  }

  private primary(): Expr {
    const { type, text, value, line } = this.token
    switch (type) {
      case 'number':
        this.advance()
        return { type: 'number', value }
      case 'string':
        this.advance()
        return { type: 'string', value: text }
      case 'name':
        return this.variable()
      case 'function call': {
        this.advance()
        this.advance()
        this.calls.push(text)
        const args = this.list(')')
        for (const arg of args) this.unsettle(arg)
        return { type: 'call', name: text, args, line }
      }
      case 'builtin':
        return this.builtin()
      case 'word':
        if (text === 'getline') return this.getline()
        return this.unexpected()
      case 'op':
        break
      default:
        return this.unexpected()
    }
    if (text === '/' || text === '/=') {
      const source = this.lexer.regex(text)
      this.advance()
      return { type: 'regex', regex: awkPattern(source, line) }
    }
    if (text === '$') {
      this.advance()
      if (this.is('++') || this.is('--')) return { type: 'field', of: this.postfix() }
      if (this.is('-') || this.is('+') || this.is('!')) return { type: 'field', of: this.unary({}) }
      return { type: 'field', of: this.primary() }
    }
    if (text === '(') {
      this.advance()
      const items = this.list(')')
      return { type: 'group', items }
    }
    if (text === '-' || text === '+' || text === '!') return this.unary({})
    return this.unexpected()
  }

  private variable(): Place {
    const { text: name, line } = this.token
    const local = this.params.indexOf(name)
    this.advance()
    if (!this.is('[')) {
      const place: Place = { type: 'var', name, local }
      const known = local < 0 ? this.kinds.get(name) : 'scalar'
      // Handed on, in length() or split(), an array may stand alone.
      if (known === 'array' && !this.is(',') && !this.is(')')) this.use(name, 'scalar', line)
      if (known === undefined && !(this.handed.has(name) && this.is(')'))) {
        this.use(name, 'scalar', line)
        this.fresh.add(place)
      }
      return place
    }
    if (local < 0) this.use(name, 'array', line)
    this.advance()
    return { type: 'index', array: { name, local }, subscripts: this.list(']') }
  }

  protected arrayName(): ArrayRef {
    const { text: name, type, line } = this.token
    if (type !== 'name') this.unexpected()
    const local = this.params.indexOf(name)
    if (local < 0) this.use(name, 'array', line)
    this.advance()
    return { name, local }
  }

  /** What a function is handed may yet become an array. */
  private unsettle(arg: Expr | undefined): void {
    if (arg?.type !== 'var' || !this.fresh.has(arg)) return
    this.kinds.delete(arg.name)
    this.handed.add(arg.name)
  }

  /** A name is an array everywhere or nowhere. */
  private use(name: string, kind: 'array' | 'scalar', line: number): void {
    const known = this.kinds.get(name)
    if (known !== undefined && known !== kind)
      throw new AwkMistake(`line ${line}: illegal reference to ${known === 'array' ? 'array' : 'variable'} ${name}`)
    this.kinds.set(name, kind)
  }

  private builtin(): Expr {
    const { text: name, line } = this.token
    if (UNKNOWN_BUILTINS.has(name)) throw new NotEmulated(`${name}()`)
    this.advance()
    if (name === 'length' && !this.is('(')) return { type: 'builtin', name, args: [] }
    this.expect('(')
    const args = this.list(')')
    const [least, most] = ARGS[name] as readonly [number, number]
    if (args.length < least || args.length > most)
      throw new AwkMistake(`line ${line}: wrong number of arguments in call to ${name}`)
    const array = name === 'split' ? args[1] : undefined
    this.unsettle(array)
    if (array?.type === 'var' && array.local < 0) this.use(array.name, 'array', line)
    return { type: 'builtin', name, args }
  }

  private getline(): Expr {
    this.advance()
    const to = this.optionalPlace()
    if (!this.is('<')) return { type: 'getline', to, from: 'main', source: undefined }
    this.advance()
    return { type: 'getline', to, from: 'file', source: this.postfix() }
  }

  private optionalPlace(): Place | undefined {
    if (this.token.type === 'name') return this.variable()
    if (!this.is('$')) return undefined
    const place = this.primary()
    return isPlace(place) ? place : this.unexpected()
  }

  protected parenthesised(): Expr {
    this.expect('(')
    const test = this.expr()
    this.expect(')')
    return test
  }
}

function isPlace(expr: Expr): expr is Place {
  return expr.type === 'var' || expr.type === 'index' || expr.type === 'field'
}
