import type { Json } from '../base/json.ts'
import { decodeUtf8, encodeUtf8 } from '../base/utf8.ts'
import type { Fidelity, SessionPort, ShellRequest, Tty } from '../cli/command.ts'
import { Canceller } from '../clock/clock.ts'
import type { Machine } from '../cluster/machine.ts'
import { expandAliases } from './aliases.ts'
import { asBytes } from './bytes.ts'
import { EditDesk } from './editor/desk.ts'
import { editOnScreen } from './editor/screen.ts'
import { weaker } from './fidelity.ts'
import { oneLine } from './history.ts'
import type { Turns } from './host.ts'
import { type Launcher, textStdin } from './launch.ts'
import { Level, type LevelSpec } from './level.ts'
import { needsMore } from './parse.ts'
import { runForeign } from './run-bash.ts'
import { TtyInput } from './tty-input.ts'

/** What a terminal tells those around it. Output is bytes. */
export interface ShellEvents {
  output(bytes: string, stderr?: boolean): void
  raw(on: boolean): void
}

/** What one line did, as the journal's evidence keeps it. */
export interface LineResult {
  /** The whole input, with what came after continuation prompts. */
  readonly line: string
  readonly exit: number
  readonly node: string
  readonly programs: readonly (readonly string[])[]
  readonly fidelity?: Fidelity
}

export interface ShellParts {
  readonly id: string
  readonly turns: Turns
  readonly events: ShellEvents
  readonly session: SessionPort
  /** Whether a window edits texts for this terminal; else its own screen does. */
  readonly editsInWindow?: boolean
  /** A machine by id: a level is saved by it. */
  machine(id: string): Machine | undefined
}

/** bash keeps at most this many lines. */
const HISTORY_SIZE = 1000

/** A terminal's shell: a stack of levels (the node's login, then ssh and exec), one line at a time. */
export class Shell {
  columns: number
  rows: number
  private readonly parts: ShellParts
  /** The text that a window edits for this terminal. */
  readonly desk = new EditDesk()
  private readonly input = new TtyInput()
  private readonly tty: Tty
  private levels: Level[] = []
  private canceller: Canceller | undefined
  private onKey: ((data: string) => void) | undefined
  /** Whether Ctrl-C still is a signal while a program has the keys. */
  private keysInterrupt = true
  private requested: ShellRequest | undefined
  /** Lines of an input that is not yet complete. */
  private unfinished = ''
  private exitCode = 0

  constructor(parts: ShellParts, columns: number, rows: number) {
    this.parts = parts
    this.columns = columns
    this.rows = rows
    const size = this as { columns: number; rows: number }
    this.tty = {
      get columns() {
        return size.columns
      },
      get rows() {
        return size.rows
      },
      grabKeys: (onKey, options) => this.grabKeys(onKey, options?.interrupts === true),
    }
  }

  get running(): boolean {
    return this.canceller !== undefined
  }

  get closed(): boolean {
    return this.levels.length === 0
  }

  get exit(): number {
    return this.exitCode
  }

  get lastExit(): number {
    return this.levels.at(-1)?.bash.lastExit ?? this.exitCode
  }

  get prompt(): string {
    return this.unfinished === '' ? (this.levels.at(-1)?.prompt ?? '') : '> '
  }

  get wantsMore(): boolean {
    return this.unfinished !== ''
  }

  get history(): readonly string[] {
    return this.levels.at(-1)?.history ?? []
  }

  /** The level that has the prompt. */
  get top(): Level | undefined {
    return this.levels.at(-1)
  }

  /** Opens a level and reads its start file. */
  async enter(spec: LevelSpec, machine: Machine): Promise<void> {
    const level = this.levelFor(spec, machine)
    this.levels.push(level)
    if (level.startFile !== undefined) await this.runIn(level, `. ${level.startFile}`, [])
  }

  /** Runs a line as typed at the prompt. undefined: more lines are wanted, or there was nothing to run. */
  async line(text: string): Promise<LineResult | undefined> {
    const level = this.levels.at(-1)
    if (level === undefined) return undefined
    if (this.running) {
      // A script types lines where a person would press keys.
      if (this.onKey !== undefined && !this.keysInterrupt) this.onKey(encodeUtf8(`${text}\r`))
      else this.input.push(text)
      return undefined
    }
    const whole = this.unfinished === '' ? text : `${this.unfinished}\n${text}`
    if (needsMore(whole)) {
      this.unfinished = whole
      return undefined
    }
    this.unfinished = ''
    if (whole.trim() === '') return undefined
    this.remember(level, oneLine(whole))
    const programs: (readonly string[])[] = []
    const result = await this.runIn(level, expandAliases(whole, level.bash.aliases), programs, whole)
    if (result.left) this.leave(result.exit)
    else if (this.requested !== undefined) await this.follow(this.requested)
    return { ...result, line: whole, node: level.machine.hostname, programs }
  }

  /** Ctrl-C. */
  interrupt(): void {
    if (this.onKey !== undefined && !this.keysInterrupt) {
      this.onKey('\x03')
      return
    }
    this.parts.events.output('^C')
    if (this.canceller === undefined) {
      this.unfinished = ''
      this.parts.events.output('\n')
      return
    }
    this.input.takeRest()
    this.input.end()
    this.canceller.abort()
  }

