import { C_ESCAPES } from '../c-escapes.data.ts'
import { encodeText } from '../regex/chars.ts'

/** Where sed writes lines to. A line without its end is given one once something follows it (execute.c's output_missing_newline). */
export class Output {
  private readonly write: (bytes: string) => void
  private readonly end: string
  private unended = false

  constructor(write: (bytes: string) => void, end: string) {
    this.write = write
    this.end = end
  }

  line(text: string, ended = true): void {
    this.write(`${this.unended ? this.end : ''}${encodeText(text)}${ended ? this.end : ''}`)
    this.unended = !ended
  }

  /** Text that brings its own ends. */
  raw(text: string): void {
    if (text === '') return
    this.write(`${this.unended ? this.end : ''}${encodeText(text)}`)
    this.unended = false
  }
}

const NAMED: Readonly<Record<string, string>> = { '\\': '\\\\', ...C_ESCAPES }

/** A line as `l` shows it, folded to `width` columns (below 2: not at all). */
export function unambiguous(text: string, width: number): string {
  let out = ''
  let column = 0
  for (const byte of encodeText(text)) {
    const plain = byte >= ' ' && byte <= '~' && byte !== '\\'
    const shown = plain ? byte : (NAMED[byte] ?? `\\${byte.charCodeAt(0).toString(8).padStart(3, '0')}`)
    if (width > 1 && column + shown.length > width - 1) {
      out += '\\\n'
      column = 0
    }
    out += shown
    column += shown.length
  }
  return `${out}$\n`
}
