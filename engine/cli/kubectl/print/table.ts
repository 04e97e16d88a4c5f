import { TABLE_LAYOUT, TabWriter } from '../../../base/tabwriter.ts'
import { type Obj, sortedKeys } from '../values.ts'

/** What `kubectl get` was asked to show around the server's columns. */
export interface TableOptions {
  readonly wide: boolean
  readonly noHeaders: boolean
  readonly withNamespace: boolean
  /** Names as "kind.group/name": several kinds were asked for. */
  readonly withKind?: string
  readonly showLabels: boolean
  readonly labelColumns: readonly string[]
}

/** Prints tables of one kind one after another: a header once, columns that never shrink (printers.HumanReadablePrinter). */
export class TablePrinter {
  private readonly writer = new TabWriter(TABLE_LAYOUT, true)
  private headerDone = false
  private columns: readonly Obj[] = []
  private separate = false

  /** A new kind: header again, widths afresh, an empty line before its first row. */
  restart(separate = false): void {
    this.separate = separate
    this.writer.forget()
    this.headerDone = false
  }

  print(table: Obj, options: TableOptions): void {
    // Only a watch's first event carries the columns; what follows is laid out as it was.
    const all: readonly Obj[] = (table.columnDefinitions ?? []).length > 0 ? table.columnDefinitions : this.columns
    this.columns = all
    const shown = all.map((column, i) => ({ column, i })).filter(({ column }) => options.wide || (column.priority ?? 0) === 0)
    if (!options.noHeaders && !this.headerDone) {
      const head = shown.map(({ column }) => String(column.name).toUpperCase())
      if (options.withNamespace) head.unshift('NAMESPACE')
      for (const label of options.labelColumns) head.push(label.slice(label.lastIndexOf('/') + 1).toUpperCase())
      if (options.showLabels) head.push('LABELS')
      this.writer.write(`${head.join('\t')}\n`)
    }
    this.headerDone = true
    for (const row of table.rows ?? []) this.row(row, shown, options)
  }

  /** A watch event's table: rows behind an event column. */
  flush(): string {
    const text = this.writer.flush()
    if (text === '' || !this.separate) return text
    this.separate = false
    return `\n${text}`
  }

  private row(row: Obj, shown: readonly { column: Obj; i: number }[], options: TableOptions): void {
    const meta = row.object?.metadata ?? {}
    const cells = shown.map(({ i }, at) => {
      const text = escaped(cellText(row.cells?.[i]))
      return at === 0 && options.withKind ? `${options.withKind}/${text}` : text
    })
    if (options.withNamespace) cells.unshift(meta.namespace ?? '')
    for (const label of options.labelColumns) cells.push(meta.labels?.[label] ?? '')
    if (options.showLabels) cells.push(labelText(meta.labels))
    this.writer.write(`${cells.join('\t')}\n`)
  }
}

/** A cell as Go's %v prints it; a nil cell is empty. */
function cellText(value: unknown): string {
  if (value === undefined || value === null) return ''
  return String(value)
}

/** A cell ends at its first line break: "..." says that there was more (tableprinter.go). */
function escaped(text: string): string {
  const at = text.search(/[\f\n\r]/)
  const line = at < 0 ? text : `${text.slice(0, at)}...`
  return line.replaceAll('\t', '\\t').replaceAll('\x1b', '^[')
}

/** "a=b,c=d" in key order, or <none>. */
export function labelText(labels: Readonly<Record<string, string>> | undefined): string {
  const keys = sortedKeys(labels)
  return keys.length === 0 ? '<none>' : keys.map((key) => `${key}=${labels?.[key]}`).join(',')
}