  /** The terminal is gone: what runs gets SIGHUP, whoever has the keys. */
  hangUp(): void {
    this.input.end()
    this.canceller?.abort()
  }

  /** Ctrl-D on an empty line: the end of what a program reads, or of this level. */
  endOfFile(): void {
    if (this.onKey !== undefined && !this.keysInterrupt) this.onKey('\x04')
    else if (this.running) this.input.end()
    else if (this.unfinished !== '') {
      this.unfinished = ''
      this.parts.events.output(encodeUtf8('bash: syntax error: unexpected end of file\n'))
    } else this.leave(this.levels.at(-1)?.bash.lastExit ?? 0)
  }

  key(data: string): void {
    this.onKey?.(data)
  }

  /** Lines typed while a program ran that did not read them. */
  takeTypedAhead(): string[] {
    return this.input.takeRest().map(decodeUtf8)
  }

  save(): Json {
    return { levels: this.levels.map((level) => level.save()), columns: this.columns, rows: this.rows }
  }

  /** Becomes what was saved. With `keepHistory` what was typed since stays in reach (undo). */
  load(state: Json, keepHistory = false): void {
    const saved = state as unknown as {
      levels: { spec: LevelSpec; bash: Json; history: readonly string[] }[]
      columns: number
      rows: number
    }
    const before = this.levels
    this.levels = []
    this.unfinished = ''
    for (const [i, { spec, bash, history }] of saved.levels.entries()) {
      const machine = this.parts.machine(spec.machine)
      if (machine === undefined) break
      const level = this.levelFor(spec, machine)
      level.bash.load(bash)
      const old = before[i]
      level.history = keepHistory && old?.spec.machine === spec.machine ? old.history : history
      this.levels.push(level)
    }
    if (!keepHistory) [this.columns, this.rows] = [saved.columns, saved.rows]
  }

  private levelFor(spec: LevelSpec, machine: Machine): Level {
    const { events, turns } = this.parts
    const stdout = { write: (text: string) => events.output(asBytes(text)) }
    const stderr = { write: (text: string) => events.output(asBytes(text), true) }
    const isTerminal = this.columns > 0
    const stdin = isTerminal ? this.input : textStdin('')
    return new Level(spec, machine, { stdin, stdout, stderr }, isTerminal ? this.tty : undefined, turns)
  }

  private async runIn(level: Level, text: string, programs: (readonly string[])[], typed?: string) {
    const canceller = new Canceller()
    let fidelity: Fidelity | undefined
    const launcher: Launcher = {
      turns: this.parts.turns,
      mark: (mark) => {
        fidelity = weaker(fidelity, mark)
      },
      ran: (argv) => programs.push(argv),
      runForeign,
      enterShell: (request) => {
        this.requested = request
      },
      edit: (request, call) =>
        this.parts.editsInWindow === true
          ? this.desk.open(request, call.signal)
          : editOnScreen(this.tty, call.stdout, request, call.signal),
      session: this.parts.session,
      ...(typed === undefined ? {} : { origin: { command: oneLine(typed), shell: this.parts.id } }),
      history: () => level.history,
    }
    this.canceller = canceller
    this.requested = undefined
    try {
      const { exit, left } = await level.bash.run(text, launcher, canceller)
      if (canceller.aborted) this.parts.events.output('\n')
      return { exit, left: left && !canceller.aborted, ...(fidelity === undefined ? {} : { fidelity }) }
    } finally {
      this.canceller = undefined
      if (this.onKey !== undefined) this.releaseKeys()
    }
  }

  private async follow(request: ShellRequest): Promise<void> {
    this.requested = undefined
    const { machine, host, kind, program, cwd } = request
    await this.enter({ kind, machine: machine.id, program, host, ...(cwd === undefined ? {} : { cwd }) }, machine)
  }

  private leave(exit: number): void {
    const level = this.levels.pop()
    if (level === undefined) return
    const { kind, program, host } = level.spec
    const isLogin = kind === 'login' || kind === 'ssh'
    const words = isLogin ? 'logout\n' : program === 'bash' ? 'exit\n' : '\n'
    if (this.columns > 0) this.parts.events.output(words)
    if (kind === 'ssh') this.parts.events.output(`Connection to ${host} closed.\n`)
    if (kind === 'exec' && exit !== 0) this.parts.events.output(`command terminated with exit code ${exit}\n`)
    this.exitCode = exit
    this.levels.at(-1)?.bash.setLastExit(kind === 'exec' && exit !== 0 ? 1 : exit)
  }

  private remember(level: Level, text: string): void {
    if (level.history.at(-1) === text || text.startsWith(' ')) return
    level.history = [...level.history, text].slice(-HISTORY_SIZE)
  }

  private grabKeys(onKey: (data: string) => void, interrupts: boolean): () => void {
    this.onKey = onKey
    this.keysInterrupt = !interrupts
    this.parts.events.raw(true)
    return () => this.releaseKeys()
  }

  private releaseKeys(): void {
    if (this.onKey === undefined) return
    this.onKey = undefined
    this.parts.events.raw(false)
  }
}
