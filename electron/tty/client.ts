import type { Completion } from '../../engine/index.ts'
import type { ToHost } from '../contract/tty.ts'
import { Editor } from './editor.ts'
import { KeyReader } from './keys.ts'

/** The shell at the other end: in this process, or behind the host's socket. */
export interface Backend {
  line(text: string): void
  key(data: string): void
  signal(signal: 'INT' | 'EOF'): void
  resize(columns: number, rows: number): void
  needsMore(text: string): Promise<boolean>
  expandHistory(text: string): Promise<{ text: string; changed: boolean } | { error: string }>
  complete(line: string, cursor: number): Promise<Completion>
}

export interface Screen {
  readonly columns: number
  readonly rows: number
  write(text: string): void
  /** Bytes, one char each. */
  writeBytes(bytes: string): void
}

export type PromptMessage = {
  readonly prompt: string
  readonly more: boolean
  readonly history: readonly string[]
  readonly exit?: number
}

/** A terminal: edits lines while the shell waits, passes keys on while it does not. */
export class TtyClient {
  private readonly screen: Screen
  private readonly backend: Backend
  private readonly reader = new KeyReader()
  private readonly editor: Editor
  private state: 'editing' | 'running' | 'raw' = 'running'
  private prompt = ''
  private history: readonly string[] = []
  /** Complete lines of an input that is still unfinished. */
  private before = ''
  /** What is typed while a program runs. */
  private ahead = ''
  private tail: Promise<void> = Promise.resolve()
  private column = 0

  constructor(screen: Screen, backend: Backend) {
    this.screen = screen
    this.backend = backend
    this.editor = new Editor({
      write: (text) => screen.write(text),
      columns: () => screen.columns,
      complete: (line, cursor) => this.complete(line, cursor),
      accept: (text) => this.accepted(text),
      interrupt: () => this.interrupt(),
      endOfFile: () => this.endOfFile(),
    })
  }

  /** Keyboard input. One key after the other, even where a key has to ask the shell. */
  input(chunk: string): void {
    if (this.state === 'raw') {
      if (chunk.includes('\x03')) this.backend.signal('INT')
      else this.backend.key(chunk)
      return
    }
    for (const key of this.reader.push(chunk)) {
      this.tail = this.tail.then(async () => {
        if (this.state === 'editing') await this.editor.handle(key)
        else this.typeAhead(key)
      })
    }
  }

  output(bytes: string): void {
    const end = bytes.lastIndexOf('\n')
    this.column = end < 0 ? this.column + bytes.length : bytes.length - end - 1
    this.screen.writeBytes(bytes)
  }

  shown({ prompt, more, history }: PromptMessage): void {
    this.history = history
    this.prompt = prompt
    if (!more) this.before = ''
    const typed = this.state === 'editing' ? this.editor.text : this.ahead
    this.ahead = ''
    this.state = 'editing'
    this.screen.write('\x1b[?2004h')
    const at = prompt.lastIndexOf('\n') + 1
    if (at > 0) this.screen.write(prompt.slice(0, at))
    this.editor.begin(prompt.slice(at), history)
    if (typed !== '') void this.editor.handle({ kind: 'paste', text: typed })
  }

  raw(on: boolean): void {
    this.state = on ? 'raw' : 'running'
  }

  notice(text: string): void {
    this.screen.write(`\n\x1b[2m-- ${text} --\x1b[0m\n`)
    if (this.state === 'editing') this.editor.redraw()
  }

  resized(): void {
    this.backend.resize(this.screen.columns, this.screen.rows)
  }

  private async complete(line: string, cursor: number): Promise<Completion> {
    return this.backend.complete(line, cursor)
  }

  private async accepted(text: string): Promise<void> {
    this.state = 'running'
    await this.send(text)
  }

  private async send(text: string): Promise<void> {
    const expanded = await this.backend.expandHistory(text)
    if ('error' in expanded) {
      this.screen.write(`${expanded.error}\n`)
      this.again(this.prompt, '')
      return
    }
    if (expanded.changed) this.screen.write(`${expanded.text}\n`)
    const whole = this.before === '' ? expanded.text : `${this.before}\n${expanded.text}`
    if (await this.backend.needsMore(whole)) {
      this.again('> ', whole)
      return
    }
    this.before = ''
    this.screen.write('\x1b[?2004l')
    this.backend.line(whole)
  }

  private again(prompt: string, before: string): void {
    this.before = before
    this.state = 'editing'
    this.editor.begin(prompt, this.history)
  }

  private interrupt(): void {
    this.before = ''
    this.state = 'running'
    this.backend.signal('INT')
  }

  private endOfFile(): void {
    if (this.before !== '') {
      this.before = ''
      this.screen.write('\nbash: syntax error: unexpected end of file\n')
      this.again(this.prompt, '')
      return
    }
    this.state = 'running'
    this.backend.signal('EOF')
  }

  /** A cooked terminal: lines are echoed and go to whatever reads them. */
  private typeAhead(key: Parameters<Editor['handle']>[0]): void {
    if (key.kind !== 'key') {
      for (const [i, line] of key.text.split('\n').entries()) {
        if (i > 0) this.sendAhead()
        this.ahead += line
        this.screen.write(line)
      }
    } else if (key.name === 'enter') this.sendAhead()
    else if (key.name === 'ctrl-c') {
      this.ahead = ''
      this.backend.signal('INT')
    } else if (key.name === 'ctrl-d' && this.ahead === '') this.backend.signal('EOF')
    else if (key.name === 'backspace' && this.ahead !== '') {
      this.ahead = this.ahead.slice(0, -1)
      this.screen.write('\b \b')
    } else if (key.name === 'ctrl-u') {
      this.screen.write('\b \b'.repeat(this.ahead.length))
      this.ahead = ''
    }
  }

  private sendAhead(): void {
    this.screen.write('\n')
    this.backend.line(this.ahead)
    this.ahead = ''
  }
}

/** A message to the host as one line of its protocol. */
export function encodeMessage(message: ToHost): string {
  return `${JSON.stringify(message)}\n`
}
