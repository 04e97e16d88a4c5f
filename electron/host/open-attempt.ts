import type { ShellTarget, ShellView } from '../../engine/index.ts'
import { EmulatedApi } from '../api/emulated-api.ts'
import type { AttemptView, Locale, Notice, TerminalView } from '../contract/index.ts'
import type { Answer, ShellEvent, ToHost } from '../contract/tty.ts'
import type { PromptEvent } from '../emulator/protocol.ts'
import type { Runtime } from '../runtime.ts'
import { Attempt, type AttemptParts } from './attempt.ts'
import { Failure } from './failure.ts'
import { Terminal, type TerminalEvents } from './terminal.ts'
import type { TtyHandler, TtyLink } from './tty-server.ts'
import { say } from './words.ts'

export interface OpenParts extends Omit<AttemptParts, 'events'> {
  readonly events: Omit<AttemptParts['events'], 'shell' | 'restarted' | 'api'>
  readonly runtime: Runtime
  readonly socket: string
  terminalEvents(terminal: string): TerminalEvents
  terminalClosed(terminal: string, exit: number): void
  lineTyped(line: string): void
}

/** What was printed for a shell before its client connected. */
const KEPT_OUTPUT = 262_144

const promptOf = ({ prompt, more, history, exit }: PromptEvent) => ({ prompt, more, history, exit })

/** An open attempt with its terminals: shells of the session on one side, tty clients on the other. */
export class OpenAttempt {
  readonly attempt: Attempt
  private readonly parts: OpenParts
  private readonly terminals = new Map<string, Terminal>()
  private readonly links = new Map<string, TtyLink>()
  private readonly early = new Map<string, string>()
  /** The attempt's API as clients outside reach it. */
  readonly api: EmulatedApi

  constructor(attempt: { id: string; lab: Attempt['lab']; locale: Locale }, parts: OpenParts) {
    this.parts = parts
    this.attempt = new Attempt(attempt, {
      ...parts,
      events: {
        ...parts.events,
        shell: (event) => this.shell(event),
        restarted: () => void this.restarted(),
        api: (said) => this.api.said(said),
      },
    })
    this.api = new EmulatedApi({
      ask: (call, args) => this.attempt.ask(call, args),
      apply: (input) => this.attempt.apply(input),
    })
  }

  /** A terminal for every shell of the session; one on `node` where there is none. */
  async open(node: string): Promise<void> {
    await this.attempt.opened()
    const shells = this.shells()
    for (const shell of shells) this.startTerminal(shell.id, { columns: 80, rows: 24 })
    if (shells.length === 0) await this.openTerminal({ kind: 'node', node }, 80, 24)
  }

  view(notices: readonly Notice[]): AttemptView {
    const { attempt } = this
    return {
      attempt: attempt.id,
      lab: attempt.lab.id,
      mode: 'learn',
      view: attempt.view,
      terminals: [...this.terminals.values()].map((t) => t.view),
      resumed: attempt.resumed,
      ...(attempt.savedAt !== undefined && { savedAt: attempt.savedAt }),
      notices,
    }
  }

  async openTerminal(target: ShellTarget, columns: number, rows: number): Promise<TerminalView> {
    const shell = this.nextShell()
    // Its client starts meanwhile.
    const terminal = this.startTerminal(shell, { columns, rows })
    try {
      await this.attempt.apply({ type: 'open', shell, target, columns, rows, editor: 'window' })
    } catch (error) {
      this.terminals.delete(shell)
      terminal.close()
      throw error
    }
    return terminal.view
  }

  terminal(id: string): Terminal {
    const terminal = this.terminals.get(id)
    if (terminal === undefined) throw new Failure('no-such-terminal', id)
    return terminal
  }

  async closeTerminal(id: string): Promise<void> {
    const terminal = this.terminal(id)
    this.terminals.delete(id)
    this.links.get(id)?.end()
    terminal.close()
    await this.attempt.apply({ type: 'close', shell: id })
  }

  detachAll(): void {
    for (const terminal of this.terminals.values()) terminal.detach()
  }

  async close(): Promise<void> {
    await this.attempt.close()
    for (const terminal of this.terminals.values()) terminal.close()
    for (const link of this.links.values()) link.end()
  }

  /** The terminal that this one-time token was made for. */
  claims(token: string): Terminal | undefined {
    return [...this.terminals.values()].find((t) => t.token !== '' && t.token === token)
  }

