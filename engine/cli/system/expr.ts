import { encodeUtf8 } from '../../base/utf8.ts'
import { type Command, notEmulated } from '../command.ts'
import { Regex } from './regex/regex.ts'
import { BASIC_PATTERNS } from './regex/syntaxes.ts'

/** What expr complains of; exit 2. */
class Mistake extends Error {}

const COMPARES = new Set(['<', '<=', '=', '==', '!=', '>=', '>'])

/** GNU expr: whole numbers of any size, text, and patterns anchored at the start. */
export const expr: Command = {
  name: 'expr',
  path: '/usr/bin/expr',
  on: 'both',
  flags: [
    { long: 'help', status: 'known' },
    { long: 'version', status: 'known' },
  ],
  run(context) {
    const words = context.argv.slice(1)
    const only = words.length === 1 ? words[0] : undefined
    if (only === '--help' || only === '--version') return notEmulated(context, only)
    if (words[0] === '--') words.shift()
    if (words.length === 0) {
      context.stderr.write("expr: missing operand\nTry 'expr --help' for more information.\n")
      return 2
    }
    try {
      const parser = new Parser(words)
      const value = parser.or()
      if (parser.next !== undefined) throw new Mistake(`syntax error: unexpected argument ‘${parser.next}’`)
      context.stdout.write(`${encodeUtf8(value)}\n`)
      return isNull(value) ? 1 : 0
    } catch (error) {
      if (!(error instanceof Mistake)) throw error
      context.stderr.write(encodeUtf8(`expr: ${error.message}\n`))
      return 2
    }
  },
}

/** Empty, or zero in any form. */
function isNull(value: string): boolean {
  return value === '' || /^-?0+$/.test(value)
}

function isInteger(value: string): boolean {
  return /^-?\d+$/.test(value)
}

function integer(value: string): bigint {
  if (!isInteger(value)) throw new Mistake('non-integer argument')
  return BigInt(value)
}

class Parser {
  private readonly words: readonly string[]
  private at = 0

  constructor(words: readonly string[]) {
    this.words = words
  }

  get next(): string | undefined {
    return this.words[this.at]
  }

  private takes(...operators: string[]): string | undefined {
    const word = this.next
    if (word === undefined || !operators.includes(word)) return undefined
    this.at++
    return word
  }

  or(): string {
    let left = this.and()
    while (this.takes('|') !== undefined) {
      const right = this.and()
      if (isNull(left)) left = isNull(right) ? '0' : right
    }
    return left
  }

  private and(): string {
    let left = this.comparison()
    while (this.takes('&') !== undefined) {
      const right = this.comparison()
      if (isNull(left) || isNull(right)) left = '0'
    }
    return left
  }

  private comparison(): string {
    let left = this.sum()
    for (let op = this.takes(...COMPARES); op !== undefined; op = this.takes(...COMPARES)) {
      const right = this.sum()
      const order =
        isInteger(left) && isInteger(right) ? Number(BigInt(left) - BigInt(right)) : left < right ? -1 : left > right ? 1 : 0
      const holds =
        op === '<'
          ? order < 0
          : op === '<='
            ? order <= 0
            : op === '>'
              ? order > 0
              : op === '>='
                ? order >= 0
                : (order === 0) !== (op === '!=')
      left = holds ? '1' : '0'
    }
    return left
  }

  private sum(): string {
    let left = this.product()
    for (let op = this.takes('+', '-'); op !== undefined; op = this.takes('+', '-')) {
      const right = this.product()
      left = String(op === '+' ? integer(left) + integer(right) : integer(left) - integer(right))
    }
    return left
  }

  private product(): string {
    let left = this.matching()
    for (let op = this.takes('*', '/', '%'); op !== undefined; op = this.takes('*', '/', '%')) {
      const [a, b] = [integer(left), integer(this.matching())]
      if (op !== '*' && b === 0n) throw new Mistake('division by zero')
      left = String(op === '*' ? a * b : op === '/' ? a / b : a % b)
    }
    return left
  }

  private matching(): string {
    let left = this.primary()
    while (this.takes(':') !== undefined) left = match(left, this.primary())
    return left
  }

  private primary(): string {
    const word = this.next
    if (word === undefined) throw new Mistake(`syntax error: missing argument after ‘${this.words[this.at - 1]}’`)
    this.at++
    if (word === '(') {
      const value = this.or()
      if (this.next === undefined) throw new Mistake(`syntax error: expecting ')' after ‘${this.words[this.at - 1]}’`)
      if (this.takes(')') === undefined) throw new Mistake(`syntax error: expecting ')' instead of ‘${this.next}’`)
      return value
    }
    if (word === ')') throw new Mistake("syntax error: unexpected ')'")
    // GNU: + TOKEN is the token as text, even a keyword.
    if (word === '+' && this.next !== undefined) return this.words[this.at++] as string
    if (this.next === undefined) return word
    if (word === 'match') return match(this.primary(), this.primary())
    if (word === 'length') return String([...this.primary()].length)
    if (word === 'index') {
      const [text, chars] = [[...this.primary()], this.primary()]
      return String(text.findIndex((char) => chars.includes(char)) + 1)
    }
    if (word === 'substr') {
      const [text, from, length] = [[...this.primary()], this.primary(), this.primary()]
      if (!isInteger(from) || !isInteger(length) || Number(from) < 1 || Number(length) < 1) return ''
      return text.slice(Number(from) - 1, Number(from) - 1 + Number(length)).join('')
    }
    return word
  }
}

/** The first group, or how many characters matched. */
function match(text: string, pattern: string): string {
  const regex = Regex.compile(`^${pattern.replace(/^\^/, '')}`, BASIC_PATTERNS)
  if (typeof regex === 'string') throw new Mistake(regex)
  const found = regex.exec(text)
  if (regex.groups > 0) return found?.groups[1] ?? ''
  return String(found === undefined ? 0 : [...(found.groups[0] as string)].length)
}
