import type {
  Command,
  CommandContext,
  EditRequest,
  Fidelity,
  SessionPort,
  ShellRequest,
  Sink,
  Stdin,
  Tty,
  User,
} from '../cli/command.ts'
import { findCommand } from '../cli/registry.ts'
import { Canceller, type CancelSignal } from '../clock/clock.ts'
import type { Machine } from '../cluster/machine.ts'
import { asBytes } from './bytes.ts'
import { fidelityOf } from './fidelity.ts'
import type { Turns } from './host.ts'
import { TEXT_TOOLS } from './text-tools.ts'

/** What programs share that run for one line: where they run, and what is noted of them. */
export interface Launcher {
  readonly turns: Turns
  /** The weakest mark so far. */
  mark(fidelity: Fidelity): void
  /** Runs a program that is none of ours (run-bash.ts); handed in, because bash starts programs of ours in turn. */
  runForeign(launcher: Launcher, call: Call): Promise<number>
  /** Evidence for checks: a program of ours really ran. */
  ran(argv: readonly string[]): void
  enterShell?(request: ShellRequest): void
  /** Where a person can edit: in the window, or on this terminal's screen. */
  edit?(request: EditRequest, call: Call): Promise<number>
  readonly session?: SessionPort
  /** The line as typed, and its shell. */
  readonly origin?: CommandContext['origin']
  /** What was typed at this prompt before. */
  history?(): readonly string[]
}

/** One start of a program, as execve(2) and its parent's file descriptors would say. */
export interface Call {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly user: User
  readonly machine: Machine
  readonly stdin: Stdin
  readonly stdout: Sink
  readonly stderr: Sink
  readonly tty?: Tty
  readonly signal: CancelSignal
}

export const ROOT: User = { name: 'root', uid: 0, gid: 0, home: '/root' }

/** Standard input that was all there from the beginning: a pipe, a file, nothing. */
export function textStdin(bytes: string): Stdin {
  let rest = bytes
  const text = async () => {
    const all = rest
    rest = ''
    return all
  }
  return {
    isTty: false,
    text,
    piece: async () => (await text()) || undefined,
    line: async () => {
      if (rest === '') return undefined
      const end = rest.indexOf('\n')
      const line = end < 0 ? rest : rest.slice(0, end)
      rest = end < 0 ? '' : rest.slice(end + 1)
      return line
    },
  }
}

/** Bytes collected in memory. */
export class Buffered implements Sink {
  private readonly chunks: string[] = []

  write(text: string): void {
    if (text !== '') this.chunks.push(asBytes(text))
  }

  get bytes(): string {
    return this.chunks.join('')
  }
}

const FOLDERS = new Set(['/bin', '/sbin', '/usr/bin', '/usr/sbin', '/usr/local/bin'])

/** The program of ours called `name`, a word or a path, where the machine has it. */
export function commandOn(machine: Machine, name: string): Command | undefined {
  const slash = name.lastIndexOf('/')
  if (slash >= 0 && !FOLDERS.has(name.slice(0, slash))) return undefined
  const command = findCommand(name)
  const on = command?.on ?? 'node'
  return on === 'both' || (on === 'node') === (machine.kind === 'node') ? command : undefined
}

/** The program of ours that lies at exactly this path. */
export function commandAt(machine: Machine, path: string): Command | undefined {
  const slash = path.lastIndexOf('/')
  const command = slash < 0 ? undefined : commandOn(machine, path)
  return command !== undefined && path.slice(0, slash) === command.path.slice(0, command.path.lastIndexOf('/'))
    ? command
    : undefined
}

/** Where a program lies: one of ours, a text tool, or an executable file of the machine. */
export function findProgram(machine: Machine, name: string, cwd: string): string | undefined {
  if (name.includes('/')) {
    const path = name.startsWith('/') ? name : `${cwd}/${name}`
    return commandAt(machine, path) !== undefined || isExecutable(machine, path) ? name : undefined
  }
  const ours = commandOn(machine, name)
  if (ours?.path === '') return undefined
  if (ours !== undefined) return name === ours.name ? ours.path : `${ours.path.slice(0, ours.path.lastIndexOf('/'))}/${name}`
  if ((TEXT_TOOLS as readonly string[]).includes(name) || name === 'bash' || name === 'sh') return `/usr/bin/${name}`
  return [...FOLDERS].map((folder) => `${folder}/${name}`).find((path) => isExecutable(machine, path))
}

function isExecutable(machine: Machine, path: string): boolean {
  const entry = machine.fs.exists(path) ? machine.fs.stat(path) : undefined
  return entry?.type === 'file' && (entry.mode & 0o111) !== 0
}

/** Runs a program to its end; the exit code. */
export async function runProgram(launcher: Launcher, call: Call): Promise<number> {
  const name = call.argv[0] ?? ''
  const command = commandOn(call.machine, name)
  if (command === undefined) {
    return launcher.runForeign(launcher, call)
  }
  launcher.ran(call.argv)
  let marked = false
  const mark = (fidelity: Fidelity) => {
    marked = true
    launcher.mark(fidelity)
  }
  const exit = await command.run(contextOf({ ...launcher, mark }, call))
  if (!marked) launcher.mark(fidelityOf(command, call.argv))
  return exit
}

/** What the command may see and do. */
export function contextOf(launcher: Launcher, call: Call): CommandContext {
  const { machine, signal } = call
  return {
    argv: call.argv,
    env: call.env,
    cwd: call.cwd,
    user: call.user,
    stdin: call.stdin,
    stdout: call.stdout,
    stderr: call.stderr,
    ...(call.tty === undefined ? {} : { tty: call.tty }),
    ...(call.tty === undefined || launcher.enterShell === undefined ? {} : { enterShell: (r) => launcher.enterShell?.(r) }),
    ...(call.tty === undefined || launcher.edit === undefined
      ? {}
      : { edit: (r) => launcher.edit?.(r, call) ?? Promise.resolve(1) }),
    ...(launcher.session === undefined ? {} : { session: launcher.session }),
    ...(launcher.origin === undefined ? {} : { origin: launcher.origin }),
    ...(launcher.history === undefined ? {} : { history: launcher.history() }),
    behalf: {
      ...(launcher.origin === undefined ? {} : { origin: launcher.origin }),
      ran: (argv) => launcher.ran(argv),
      mark: (fidelity) => launcher.mark(fidelity),
    },
    machine,
    clock: machine.clock,
    signal,
    sleep: (ms) => machine.clock.sleep(ms, signal),
    mark: (fidelity) => launcher.mark(fidelity),
    findProgram: (name) => findProgram(machine, name, call.cwd),
    run: (argv, options = {}) => {
      const child: Call = {
        argv,
        env: call.env,
        cwd: call.cwd,
        user: call.user,
        machine: options.machine ?? machine,
        stdin: options.stdin === undefined ? textStdin('') : textStdin(options.stdin),
        stdout: options.stdout ?? call.stdout,
        stderr: options.stderr ?? call.stderr,
        ...(call.tty === undefined || options.stdout !== undefined ? {} : { tty: call.tty }),
        signal: options.signal ?? signal,
      }
      return runProgram(launcher, child)
    },
  }
}

/** A canceller that also ends when `parent` does: Ctrl-C reaches what a `timeout` started. */
export function childOf(parent: CancelSignal): Canceller {
  const child = new Canceller()
  parent.onAbort(() => child.abort())
  return child
}
