import { commonStart, inColumns } from './columns.ts'
import { EditBuffer } from './edit-buffer.ts'
import { HistoryWalk } from './history.ts'
import type { ShellPort } from './port.ts'
import { ReverseSearch } from './reverse-search.ts'
import type { Output, Screen } from './screen.ts'

/** A key as Node's keypress decoder names it. */
export interface Key {
  readonly sequence: string
  readonly name?: string | undefined
  readonly ctrl?: boolean
  readonly meta?: boolean
}

/** What an edit came to. */
export type Edited = { readonly line: string } | { readonly eof: true } | undefined

type Asked = Pick<ShellPort, 'needsMore' | 'expandHistory' | 'complete'>

/** readline asks before it lists more than this. */
const MANY = 100
const CONTINUATION = '> '

/** Edits one command at the prompt, continuation lines included, as bash's readline does. */
export class LineEditor {
  private readonly shell: Asked
  private readonly screen: Screen
  private readonly output: Output
  private readonly buffer = new EditBuffer()
  private readonly walk = new HistoryWalk()
  private search: ReverseSearch | undefined
  private prompt = ''
  private promptNow = ''
  private history: readonly string[] = []
  /** Lines of this command that were already entered. */
  private entered: string[] = []
  private pasted: string[] | undefined
  private tabs = 0
  private confirm: (() => void) | undefined

  constructor(shell: Asked, screen: Screen, output: Output) {
    this.shell = shell
    this.screen = screen
    this.output = output
  }

  /** Shows the prompt and begins a command. */
  begin(prompt: string, history: readonly string[]): void {
    this.prompt = prompt
    this.history = history
    this.entered = []
    this.fresh(prompt)
  }

  /** The prompt changed under a line that is being edited: the line stays. */
  renew(prompt: string, history: readonly string[]): void {
    if (this.entered.length === 0) this.promptNow = prompt
    this.prompt = prompt
    this.history = history
    this.draw()
  }

  draw(): void {
    if (this.search !== undefined) this.screen.draw(this.search.prompt, this.search.text, this.search.cursor)
    else this.screen.draw(this.promptNow, this.buffer.text, this.buffer.cursor)
  }

  /** One key; gives a command once there is a whole one. */
  async press(key: Key): Promise<Edited> {
    if (key.name === 'paste-start') this.pasted = []
    else if (key.name === 'paste-end') this.paste()
    else if (this.pasted !== undefined) this.pasted.push(key.sequence)
    else if (this.confirm !== undefined) this.answer(key)
    else if (this.search !== undefined) return await this.searching(this.search, key)
    else return await this.edit(key)
    return undefined
  }

  private fresh(prompt: string): void {
    this.promptNow = prompt
    this.buffer.set('')
    this.walk.begin(this.history)
    this.tabs = 0
    this.screen.begin(prompt)
  }

  private paste(): void {
    const text = (this.pasted ?? []).join('').replace(/\r\n?/g, '\n').replace(/\n$/, '')
    this.pasted = undefined
    this.stopSearch()
    this.buffer.insert(text)
    this.draw()
  }

  private async edit(key: Key): Promise<Edited> {
    const name = `${key.ctrl ? 'C-' : ''}${key.meta ? 'M-' : ''}${key.name ?? key.sequence}`
    if (name !== 'tab') this.tabs = 0
    if (name !== 'M-.' && key.sequence !== '\x1b.') this.walk.forgetArgument()
    if (name === 'return' || name === 'enter' || name === 'C-j') return await this.enter()
    if (name === 'C-c') return this.interrupt()
    if (name === 'C-d' && this.buffer.text === '') return this.endOfFile()
    if (name === 'tab') await this.complete()
    else if (name === 'C-r') {
      this.search = new ReverseSearch(this.walk, this.buffer.text)
      this.draw()
    } else if (name === 'C-l') this.screen.clear()
    else if (key.sequence === '\x1b.') this.lastArgument()
    else if (Object.hasOwn(this.keys, name)) this.keys[name]?.()
    else this.type(key)
    this.draw()
    return undefined
  }

  private type(key: Key): void {
    const { sequence } = key
    if (key.ctrl || key.meta || sequence === undefined || /^[\x00-\x1f\x7f]/.test(sequence)) return
    this.buffer.insert(sequence)
  }

