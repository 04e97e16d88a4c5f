import type { Json } from '../base/json.ts'
import type { SessionPort } from '../cli/command.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Machine } from '../cluster/machine.ts'
import { complete } from '../shell/complete.ts'
import type { Turns } from '../shell/host.ts'
import { Shell } from '../shell/shell.ts'
import type { Completion, Input, SessionEvent, ShellTarget, ShellView } from './types.ts'

interface Terminal {
  readonly id: string
  readonly target: ShellTarget
  readonly shell: Shell
  readonly editor?: 'window'
}

/** A shell that the host asked for does not exist: a bug of the host's, or a terminal that has just been closed. */
export class NoSuchShell extends Error {}

/** The session's terminals by id, and where their machines are found. */
export class Terminals {
  private readonly open = new Map<string, Terminal>()
  private readonly cluster: Cluster
  private readonly turns: Turns
  private readonly port: SessionPort
  private readonly emit: (event: SessionEvent) => void

  constructor(cluster: Cluster, turns: Turns, port: SessionPort, emit: (event: SessionEvent) => void) {
    this.cluster = cluster
    this.turns = turns
    this.port = port
    this.emit = emit
  }

  get(id: string): Shell {
    const terminal = this.open.get(id)
    if (terminal === undefined) throw new NoSuchShell(`no such shell: ${id}`)
    return terminal.shell
  }

  get all(): readonly Terminal[] {
    return [...this.open.values()]
  }

  has(id: string): boolean {
    return this.open.has(id)
  }

  get running(): boolean {
    return this.all.some(({ shell }) => shell.running)
  }

  /** Makes a terminal and logs in. Throws when there is no such node or container. */
  async add(id: string, target: ShellTarget, columns: number, rows: number, editor?: 'window'): Promise<void> {
    const machine = this.machineOf(target)
    if (machine === undefined) throw new Error(`no such ${target.kind}: ${nameOf(target)}`)
    const shell = this.make(id, columns, rows, editor)
    this.open.set(id, { id, target, shell, ...(editor === undefined ? {} : { editor }) })
    await this.login(shell, machine)
  }

  /** What a window's editor did. */
  edit(input: Extract<Input, { type: 'edit' }>): void {
    const { desk } = this.get(input.shell)
    if (input.do === 'save') desk.save(input.text)
    else desk.leave(input.exit)
  }

  remove(id: string): void {
    const terminal = this.open.get(id)
    if (terminal?.shell.running) terminal.shell.hangUp()
    this.open.delete(id)
  }

  /** Every shell anew, as after its login. */
  async restart(): Promise<void> {
    for (const { shell, target } of this.all) {
      const machine = this.machineOf(target)
      shell.load({ levels: [], columns: shell.columns, rows: shell.rows })
      if (machine !== undefined) await this.login(shell, machine)
    }
  }

  promptOf(id: string): Extract<SessionEvent, { type: 'prompt' }> | undefined {
    const shell = this.open.get(id)?.shell
    if (shell === undefined || shell.running || shell.closed) return undefined
    return {
      type: 'prompt',
      shell: id,
      prompt: shell.prompt,
      more: shell.wantsMore,
      history: shell.history,
      exit: shell.lastExit,
    }
  }

  views(): ShellView[] {
    return this.all.map(({ id, target, shell }) => ({
      id,
      title: shell.top?.machine.hostname ?? nameOf(target),
      target,
      state: shell.closed ? 'closed' : shell.running ? 'running' : 'idle',
      prompt: shell.prompt,
      ...(shell.desk.view === undefined ? {} : { editor: shell.desk.view }),
    }))
  }

  complete(id: string, line: string, cursor: number): Completion {
    const level = this.open.get(id)?.shell.top
    return level === undefined ? { start: cursor, candidates: [], suffix: '' } : complete(level, line, cursor)
  }

  save(): Json {
    return this.all.map(({ id, target, shell, editor }) => ({
      id,
      target: target as unknown as Json,
      shell: shell.save(),
      ...(editor === undefined ? {} : { editor }),
    }))
  }

  /** Becomes what was saved. For undo, terminals opened since stay as they are, and what was typed stays in reach. */
  load(state: Json, undo: boolean): void {
    const saved = state as unknown as { id: string; target: ShellTarget; shell: Json; editor?: 'window' }[]
    for (const { id, target, shell, editor } of saved) {
      let terminal = this.open.get(id)
      if (terminal === undefined) {
        if (undo) continue
        terminal = { id, target, shell: this.make(id, 80, 24, editor), ...(editor === undefined ? {} : { editor }) }
        this.open.set(id, terminal)
      }
      terminal.shell.load(shell, undo)
    }
  }

  private login(shell: Shell, machine: Machine): Promise<void> {
    const program = machine.kind === 'node' || machine.fs.exists('/bin/bash') ? 'bash' : 'sh'
    const kind = machine.kind === 'node' ? 'login' : 'exec'
    return shell.enter({ kind, machine: machine.id, program, host: machine.hostname }, machine)
  }

  private make(id: string, columns: number, rows: number, editor?: 'window'): Shell {
    const events = {
      output: (bytes: string, stderr = false) =>
        this.emit({ type: 'output', shell: id, data: bytes, ...(stderr ? { stderr: true as const } : {}) }),
      raw: (on: boolean) => this.emit({ type: 'raw', shell: id, on }),
    }
    const machine = (machineId: string) => this.machineById(machineId)
    const editsInWindow = editor === 'window'
    return new Shell({ id, turns: this.turns, events, session: this.port, machine, editsInWindow }, columns, rows)
  }

  private machineOf(target: ShellTarget): Machine | undefined {
    if (target.kind === 'node') return this.cluster.machine(target.node)
    return this.cluster.container(target.namespace, target.pod, target.container)
  }

  private machineById(id: string): Machine | undefined {
    const [kind, first = '', pod = '', container] = id.split('/')
    return kind === 'nodes' ? this.cluster.machine(first) : this.cluster.container(first, pod, container)
  }
}

function nameOf(target: ShellTarget): string {
  return target.kind === 'node' ? target.node : `${target.namespace}/${target.pod}`
}
