const CONTROL = 'Invalid string: control characters from U+0000 through U+001F must be escaped'
const NUMBER = /^[+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|inf(inity)?|nan)$/i
const LITERALS: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' }

type Kind = 'array' | 'object' | 'key' | 'string' | 'other'
interface Frame {
  readonly kind: Kind
  filled: boolean
}

class Refused extends Error {}

/**
 * What jq 1.6 says of the one JSON text that its input is to hold ("… at line 1, column 8"): the errors of jv_parse.c, in its order.
 * Undefined where the text is right, or where jq would have printed a value of it before the error.
 */
export function jsonError(text: string): string | undefined {
  const parser = new Parser()
  // What is no ASCII would be counted in bytes.
  if (!/^[\x00-\x7f]*$/.test(text)) return undefined
  let [line, column] = [1, 0]
  try {
    for (const ch of text) {
      column++
      if (ch === '\n') [line, column] = [line + 1, 0]
      if (parser.done && !/\s/.test(ch)) return undefined
      parser.scan(ch)
    }
    parser.end()
  } catch (error) {
    if (error instanceof Refused) return parser.done ? undefined : `${error.message} at line ${line}, column ${column}`
    throw error
  }
  return undefined
}

class Parser {
  private readonly stack: Frame[] = []
  private next: Kind | undefined
  private token = ''
  private string: string | undefined
  private escaped = false
  private printed = false

  /** A value of the outermost level is complete. */
  get done(): boolean {
    return this.printed || (this.stack.length === 0 && this.next !== undefined)
  }

  scan(ch: string): void {
    if (this.string !== undefined) this.inString(ch)
    else if (ch === '"') {
      this.literal()
      this.string = ''
    } else if (' \t\r\n'.includes(ch)) this.literal()
    else if ('[{:,]}'.includes(ch)) {
      this.literal()
      // A number before it is lost where it is wrong: scan() has only one answer at a time.
      const before = this.done
      if (before) this.next = undefined
      this.structure(ch)
      this.printed ||= before
    } else this.token += ch
  }

  end(): void {
    if (this.string !== undefined) throw new Refused('Unfinished string at EOF')
    try {
      this.literal()
    } catch (error) {
      throw error instanceof Refused ? new Refused(`${error.message} at EOF`) : error
    }
    if (this.stack.length > 0) throw new Refused('Unfinished JSON term at EOF')
  }

  private value(kind: Kind): void {
    if (this.next !== undefined) throw new Refused('Expected separator between values')
    this.next = kind
  }

  private literal(): void {
    const { token } = this
    if (token === '') return
    const wanted = LITERALS[token[0] as string]
    if (wanted !== undefined && wanted !== token) throw new Refused('Invalid literal')
    if (wanted === undefined && !NUMBER.test(token)) throw new Refused('Invalid numeric literal')
    this.value('other')
    this.token = ''
  }

  private inString(ch: string): void {
    if (ch === '"' && !this.escaped) {
      checkString(this.string ?? '')
      this.string = undefined
      this.value('string')
      return
    }
    this.escaped = ch === '\\' && !this.escaped
    this.string += ch
  }

  private structure(ch: string): void {
    const top = this.stack.at(-1)
    if (ch === '[' || ch === '{') {
      if (this.next !== undefined) throw new Refused('Expected separator between values')
      this.stack.push({ kind: ch === '[' ? 'array' : 'object', filled: false })
    } else if (ch === ':') {
      if (this.next === undefined) throw new Refused("Expected string key before ':'")
      if (top?.kind !== 'object') throw new Refused("':' not as part of an object")
      if (this.next !== 'string') throw new Refused('Object keys must be strings')
      this.stack.push({ kind: 'key', filled: false })
      this.next = undefined
    } else if (ch === ',') {
      if (this.next === undefined) throw new Refused("Expected value before ','")
      this.store(top)
    } else this.close(ch, top)
  }

  /** Puts the value into the array, or under the key, that it belongs to. */
  private store(top: Frame | undefined): void {
    if (top?.kind === 'object') throw new Refused('Objects must consist of key:value pairs')
    if (top?.kind === 'key') this.stack.pop()
    const holder = this.stack.at(-1)
    if (holder !== undefined) holder.filled = true
    this.next = undefined
  }

  private close(ch: string, top: Frame | undefined): void {
    const array = ch === ']'
    if (top === undefined || (array && top.kind !== 'array')) throw new Refused(`Unmatched '${ch}'`)
    if (this.next !== undefined) {
      if (!array && top.kind !== 'key') throw new Refused('Objects must consist of key:value pairs')
      this.store(top)
    } else {
      if (!array && top.kind !== 'object') throw new Refused("Unmatched '}'")
      if (top.filled) throw new Refused(array ? 'Expected another array element' : 'Expected another key-value pair')
    }
    this.stack.pop()
    this.next = 'other'
  }
}

function checkString(text: string): void {
  for (let i = 0; i < text.length; i++) {
    const ch = text[i] as string
    if (ch < ' ') throw new Refused(CONTROL)
    if (ch !== '\\') continue
    const letter = text[++i] as string
    if (letter === 'u') {
      const hex = text.slice(i + 1, i + 5)
      if (hex.length < 4) throw new Refused('Invalid \\uXXXX escape')
      if (!/^[\da-f]{4}$/i.test(hex)) throw new Refused('Invalid characters in \\uXXXX escape')
      i += 4
    } else if (!'"\\/bfnrt'.includes(letter)) throw new Refused('Invalid escape')
  }
}
