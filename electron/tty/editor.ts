import type { Completion } from '../../engine/index.ts'
import { EditBuffer } from './buffer.ts'
import { ASK_FROM, insertion, listing } from './candidates.ts'
import type { Key } from './keys.ts'
import { Past } from './past.ts'
import { layout } from './width.ts'

/** What the editor needs of those around it. */
export interface EditorHost {
  write(text: string): void
  columns(): number
  complete(line: string, cursor: number): Promise<Completion>
  /** Enter. Resolves when it is decided what becomes of the line: later keys wait for that. */
  accept(text: string): Promise<void>
  interrupt(): void
  /** Ctrl-D on an empty line. */
  endOfFile(): void
}

/** A line editor with bash's keys, drawn in place. */
export class Editor {
  private readonly host: EditorHost
  private readonly buffer = new EditBuffer()
  private readonly past = new Past()
  private prompt = ''
  /** Screen row of the cursor, counted from the prompt's. */
  private row = 0
  private lastKey = ''
  private search: { text: string; from: number; line: string; failed: boolean; before: string } | undefined
  private asking: (() => void) | undefined

  constructor(host: EditorHost) {
    this.host = host
  }

  get text(): string {
    return this.buffer.text
  }

  /** Begins a line at a prompt. */
  begin(prompt: string, history: readonly string[]): void {
    this.prompt = prompt
    this.past.reset(history)
    this.buffer.set('')
    this.search = undefined
    this.lastKey = ''
    this.row = 0
    this.draw()
  }

  async handle(key: Key): Promise<void> {
    if (this.asking !== undefined) return this.answer(key)
    if (this.search !== undefined && this.searching(key, this.search)) return
    if (key.kind !== 'key') {
      this.insert(key.text)
      this.lastKey = ''
      return
    }
    const previous = this.lastKey
    this.lastKey = key.name
    switch (key.name) {
      case 'enter':
        return this.enter()
      case 'ctrl-c':
        this.toEnd()
        this.host.interrupt()
        return
      case 'ctrl-d':
        if (this.buffer.text === '') return this.host.endOfFile()
        break
      case 'ctrl-l':
        this.host.write('\x1b[H\x1b[2J')
        this.row = 0
        return this.draw()
      case 'tab':
        return this.tab(previous === 'tab')
      case 'up':
      case 'ctrl-p':
        return this.recall(1)
      case 'down':
      case 'ctrl-n':
        return this.recall(-1)
      case 'ctrl-r':
        this.search = { text: '', from: this.past.count - 1, line: '', failed: false, before: this.buffer.text }
        return this.draw()
      case 'alt-.':
      case 'alt-_':
        return this.lastArgument(previous === key.name)
    }
    if (this.buffer.key(key.name)) this.draw()
  }

  /** Puts the cursor below the line, so that others may print. */
  toEnd(): void {
    if (this.buffer.cursor === this.buffer.text.length && this.search === undefined) return
    this.buffer.cursor = this.buffer.text.length
    this.draw()
  }

  /** Prints the prompt and the line again, as after somebody else printed. */
  redraw(): void {
    this.row = 0
    this.draw()
  }

  private enter(): Promise<void> {
    this.toEnd()
    this.host.write('\n')
    this.row = 0
    return this.host.accept(this.buffer.text)
  }

  private insert(text: string): void {
    const { buffer } = this
    const atEnd = buffer.cursor === buffer.text.length
    const columns = this.host.columns()
    const now = layout(this.prompt + buffer.text, columns)
    buffer.insert(text)
    // The usual case, a character at the end of a line with room: no need to draw it all again.
    if (atEnd && /^[\x20-\x7e]+$/.test(text) && now.column + text.length < columns) this.host.write(text)
    else this.draw()
  }

  private recall(by: number): void {
    const line = this.past.move(by, this.buffer.text)
    if (line === undefined) {
      this.bell()
      return
    }
    this.buffer.set(line)
    this.draw()
  }

