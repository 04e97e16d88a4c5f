import type { CommandContext } from '../../command.ts'
import { decodeText } from '../regex/chars.ts'
import type { Regex } from '../regex/regex.ts'
import type { Input, ScriptFiles } from './input.ts'
import { Output, unambiguous } from './output.ts'
import { Ranges } from './ranges.ts'
import { ScriptMistake } from './reader.ts'
import type { Script, SedCommand, Substitution } from './script.ts'
import { substitute } from './substitute.ts'

export interface MachineOptions {
  readonly quiet: boolean
  readonly width: number
  readonly end: string
}

type Queued = { readonly text: string } | { readonly file: string } | { readonly line: string }

/** What follows a command: the next one, the next cycle (with or without a new line), or the end. */
type Next = number | 'cycle' | 'restart' | { readonly quit: number }

/** sed at work: pattern space, hold space, and the script that runs once a line (execute.c). */
export class SedMachine {
  /** Where lines go; another one while a file is edited in place. */
  output: Output
  private readonly context: CommandContext
  private readonly script: Script
  private readonly options: MachineOptions
  private readonly input: Input
  private readonly files: ScriptFiles
  private readonly ranges = new Ranges()
  private readonly outputs = new Map<string, Output>()
  private space = ''
  private ended = true
  private hold = ''
  private substituted = false
  private lastRegex: Regex | undefined
  private queue: Queued[] = []

  constructor(
    context: CommandContext,
    parts: {
      readonly script: Script
      readonly options: MachineOptions
      readonly input: Input
      readonly files: ScriptFiles
      readonly output: Output
    },
  ) {
    this.context = context
    this.script = parts.script
    this.options = parts.options
    this.input = parts.input
    this.files = parts.files
    this.output = parts.output
  }

  /** Runs to the end of the input, or to q; the exit code of q. */
  async run(): Promise<number> {
    let hasLine = await this.read()
    while (hasLine && !this.context.signal.aborted) {
      const after = await this.cycle()
      if (typeof after === 'object') {
        await this.flush()
        return after.quit
      }
      if (after === 'restart') await this.flush()
      else hasLine = await this.read()
    }
    await this.flush()
    return 0
  }

  private async cycle(): Promise<Next> {
    const { commands } = this.script
    for (let i = 0; i < commands.length; ) {
      const command = commands[i] as SedCommand
      if (!(await this.ranges.selects(command, this.place()))) {
        i = command.name === '{' ? command.target : i + 1
        continue
      }
      const next = await this.execute(command, i)
      if (typeof next !== 'number') return next
      if (this.context.signal.aborted) return { quit: 130 }
      i = next
    }
    this.autoprint()
    return 'cycle'
  }

  private place() {
    return {
      line: this.input.line,
      text: this.space,
      isLast: () => this.input.isLast(),
      matches: (regex: Regex | undefined) => this.pattern(regex).test(this.space),
    }
  }

  private pattern(regex: Regex | undefined): Regex {
    const found = regex ?? this.lastRegex
    if (found === undefined) throw new ScriptMistake('no previous regular expression')
    this.lastRegex = found
    return found
  }

  private async execute(command: SedCommand, i: number): Promise<Next> {
    const { name, text } = command
    switch (name) {
      case '=':
        this.output.raw(`${this.input.line}\n`)
        break
      case 'a':
        this.queue.push({ text })
        break
      case 'b':
        return command.target
      case 'c':
        if (command.to === undefined || command.negated || !this.ranges.isOpen(command)) this.output.raw(text)
        return 'cycle'
      case 'd':
        return 'cycle'
      case 'D': {
        const end = this.space.indexOf(this.options.end)
        if (end < 0) return 'cycle'
        this.space = this.space.slice(end + 1)
        return 'restart'
      }
      case 'F':
        this.output.raw(`${this.input.file}\n`)
        break
      case 'g':
        this.space = this.hold
        break
      case 'G':
        this.space += this.options.end + this.hold
        break
      case 'h':
        this.hold = this.space
        break
      case 'H':
        this.hold += this.options.end + this.space
        break
      case 'i':
        this.output.raw(text)
        break
      case 'l':
        this.output.raw(unambiguous(this.space, command.number ?? this.options.width))
        break
      case 'n':
        if (await this.isEnd()) {
          this.autoprint()
          return { quit: 0 }
        }
        this.autoprint()
        if (!(await this.read())) return { quit: 0 }
        break
      case 'N': {
        const before = this.space
        if (await this.isEnd()) {
          this.autoprint()
          return { quit: 0 }
        }
        await this.read()
        this.space = before + this.options.end + this.space
        break
      }
      case 'p':
        this.print(this.output, this.space)
        break
      case 'P': {
        const end = this.space.indexOf(this.options.end)
        this.output.line(end < 0 ? this.space : this.space.slice(0, end))
        break
      }
      case 'q':
        this.autoprint()
        return { quit: command.number ?? 0 }
      case 'Q':
        this.queue = []
        return { quit: command.number ?? 0 }
      case 'r':
        this.queue.push({ file: text })
        break
      case 'R': {
        const line = await this.files.nextLine(text)
        if (line !== undefined) this.queue.push({ line })
        break
      }
      case 's':
        this.substitute(command.substitution as Substitution)
        break
      case 't':
        if (!this.substituted) break
        this.substituted = false
        return command.target
      case 'T':
        if (!this.substituted) return command.target
        this.substituted = false
        break
      case 'w':
        this.print(this.outputFor(text), this.space)
        break
      case 'W': {
        const end = this.space.indexOf(this.options.end)
        this.outputFor(text).line(end < 0 ? this.space : this.space.slice(0, end))
        break
      }
      case 'x':
        ;[this.space, this.hold] = [this.hold, this.space]
        break
      case 'y':
        this.space = [...this.space].map((char) => command.map?.get(char) ?? char).join('')
        break
      case 'z':
        this.space = ''
        break
    }
    return i + 1
  }

  private substitute(substitution: Substitution): void {
    const result = substitute(this.space, this.pattern(substitution.regex), substitution)
    if (result === undefined) return
    this.space = result
    this.substituted = true
    if (substitution.print) this.print(this.output, result)
    if (substitution.file !== undefined) this.print(this.outputFor(substitution.file), result)
  }

  private print(output: Output, text: string): void {
    output.line(text, this.ended)
  }

  private autoprint(): void {
    if (!this.options.quiet) this.print(this.output, this.space)
  }

  private outputFor(file: string): Output {
    if (file === '/dev/stdout') return this.output
    let output = this.outputs.get(file)
    if (output === undefined) {
      const write =
        file === '/dev/stderr' ? (b: string) => this.context.stderr.write(b) : (b: string) => this.files.append(file, b)
      output = new Output(write, this.options.end)
      this.outputs.set(file, output)
    }
    return output
  }

  private isEnd(): Promise<boolean> {
    return this.input.isLast()
  }

  /** Takes the next line into the pattern space, after what was to follow the last one is out. */
  private async read(): Promise<boolean> {
    await this.flush()
    this.substituted = false
    const line = await this.input.next()
    if (line === undefined) return false
    this.space = decodeText(line.text)
    this.ended = line.ended
    return true
  }

  private async flush(): Promise<void> {
    const queue = this.queue
    this.queue = []
    for (const each of queue) {
      if ('text' in each) this.output.raw(each.text)
      else if ('line' in each) this.output.line(each.line)
      else this.output.raw(await this.files.content(each.file))
    }
  }
}
