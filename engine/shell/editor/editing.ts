import type { EditRequest } from '../../cli/command.ts'
import { TextBuffer } from './buffer.ts'
import { type Key, nameOf } from './keys.ts'

/** What the bottom of the screen asks: a `:` command, something to search, whether to save. */
export interface Asking {
  readonly prompt: string
  text: string
  readonly answer: (text: string) => void
}

/** One text in a plain terminal's editor; keys are read by a {@link Mode}. */
export class Editing {
  readonly buffer: TextBuffer
  readonly request: EditRequest
  /** The bottom line. */
  message = ''
  asking: Asking | undefined
  /** Lines to page by. */
  height = 20
  exit: number | undefined
  private written: string

  constructor(request: EditRequest) {
    this.request = request
    this.buffer = new TextBuffer(request.text)
    this.written = this.buffer.text
    if (request.line !== undefined) this.buffer.go(request.line - 1, 0)
  }

  get changed(): boolean {
    return this.buffer.text !== this.written
  }

  /** Writes; false with the reason at the bottom when it was refused. */
  save(): boolean {
    const refused = this.request.readOnly === true ? 'the file is read-only' : this.request.save(this.buffer.text)
    if (refused !== undefined) {
      this.message = refused
      return false
    }
    this.written = this.buffer.text
    this.message = `"${this.request.name}" ${this.buffer.lines.length}L written`
    return true
  }

  ask(prompt: string, answer: (text: string) => void): void {
    this.asking = { prompt, text: '', answer }
  }

  search(needle: string): void {
    const found = this.buffer.find(needle)
    if (found === undefined) this.message = `not found: ${needle}`
    else this.buffer.go(found.row, found.column)
  }

  /** Keys that move in every mode; false if this is none of them. */
  move(key: Key | undefined): boolean {
    const { buffer } = this
    const { row, column } = buffer
    if (key === 'up') buffer.go(row - 1, column)
    else if (key === 'down') buffer.go(row + 1, column)
    else if (key === 'left') buffer.go(row, column - 1)
    else if (key === 'right') buffer.go(row, column + 1)
    else if (key === 'home') buffer.go(row, 0)
    else if (key === 'end') buffer.go(row, buffer.line.length)
    else if (key === 'pageUp') buffer.go(row - this.height, column)
    else if (key === 'pageDown') buffer.go(row + this.height, column)
    else return false
    return true
  }

  /** Keys that type; false if this is none of them. */
  type(key: string): boolean {
    const { buffer } = this
    const name = nameOf(key)
    if (name === 'enter') {
      const indent = /^ */.exec(buffer.line.slice(0, buffer.column))?.[0] ?? ''
      buffer.insert(`\n${indent}`)
    } else if (name === 'erase') buffer.erase()
    else if (name === 'remove') buffer.remove(1)
    else if (key === '\t') buffer.insert('  ')
    else if (key >= ' ' && key !== '\x7f' && !key.startsWith('\x1b')) buffer.insert(key)
    else return false
    return true
  }

  /** A key while the bottom line asks. */
  answer(key: string): void {
    const asking = this.asking
    if (asking === undefined) return
    const name = nameOf(key)
    if (name === 'enter') {
      this.asking = undefined
      asking.answer(asking.text)
    } else if (name === 'escape' || key === '\x03') this.asking = undefined
    else if (name === 'erase') {
      if (asking.text === '') this.asking = undefined
      asking.text = asking.text.slice(0, -1)
    } else if (key >= ' ' && !key.startsWith('\x1b')) asking.text += key
  }
}

/** How an editor reads its keys. */
export interface Mode {
  /** What stands at the bottom while nothing else does. */
  status(): string
  /** Whether the cursor may stand behind a line's last character. */
  readonly inserting: boolean
  key(key: string): void
}
