import { encodeUtf8 } from '../../../base/utf8.ts'
import type { CommandContext } from '../../command.ts'
import { readInput } from '../text-input.ts'
import type { Evaluator } from './evaluator.ts'
import { Fatal } from './io.ts'
import { unescapeString } from './lexer.ts'
import { RecordReader, recordSeparator } from './records.ts'
import { Input, toNumber } from './values.ts'

/** What awk reads by itself: the files of ARGV one after the other, with assignments among them; standard input if there are none. */
export class MainInput {
  private readonly context: CommandContext
  private readonly awk: Evaluator
  private reader: RecordReader | undefined
  private index = 1
  private opened = false

  constructor(context: CommandContext, awk: Evaluator, operands: readonly string[]) {
    this.context = context
    this.awk = awk
    const { globals } = awk.frames
    const argv = awk.array('ARGV')
    argv.set('0', encodeUtf8(context.argv[0] ?? 'awk'), true)
    for (const [i, operand] of operands.entries()) argv.set(String(i + 1), new Input(encodeUtf8(operand)), true)
    globals.set('ARGC', operands.length + 1)
  }

  /** The next record; counts it. */
  async next(): Promise<string | undefined> {
    const { globals } = this.awk.frames
    for (;;) {
      this.reader ??= await this.open()
      if (this.reader === undefined) return undefined
      const record = await this.reader.next(recordSeparator(this.awk.text(globals.get('RS'))))
      if (record !== undefined) {
        for (const name of ['NR', 'FNR']) globals.set(name, toNumber(globals.get(name)) + 1)
        return record
      }
      this.reader = undefined
    }
  }

  skipFile(): void {
    this.reader = undefined
  }

  private async open(): Promise<RecordReader | undefined> {
    const { globals } = this.awk.frames
    const argv = this.awk.array('ARGV')
    while (this.index < toNumber(globals.get('ARGC'))) {
      const key = String(this.index++)
      const operand = argv.has(key, true) ? this.awk.text(argv.get(key, true)) : ''
      if (operand === '') continue
      const assignment = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(operand)
      if (assignment !== null) {
        assign(this.awk, assignment[1] as string, assignment[2] as string)
        continue
      }
      this.opened = true
      globals.set('FNR', 0)
      globals.set('FILENAME', new Input(operand))
      if (operand === '-' || operand === '/dev/stdin') return new RecordReader(() => this.context.stdin.piece())
      const input = await readInput(this.context, operand)
      if ('why' in input) throw new Fatal(`cannot open ${operand} (${input.why})`)
      let rest: string | undefined = input.text === '' ? undefined : input.text
      return new RecordReader(async () => {
        const all = rest
        rest = undefined
        return all
      })
    }
    if (this.opened) return undefined
    this.opened = true
    return new RecordReader(() => this.context.stdin.piece())
  }
}

/** `-v name=value`, or the same among the files. */
export function assign(awk: Evaluator, name: string, text: string): void {
  const value = new Input(unescapeString(text))
  if (name === 'FS') awk.record.split()
  awk.frames.globals.set(name, value)
}
