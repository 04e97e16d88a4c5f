import { LETTER_ESCAPES } from '../../../../base/letter-escapes.ts'
import { FUNCTIONS } from './functions.ts'
import { lex, TemplateError, type Token } from './lex.ts'

export type Operand =
  | { readonly type: 'dot' }
  | { readonly type: 'nil' }
  | { readonly type: 'literal'; readonly value: string | number | bigint | boolean }
  | { readonly type: 'variable'; readonly name: string }
  | { readonly type: 'function'; readonly name: string }
  | { readonly type: 'pipe'; readonly pipe: Pipe }
/** An operand and the fields taken from it. */
export interface Term {
  readonly operand: Operand
  readonly fields: readonly string[]
  readonly text: string
  /** Where text/template says it stands: the second of several fields, else the first character. */
  readonly pos: number
}
export interface Pipe {
  readonly variables: readonly string[]
  readonly assign: boolean
  readonly commands: readonly (readonly Term[])[]
  readonly text: string
  readonly pos: number
}
export type Node =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'action'; readonly pipe: Pipe }
  | {
      readonly type: 'if' | 'with' | 'range'
      readonly pipe: Pipe
      readonly body: readonly Node[]
      readonly otherwise: readonly Node[]
    }
  | { readonly type: 'template'; readonly name: string; readonly pipe: Pipe | undefined }
  | { readonly type: 'break' | 'continue' }

/** A parsed template and those it defines. */
export interface Templates {
  readonly main: readonly Node[]
  readonly named: ReadonlyMap<string, readonly Node[]>
}

export function parseTemplate(source: string): Templates {
  const parser = new Parser(lex(source))
  const main = parser.list()
  if (parser.ended !== '') parser.fail(`unexpected {{${parser.ended}}}`)
  return { main, named: parser.named }
}

