import { encodeUtf8 } from '../base/utf8.ts'
import type { Stdin } from '../cli/command.ts'

/** A terminal's lines as a running program reads them: one at a time, as they are typed, until Ctrl-D or Ctrl-C. */
export class TtyInput implements Stdin {
  readonly isTty = true
  private lines: string[] = []
  private ended = false
  private wake: (() => void) | undefined

  push(line: string): void {
    this.lines.push(encodeUtf8(line))
    this.wake?.()
  }

  /** Ctrl-D: what reads now is at the end of its input; later readers wait for lines of their own. */
  end(): void {
    this.ended = true
    this.wake?.()
  }

  /** What was typed ahead and read by nobody. */
  takeRest(): string[] {
    const rest = this.lines
    this.lines = []
    this.ended = false
    return rest
  }

  async line(): Promise<string | undefined> {
    while (this.lines.length === 0) {
      if (this.ended) {
        this.ended = false
        return undefined
      }
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
      this.wake = undefined
    }
    return this.lines.shift()
  }

  async piece(): Promise<string | undefined> {
    const line = await this.line()
    return line === undefined ? undefined : `${line}\n`
  }

  async text(): Promise<string> {
    let all = ''
    for (let line = await this.line(); line !== undefined; line = await this.line()) all += `${line}\n`
    return all
  }
}