  private lastArgument(again: boolean): void {
    const word = this.past.lastArgument(again)
    if (word === undefined) {
      this.bell()
      return
    }
    if (again) this.buffer.remove(this.buffer.cursor - this.inserted.length, this.buffer.cursor)
    this.inserted = word
    this.buffer.insert(word)
    this.draw()
  }
  private inserted = ''

  private async tab(second: boolean): Promise<void> {
    const { text, cursor } = this.buffer
    const completion = await this.host.complete(text, cursor)
    if (this.buffer.text !== text || this.buffer.cursor !== cursor) return
    const added = insertion(text, cursor, completion)
    if (added !== '') {
      this.lastKey = ''
      this.insert(added)
      return
    }
    if (!second || completion.candidates.length < 2) {
      this.bell()
      return
    }
    const { candidates } = completion
    if (candidates.length < ASK_FROM) {
      this.list(candidates)
      return
    }
    this.toEnd()
    this.host.write(`\nDisplay all ${candidates.length} possibilities? (y or n)`)
    this.asking = () => this.list(candidates)
  }

  private answer(key: Key): void {
    const list = this.asking
    const yes = (key.kind === 'text' && /^[yY ]/.test(key.text)) || (key.kind === 'key' && key.name === 'tab')
    const no = (key.kind === 'text' && /^[nN]/.test(key.text)) || (key.kind === 'key' && /^(ctrl-[cg]|backspace)$/.test(key.name))
    if (!yes && !no) {
      this.bell()
      return
    }
    this.asking = undefined
    if (yes) {
      list?.()
      return
    }
    this.host.write('\n')
    this.redraw()
  }

  private list(candidates: readonly string[]): void {
    const { cursor } = this.buffer
    this.toEnd()
    this.host.write(`\n${listing(candidates, this.host.columns())}`)
    this.buffer.cursor = cursor
    this.redraw()
  }

  /** Ctrl-R's keys; false when a key ends the search and means something by itself. */
  private searching(key: Key, search: NonNullable<typeof this.search>): boolean {
    if (key.kind === 'text') {
      search.text += key.text
      this.find(search, search.from)
    } else if (key.kind === 'paste') search.text += key.text.split('\n')[0]
    else if (key.name === 'backspace') {
      search.text = search.text.slice(0, -1)
      this.find(search, this.past.count - 1)
    } else if (key.name === 'ctrl-r') this.find(search, search.from - 1)
    else {
      const cancelled = key.name === 'ctrl-g' || key.name === 'ctrl-c'
      this.search = undefined
      this.buffer.set(cancelled || search.line === '' ? search.before : search.line)
      this.draw()
      return cancelled ? key.name === 'ctrl-g' : false
    }
    this.draw()
    return true
  }

  private find(search: NonNullable<typeof this.search>, from: number): void {
    const found = search.text === '' ? undefined : this.past.search(search.text, from)
    search.failed = found === undefined && search.text !== ''
    if (found === undefined) {
      this.bell()
      return
    }
    search.line = found.line
    search.from = found.index
    this.buffer.set(found.line, found.at)
  }

  private bell(): void {
    this.host.write('\x07')
  }

  /** Writes prompt and line over what was there and puts the cursor in its place. */
  private draw(): void {
    const columns = this.host.columns()
    const { text, cursor } = this.buffer
    const { search } = this
    const prompt = search === undefined ? this.prompt : `(${search.failed ? 'failed ' : ''}reverse-i-search)\`${search.text}': `
    const all = prompt + text
    const end = layout(all, columns)
    const at = layout(prompt + text.slice(0, cursor), columns)
    let out = `${this.row > 0 ? `\x1b[${this.row}A` : ''}\r\x1b[J${all}`
    // A full last column leaves the cursor hanging: make the terminal wrap.
    if (end.column === 0 && end.row > 0 && !all.endsWith('\n')) out += ' \r'
    if (end.row > at.row) out += `\x1b[${end.row - at.row}A`
    out += `\r${at.column > 0 ? `\x1b[${at.column}C` : ''}`
    this.host.write(out)
    this.row = at.row
  }
}
