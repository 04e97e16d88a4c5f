import { decodeText } from '../regex/chars.ts'
import type { LineMatcher } from './matcher.ts'
import type { GrepOptions } from './options.ts'
import type { Line, Printer } from './printer.ts'

/** The search of one file: lines in, what is to be printed out (grep.c's grep() and prtext()). */
export class FileSearch {
  selected = 0
  /** A line that would have been printed is no text. */
  matchesBinary = false
  private readonly options: GrepOptions
  private readonly matcher: LineMatcher
  private readonly printer: Printer
  private readonly name: string | undefined
  private binary = false
  private quiet: boolean
  private number = 0
  private offset = 0
  private pending: Line[] = []
  private trailing = 0

  constructor(options: GrepOptions, matcher: LineMatcher, printer: Printer, name: string | undefined) {
    this.options = options
    this.matcher = matcher
    this.printer = printer
    this.name = name
    this.quiet = options.count || options.quiet || options.list !== undefined
    printer.beginFile()
  }

  /** Nothing that follows could change what is printed. */
  get done(): boolean {
    const { options } = this
    if (this.selected > 0 && (options.quiet || options.list !== undefined || (this.quiet && !options.count))) return true
    return this.selected >= options.max && (this.trailing === 0 || this.quiet)
  }

  /** Takes a stretch of whole lines (the last may lack its end). */
  take(bytes: string): void {
    const { end, binary } = this.options
    if (end === '\n' && !this.binary && binary !== 'text' && bytes.includes('\0')) {
      this.binary = true
      if (binary === 'without-match') {
        this.selected = 0
        return
      }
      if (!this.options.count) this.quiet = true
    }
    if (this.binary && binary === 'without-match') return
    // In a binary file NULs end lines as well.
    const lines = bytes.split(this.binary ? /[\n\0]/ : end)
    if (lines.at(-1) === '') lines.pop()
    for (const text of lines) {
      if (this.done) return
      this.number++
      this.line({ text, number: this.number, offset: this.offset })
      this.offset += text.length + 1
    }
  }

  private line(line: Line): void {
    const { options } = this
    const selected = this.selected < options.max && this.matcher.test(decodeText(line.text)) !== options.invert
    if (selected) {
      this.selected++
      if (this.quiet) {
        if (this.binary && !options.count && !options.quiet && options.list === undefined) this.matchesBinary = true
        return
      }
      for (const each of this.pending) this.print(each, false)
      this.pending = []
      this.print(line, true)
      this.trailing = Math.max(0, options.after)
    } else if (this.quiet) return
    else if (this.trailing > 0) {
      this.trailing--
      this.print(line, false)
    } else if (options.before > 0) {
      this.pending.push(line)
      if (this.pending.length > options.before) this.pending.shift()
    }
  }

  private print(line: Line, selected: boolean): void {
    if (this.matchesBinary) return
    if (
      this.options.binary !== 'text' &&
      /[\uDC80-\uDCFF]/.test(decodeText(line.text).replace(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g, ''))
    ) {
      this.matchesBinary = true
      this.quiet = true
      return
    }
    this.printer.line(line, selected, this.name)
  }
}
