import { encodeText } from '../regex/chars.ts'

/** A mistake in a script, in sed's words but without where it is. */
export class ScriptMistake extends Error {
  /** sed's exit code for it. */
  readonly exit: number
  constructor(message: string, exit = 1) {
    super(message)
    this.exit = exit
  }
}

/** A script being read, character by character, as sed's compile.c reads it; at the end `next` gives undefined and stays there. */
export class ScriptReader {
  readonly text: string
  at = 0

  constructor(text: string) {
    this.text = text
  }

  next(): string | undefined {
    if (this.at >= this.text.length) return undefined
    const char = String.fromCodePoint(this.text.codePointAt(this.at) as number)
    this.at += char.length
    return char
  }

  back(char: string | undefined): void {
    if (char !== undefined) this.at -= char.length
  }

  /** The next character that is no blank. */
  nonBlank(): string | undefined {
    let char = this.next()
    while (char === ' ' || char === '\t') char = this.next()
    return char
  }

  /** A number whose first digit was read. */
  number(first: string): number {
    let digits = first
    let char = this.next()
    while (char !== undefined && /[0-9]/.test(char)) {
      digits += char
      char = this.next()
    }
    this.back(char)
    return Number(digits)
  }

  /** Nothing more may follow the command on its line. */
  endOfCommand(): void {
    const char = this.nonBlank()
    if (char === '}' || char === '#') this.back(char)
    else if (char !== undefined && char !== '\n' && char !== ';') throw new ScriptMistake('extra characters after command')
  }

  label(): string {
    let label = ''
    let char = this.nonBlank()
    while (char !== undefined && !/[\s;}]/.test(char)) {
      label += char
      char = this.next()
    }
    this.back(char)
    return label
  }

  /** The rest of the line, as a file's name. */
  fileName(): string {
    let name = ''
    for (let char = this.nonBlank(); char !== undefined && char !== '\n'; char = this.next()) name += char
    if (name === '') throw new ScriptMistake('missing filename in r/R/w/W commands')
    return name
  }

  /**
   * Text up to an unescaped delimiter (compile.c's match_slash): an escaped delimiter loses its backslash, in patterns `\n` is a
   * newline. A bracket expression hides the delimiter. undefined: it never came.
   */
  delimited(delimiter: string, isPattern: boolean): string | undefined {
    let out = ''
    for (let char = this.next(); char !== undefined; char = this.next()) {
      if (char === delimiter) return out
      if (char === '\n') {
        this.back(char)
        return undefined
      }
      if (char === '\\') {
        const after = this.next()
        if (after === undefined) return undefined
        if (after === delimiter && (isPattern || after !== '&')) out += after
        else if (after === 'n' && isPattern) out += '\n'
        else out += after === '\n' && isPattern ? after : `\\${after}`
      } else if (char === '[' && isPattern) {
        const set = this.bracket()
        if (set === undefined) return undefined
        out += set
      } else out += char
    }
    return undefined
  }

  private bracket(): string | undefined {
    const { text } = this
    let i = this.at
    if (text[i] === '^') i++
    if (text[i] === ']') i++
    while (i < text.length && text[i] !== ']') {
      const opener = text[i] === '[' && /[:.=]/.test(text[i + 1] ?? '') ? (text[i + 1] as string) : undefined
      const end = opener === undefined ? -1 : text.indexOf(`${opener}]`, i + 2)
      i = end < 0 ? i + 1 : end + 2
    }
    if (i >= text.length) {
      this.at = text.length
      return undefined
    }
    const set = text.slice(this.at - 1, i + 1)
    this.at = i + 1
    return set.replace(/\\n/g, '\n')
  }

  /** How far it was read, in bytes, as errors count. */
  get position(): number {
    return encodeText(this.text.slice(0, this.at)).length
  }

  /** The line it was read to. */
  get line(): number {
    return this.text.slice(0, Math.max(0, this.at - 1)).split('\n').length
  }
}
