import type { AwkFunction, Expr, Place, Program, Rule, Stmt } from './ast.ts'
import { ExpressionParser } from './expressions.ts'
import { AwkMistake } from './lexer.ts'

export function parseAwk(text: string): Program {
  return new Parser(text).program()
}

class Parser extends ExpressionParser {
  private readonly functions = new Map<string, AwkFunction>()
  private loops = 0
  private inFunction = false
  private inRule = false

  program(): Program {
    const begin: (readonly Stmt[])[] = []
    const end: (readonly Stmt[])[] = []
    const rules: Rule[] = []
    this.skipEnds()
    while (this.token.type !== 'end') {
      if (this.is('function')) this.definition()
      else if (this.is('BEGIN') || this.is('END')) {
        const list = this.is('BEGIN') ? begin : end
        this.advance()
        list.push(this.braces())
      } else rules.push(this.rule())
      this.skipEnds()
    }
    for (const name of this.calls)
      if (!this.functions.has(name)) throw new AwkMistake(`line ${this.lexer.line + 1}: function ${name} never defined`)
    return { begin, end, rules, functions: this.functions }
  }

  private rule(): Rule {
    if (this.is('}')) {
      const where = `line ${this.token.line}`
      throw new AwkMistake(`${where}: extra '}'\nawk: ${where}: syntax error at or near end of line`)
    }
    let from: Expr | undefined
    let to: Expr | undefined
    if (!this.is('{')) {
      from = this.expr()
      if (this.is(',')) {
        this.advance()
        this.skipNewlines()
        to = this.expr()
      }
    }
    this.inRule = true
    const body = this.is('{') ? this.braces() : undefined
    this.inRule = false
    return { from, to, body }
  }

  private definition(): void {
    this.advance()
    const name = this.token.text
    if (this.token.type !== 'name' && this.token.type !== 'function call') this.unexpected()
    if (this.functions.has(name)) throw new AwkMistake(`line ${this.token.line}: redefinition of ${name}`)
    this.advance()
    this.expect('(')
    const params: string[] = []
    while (!this.is(')')) {
      if (this.token.type !== 'name') this.unexpected()
      params.push(this.token.text)
      this.advance()
      if (this.is(',')) {
        this.advance()
        this.skipNewlines()
      } else if (!this.is(')')) this.unexpected()
    }
    this.advance()
    this.skipNewlines()
    const made: AwkFunction = { name, params, body: [] }
    this.functions.set(name, made)
    this.params = params
    this.inFunction = true
    made.body = this.braces()
    this.params = []
    this.inFunction = false
  }

  private braces(): readonly Stmt[] {
    this.expect('{')
    this.depth++
    const body: Stmt[] = []
    this.skipEnds()
    while (!this.is('}')) {
      if (this.token.type === 'end') this.unexpected()
      body.push(this.statement())
      this.skipEnds()
    }
    this.depth--
    this.advance()
    return body
  }

  private statement(): Stmt {
    const { text, type, line } = this.token
    if (text === '{' && type === 'op') return { type: 'block', body: this.braces() }
    if (text === ';' && type === 'op') {
      this.advance()
      return { type: 'block', body: [] }
    }
    if (type !== 'word' || text === 'getline') return this.ended({ type: 'expr', expr: this.expr() })
    switch (text) {
      case 'if': {
        this.advance()
        const test = this.parenthesised()
        this.skipNewlines()
        const yes = this.statement()
        this.skipEnds()
        if (!this.is('else')) return { type: 'if', test, yes, no: undefined }
        this.advance()
        this.skipNewlines()
        return { type: 'if', test, yes, no: this.statement() }
      }
      case 'while': {
        this.advance()
        const test = this.parenthesised()
        if (this.is(';')) {
          this.advance()
          return { type: 'while', test, body: { type: 'block', body: [] } }
        }
        return { type: 'while', test, body: this.loopBody() }
      }
      case 'do': {
        this.advance()
        const body = this.loopBody()
        this.skipEnds()
        this.expect('while')
        return this.ended({ type: 'do', body, test: this.parenthesised() })
      }
      case 'for':
        return this.forLoop()
      case 'break':
      case 'continue':
        if (this.loops === 0) throw new AwkMistake(`line ${line}: ${text} statement outside of loop`)
        this.advance()
        return this.ended({ type: text })
      case 'next':
      case 'nextfile':
        if (!this.inRule && !this.inFunction) throw new AwkMistake(`line ${line}: improper use of ${text}`)
        this.advance()
        return this.ended({ type: text })
      case 'exit':
      case 'return':
        if (text === 'return' && !this.inFunction) throw new AwkMistake(`line ${line}: return outside function body`)
        this.advance()
        return this.ended({ type: text, value: this.atEnd() ? undefined : this.expr() })
      case 'delete': {
        this.advance()
        const array = this.arrayName()
        if (!this.is('[')) return this.ended({ type: 'delete', array, subscripts: undefined })
        this.advance()
        const subscripts = this.list(']')
        return this.ended({ type: 'delete', array, subscripts })
      }
      case 'print':
      case 'printf':
        return this.ended(this.output(text))
    }
    return this.unexpected()
  }

  private forLoop(): Stmt {
    this.advance()
    this.expect('(')
    let init: Expr | undefined
    if (!this.is(';')) {
      init = this.expr({ noIn: true })
      if (this.is('in')) {
        if (init.type !== 'var' && init.type !== 'index' && init.type !== 'field') this.unexpected()
        this.advance()
        const array = this.arrayName()
        this.expect(')')
        return { type: 'for in', to: init as Place, array, body: this.loopBody() }
      }
    }
    this.expect(';')
    this.skipNewlines()
    const test = this.is(';') ? undefined : this.expr()
    this.expect(';')
    this.skipNewlines()
    const step = this.is(')') ? undefined : this.expr()
    this.expect(')')
    if (this.is(';')) {
      this.advance()
      return { type: 'for', init, test, step, body: { type: 'block', body: [] } }
    }
    return { type: 'for', init, test, step, body: this.loopBody() }
  }

  private loopBody(): Stmt {
    this.skipNewlines()
    this.loops++
    const body = this.statement()
    this.loops--
    return body
  }

  private output(type: 'print' | 'printf'): Stmt {
    this.advance()
    let args: readonly Expr[] = []
    const isBare = this.atEnd() || this.is('>') || this.is('>>') || this.is('|')
    if (!isBare) args = this.list(undefined, { noGreater: true })
    const [only] = args
    if (args.length === 1 && only?.type === 'group') args = only.items
    const to = this.is('>') || this.is('>>') || this.is('|') ? (this.token.text as '>' | '>>' | '|') : undefined
    if (to === undefined) return { type, args, to, target: undefined }
    this.advance()
    return { type, args, to, target: this.expr({ noGreater: true }) }
  }

  /** A simple statement must end here. */
  private ended(statement: Stmt): Stmt {
    if (!this.atEnd()) this.unexpected()
    if (this.is(';')) this.advance()
    return statement
  }
}
