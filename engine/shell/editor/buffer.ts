/** A place in a text: line and column, from 0, columns in UTF-16 units. */
export interface Position {
  readonly row: number
  readonly column: number
}

interface Past {
  readonly lines: readonly string[]
  readonly at: Position
}

const PAST_SIZE = 200

/** Lines of text with a cursor, and what undo goes back to. There is always at least one line. */
export class TextBuffer {
  lines: readonly string[]
  row = 0
  column = 0
  private past: Past[] = []

  constructor(text: string) {
    const lines = text.split('\n')
    if (lines.length > 1 && lines.at(-1) === '') lines.pop()
    this.lines = lines
  }

  get text(): string {
    return this.lines.length === 1 && this.lines[0] === '' ? '' : `${this.lines.join('\n')}\n`
  }

  get line(): string {
    return this.lines[this.row] ?? ''
  }

  /** Notes the present for undo; called before a change. */
  remember(): void {
    this.past.push({ lines: this.lines, at: { row: this.row, column: this.column } })
    if (this.past.length > PAST_SIZE) this.past.shift()
  }

  undo(): boolean {
    const point = this.past.pop()
    if (point === undefined) return false
    this.lines = point.lines
    this.go(point.at.row, point.at.column)
    return true
  }

  /** Moves, staying inside the text. */
  go(row: number, column: number): void {
    this.row = Math.max(0, Math.min(this.lines.length - 1, row))
    this.column = Math.max(0, Math.min(this.line.length, column))
  }

  insert(text: string): void {
    const parts = text.split('\n')
    const head = this.line.slice(0, this.column)
    const tail = this.line.slice(this.column)
    const last = parts.length - 1
    const fresh = parts.map((part, i) => `${i === 0 ? head : ''}${part}${i === last ? tail : ''}`)
    const column = (last === 0 ? head.length : 0) + (parts[last] as string).length
    this.replaceLines(this.row, 1, fresh)
    this.go(this.row + last, column)
  }

  /** Backspace. */
  erase(): void {
    if (this.column > 0) {
      const { line, column } = this
      this.replaceLines(this.row, 1, [line.slice(0, column - 1) + line.slice(column)])
      this.go(this.row, column - 1)
    } else if (this.row > 0) {
      const above = this.lines[this.row - 1] as string
      this.replaceLines(this.row - 1, 2, [above + this.line])
      this.go(this.row - 1, above.length)
    }
  }

  /** Removes characters under and after the cursor; at the end of a line joins the next one. */
  remove(count: number): void {
    const { line, column, row } = this
    if (column < line.length) this.replaceLines(row, 1, [line.slice(0, column) + line.slice(column + count)])
    else if (row + 1 < this.lines.length) this.replaceLines(row, 2, [line + (this.lines[row + 1] as string)])
    this.go(row, column)
  }

  /** Takes whole lines out and returns them. */
  cut(row: number, count: number): readonly string[] {
    const taken = this.lines.slice(row, row + count)
    this.replaceLines(row, taken.length, [])
    this.go(row, 0)
    return taken
  }

  replaceLines(row: number, count: number, fresh: readonly string[]): void {
    const lines = [...this.lines.slice(0, row), ...fresh, ...this.lines.slice(row + count)]
    this.lines = lines.length === 0 ? [''] : lines
  }

  /** The next place of `needle` after the cursor, around the end. */
  find(needle: string): Position | undefined {
    if (needle === '') return undefined
    for (let i = 0; i <= this.lines.length; i++) {
      const row = (this.row + i) % this.lines.length
      const column = (this.lines[row] as string).indexOf(needle, i === 0 ? this.column + 1 : 0)
      if (column >= 0) return { row, column }
    }
    return undefined
  }
}
