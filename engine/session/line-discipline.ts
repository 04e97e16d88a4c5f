/** What a terminal's line discipline does with what it reads. */
export interface DisciplineEvents {
  /** What the person sees of it. */
  echo(text: string): void
  line(text: string): void
  interrupt(): void
  /** Ctrl-D on an empty line. */
  endOfFile(): void
  /** Lines typed before, oldest first, where somebody keeps them. */
  history(): readonly string[]
  /** Keys as they come, while a full-screen program has them. */
  key(data: string): void
}

const ERASE_TO_END = '\x1b[K'

/**
 * The line editing of a container's pseudo-terminal: what the kernel's N_TTY does in canonical mode, with the arrow keys of a shell on
 * top. Bytes in, one char each.
 */
export class LineDiscipline {
  /** A full-screen program has the keys. */
  raw = false
  private readonly events: DisciplineEvents
  private held = ''
  private escape = ''
  /** How far back in the history; 0: the line being typed. */
  private back = 0
  private typed = ''
  private readonly controls: Readonly<Record<string, () => void>> = {
    '\r': () => this.enter(),
    '\n': () => this.enter(),
    '\x7f': () => this.erase(1),
    '\b': () => this.erase(1),
    '\x15': () => this.erase(this.held.length),
    '\x17': () => this.erase(this.held.length - this.held.replace(/\S*\s*$/, '').length),
    '\x03': () => {
      this.held = ''
      this.events.interrupt()
    },
    '\x04': () => {
      if (this.held === '') this.events.endOfFile()
    },
  }

  constructor(events: DisciplineEvents) {
    this.events = events
  }

  push(bytes: string): void {
    if (this.raw) {
      this.events.key(bytes)
      return
    }
    for (const [i, byte] of [...bytes].entries()) {
      if (this.raw) {
        this.events.key(bytes.slice(i))
        return
      }
      this.byte(byte)
    }
  }

  private byte(byte: string): void {
    if (this.escape !== '' || byte === '\x1b') {
      this.sequence(byte)
      return
    }
    const control = this.controls[byte]
    if (control !== undefined) control()
    // A tab would complete, and other control characters do something in a shell; in a line they are nothing.
    else if (byte >= ' ') {
      this.held += byte
      this.events.echo(byte)
    }
  }

  private enter(): void {
    const line = this.held
    this.held = ''
    this.back = 0
    this.events.echo('\r\n')
    this.events.line(line)
  }

  private erase(count: number): void {
    // A character of UTF-8 is one column and several bytes.
    let columns = 0
    for (let n = 0; n < count && this.held !== ''; n++) {
      while (this.held !== '' && (this.held.charCodeAt(this.held.length - 1) & 0xc0) === 0x80) this.held = this.held.slice(0, -1)
      this.held = this.held.slice(0, -1)
      columns++
    }
    this.events.echo('\b \b'.repeat(columns))
  }

  private sequence(byte: string): void {
    this.escape += byte
    if (this.escape.length < 3 && /^\x1b(\[|O)?$/.test(this.escape)) return
    if (/^\x1b\[[\d;]*$/.test(this.escape)) return
    const final = this.escape.at(-1)
    this.escape = ''
    if (final === 'A') this.recall(1)
    else if (final === 'B') this.recall(-1)
  }

  private recall(step: 1 | -1): void {
    const history = this.events.history()
    const back = Math.min(history.length, Math.max(0, this.back + step))
    if (back === this.back) return
    if (this.back === 0) this.typed = this.held
    this.back = back
    const line = back === 0 ? this.typed : (history[history.length - back] as string)
    this.events.echo(`${'\b'.repeat(this.held.length)}${ERASE_TO_END}${line}`)
    this.held = line
  }
}
