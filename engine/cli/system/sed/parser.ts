import { plainText } from './escapes.ts'
import { replacementParts, sedPattern } from './patterns.ts'
import { ScriptMistake, ScriptReader } from './reader.ts'
import type { Address, Script, SedCommand, Substitution } from './script.ts'

/** A piece of the script and how errors name it. */
export interface ScriptPiece {
  readonly text: string
  /** The number of a `-e`, or the file of a `-f`. */
  readonly source: number | string
}

export interface ParseOptions {
  readonly extended: boolean
  readonly sandbox: boolean
}

/** A script that sed refuses; the message is whole but for `sed: `. */
export class BadScript extends Error {
  readonly exit: number
  constructor(message: string, exit: number) {
    super(message)
    this.exit = exit
  }
}

/** Commands that are valid but need a shell. */
export class ShellCommand extends Error {}

/** Parses the pieces of a script as one, as sed's compile.c does. */
export function parseScript(pieces: readonly ScriptPiece[], options: ParseOptions): Script {
  const parser = new ScriptParser(options)
  for (const piece of pieces) parser.piece(piece)
  return parser.finish()
}

class ScriptParser {
  private readonly options: ParseOptions
  private readonly commands: SedCommand[] = []
  private readonly blocks: { readonly index: number; readonly piece: ScriptPiece }[] = []
  private readonly labels = new Map<string, number>()
  private readonly files: string[] = []
  private quiet = false
  private first = true
  /** A text command whose last line ended in a backslash at the end of its piece. */
  private unfinished: SedCommand | undefined
  private reader = new ScriptReader('')
  private current: ScriptPiece = { text: '', source: 1 }

  constructor(options: ParseOptions) {
    this.options = options
  }

  piece(piece: ScriptPiece): void {
    this.reader = new ScriptReader(piece.text)
    this.current = piece
    try {
      if (this.unfinished !== undefined) {
        const { text, more } = this.textLines(this.unfinished.text)
        this.unfinished.text = text
        if (!more) this.unfinished = undefined
      }
      while (this.command()) this.first = false
      this.first = false
    } catch (error) {
      if (error instanceof ScriptMistake) throw this.located(error, piece, this.reader.position)
      throw error
    }
  }

  finish(): Script {
    const open = this.blocks.at(-1)
    if (open !== undefined) throw this.located(new ScriptMistake("unmatched `{'"), open.piece, 0)
    for (const command of this.commands) {
      if (!'btT'.includes(command.name)) continue
      const target = command.text === '' ? this.commands.length : this.labels.get(command.text)
      if (target === undefined) throw new BadScript(`can't find label for jump to \`${command.text}'`, 4)
      command.target = target
    }
    return { commands: this.commands, quiet: this.quiet, files: this.files }
  }

  private located(mistake: ScriptMistake, { source }: ScriptPiece, position: number): BadScript {
    const where =
      typeof source === 'number' ? `-e expression #${source}, char ${position}` : `file ${source} line ${this.reader.line}`
    return new BadScript(`${where}: ${mistake.message}`, mistake.exit)
  }

  /** Reads one command; false at the end. */
  private command(): boolean {
    const { reader } = this
    let char = reader.next()
    while (char !== undefined && /[;\s]/.test(char)) char = reader.next()
    if (char === undefined) return false
    const from = this.address(char)
    let to: Address | undefined
    if (from?.type === 'plus' || from?.type === 'multiple') throw new ScriptMistake("unexpected `,'")
    if (from !== undefined) {
      char = reader.nonBlank()
      if (char === ',') {
        const next = reader.nonBlank()
        to = next === undefined ? undefined : this.address(next)
        if (to === undefined) throw new ScriptMistake("unexpected `,'")
        char = reader.nonBlank()
      }
      if (from.type === 'line' && from.line === 0 && to?.type !== 'regex')
        throw new ScriptMistake('invalid usage of line address 0')
    }
    let negated = false
    if (char === '!') {
      negated = true
      char = reader.nonBlank()
      if (char === '!') throw new ScriptMistake("multiple `!'s")
    }
    if (char === undefined) throw new ScriptMistake('missing command')
    this.body(char, { from, to, negated })
    return true
  }

