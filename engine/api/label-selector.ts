import type { Requirement } from './selectors.ts'
import { labelValue, qualifiedName } from './validation/names.ts'

const SPECIAL = '()!,=<>'
type Token = { readonly type: 'word' | 'symbol' | 'end'; readonly text: string }

/** apimachinery labels.Lexer: words, and the symbols ( ) , ! = == != < >. */
function lex(text: string): Token[] {
  const out: Token[] = []
  for (let i = 0; i < text.length; ) {
    const c = text[i] as string
    if (/\s/.test(c)) i++
    else if (SPECIAL.includes(c)) {
      const two = text.slice(i, i + 2)
      const symbol = two === '==' || two === '!=' ? two : c
      out.push({ type: 'symbol', text: symbol })
      i += symbol.length
    } else {
      let j = i
      while (j < text.length && !SPECIAL.includes(text[j] as string) && !/\s/.test(text[j] as string)) j++
      out.push({ type: 'word', text: text.slice(i, j) })
      i = j
    }
  }
  out.push({ type: 'end', text: '' })
  return out
}

class Parser {
  private at = 0
  private readonly tokens: readonly Token[]

  constructor(text: string) {
    this.tokens = lex(text)
  }

  private peek(offset = 0): Token {
    return this.tokens[Math.min(this.at + offset, this.tokens.length - 1)] as Token
  }

  private next(): Token {
    const token = this.peek()
    this.at++
    return token
  }

  parse(): Requirement[] {
    const out: Requirement[] = []
    for (;;) {
      const first = this.peek()
      if (first.type === 'end') return out
      if (first.type !== 'word' && first.text !== '!')
        throw new Error(`found '${first.text}', expected: !, identifier, or 'end of string'`)
      try {
        out.push(this.requirement())
      } catch (error) {
        throw new Error(`unable to parse requirement: ${(error as Error).message}`)
      }
      const after = this.next()
      if (after.type === 'end') return out
      if (after.text !== ',') throw new Error(`found '${after.text}', expected: ',' or 'end of string'`)
      const then = this.peek()
      if (then.type !== 'word' && then.text !== '!') throw new Error(`found '${then.text}', expected: identifier after ','`)
    }
  }

  private requirement(): Requirement {
    let not = false
    if (this.peek().text === '!') {
      this.next()
      not = true
    }
    const key = this.next()
    if (key.type !== 'word') throw new Error(`found '${key.text}', expected: identifier`)
    const complaints = qualifiedName(key.text)
    if (complaints.length > 0) throw new Error(`<nil>: Invalid value: "${key.text}": ${complaints.join('; ')}`)
    const following = this.peek()
    if (not || following.type === 'end' || following.text === ',')
      return { key: key.text, operator: not ? '!' : 'exists', values: [] }
    const operator = this.operator()
    const values = operator === 'in' || operator === 'notin' ? this.set() : [this.exact()]
    for (const value of values) {
      const wrong = labelValue(value)
      if (wrong.length > 0) throw new Error(`values[0][${key.text}]: Invalid value: "${value}": ${wrong.join('; ')}`)
    }
    if ((operator === 'gt' || operator === 'lt') && !/^-?\d+$/.test(values[0] as string)) {
      throw new Error(`values[0]: Invalid value: "${values[0]}": for 'Gt', 'Lt' operators, the value must be an integer`)
    }
    return { key: key.text, operator, values: [...new Set(values)].sort() }
  }

  private operator(): Requirement['operator'] {
    const token = this.next()
    if (token.text === '=' || token.text === '==' || token.text === '!=') return token.text
    if (token.text === 'in' || token.text === 'notin') return token.text
    if (token.text === '>') return 'gt'
    if (token.text === '<') return 'lt'
    throw new Error(`found '${token.text}', expected: in, notin, =, ==, !=, gt, lt`)
  }

  private exact(): string {
    const token = this.peek()
    if (token.type === 'end' || token.text === ',') return ''
    this.next()
    if (token.type === 'word') return token.text
    throw new Error(`found '${token.text}', expected: identifier`)
  }

  private set(): string[] {
    const open = this.next()
    if (open.text !== '(') throw new Error(`found '${open.text}' expected: '('`)
    const out: string[] = []
    if (this.peek().text === ')') {
      this.next()
      return ['']
    }
    for (;;) {
      const token = this.next()
      if (token.type === 'word') {
        out.push(token.text)
        const after = this.next()
        if (after.text === ')') return out
        if (after.text !== ',') throw new Error(`found '${after.text}', expected: ',' or ')'`)
        if (this.peek().text === ')') {
          this.next()
          return [...out, '']
        }
      } else if (token.text === ',') {
        out.push('')
        if (this.peek().text === ')') {
          this.next()
          return [...out, '']
        }
      } else throw new Error(`found '${token.text}', expected: ',', ')' or identifier`)
    }
  }
}

/** labels.Parse: the requirements of a selector, or an Error in the server's words. */
export function parseLabelSelector(text: string): readonly Requirement[] {
  return new Parser(text).parse()
}