class Parser {
  readonly named = new Map<string, readonly Node[]>()
  /** What stopped the last list: "end", "else" or "" for the end of the text. */
  ended = ''
  private readonly tokens: readonly Token[]
  private at = 0
  private readonly scope: string[] = ['$']

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens
  }

  fail(text: string): never {
    const line = (this.tokens[Math.min(this.at, this.tokens.length - 1)] ?? { line: 1 }).line
    throw new TemplateError(`template: output:${line}: ${text}`)
  }

  list(): Node[] {
    const out: Node[] = []
    for (;;) {
      const token = this.tokens[this.at]
      if (token === undefined) {
        this.ended = ''
        return out
      }
      this.at++
      if (token.type === 'text') out.push({ type: 'text', text: token.text })
      else {
        this.skip()
        const word = this.tokens[this.at]!
        if (word.type === 'keyword' && (word.text === 'end' || word.text === 'else')) {
          this.at++
          this.ended = word.text
          return out
        }
        const node =
          word.type === 'keyword' ? this.keyword(word.text) : ({ type: 'action', pipe: this.pipe('command', 'close') } as const)
        if (node !== undefined) out.push(node)
      }
    }
  }

  private keyword(word: string): Node | undefined {
    this.at++
    if (word === 'if' || word === 'with' || word === 'range') return this.control(word)
    if (word === 'break' || word === 'continue') {
      this.close(word)
      return { type: word }
    }
    const name = this.name(word)
    if (word === 'template') {
      this.skip()
      const pipe = this.tokens[this.at]!.type === 'close' ? undefined : this.pipe('template clause', 'close')
      if (pipe === undefined) this.close(word)
      return { type: 'template', name, pipe }
    }
    const pipe = word === 'block' ? this.pipe('block clause', 'close') : undefined
    if (word === 'define') this.close(word)
    this.named.set(name, this.list())
    if (this.ended !== 'end') this.fail('unexpected EOF')
    this.close('end')
    return word === 'block' ? { type: 'template', name, pipe } : undefined
  }

  private control(word: 'if' | 'with' | 'range'): Node {
    const depth = this.scope.length
    const pipe = this.pipe(word, 'close')
    const body = this.list()
    let otherwise: Node[] = []
    if (this.ended === 'else') {
      this.skip()
      const next = this.tokens[this.at]!
      if (next.type === 'keyword' && (next.text === 'if' || next.text === 'with')) {
        this.at++
        otherwise = [this.control(next.text)]
        this.scope.length = depth
        return { type: word, pipe, body, otherwise }
      }
      this.close('else')
      otherwise = this.list()
    }
    if (this.ended !== 'end') this.fail('unexpected EOF')
    this.close('end')
    this.scope.length = depth
    return { type: word, pipe, body, otherwise }
  }

  private close(where: string): void {
    this.skip()
    const token = this.tokens[this.at]
    if (token?.type !== 'close') this.fail(`unexpected ${describe(token)} in ${where}`)
    this.at++
  }

  private name(where: string): string {
    this.skip()
    const token = this.tokens[this.at]!
    if (token.type !== 'string') this.fail(`unexpected ${describe(token)} in ${where} clause`)
    this.at++
    return unquote(token.text)
  }

  private skip(): void {
    while (this.tokens[this.at]?.type === 'space') this.at++
  }

  private pipe(where: string, end: 'close' | 'rparen'): Pipe {
    this.skip()
    const from = this.at
    const { variables, assign } = this.declarations(where)
    const commands: Term[][] = []
    for (;;) {
      this.skip()
      const token = this.tokens[this.at]
      if (token === undefined) this.fail('unclosed action')
      if (token.type === end) {
        this.at++
        if (commands.length === 0) this.fail(`missing value for ${where}`)
        const text = this.tokens
          .slice(from, this.at - 1)
          .map((t) => t.text)
          .join('')
          .trim()
        for (const name of variables) if (!assign) this.scope.push(name)
        return { variables, assign, commands, text, pos: this.tokens[from]!.pos }
      }
      if (token.type === 'pipe') {
        if (commands.length === 0) this.fail(`missing value for ${where}`)
        this.at++
        continue
      }
      commands.push(this.command(where))
    }
  }

  private declarations(where: string): { variables: string[]; assign: boolean } {
    const start = this.at
    const variables: string[] = []
    while (this.tokens[this.at]?.type === 'variable') {
      variables.push(this.tokens[this.at++]!.text)
      this.skip()
      const token = this.tokens[this.at]
      if (token?.type === 'declare' || token?.type === 'assign') {
        this.at++
        return { variables, assign: token.type === 'assign' }
      }
      if (token?.type === 'comma' && where === 'range') {
        this.at++
        this.skip()
      } else break
    }
    this.at = start
    return { variables: [], assign: false }
  }

  private command(where: string): Term[] {
    const terms: Term[] = []
    for (;;) {
      this.skip()
      const token = this.tokens[this.at]!
      if (token.type === 'close' || token.type === 'rparen' || token.type === 'pipe') break
      terms.push(this.term(where))
    }
    if (terms.length === 0) this.fail('empty command')
    return terms
  }

  private term(where: string): Term {
    const from = this.at
    const token = this.tokens[this.at++]!
    const fields: string[] = []
    let operand: Operand
    if (token.type === 'dot') operand = { type: 'dot' }
    else if (token.type === 'field') {
      operand = { type: 'dot' }
      fields.push(token.text.slice(1))
    } else if (token.type === 'variable') {
      if (!this.scope.includes(token.text)) this.fail(`undefined variable ${JSON.stringify(token.text)}`)
      operand = { type: 'variable', name: token.text }
    } else if (token.type === 'identifier') {
      if (FUNCTIONS[token.text] === undefined && !['and', 'or', 'call'].includes(token.text))
        this.fail(`function ${JSON.stringify(token.text)} not defined`)
      operand = { type: 'function', name: token.text }
    } else if (token.type === 'string') operand = { type: 'literal', value: unquote(token.text) }
    else if (token.type === 'char') operand = { type: 'literal', value: BigInt(unquote(token.text).codePointAt(0)!) }
    else if (token.type === 'number') operand = { type: 'literal', value: numberOf(token.text.replaceAll('_', '')) }
    else if (token.type === 'bool') operand = { type: 'literal', value: token.text === 'true' }
    else if (token.type === 'nil') operand = { type: 'nil' }
    else if (token.type === 'lparen') operand = { type: 'pipe', pipe: this.pipe('parenthesized pipeline', 'rparen') }
    else {
      this.at--
      this.fail(`unexpected ${describe(token)} in ${where === 'command' ? 'command' : where}`)
    }
    const chained = this.tokens[this.at]
    while (this.tokens[this.at]?.type === 'field') fields.push(this.tokens[this.at++]!.text.slice(1))
    return {
      operand,
      fields,
      pos: chained?.type === 'field' ? chained.pos : token.pos,
      text: this.tokens
        .slice(from, this.at)
        .map((t) => t.text)
        .join(''),
    }
  }
}

/** A number written without point and exponent is an int, otherwise a float64 (what JSON gives). */
function numberOf(text: string): number | bigint {
  const sign = text.startsWith('-') ? -1n : 1n
  const digits = text.replace(/^[-+]/, '')
  if (/^(0[xX][0-9a-fA-F]+|0[oObB]?[0-7]+|\d+)$/.test(digits))
    return sign * BigInt(/^0\d/.test(digits) ? `0o${digits.slice(1)}` : digits)
  return Number(text)
}

function describe(token: Token | undefined): string {
  if (token === undefined) return 'EOF'
  return token.type === 'keyword' ? `<${token.text}>` : JSON.stringify(token.text)
}

function unquote(text: string): string {
  if (text[0] === '`') return text.slice(1, -1)
  return text.slice(1, -1).replace(/\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)/g, (_, e: string) => {
    if ((e[0] === 'u' || e[0] === 'x') && e.length > 1) return String.fromCodePoint(Number.parseInt(e.slice(1), 16))
    return LETTER_ESCAPES[e] ?? e
  })
}
