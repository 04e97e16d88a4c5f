/** Walking and searching the history while a line is under edit; changed entries are remembered until Enter, as readline does. */
export class HistoryWalk {
  private entries: readonly string[] = []
  private edited = new Map<number, string>()
  private at = 0
  private argument: { entry: number; length: number } | undefined

  /** A new line begins. */
  begin(entries: readonly string[]): void {
    this.entries = entries
    this.edited = new Map()
    this.at = entries.length
    this.argument = undefined
  }

  /** The entry `step` away, or undefined at either end. `current` is what is under edit now. */
  go(step: -1 | 1, current: string): string | undefined {
    const next = this.at + step
    if (next < 0 || next > this.entries.length) return undefined
    this.edited.set(this.at, current)
    this.at = next
    return this.edited.get(next) ?? this.entries[next] ?? ''
  }

  /** The newest entry older than `before` that holds `query`. */
  search(query: string, before = this.entries.length): { index: number; text: string } | undefined {
    for (let index = before - 1; index >= 0; index--) {
      const text = this.entries[index] as string
      if (text.includes(query)) return { index, text }
    }
    return undefined
  }

  /** Alt-.: the last word of the line before, then of the one before that; `replace` is how much of the last answer to take away. */
  lastArgument(): { text: string; replace: number } | undefined {
    for (let entry = (this.argument?.entry ?? this.entries.length) - 1; entry >= 0; entry--) {
      const word = this.entries[entry]?.trim().match(/(?:"[^"]*"|'[^']*'|\\.|\S)+$/)?.[0]
      if (word === undefined) continue
      const replace = this.argument?.length ?? 0
      this.argument = { entry, length: word.length }
      return { text: word, replace }
    }
    return undefined
  }

  forgetArgument(): void {
    this.argument = undefined
  }
}
