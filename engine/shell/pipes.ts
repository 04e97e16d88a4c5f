import type { Sink, Stdin } from '../cli/command.ts'
import { asBytes } from './bytes.ts'
import { type Call, childOf, type Launcher, runProgram } from './launch.ts'

/** One end writes, the other reads what has come so far. */
export class Pipe implements Sink, Stdin {
  readonly isTty = false
  private held = ''
  private ended = false
  private readerGone = false
  private wake: (() => void) | undefined
  /** Called at the first write that nobody will read: SIGPIPE. */
  private readonly broken: () => void

  constructor(broken: () => void) {
    this.broken = broken
  }

  write(text: string): void {
    if (this.readerGone) {
      this.broken()
      return
    }
    this.held += asBytes(text)
    if (text !== '') this.wake?.()
  }

  /** The writer has ended. */
  end(): void {
    this.ended = true
    this.wake?.()
  }

  /** The reader has ended. */
  close(): void {
    this.readerGone = true
    this.held = ''
  }

  async piece(): Promise<string | undefined> {
    await this.until(() => this.held !== '')
    return this.take(this.held.length) || undefined
  }

  async line(): Promise<string | undefined> {
    await this.until(() => this.held.includes('\n'))
    if (this.held === '') return undefined
    const end = this.held.indexOf('\n')
    return this.take(end < 0 ? this.held.length : end + 1).replace(/\n$/, '')
  }

  async text(): Promise<string> {
    await this.until(() => false)
    return this.take(this.held.length)
  }

  private take(length: number): string {
    const taken = this.held.slice(0, length)
    this.held = this.held.slice(length)
    return taken
  }

  private async until(ready: () => boolean): Promise<void> {
    while (!ready() && !this.ended) {
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
      this.wake = undefined
    }
  }
}

/** A program of a pipeline and where its standard error goes. */
export interface Stage {
  readonly argv: readonly string[]
  readonly stderr: 'shell' | 'stdout' | 'nowhere'
}

/** What a program ends with that wrote to a pipe nobody reads. */
const SIGPIPE_EXIT = 141

/**
 * Runs programs of ours side by side, each reading what the one before writes as it writes it; `call` holds what they share and
 * the ends of the whole. Gives every program's exit code.
 */
export async function runPipeline(launcher: Launcher, stages: readonly Stage[], call: Omit<Call, 'argv'>): Promise<number[]> {
  const cancellers = stages.map(() => childOf(call.signal))
  const broken = stages.map(() => false)
  const pipes = stages.slice(0, -1).map(
    (_, i) =>
      new Pipe(() => {
        broken[i] = true
        cancellers[i]?.abort()
      }),
  )
  return Promise.all(
    stages.map(async ({ argv, stderr }, i) => {
      const [before, after] = [pipes[i - 1], pipes[i]]
      const { tty, ...shared } = call
      const stdout = after ?? call.stdout
      const errors = stderr === 'stdout' ? stdout : stderr === 'nowhere' ? { write: () => {} } : call.stderr
      try {
        const exit = await runProgram(launcher, {
          ...shared,
          ...(after === undefined && tty !== undefined ? { tty } : {}),
          argv,
          stdin: before ?? call.stdin,
          stdout,
          stderr: errors,
          signal: cancellers[i] as (typeof cancellers)[number],
        })
        return broken[i] ? SIGPIPE_EXIT : exit
      } finally {
        before?.close()
        after?.end()
      }
    }),
  )
}