  private readonly keys: Readonly<Record<string, () => unknown>> = {
    left: () => this.buffer.move('left'),
    right: () => this.buffer.move('right'),
    home: () => this.buffer.move('start'),
    end: () => this.buffer.move('end'),
    up: () => this.go(-1),
    down: () => this.go(1),
    backspace: () => this.buffer.erase('left'),
    delete: () => this.buffer.erase('right'),
    'C-b': () => this.buffer.move('left'),
    'C-f': () => this.buffer.move('right'),
    'C-a': () => this.buffer.move('start'),
    'C-e': () => this.buffer.move('end'),
    'C-p': () => this.go(-1),
    'C-n': () => this.go(1),
    'C-h': () => this.buffer.erase('left'),
    'C-d': () => this.buffer.erase('right'),
    'C-t': () => this.buffer.transpose(),
    'C-k': () => this.buffer.kill('end'),
    'C-u': () => this.buffer.kill('start'),
    'C-w': () => this.buffer.kill('blank-left'),
    'C-y': () => this.buffer.yank(),
    'M-b': () => this.buffer.move('word-left'),
    'M-f': () => this.buffer.move('word-right'),
    'M-d': () => this.buffer.kill('word-right'),
    'M-backspace': () => this.buffer.kill('word-left'),
    'C-left': () => this.buffer.move('word-left'),
    'C-right': () => this.buffer.move('word-right'),
  }

  private go(step: -1 | 1): void {
    const text = this.walk.go(step, this.buffer.text)
    if (text === undefined) this.output.write('\x07')
    else this.buffer.set(text)
  }

  private lastArgument(): void {
    const found = this.walk.lastArgument()
    if (found === undefined) this.output.write('\x07')
    else this.buffer.replaceBack(this.buffer.cursor - found.replace, found.text)
  }

  private async enter(): Promise<Edited> {
    this.buffer.move('end')
    this.draw()
    this.screen.leave()
    const { text } = this.buffer
    if (text.trim() === '' && this.entered.length === 0) {
      this.fresh(this.prompt)
      return undefined
    }
    const expanded = await this.shell.expandHistory(text)
    if ('error' in expanded) {
      this.output.write(`${expanded.error}\r\n`)
      this.begin(this.prompt, this.history)
      return undefined
    }
    if (expanded.changed) this.output.write(`${expanded.text.replaceAll('\n', '\r\n')}\r\n`)
    this.entered.push(expanded.text)
    const whole = this.entered.join('\n')
    if (await this.shell.needsMore(whole)) {
      this.fresh(CONTINUATION)
      return undefined
    }
    return { line: whole }
  }

  private interrupt(): undefined {
    this.buffer.move('end')
    this.draw()
    this.screen.leave('^C')
    this.begin(this.prompt, this.history)
    return undefined
  }

  /** Ctrl-D: leaves the shell, or ends an unfinished command, which bash then finds unfinished. */
  private endOfFile(): Edited {
    this.screen.leave()
    return this.entered.length === 0 ? { eof: true } : { line: this.entered.join('\n') }
  }

  private async searching(search: ReverseSearch, key: Key): Promise<Edited> {
    const outcome = search.press(key)
    if (outcome === 'on') this.draw()
    else {
      this.stopSearch()
      if (outcome === 'cancel') this.buffer.set(search.original)
      this.draw()
      if (outcome === 'run') return await this.enter()
      if (outcome === 'leave') return await this.edit(key)
    }
    return undefined
  }

  private stopSearch(): void {
    if (this.search === undefined) return
    this.buffer.set(this.search.text, this.search.cursor)
    this.search = undefined
  }

  private async complete(): Promise<void> {
    const { text, cursor } = this.buffer
    const { start, candidates, suffix } = await this.shell.complete(text, cursor)
    const [only] = candidates
    if (only === undefined) this.output.write('\x07')
    else if (candidates.length === 1) this.buffer.replaceBack(start, only + (text[cursor] === suffix ? '' : suffix))
    else {
      const common = commonStart(candidates)
      if (common.length > cursor - start) {
        this.buffer.replaceBack(start, common)
        this.tabs = 0
      } else if (++this.tabs < 2) this.output.write('\x07')
      else this.list(candidates)
    }
  }

  private list(candidates: readonly string[]): void {
    const show = () => {
      for (const line of inColumns(candidates, this.output.columns)) this.output.write(`${line}\r\n`)
      this.screen.begin(this.promptNow, this.buffer.text)
      this.draw()
    }
    this.screen.leave()
    if (candidates.length <= MANY) show()
    else {
      this.output.write(`Display all ${candidates.length} possibilities? (y or n)`)
      this.confirm = show
    }
  }

  private answer(key: Key): void {
    const show = this.confirm as () => void
    if (/^[yY ]$/.test(key.sequence)) {
      this.confirm = undefined
      this.output.write('\r\n')
      show()
    } else if (/^[nN\x7f\x03]$/.test(key.sequence)) {
      this.confirm = undefined
      this.output.write('\r\n')
      this.screen.begin(this.promptNow, this.buffer.text)
      this.draw()
    }
  }
}
