import { randomBytes } from 'node:crypto'
import process from 'node:process'
import { type IPty, spawn } from 'node-pty'
import { FLOW, type TerminalView } from '../contract/index.ts'
import { TTY_ENV } from '../contract/tty.ts'
import type { Runtime } from '../runtime.ts'

/** What a terminal printed, kept for a window that attaches later. */
const KEPT = 262_144

export interface TerminalEvents {
  data(data: string): void
  state(view: TerminalView): void
}

/** One terminal tab: the tty client in its pty, what it printed lately, and flow control towards the window. */
export class Terminal {
  /** The shell's id. */
  readonly id: string
  /** One-time: a tty client says it once, and it is void. */
  token = ''
  private readonly runtime: Runtime
  private readonly socket: string
  private readonly events: TerminalEvents
  private pty: IPty | undefined
  private state: TerminalView['state'] = 'starting'
  private size: { columns: number; rows: number }
  private kept = ''
  private attached = false
  private unacked = 0
  private paused = false
  private closed = false

  constructor(
    id: string,
    size: { columns: number; rows: number },
    parts: { readonly runtime: Runtime; readonly socket: string; readonly events: TerminalEvents },
  ) {
    this.id = id
    this.size = size
    this.runtime = parts.runtime
    this.socket = parts.socket
    this.events = parts.events
    this.start()
  }

  get view(): TerminalView {
    return { id: this.id, state: this.state }
  }

  /** Another tty client, if the last one is gone. */
  reconnect(): TerminalView {
    if (this.state === 'gone' && !this.closed) this.start()
    return this.view
  }

  /** The tty client said its token. */
  connected(): void {
    this.token = ''
    this.show('live')
  }

  write(data: string): void {
    this.pty?.write(data)
  }

  resize(columns: number, rows: number): void {
    if (columns === this.size.columns && rows === this.size.rows) return
    this.size = { columns, rows }
    try {
      this.pty?.resize(columns, rows)
    } catch {
      // The client has just ended: its successor starts at this size.
    }
  }

  /** A window shows this terminal from here on; gives what was printed before. */
  attach(columns: number, rows: number): string {
    this.attached = true
    this.unacked = 0
    this.flow()
    this.resize(columns, rows)
    return this.kept.slice(-KEPT)
  }

  /** No window shows it: it prints on, and only the newest part is kept. */
  detach(): void {
    this.attached = false
    this.unacked = 0
    this.flow()
  }

  ack(chars: number): void {
    this.unacked = Math.max(0, this.unacked - chars)
    this.flow()
  }

  close(): void {
    this.closed = true
    this.pty?.kill()
  }

  private start(): void {
    this.token = randomBytes(24).toString('hex')
    const env = { ...this.runtime.env, TERM: 'xterm-256color', COLORTERM: 'truecolor', LANG: 'C.UTF-8', TZ: 'UTC' }
    const pty = spawn(this.runtime.node, ['--disable-warning=ExperimentalWarning', this.runtime.program('tty')], {
      name: 'xterm-256color',
      cols: this.size.columns,
      rows: this.size.rows,
      cwd: process.cwd(),
      env: { ...env, [TTY_ENV.socket]: this.socket, [TTY_ENV.token]: this.token, [TTY_ENV.shell]: this.id },
      encoding: 'utf8',
    })
    this.pty = pty
    this.paused = false
    this.show('starting')
    pty.onData((data) => this.print(data))
    pty.onExit(() => {
      if (pty !== this.pty || this.closed) return
      this.token = ''
      this.show('gone')
    })
  }

  private print(data: string): void {
    this.kept += data
    // Not at every piece: cutting copies what is kept.
    if (this.kept.length > 2 * KEPT) this.kept = this.kept.slice(-KEPT)
    if (this.attached) {
      this.unacked += data.length
      this.flow()
    }
    this.events.data(data)
  }

  private flow(): void {
    if (!this.paused && this.unacked > FLOW.high) {
      this.paused = true
      this.pty?.pause()
    } else if (this.paused && this.unacked < FLOW.low) {
      this.paused = false
      this.pty?.resume()
    }
  }

  private show(state: TerminalView['state']): void {
    if (this.state === state) return
    this.state = state
    this.events.state(this.view)
  }
}