  /** A client of our own pty: the shell is named by the token. */
  connect(terminal: Terminal, link: TtyLink): { shell: string; handler: TtyHandler } {
    terminal.connected()
    return this.linkShell(terminal.id, link, () => {})
  }

  /** A client from outside (`npm run shell -- --session`): a shell of its own, closed when it leaves. */
  async join(node: string, columns: number, rows: number, link: TtyLink): Promise<{ shell: string; handler: TtyHandler }> {
    const shell = this.nextShell()
    await this.attempt.apply({ type: 'open', shell, target: { kind: 'node', node }, columns, rows })
    return this.linkShell(shell, link, () => void this.attempt.apply({ type: 'close', shell }).catch(() => {}))
  }

  private linkShell(shell: string, link: TtyLink, left: () => void): { shell: string; handler: TtyHandler } {
    link.send({ welcome: { shell } })
    this.links.set(shell, link)
    const early = this.early.get(shell)
    this.early.delete(shell)
    if (early !== undefined) link.send({ output: early })
    void this.sendPrompt(shell)
    return {
      shell,
      handler: {
        message: (message) =>
          void this.receive(shell, link, message).catch((error: Error) => link.send({ notice: error.message })),
        gone: () => {
          if (this.links.get(shell) === link) this.links.delete(shell)
          left()
        },
      },
    }
  }

  private async receive(shell: string, link: TtyLink, message: Exclude<ToHost, { hello: unknown }>): Promise<void> {
    const { attempt } = this
    if ('ask' in message) link.send({ id: message.id, answer: await this.answer(shell, message) })
    else if ('line' in message) {
      this.parts.lineTyped(message.line)
      await attempt.apply({ type: 'line', shell, text: message.line })
    } else if ('key' in message) await attempt.apply({ type: 'key', shell, data: message.key })
    else if ('signal' in message) await attempt.apply({ type: 'signal', shell, signal: message.signal })
    else if ('resize' in message) await attempt.apply({ type: 'resize', shell, ...message.resize })
  }

  private answer(shell: string, question: Extract<ToHost, { ask: string }>): Promise<Answer> {
    const { attempt } = this
    if (question.ask === 'needsMore') return attempt.ask('needsMore', { text: question.text })
    if (question.ask === 'expandHistory') return attempt.ask('expandHistory', { shell, text: question.text })
    return attempt.ask('complete', { shell, line: question.line, cursor: question.cursor })
  }

  private shell(event: ShellEvent): void {
    const link = this.links.get(event.shell)
    if (event.type === 'output') {
      if (link !== undefined) link.send({ output: event.data, ...(event.stderr && { stderr: true }) })
      else this.early.set(event.shell, ((this.early.get(event.shell) ?? '') + event.data).slice(-KEPT_OUTPUT))
    } else if (event.type === 'prompt') link?.send({ prompt: promptOf(event) })
    else if (event.type === 'raw') link?.send({ raw: event.on })
    else {
      link?.send({ closed: { exit: event.exit } })
      link?.end()
      const terminal = this.terminals.get(event.shell)
      if (terminal === undefined) return
      this.terminals.delete(event.shell)
      terminal.close()
      this.parts.terminalClosed(event.shell, event.exit)
    }
  }

  private async restarted(): Promise<void> {
    this.parts.events.notice('emulator-restarted')
    this.api.lost()
    for (const [shell, link] of this.links) {
      link.send({ raw: false })
      link.send({ notice: say('restarted', this.attempt.locale) })
      await this.sendPrompt(shell)
    }
  }

  private async sendPrompt(shell: string): Promise<void> {
    const prompt = await this.attempt.ask('promptOf', { shell }).catch(() => null)
    if (prompt) this.links.get(shell)?.send({ prompt: promptOf(prompt) })
  }

  private shells(): readonly ShellView[] {
    return this.attempt.view.shells.filter((s) => s.state !== 'closed')
  }

  private startTerminal(shell: string, size: { columns: number; rows: number }): Terminal {
    const { runtime, socket } = this.parts
    const terminal = new Terminal(shell, size, { runtime, socket, events: this.parts.terminalEvents(shell) })
    this.terminals.set(shell, terminal)
    return terminal
  }

  /** Never one that was used before: the journal knows shells by their ids. */
  private nextShell(): string {
    const used = this.attempt.view.shells.map((s) => Number(s.id.match(/^t(\d+)$/)?.[1] ?? 0))
    this.highest = Math.max(this.highest, ...used) + 1
    return `t${this.highest}`
  }

  private highest = 0
}
