import { encodeUtf8 } from '../../base/utf8.ts'
import type { CommandContext } from '../command.ts'
import { complain, readInput } from './text-input.ts'

/** The "==> name <==" lines of head and tail, where they are wanted: an empty line before each but the first. */
export class Headings {
  private readonly context: CommandContext
  private readonly wanted: boolean
  private first = true

  constructor(context: CommandContext, wanted: boolean) {
    this.context = context
    this.wanted = wanted
  }

  write(file: string): void {
    if (!this.wanted) return
    this.context.stdout.write(encodeUtf8(`${this.first ? '' : '\n'}==> ${file === '-' ? 'standard input' : file} <==\n`))
    this.first = false
  }

  /** A file's text, its heading written; undefined where it could not be opened or read, which is said. */
  async textOf(file: string): Promise<string | undefined> {
    const input = await readInput(this.context, file)
    if ('why' in input && input.at === 'open') {
      complain(this.context, `cannot open '${file}' for reading: ${input.why}`)
      return undefined
    }
    this.write(file)
    if (!('why' in input)) return input.text
    complain(this.context, `error reading '${file}': ${input.why}`)
    return undefined
  }
}
