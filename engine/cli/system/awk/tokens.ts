import { AwkMistake, Lexer, type Token } from './lexer.ts'

/** The token in hand and what is said of one that does not fit. */
export class Tokens {
  protected readonly lexer: Lexer
  protected token: Token
  protected depth = 0
  /** Read ahead of the one in hand. */
  private readonly held: Token[] = []

  constructor(text: string) {
    this.lexer = new Lexer(text)
    this.token = this.lexer.next()
  }

  protected hold(token: Token): void {
    this.held.push(token)
  }

  protected is(text: string): boolean {
    return this.token.text === text && (this.token.type === 'op' || this.token.type === 'word')
  }

  protected advance(): void {
    this.token = this.held.shift() ?? this.lexer.next()
  }

  protected expect(text: string): void {
    if (!this.is(text)) this.unexpected()
    this.advance()
  }

  protected atEnd(): boolean {
    return this.token.type === 'newline' || this.token.type === 'end' || this.is(';') || this.is('}')
  }

  protected skipNewlines(): void {
    while (this.token.type === 'newline') this.advance()
  }

  protected skipEnds(): void {
    while (this.token.type === 'newline' || this.is(';')) this.advance()
  }

  protected unexpected(): never {
    const { type, text, line } = this.token
    if (type === 'end') {
      const last = this.lexer.line + 1
      throw new AwkMistake(
        this.depth > 0 ? `line ${last}: missing } near end of file` : `line ${last}: syntax error at or near end of file`,
      )
    }
    if (type === 'newline') throw new AwkMistake(`line ${line}: syntax error at or near end of line`)
    if (text === ')') throw new AwkMistake(`line ${line}: extra ')'`)
    throw new AwkMistake(`line ${line}: syntax error at or near ${text}`)
  }
}
