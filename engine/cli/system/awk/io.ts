import { FsError } from '../../../cluster/fs.ts'
import type { CommandContext, Sink } from '../../command.ts'
import { readInput, strerror } from '../text-input.ts'
import { RecordReader } from './records.ts'

/** A mistake while a program runs. */
export class RunError extends Error {}

/** Ends the program at once: a file that cannot be opened. */
export class Fatal extends Error {}

/** The files and programs an awk program reads and writes by name. */
export class AwkIo {
  private readonly context: CommandContext
  private readonly outputs = new Map<string, Sink>()
  private readonly pipes = new Map<string, string[]>()
  private readonly inputs = new Map<string, RecordReader>()

  constructor(context: CommandContext) {
    this.context = context
  }

  /** Where `print > target` and the like write to. */
  output(to: '>' | '>>' | '|' | undefined, target: string): Sink {
    const { stdout, stderr, machine } = this.context
    if (to === undefined || (to !== '|' && (target === '/dev/stdout' || target === '-'))) return stdout
    if (to !== '|' && target === '/dev/stderr') return stderr
    const known = this.outputs.get(target)
    if (known !== undefined) return known
    let sink: Sink
    if (to === '|') {
      const chunks: string[] = []
      this.pipes.set(target, chunks)
      sink = { write: (text) => chunks.push(text) }
    } else {
      const path = this.path(target)
      try {
        machine.fs.write(path, '', { append: to === '>>' })
      } catch (error) {
        if (error instanceof FsError) throw new Fatal(`cannot open "${target}" for output (${strerror(error)})`)
        throw error
      }
      sink = { write: (text) => machine.fs.write(path, text, { append: true }) }
    }
    this.outputs.set(target, sink)
    return sink
  }

  /** The records of a file, or undefined if it cannot be read. */
  async file(name: string): Promise<RecordReader | undefined> {
    const known = this.inputs.get(name)
    if (known !== undefined) return known
    let reader: RecordReader
    if (name === '-' || name === '/dev/stdin') reader = new RecordReader(() => this.context.stdin.piece())
    else {
      const input = await readInput(this.context, name)
      if ('why' in input) return undefined
      reader = once(input.text)
    }
    this.inputs.set(name, reader)
    return reader
  }

  /** The records a program prints. */
  async command(line: string): Promise<RecordReader> {
    let reader = this.inputs.get(line)
    if (reader === undefined) {
      const chunks: string[] = []
      await this.context.run(['sh', '-c', line], { stdout: { write: (text) => chunks.push(text) } })
      reader = once(chunks.join(''))
      this.inputs.set(line, reader)
    }
    return reader
  }

  async system(line: string): Promise<number> {
    return this.context.run(['sh', '-c', line])
  }

  async close(name: string): Promise<number> {
    let found = this.inputs.delete(name)
    const chunks = this.pipes.get(name)
    found = this.outputs.delete(name) || found
    if (chunks === undefined) return found ? 0 : -1
    this.pipes.delete(name)
    return this.context.run(['sh', '-c', name], { stdin: chunks.join('') })
  }

  /** Runs what is piped to, at the end of the program. */
  async finish(): Promise<void> {
    for (const name of [...this.pipes.keys()]) await this.close(name)
  }

  private path(file: string): string {
    return file.startsWith('/') ? file : `${this.context.cwd}/${file}`
  }
}

function once(text: string): RecordReader {
  let rest: string | undefined = text === '' ? undefined : text
  return new RecordReader(async () => {
    const all = rest
    rest = undefined
    return all
  })
}
