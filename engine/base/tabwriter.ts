/** How a {@link TabWriter} lays columns out; the words of Go's text/tabwriter. */
export interface TabLayout {
  readonly minWidth: number
  readonly padding: number
}

/** `kubectl get` and its relatives. */
export const TABLE_LAYOUT: TabLayout = { minWidth: 6, padding: 3 }
/** `kubectl describe`. */
export const DESCRIBE_LAYOUT: TabLayout = { minWidth: 0, padding: 2 }

/** The width Go counts: one per code point. */
function runes(text: string): number {
  let n = 0
  for (const _ of text) n++
  return n
}

/**
 * Aligns tab-separated cells as Go's text/tabwriter does: a column is a run of consecutive lines that have a tab-terminated
 * cell there; a line's last cell belongs to no column and is never padded. With `remember`, widths never shrink from one
 * flush to the next (liggitt/tabwriter's RememberWidths, which `kubectl get -w` relies on).
 */
export class TabWriter {
  private readonly layout: TabLayout
  private readonly remember: boolean
  private text = ''
  private remembered: number[] = []

  constructor(layout: TabLayout, remember = false) {
    this.layout = layout
    this.remember = remember
  }

  write(text: string): void {
    this.text += text
  }

  /** A new table: widths start afresh. */
  forget(): void {
    this.remembered = []
  }

  /** The text laid out; the writer is empty afterwards. */
  flush(): string {
    const text = this.text
    this.text = ''
    const lines = text.split('\n').map((line) => line.split('\t'))
    const out: string[] = []
    this.format(lines, 0, lines.length, [], out)
    return out.join('\n')
  }

  private format(lines: readonly string[][], from: number, to: number, widths: number[], out: string[]): void {
    const column = widths.length
    for (let at = from; at < to; ) {
      if (column >= lines[at]!.length - 1) {
        out.push(this.line(lines[at]!, widths))
        at++
        continue
      }
      let width = this.layout.minWidth
      let end = at
      for (; end < to && column < lines[end]!.length - 1; end++) {
        width = Math.max(width, runes(lines[end]![column]!) + this.layout.padding)
      }
      if (this.remember) {
        width = Math.max(width, this.remembered[column] ?? 0)
        this.remembered[column] = width
      }
      this.format(lines, at, end, [...widths, width], out)
      at = end
    }
  }

  private line(cells: readonly string[], widths: readonly number[]): string {
    let out = ''
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i]!
      const width = widths[i]
      out += width === undefined ? cell : cell + ' '.repeat(Math.max(0, width - runes(cell)))
    }
    return out
  }
}

/** Lays out one finished text. */
export function tabbed(text: string, layout: TabLayout): string {
  const writer = new TabWriter(layout)
  writer.write(text)
  return writer.flush()
}