  private address(char: string): Address | undefined {
    const { reader } = this
    if (char === '/' || char === '\\') {
      const delimiter = char === '/' ? char : reader.next()
      const text = delimiter === undefined ? undefined : reader.delimited(delimiter, true)
      if (text === undefined) throw new ScriptMistake('unterminated address regex')
      let [icase, multiline] = [false, false]
      for (let flag = reader.nonBlank(); ; flag = reader.nonBlank()) {
        if (flag === 'I') icase = true
        else if (flag === 'M') multiline = true
        else {
          reader.back(flag)
          return { type: 'regex', regex: sedPattern(text, { ...this.options, icase, multiline }) }
        }
      }
    }
    if (/[0-9]/.test(char)) {
      const line = reader.number(char)
      const after = reader.nonBlank()
      if (after !== '~') {
        reader.back(after)
        return { type: 'line', line }
      }
      const step = this.count()
      return step > 0 ? { type: 'step', first: line, step } : { type: 'line', line }
    }
    if (char === '+' || char === '~') {
      const count = this.count()
      return char === '+' ? { type: 'plus', count } : { type: 'multiple', of: count }
    }
    return char === '$' ? { type: 'last' } : undefined
  }

  private count(): number {
    const digit = this.reader.nonBlank()
    if (digit !== undefined && /[0-9]/.test(digit)) return this.reader.number(digit)
    this.reader.back(digit)
    return 0
  }

  private body(name: string, head: { from: Address | undefined; to: Address | undefined; negated: boolean }): void {
    const { reader, commands } = this
    const add = (more: Partial<SedCommand> = {}): SedCommand => {
      const command = { name, ...head, text: '', number: undefined, substitution: undefined, map: undefined, target: 0, ...more }
      commands.push(command)
      return command
    }
    switch (name) {
      case '#':
        if (head.from !== undefined) throw new ScriptMistake("comments don't accept any addresses")
        this.comment()
        return
      case ':': {
        if (head.from !== undefined) throw new ScriptMistake(": doesn't want any addresses")
        const label = reader.label()
        if (label === '') throw new ScriptMistake('":" lacks a label')
        this.labels.set(label, commands.length)
        return
      }
      case '{':
        this.blocks.push({ index: commands.length, piece: this.current })
        add()
        return
      case '}': {
        const open = this.blocks.pop()
        if (open === undefined) throw new ScriptMistake("unexpected `}'")
        if (head.from !== undefined) throw new ScriptMistake("} doesn't want any addresses")
        reader.endOfCommand()
        ;(commands[open.index] as SedCommand).target = commands.length
        return
      }
      case 'e':
        if (this.options.sandbox) throw new ScriptMistake('e/r/w commands disabled in sandbox mode')
        throw new ShellCommand('the e command')
      case 'a':
      case 'i':
      case 'c':
        this.text(add())
        return
      case 'q':
      case 'Q':
      case 'l':
      case 'L': {
        if (name === 'L') break
        if (head.to !== undefined && name !== 'l') throw new ScriptMistake('command only uses one address')
        const digit = reader.nonBlank()
        const number = digit !== undefined && /[0-9]/.test(digit) ? reader.number(digit) : undefined
        if (number === undefined) reader.back(digit)
        reader.endOfCommand()
        add({ number })
        return
      }
      case '=':
      case 'd':
      case 'D':
      case 'F':
      case 'g':
      case 'G':
      case 'h':
      case 'H':
      case 'n':
      case 'N':
      case 'p':
      case 'P':
      case 'x':
      case 'z':
        reader.endOfCommand()
        add()
        return
      case 'v':
        reader.label()
        return
      case 'b':
      case 't':
      case 'T': {
        const text = reader.label()
        reader.endOfCommand()
        add({ text })
        return
      }
      case 'r':
      case 'R':
      case 'w':
      case 'W': {
        if (this.options.sandbox) throw new ScriptMistake('e/r/w commands disabled in sandbox mode')
        const text = reader.fileName()
        if (name === 'w' || name === 'W') this.files.push(text)
        add({ text })
        return
      }
      case 's':
        add({ substitution: this.substitution() })
        return
      case 'y':
        add({ map: this.map() })
        return
    }
    throw new ScriptMistake(`unknown command: \`${name}'`)
  }

  private comment(): void {
    const { reader } = this
    let char = reader.next()
    if (char === 'n' && this.first && reader.at === 2) {
      char = reader.next()
      if (char === undefined || char === '\n') this.quiet = true
    }
    while (char !== undefined && char !== '\n') char = reader.next()
  }

  private text(command: SedCommand): void {
    const { reader } = this
    const char = reader.nonBlank()
    if (char === undefined) throw new ScriptMistake("expected \\ after `a', `c' or `i'")
    if (char === '\\') {
      const next = reader.next()
      // `a\` and a newline, or GNU's one line where the backslash keeps the blanks that follow.
      if (next === undefined) {
        this.unfinished = command
        return
      }
      if (next !== '\n') reader.back(next)
    } else reader.back(char)
    const { text, more } = this.textLines('')
    command.text = text
    if (more) this.unfinished = command
  }

