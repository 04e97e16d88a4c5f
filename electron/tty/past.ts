/** Moving through earlier lines: up and down, Ctrl-R, Alt-. */
export class Past {
  private lines: readonly string[] = []
  /** How far back the edit stands; 0 is the line being typed. */
  private back = 0
  private typed = ''
  private argument = 0

  reset(lines: readonly string[]): void {
    this.lines = lines
    this.back = 0
    this.argument = 0
  }

  /** The line `by` steps further back (negative: forward), or undefined where there is none. */
  move(by: number, current: string): string | undefined {
    const to = this.back + by
    if (to < 0 || to > this.lines.length) return undefined
    if (this.back === 0) this.typed = current
    this.back = to
    return to === 0 ? this.typed : this.lines[this.lines.length - to]
  }

  /** The newest line at or before `from` (counted from the oldest) that holds `text`. */
  search(text: string, from: number): { readonly line: string; readonly at: number; readonly index: number } | undefined {
    for (let index = Math.min(from, this.lines.length - 1); index >= 0; index--) {
      const line = this.lines[index] as string
      const at = line.lastIndexOf(text)
      if (at >= 0) return { line, at, index }
    }
    return undefined
  }

  get count(): number {
    return this.lines.length
  }

  /** Alt-.: the last word of the line before, then of the one before that. */
  lastArgument(again: boolean): string | undefined {
    this.argument = again ? this.argument + 1 : 1
    const line = this.lines[this.lines.length - this.argument]
    return line?.trim().match(/(?:"[^"]*"|'[^']*'|\\.|\S)+$/)?.[0]
  }
}
