import { LETTER_ESCAPES } from '../../../base/letter-escapes.ts'
/** A mistake in a program, in mawk's words after `awk: `. */
export class AwkMistake extends Error {}

export interface Token {
  readonly type: 'number' | 'string' | 'regex' | 'name' | 'function call' | 'builtin' | 'word' | 'op' | 'newline' | 'end'
  readonly text: string
  readonly value: number
  readonly line: number
}

const WORDS = new Set(
  'BEGIN END if else while for do break continue next nextfile exit return delete in getline print printf function func'.split(
    ' ',
  ),
)
export const BUILTINS = new Set(
  'length substr index split sub gsub match sprintf sin cos atan2 exp log sqrt int rand srand tolower toupper system close fflush'.split(
    ' ',
  ),
)
/** mawk's own functions that are known, but not emulated. */
export const UNKNOWN_BUILTINS = new Set(['strftime', 'mktime', 'systime', 'srandom'])

const OPERATORS = ['&&', '||', '++', '--', '+=', '-=', '*=', '/=', '%=', '^=', '==', '<=', '>=', '!=', '!~', '>>']
const SINGLE = '{}()[];,+-*/%^!<>|?:~$='

/** Splits a program into tokens; the parser says where a `/` begins a pattern. */
export class Lexer {
  line = 1
  private readonly text: string
  private at = 0

  constructor(text: string) {
    this.text = text
  }

  next(): Token {
    const { text } = this
    for (;;) {
      const skip = /^(?:[ \t\r\f\v]|\\\r?\n|#[^\n]*)+/.exec(text.slice(this.at, this.at + 4096))?.[0]
      if (skip === undefined) break
      this.line += skip.split('\n').length - 1
      this.at += skip.length
    }
    const ch = text[this.at]
    if (ch === undefined) return this.token('end', '')
    if (ch === '\n') {
      this.at++
      const token = this.token('newline', '\n')
      this.line++
      return token
    }
    if (ch === '"') return this.string()
    const rest = text.slice(this.at, this.at + 400)
    const number = /^(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(rest)?.[0]
    if (number !== undefined) {
      this.at += number.length
      return this.token('number', number, Number(number))
    }
    const name = /^[A-Za-z_]\w*/.exec(rest)?.[0]
    if (name !== undefined) {
      this.at += name.length
      if (WORDS.has(name)) return this.token('word', name === 'func' ? 'function' : name)
      if (BUILTINS.has(name) || UNKNOWN_BUILTINS.has(name)) return this.token('builtin', name)
      return this.token(text[this.at] === '(' ? 'function call' : 'name', name)
    }
    const op = OPERATORS.find((each) => rest.startsWith(each)) ?? (SINGLE.includes(ch) ? ch : undefined)
    if (op === undefined) throw new AwkMistake(`${this.line}: unexpected character '${ch}'`)
    this.at += op.length
    return this.token('op', op)
  }

  /** The pattern whose opening `/` (or `/=`) was just read. */
  regex(opening: string): string {
    const start = this.at - opening.length + 1
    let inSet = false
    for (let i = start; i < this.text.length && this.text[i] !== '\n'; i++) {
      const ch = this.text[i]
      if (ch === '\\') i++
      else if (inSet) {
        if (ch === ']' && !/\[\^?$/.test(this.text.slice(start, i))) inSet = false
      } else if (ch === '[') inSet = true
      else if (ch === '/') {
        this.at = i + 1
        return this.text.slice(start, i).replaceAll('\\/', '/')
      }
    }
    const shown = this.text.slice(start - 1).split('\n')[0] as string
    throw new AwkMistake(`line ${this.line}: runaway regular expression ${shown.slice(0, 11)} ...`)
  }

  private string(): Token {
    const start = this.at
    for (let i = start + 1; i < this.text.length && this.text[i] !== '\n'; i++) {
      if (this.text[i] === '\\') i++
      else if (this.text[i] === '"') {
        this.at = i + 1
        return this.token('string', unescapeString(this.text.slice(start + 1, i)))
      }
    }
    throw new AwkMistake(`line ${this.line}: runaway string constant ${this.text.slice(start, start + 10)} ...`)
  }

  private token(type: Token['type'], text: string, value = 0): Token {
    return { type, text, value, line: this.line }
  }
}

const ESCAPES: Readonly<Record<string, string>> = { ...LETTER_ESCAPES, '"': '"' }

/** Escapes of a string constant; an unknown one keeps its backslash (scan.c's rm_escape). */
export function unescapeString(text: string): string {
  return text.replace(
    /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|\n|([\s\S]))/g,
    (all, octal?: string, hex?: string, char?: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff)
      if (char === undefined) return ''
      return ESCAPES[char] ?? all
    },
  )
}
