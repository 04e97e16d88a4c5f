import { decodeText, encodeText } from '../regex/chars.ts'
import type { LineMatcher } from './matcher.ts'
import type { GrepOptions } from './options.ts'

/** A line of a file as it is to be printed. */
export interface Line {
  readonly text: string
  readonly number: number
  /** Where it begins in the file. */
  readonly offset: number
}

/** Writes lines as grep does: name, number, offset, separators, colours (GREP_COLORS' defaults). */
export class Printer {
  private readonly options: GrepOptions
  private readonly matcher: LineMatcher
  private readonly write: (text: string) => void
  /** Number of the last line printed of the file in hand; 0 before the first. */
  private last = 0
  /** Something was printed, so that the next group wants a separator. */
  private printed = false

  constructor(options: GrepOptions, matcher: LineMatcher, write: (text: string) => void) {
    this.options = options
    this.matcher = matcher
    this.write = write
  }

  beginFile(): void {
    this.last = 0
  }

  line(line: Line, selected: boolean, name: string | undefined): void {
    const { options } = this
    const hasContext = options.before >= 0 || options.after >= 0
    if (hasContext && this.printed && line.number !== this.last + 1 && options.separator !== undefined)
      this.write(`${this.paint('36', options.separator)}\n`)
    this.last = line.number
    this.printed = true
    const mark = selected ? ':' : '-'
    const matches = selected !== options.invert
    if (options.only) {
      if (matches) this.parts(line, mark, name)
      return
    }
    const head = this.head(line, mark, name, line.offset)
    this.write(`${head}${matches && options.color ? this.coloured(line.text) : line.text}${options.end}`)
  }

  count(total: number, name: string | undefined): void {
    this.write(`${this.named(name, ':')}${total}\n`)
  }

  file(name: string): void {
    this.write(`${this.paint('35', name)}${this.options.nullNames ? '\0' : '\n'}`)
  }

  private parts(line: Line, mark: string, name: string | undefined): void {
    const text = decodeText(line.text)
    for (let from = 0; from <= text.length; ) {
      const found = this.matcher.find(text, from)
      if (found === undefined) return
      const { start, end } = found
      if (end === start) {
        from = end + 1
        continue
      }
      const head = this.head(line, mark, name, line.offset + encodeText(text.slice(0, start)).length)
      this.write(`${head}${this.paint('01;31', encodeText(text.slice(start, end)))}${this.options.end}`)
      from = end
    }
  }

  private coloured(bytes: string): string {
    const text = decodeText(bytes)
    let out = ''
    let done = 0
    for (let from = 0; from <= text.length; ) {
      const found = this.matcher.find(text, from)
      if (found === undefined) break
      if (found.end > found.start) {
        out += encodeText(text.slice(done, found.start)) + this.paint('01;31', encodeText(text.slice(found.start, found.end)))
        done = found.end
      }
      from = found.end > found.start ? found.end : found.end + 1
    }
    return out + encodeText(text.slice(done))
  }

  private head(line: Line, mark: string, name: string | undefined, offset: number): string {
    const { lineNumbers, byteOffsets, tab } = this.options
    const separator = this.paint('36', mark)
    let head = this.named(name, mark)
    if (lineNumbers) head += this.paint('32', String(line.number)) + separator
    if (byteOffsets) head += this.paint('32', String(offset)) + separator
    return tab && head !== '' ? `${head}\t` : head
  }

  private named(name: string | undefined, mark: string): string {
    if (name === undefined) return ''
    return this.paint('35', name) + (this.options.nullNames ? '\0' : this.paint('36', mark))
  }

  private paint(code: string, text: string): string {
    return this.options.color && text !== '' ? `\x1b[${code}m\x1b[K${text}\x1b[m\x1b[K` : text
  }
}
