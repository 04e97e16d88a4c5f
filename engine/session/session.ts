import type { ApiClient, ApiResponse, ApiUser } from '../apiserver/client.ts'
import type { Json } from '../base/json.ts'
import { encodeUtf8 } from '../base/utf8.ts'
import type { Fidelity } from '../cli/command.ts'
import { type Cluster, createCluster } from '../cluster/cluster.ts'
import { connectionList, connectionWalk, newestConnection, ruleHits } from '../net/walk-read.ts'
import { expandHistory } from '../shell/history.ts'
import { type HostPorts, Turns } from '../shell/host.ts'
import { needsMore } from '../shell/parse.ts'
import type { LineResult } from '../shell/shell.ts'
import { runPrograms } from './container-programs.ts'
import { LabState } from './lab-state.ts'
import { type Opened, openSpec } from './open.ts'
import { internalFailure, isOutside, Outside, type OutsideInput } from './outside.ts'
import { Pace } from './pace.ts'
import { sessionPort, versionsOf } from './port.ts'
import { onlyLooked } from './same.ts'
import { opened, sealed } from './snapshot.ts'
import { Terminals } from './terminals.ts'
import type { Completion, Input, JournalEntry, Session, SessionEvent, SessionSpec, SessionView } from './types.ts'
import { label, UndoStack } from './undo.ts'

/** The input is valid but cannot be followed now; its message says why. */
export class RefusedError extends Error {}

/** One learner's cluster, terminals, lab and history. */
export class EngineSession implements Session {
  private readonly opened: Opened
  private readonly turns: Turns
  private readonly cluster: Cluster
  private readonly terminals: Terminals
  private readonly outside: Outside
  private readonly pace: Pace
  private readonly lab: LabState
  private readonly undoStack = new UndoStack()
  private readonly listeners = new Set<(event: SessionEvent) => void>()
  private readonly initial: Json
  private journal: JournalEntry[] = []
  /** The terminal whose line is being followed: its prompt comes when all is done. */
  private atWork: string | undefined
  private fidelity: Fidelity | undefined
  /** What `chainwalk` asked for while its line ran: done once the line has ended. */
  private asked: Input[] = []

  constructor(spec: SessionSpec, ports: HostPorts) {
    this.opened = openSpec(spec)
    this.turns = new Turns(ports)
    this.cluster = createCluster(this.opened.cluster)
    this.initial = this.cluster.save()
    this.lab = new LabState(this.opened, this.cluster)
    const port = sessionPort(this.lab, this.cluster, this.undoStack, {
      asked: () => this.asked,
      status: () => this.view(),
    })
    this.terminals = new Terminals(this.cluster, this.turns, port, (event) => this.emit(event))
    const failed = (error: unknown) => this.fail(error, this.state())
    const programs = runPrograms({ cluster: this.cluster, turns: this.turns, session: port, failed })
    this.outside = new Outside(this.cluster, (event) => this.emit(event))
    this.pace = new Pace(this.cluster.clock, this.turns, () => programs.running > 0 || this.terminals.running)
    this.lab.evaluate()
  }

  get now(): number {
    return this.cluster.clock.now
  }

  get idle(): boolean {
    return !this.terminals.running && !this.outside.running
  }

