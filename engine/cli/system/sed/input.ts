import { FsError } from '../../../cluster/fs.ts'
import type { CommandContext } from '../../command.ts'
import { decodeText } from '../regex/chars.ts'
import { type InputLine, readInput, stdinLines, strerror } from '../text-input.ts'

export interface InputOptions {
  readonly end: string
  /** Every file by itself: line numbers, `$`. */
  readonly separate: boolean
  complain(text: string): void
  /** Called when a file is begun and ended, for editing in place; false refuses it. */
  begin?(file: string): boolean
  finish?(): void
}

/** The lines of the input files, one after the other, read only as far as needed: `$` looks one line ahead. */
export class Input {
  /** The number of the line in hand. */
  line = 0
  /** The file it came from. */
  file = '-'
  private readonly context: CommandContext
  private readonly options: InputOptions
  private readonly files: string[]
  private current: AsyncIterator<InputLine> | undefined
  private ahead: InputLine | undefined

  constructor(context: CommandContext, files: readonly string[], options: InputOptions) {
    this.context = context
    this.files = [...files]
    this.options = options
  }

  async next(): Promise<InputLine | undefined> {
    for (;;) {
      const line = this.ahead ?? (await this.read())
      this.ahead = undefined
      if (line !== undefined) {
        this.line++
        return line
      }
      if (this.current !== undefined) this.options.finish?.()
      this.current = undefined
      if (!(await this.open())) return undefined
    }
  }

  async isLast(): Promise<boolean> {
    this.ahead ??= await this.read()
    if (this.ahead !== undefined) return false
    if (this.options.separate) return true
    this.current = undefined
    while (await this.open()) {
      this.ahead = await this.read()
      if (this.ahead !== undefined) return false
      this.current = undefined
    }
    return true
  }

  private async read(): Promise<InputLine | undefined> {
    const result = await this.current?.next()
    return result === undefined || result.done === true ? undefined : result.value
  }

  private async open(): Promise<boolean> {
    const { context, options } = this
    for (let file = this.files.shift(); file !== undefined; file = this.files.shift()) {
      if (options.begin !== undefined) {
        if (!options.begin(file)) continue
      } else if (file === '-') {
        this.start(file, stdinLines(context, options.end)[Symbol.asyncIterator]())
        return true
      }
      const input = await readInput(context, file)
      if ('text' in input) {
        this.start(file, linesOf(input.text, options.end))
        return true
      }
      options.complain(input.at === 'open' ? `can't read ${file}: ${input.why}` : `read error on ${file}: ${input.why}`)
    }
    return false
  }

  private start(file: string, lines: AsyncIterator<InputLine>): void {
    this.file = file
    this.current = lines
    if (this.options.separate) this.line = 0
  }
}

async function* linesOf(text: string, end: string): AsyncGenerator<InputLine> {
  const lines = text.split(end)
  const last = lines.pop() as string
  for (const line of lines) yield { text: line, ended: true }
  if (last !== '') yield { text: last, ended: false }
}

/** Files that commands of a script read and write. */
export class ScriptFiles {
  private readonly context: CommandContext
  private readonly queues = new Map<string, string[]>()

  constructor(context: CommandContext) {
    this.context = context
  }

  path(file: string): string {
    return file.startsWith('/') ? file : `${this.context.cwd}/${file}`
  }

  /** All of it, decoded; nothing if it cannot be read (the r command does not complain). */
  async content(file: string): Promise<string> {
    const input = await readInput(this.context, file)
    return 'text' in input ? decodeText(input.text) : ''
  }

  /** The next line of a file that R reads. */
  async nextLine(file: string): Promise<string | undefined> {
    let queue = this.queues.get(file)
    if (queue === undefined) {
      const text = await this.content(file)
      queue = text === '' ? [] : text.replace(/\n$/, '').split('\n')
      this.queues.set(file, queue)
    }
    return queue.shift()
  }

  /** Why a file cannot be written, or undefined after it was emptied. */
  create(file: string): string | undefined {
    try {
      this.context.machine.fs.write(this.path(file), '')
      return undefined
    } catch (error) {
      if (error instanceof FsError) return strerror(error)
      throw error
    }
  }

  append(file: string, bytes: string): void {
    this.context.machine.fs.write(this.path(file), bytes, { append: true })
  }
}