  /** Lines of text up to one that does not end in a backslash; `more` if the piece ends before that. */
  private textLines(before: string): { readonly text: string; readonly more: boolean } {
    const { reader } = this
    let raw = ''
    for (let char = reader.next(); char !== undefined && char !== '\n'; char = reader.next()) {
      raw += char
      if (char !== '\\') continue
      const after = reader.next()
      if (after === undefined) return { text: `${before}${plainText(raw.slice(0, -1))}\n`, more: true }
      raw += after
    }
    return { text: `${before}${plainText(raw)}\n`, more: false }
  }

  private substitution(): Substitution {
    const { reader, options } = this
    const delimiter = reader.next()
    const pattern = delimiter === undefined ? undefined : reader.delimited(delimiter, true)
    const right = pattern === undefined ? undefined : reader.delimited(delimiter as string, false)
    if (pattern === undefined || right === undefined) throw new ScriptMistake("unterminated `s' command")
    const replacement = replacementParts(right)
    const flags = this.flags()
    const regex = sedPattern(pattern, { ...options, icase: flags.icase, multiline: flags.multiline })
    const most = Math.max(0, ...replacement.map((part) => (part.type === 'group' ? part.index : 0)))
    if (regex !== undefined && most > regex.groups) throw new ScriptMistake(`invalid reference \\${most} on \`s' command's RHS`)
    const { global, print, number, file } = flags
    return { regex, replacement, global, print, number, file }
  }

  private flags() {
    const { reader } = this
    const flags = {
      icase: false,
      multiline: false,
      global: false,
      print: false,
      number: 0,
      file: undefined as string | undefined,
    }
    for (;;) {
      const char = reader.next()
      if (char === undefined || char === '\n' || char === ';') break
      if (char === '}' || char === '#') {
        reader.back(char)
        break
      }
      if (char === ' ' || char === '\t') continue
      if (char === 'i' || char === 'I') flags.icase = true
      else if (char === 'm' || char === 'M') flags.multiline = true
      else if (char === 'e') {
        if (this.options.sandbox) throw new ScriptMistake('e/r/w commands disabled in sandbox mode')
        throw new ShellCommand("the e option of `s'")
      } else if (char === 'p') {
        if (flags.print) throw new ScriptMistake("multiple `p' options to `s' command")
        flags.print = true
      } else if (char === 'g') {
        if (flags.global) throw new ScriptMistake("multiple `g' options to `s' command")
        flags.global = true
      } else if (char === 'w') {
        if (this.options.sandbox) throw new ScriptMistake('e/r/w commands disabled in sandbox mode')
        flags.file = reader.fileName()
        this.files.push(flags.file)
        break
      } else if (/[0-9]/.test(char)) {
        if (flags.number > 0) {
          reader.number(char)
          throw new ScriptMistake("multiple number options to `s' command")
        }
        flags.number = reader.number(char)
        if (flags.number === 0) throw new ScriptMistake("number option to `s' command may not be zero")
      } else throw new ScriptMistake("unknown option to `s'")
    }
    return flags
  }

  private map(): ReadonlyMap<string, string> {
    const { reader } = this
    const delimiter = reader.next()
    const left = delimiter === undefined ? undefined : reader.delimited(delimiter, false)
    const right = left === undefined ? undefined : reader.delimited(delimiter as string, false)
    if (left === undefined || right === undefined) throw new ScriptMistake("unterminated `y' command")
    const [from, to] = [mapChars(left), mapChars(right)]
    if (from.length !== to.length) throw new ScriptMistake("strings for `y' command are different lengths")
    reader.endOfCommand()
    const map = new Map<string, string>()
    for (const [i, char] of from.entries()) if (!map.has(char)) map.set(char, to[i] as string)
    return map
  }
}

/** The characters of one side of `y`: `\\`, `\n` and the escaped delimiter are the only escapes besides those for characters. */
function mapChars(text: string): string[] {
  const plain = text.replace(/\\(\\|n|[\s\S])/g, (all, next: string) => (next === '\\' ? '\u{F0000}' : next === 'n' ? '\n' : all))
  return [...plain.replace(/\\([\s\S])/g, (all) => plainText(all))].map((char) => (char === '\u{F0000}' ? '\\' : char))
}