  on(listener: (event: SessionEvent) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  async apply(input: Input): Promise<void> {
    if (isOutside(input)) {
      await this.fromOutside(input)
      return
    }
    this.journal.push({ at: this.now, input })
    const before = ['line', 'signal', 'key', 'edit'].includes(input.type) ? undefined : this.state()
    try {
      await this.perform(input)
    } catch (error) {
      if (error instanceof RefusedError || before === undefined) throw error
      this.fail(error, before)
    }
    this.emit({ type: 'view' })
  }

  applyApi(input: Extract<Input, { type: 'api' | 'stream' }>): Promise<ApiResponse | undefined> {
    return this.fromOutside(input)
  }

  client(user: ApiUser): Pick<ApiClient, 'request' | 'watch'> {
    return this.outside.client(user)
  }

  view(): SessionView {
    const { undoLabel, redoLabel } = this.undoStack
    return {
      ...this.lab.view(),
      clock: { now: this.now, running: !this.pace.paused },
      undo: {
        canUndo: undoLabel !== undefined,
        canRedo: redoLabel !== undefined,
        ...(undoLabel === undefined ? {} : { undoLabel }),
        ...(redoLabel === undefined ? {} : { redoLabel }),
      },
      shells: this.terminals.views(),
      nodes: this.cluster.nodeNames(),
      versions: versionsOf(this.cluster.profile),
      ...newestConnection(this.cluster.network),
      ...(this.fidelity === undefined ? {} : { fidelity: this.fidelity }),
    }
  }

  edited(shell: string): ReturnType<Session['edited']> {
    return this.terminals.get(shell).desk
  }

  connections(): ReturnType<Session['connections']> {
    return connectionList(this.cluster.network)
  }

  walk(connection: number): ReturnType<Session['walk']> {
    return connectionWalk(this.cluster.network, connection)
  }

  hits(query: Parameters<Session['hits']>[0]): ReturnType<Session['hits']> {
    return ruleHits(this.cluster.network, query)
  }

  setLocale(locale: string): void {
    this.lab.setLocale(locale)
    this.emit({ type: 'view' })
  }

  needsMore(text: string): boolean {
    return needsMore(text)
  }

  expandHistory(shell: string, text: string): ReturnType<Session['expandHistory']> {
    return expandHistory(text, this.terminals.get(shell).history)
  }

  complete(shell: string, line: string, cursor: number): Completion {
    return this.terminals.complete(shell, line, cursor)
  }

  promptOf(shell: string): ReturnType<Session['promptOf']> {
    return this.terminals.promptOf(shell)
  }

  pump(elapsed: number): Promise<void> {
    return this.pace.paused ? Promise.resolve() : this.advance(elapsed)
  }

  nextDueIn(): number | undefined {
    const due = this.pace.paused ? undefined : this.cluster.clock.nextDue()
    return due === undefined ? undefined : Math.max(0, due - this.now)
  }

  snapshot(): Json {
    const state = { ...(this.state() as object), paused: this.pace.paused, lab: this.lab.save() } as Json
    return sealed(state, this.fidelity)
  }

  checksum(): string {
    return (this.snapshot() as { checksum: string }).checksum
  }

  /** Becomes what a snapshot holds. Throws when it is not whole. */
  restore(snapshot: Json): void {
    const { state, fidelity } = opened(snapshot)
    this.load(state, false)
    this.lab.load(state.lab)
    this.pace.paused = state.paused
    this.fidelity = fidelity
    this.lab.evaluate()
  }

  takeJournal(): readonly JournalEntry[] {
    const taken = this.journal
    this.journal = []
    return taken
  }

  /** While a terminal's line runs, what others write in the meantime belongs to the undo point of that line. */
  private async fromOutside(input: OutsideInput): Promise<ApiResponse | undefined> {
    this.journal.push({ at: this.now, input })
    const before = this.state()
    let response: ApiResponse | undefined
    try {
      response = this.outside.perform(input)
    } catch (error) {
      this.fail(error, before)
      return internalFailure(error)
    }
    await this.pace.settle()
    if (this.idle && input.type === 'api' && !onlyLooked(before, this.state())) {
      this.undoStack.push({ label: label(`${input.request.method} ${input.request.path}`), state: before })
      this.undoStack.commit()
    }
    this.lab.evaluate()
    this.emit({ type: 'view' })
    return response
  }

  private async perform(input: Exclude<Input, OutsideInput>): Promise<void> {
    switch (input.type) {
      case 'open':
        if (this.terminals.has(input.shell)) throw new RefusedError(`shell ${input.shell} is open already`)
        await this.terminals.add(input.shell, input.target, input.columns, input.rows, input.editor)
        return this.prompt(input.shell)
      case 'edit':
        return this.terminals.edit(input)
      case 'close':
        return this.terminals.remove(input.shell)
      case 'line':
        return this.line(input.shell, input.text)
      case 'key':
        return this.terminals.get(input.shell).key(input.data)
      case 'signal':
        return this.signal(input.shell, input.signal)
      case 'resize': {
        const shell = this.terminals.get(input.shell)
        ;[shell.columns, shell.rows] = [input.columns, input.rows]
        return
      }
      case 'clock':
        if (input.action === 'advance') return this.advance(input.ms ?? 0)
        this.pace.paused = input.action === 'pause'
        return
      case 'undo':
      case 'redo':
        return this.step(input.type)
      case 'reset':
        return this.reset()
      case 'answer':
      case 'predict':
      case 'hint':
      case 'seen': {
        const refused = this.lab.apply(input)
        if (refused !== undefined) throw new RefusedError(refused)
        this.lab.evaluate()
        return
      }
    }
  }

  private async line(id: string, text: string): Promise<void> {
    const shell = this.terminals.get(id)
    if (shell.running) {
      await shell.line(text)
      return
    }
    const before = this.state()
    this.undoStack.push({ label: label(text), state: before })
    let result: LineResult | undefined
    try {
      this.emit({ type: 'view' })
      result = await this.pace.run(shell.line(text), () => shell.interrupt())
    } catch (error) {
      this.undoStack.drop()
      this.fail(error, before)
      this.prompt(id)
      return
    }
    if (result === undefined) this.undoStack.drop()
    else this.ended(result, before)
    this.atWork = id
    try {
      await this.followAsked()
    } finally {
      this.atWork = undefined
    }
    this.lab.evaluate()
    if (shell.closed) {
      this.emit({ type: 'closed', shell: id, exit: shell.exit })
      this.terminals.remove(id)
    } else this.prompt(id)
    this.emit({ type: 'view' })
    for (const next of shell.takeTypedAhead()) {
      if (!this.terminals.has(id)) break
      await this.line(id, next)
    }
  }

  private ended(result: LineResult, before: Json): void {
    const asksForUndo = this.asked.some(({ type }) => type === 'redo' || type === 'undo')
    // Who undoes something, looks, and does it again has not done anything in between; and there is nothing to undo in a look.
    if (asksForUndo || onlyLooked(before, this.state())) this.undoStack.drop()
    else {
      this.undoStack.relabel(label(result.line))
      this.undoStack.commit()
    }
    this.fidelity = result.fidelity
    this.lab.note({ at: this.now, node: result.node, line: result.line, exit: result.exit, programs: result.programs })
  }

  private async followAsked(): Promise<void> {
    const asked = this.asked
    this.asked = []
    for (const input of asked) if (!isOutside(input)) await this.perform(input)
  }

  private signal(id: string, signal: 'INT' | 'EOF'): void {
    const shell = this.terminals.get(id)
    const idle = !shell.running
    if (signal === 'INT') shell.interrupt()
    else shell.endOfFile()
    if (!idle) return
    if (shell.closed) {
      this.emit({ type: 'closed', shell: id, exit: shell.exit })
      this.terminals.remove(id)
    } else this.prompt(id)
  }

  private async advance(ms: number): Promise<void> {
    if ((await this.pace.advance(ms)) && this.lab.evaluate()) this.emit({ type: 'view' })
  }

  private async step(kind: 'undo' | 'redo'): Promise<void> {
    await this.rewind()
    const present = this.state()
    const point = kind === 'undo' ? this.undoStack.undo(present) : this.undoStack.redo(present)
    if (point === undefined) throw new RefusedError(`nothing to ${kind}`)
    this.load(point.state, true)
    this.lab.evaluate()
    this.emit({ type: 'rewound' })
    this.announce(kind === 'undo' ? `undone: ${point.label}` : `done again: ${point.label}`)
  }

  private async reset(): Promise<void> {
    await this.rewind()
    this.cluster.load(this.initial)
    this.undoStack.clear()
    this.lab.clear()
    this.fidelity = undefined
    await this.terminals.restart()
    this.lab.evaluate()
    this.emit({ type: 'rewound' })
    this.announce('the lab is as it was at its start')
  }

  /** Before the cluster becomes another: nobody may be at work in this one. */
  private async rewind(): Promise<void> {
    if (this.terminals.running) throw new RefusedError('a command is running')
    this.outside.closeAll()
    await this.pace.settle()
  }

  /** A line in every terminal, apart from what the node prints, and the prompt again. */
  private announce(words: string): void {
    for (const { id } of this.terminals.all) {
      this.emit({ type: 'output', shell: id, data: encodeUtf8(`\n\x1b[2m-- ${words} --\x1b[0m\n`) })
      if (id !== this.atWork) this.prompt(id)
    }
  }

  private prompt(id: string): void {
    const event = this.terminals.promptOf(id)
    if (event !== undefined) this.emit(event)
  }

  /** What an undo point holds: the cluster, every shell, and what the lab's checks remember. */
  private state(): Json {
    return { cluster: this.cluster.save(), shells: this.terminals.save(), lab: this.lab.saveMemory() }
  }

  private load(state: Json, undo: boolean): void {
    const { cluster, shells, lab } = state as unknown as { cluster: Json; shells: Json; lab: Json }
    this.cluster.load(cluster)
    this.terminals.load(shells, undo)
    if (undo) this.lab.loadMemory(lab)
  }

  /** A bug of ours: back to before the input, and said so. */
  private fail(error: unknown, before: Json): void {
    const message = error instanceof Error ? error.message : String(error)
    const snapshot = this.snapshotOr(null)
    this.load(before, true)
    this.announce(`the simulator failed (${message}); everything is as it was before`)
    this.emit({ type: 'failed', message, snapshot })
  }

  private snapshotOr(fallback: Json): Json {
    try {
      return this.snapshot()
    } catch {
      return fallback
    }
  }

  private emit(event: SessionEvent): void {
    for (const listener of this.listeners) listener(event)
  }
}
