import { placeAfter } from './cells.ts'

export interface Output {
  write(text: string): unknown
  readonly columns: number
}

/** Control characters in a line take the room they are shown with: a tab four cells, others a caret and a letter. */
const shown = (text: string) =>
  text
    .replaceAll('\t', '    ')
    .replace(/[\x00-\x09\x0b-\x1f]/g, (c) => `^${String.fromCharCode(c.charCodeAt(0) + 64)}`)
    .replaceAll('\x7f', '^?')

/** Draws a prompt and the line under edit, however many rows they take, and keeps the cursor where the editor's is. */
export class Screen {
  private readonly output: Output
  private row = 0
  private drawn = { prompt: '', text: '', cursor: 0 }

  constructor(output: Output) {
    this.output = output
  }

  /** The first drawing of a prompt: it begins where the output before it ended. */
  begin(prompt: string, text = ''): void {
    this.row = 0
    this.drawn = { prompt, text: '', cursor: 0 }
    this.output.write(prompt)
    this.row = placeAfter(prompt, this.output.columns).row
    if (text !== '') this.draw(prompt, text, text.length)
  }

  draw(prompt: string, line: string, offset: number): void {
    const { columns } = this.output
    const text = shown(line)
    const cursor = shown(line.slice(0, offset)).length
    const before = this.drawn
    this.drawn = { prompt, text, cursor }
    // Typing at the end of the line: the terminal does it all.
    const typed = text.startsWith(before.text) && before.cursor === before.text.length && cursor === text.length
    if (prompt === before.prompt && typed) {
      const added = text.slice(before.text.length)
      const end = placeAfter(prompt + text, columns)
      if (!added.includes('\n') && end.column > 0 && end.row === this.row) {
        this.output.write(added)
        return
      }
    }
    const end = placeAfter(prompt + text, columns)
    const at = placeAfter(prompt + text.slice(0, cursor), columns)
    let out = `${this.home()}\x1b[J${prompt}${text.replaceAll('\n', '\r\n')}`
    // A full row leaves the cursor hanging behind its last column: bring it to the next one.
    if (end.column === 0 && end.row > 0 && !text.endsWith('\n')) out += ' \r'
    if (end.row > at.row) out += `\x1b[${end.row - at.row}A`
    out += at.column === 0 ? '\r' : `\r\x1b[${at.column}C`
    this.row = at.row
    this.output.write(out)
  }

  /** Leaves the line as it stands and goes below it. */
  leave(after = ''): void {
    const { prompt, text, cursor } = this.drawn
    const { columns } = this.output
    const down = placeAfter(prompt + text, columns).row - placeAfter(prompt + text.slice(0, cursor), columns).row
    this.output.write(`${down > 0 ? `\x1b[${down}B` : ''}${after}\r\n`)
    this.row = 0
  }

  /** Prints something in place of the line, which is to be drawn again after it. */
  interrupt(text: string): void {
    this.output.write(`${this.home()}\x1b[J${text}`)
    this.row = 0
    this.drawn = { prompt: '', text: '', cursor: 0 }
  }

  clear(): void {
    this.output.write('\x1b[H\x1b[2J')
    this.row = 0
    this.drawn = { prompt: '', text: '', cursor: 0 }
  }

  private home(): string {
    return this.row > 0 ? `\r\x1b[${this.row}A` : '\r'
  }
}
