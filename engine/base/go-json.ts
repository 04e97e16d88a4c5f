/** What Go's encoding/json says of text that is no JSON. */
export class GoJsonError extends Error {
  override readonly name = 'GoJsonError'
}

/** Keys of objects that name one more than once, every occurrence in order; Go decodes each in turn. */
const repeated = new WeakMap<object, readonly string[]>()

/** The keys of a parsed object as they stood in the text, repetitions and all. */
export function keysAsWritten(object: object): readonly string[] {
  return repeated.get(object) ?? Object.keys(object)
}

/** strconv.Quote with single quotes, as the scanner quotes a character. */
function quoted(c: string): string {
  if (c === "'") return `'\\''`
  if (c === '"') return `'"'`
  return `'${JSON.stringify(c).slice(1, -1)}'`
}

const SPACE = new Set([' ', '\t', '\r', '\n'])
const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }
/** The scanner's limit of nesting (encoding/json scanner.go maxNestingDepth). */
const MAX_DEPTH = 10000
const TOO_DEEP = 'exceeded max depth'
const DIGIT = /[0-9]/

class GoParser {
  private at = 0
  private depth = 0
  private readonly text: string

  constructor(text: string) {
    this.text = text
  }

  whole(): unknown {
    const value = this.value('looking for beginning of value')
    this.space()
    if (this.at < this.text.length) this.fail('after top-level value')
    return value
  }

  private fail(context: string): never {
    const c = this.text[this.at]
    if (c === undefined) throw new GoJsonError('unexpected end of JSON input')
    throw new GoJsonError(`invalid character ${quoted(c)} ${context}`)
  }

  private space(): void {
    while (SPACE.has(this.text[this.at] as string)) this.at++
  }

  private value(context: string): unknown {
    this.space()
    const c = this.text[this.at]
    if (c === '{' || c === '[') {
      if (++this.depth > MAX_DEPTH) throw new GoJsonError(TOO_DEEP)
      this.at++
      const value = c === '{' ? this.object() : this.array()
      this.depth--
      return value
    }
    if (c === '"') return this.string()
    if (c === 't') return this.literal('true', true)
    if (c === 'f') return this.literal('false', false)
    if (c === 'n') return this.literal('null', null)
    if (c === '-' || (c !== undefined && DIGIT.test(c))) return this.number()
    return this.fail(context)
  }

  private object(): unknown {
    const out: Record<string, unknown> = {}
    const keys: string[] = []
    let twice = false
    this.space()
    if (this.text[this.at] === '}') {
      this.at++
      return out
    }
    for (;;) {
      this.space()
      if (this.text[this.at] !== '"') this.fail('looking for beginning of object key string')
      const key = this.string()
      this.space()
      if (this.text[this.at] !== ':') this.fail('after object key')
      this.at++
      const value = this.value('looking for beginning of value')
      twice ||= Object.hasOwn(out, key)
      keys.push(key)
      if (key === '__proto__') Object.defineProperty(out, key, { value, enumerable: true, configurable: true, writable: true })
      else out[key] = value
      this.space()
      const c = this.text[this.at]
      if (c !== ',' && c !== '}') this.fail('after object key:value pair')
      this.at++
      if (c === '}') break
    }
    if (twice) repeated.set(out, keys)
    return out
  }

  private array(): unknown {
    const out: unknown[] = []
    this.space()
    if (this.text[this.at] === ']') {
      this.at++
      return out
    }
    for (;;) {
      out.push(this.value('looking for beginning of value'))
      this.space()
      const c = this.text[this.at]
      if (c !== ',' && c !== ']') this.fail('after array element')
      this.at++
      if (c === ']') return out
    }
  }

  private string(): string {
    let from = ++this.at
    let out = ''
    for (;;) {
      const c = this.text[this.at]
      if (c === '"') {
        out += this.text.slice(from, this.at++)
        return out
      }
      if (c === undefined || c < ' ') this.fail('in string literal')
      if (c !== '\\') {
        this.at++
        continue
      }
      out += this.text.slice(from, this.at++)
      out += this.escape()
      from = this.at
    }
  }

  private escape(): string {
    const c = this.text[this.at]
    if (c === 'u') {
      this.at++
      const from = this.at
      for (let i = 0; i < 4; i++, this.at++)
        if (!/[0-9a-fA-F]/.test(this.text[this.at] ?? ' ')) this.fail('in \\u hexadecimal character escape')
      return String.fromCharCode(Number.parseInt(this.text.slice(from, this.at), 16))
    }
    const known = c === undefined ? undefined : ESCAPES[c]
    if (known === undefined) this.fail('in string escape code')
    this.at++
    return known
  }

  private literal<T>(word: string, value: T): T {
    for (let i = 1; i < word.length; i++) {
      this.at++
      if (this.text[this.at] !== word[i]) this.fail(`in literal ${word} (expecting ${quoted(word[i] as string)})`)
    }
    this.at++
    return value
  }

  private digits(context: string): void {
    if (!DIGIT.test(this.text[this.at] ?? ' ')) this.fail(context)
    while (DIGIT.test(this.text[this.at] ?? ' ')) this.at++
  }

  private number(): number {
    const from = this.at
    if (this.text[this.at] === '-') this.at++
    if (this.text[this.at] === '0') this.at++
    else this.digits('in numeric literal')
    if (this.text[this.at] === '.') {
      this.at++
      this.digits('after decimal point in numeric literal')
    }
    if (this.text[this.at] === 'e' || this.text[this.at] === 'E') {
      this.at++
      if (this.text[this.at] === '+' || this.text[this.at] === '-') this.at++
      this.digits('in exponent of numeric literal')
    }
    return Number(this.text.slice(from, this.at))
  }
}

/** JSON text as Go reads it: its words for what is wrong, and objects that remember keys given twice. Throws GoJsonError. */
export function parseGoJson(text: string): unknown {
  try {
    return new GoParser(text).whole()
  } catch (error) {
    // the host's stack may end before Go's limit
    throw error instanceof RangeError ? new GoJsonError(TOO_DEEP) : error
  }
}
