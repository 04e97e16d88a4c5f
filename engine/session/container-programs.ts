import type { SessionPort } from '../cli/command.ts'
import { Canceller } from '../clock/clock.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Machine } from '../cluster/machine.ts'
import type { ContainerProgram, ContainerRuntime, ProgramEvents, ProgramRequest } from '../kubelet/container-runtime.ts'
import { asBytes } from '../shell/bytes.ts'
import type { Turns } from '../shell/host.ts'
import { type Call, commandOn, findProgram, type Launcher, ROOT, runProgram, textStdin } from '../shell/launch.ts'
import { Pipe } from '../shell/pipes.ts'
import { quoted } from '../shell/quoted.ts'
import { isBare } from '../workload/images.ts'
import { programOnPty, shellOnPty } from './pty-program.ts'

export interface ContainerProgramsParts {
  readonly cluster: Cluster
  readonly turns: Turns
  /** Absent in batch mode: nobody has a terminal there. */
  readonly session?: SessionPort
  /** A bug of ours in a program. */
  failed(error: unknown): void
}

/** Programs of an image that are builtins of our shell. */
const BUILTINS: ReadonlySet<string> = new Set(['test', '[', 'kill', 'echo', 'printf', 'pwd', 'true', 'false'])

/** Lets the cluster's containers run programs. */
export function runPrograms(parts: ContainerProgramsParts): ContainerPrograms {
  const programs = new ContainerPrograms(parts)
  parts.cluster.containerRuntime = programs
  return programs
}

const SHELL_OPTIONS = new Set(['-l', '-i', '--login', '-li', '-il'])

/** Runs programs in containers through the shell's commands: containerd's and runc's part. */
export class ContainerPrograms implements ContainerRuntime {
  private readonly parts: ContainerProgramsParts
  private started = 0
  private live = 0

  constructor(parts: ContainerProgramsParts) {
    this.parts = parts
  }

  /** How many programs run. */
  get running(): number {
    return this.live
  }

  start(request: ProgramRequest, events: ProgramEvents): ContainerProgram | { readonly error: string } {
    const { cluster, turns, session } = this.parts
    const machine = cluster.container(request.namespace, request.pod, request.container)
    if (machine === undefined) return { error: 'failed to exec in container: container is in CONTAINER_EXITED state' }
    const { command, tty, stdin } = request
    const missing = cannotStart(machine, command[0] ?? '')
    if (missing !== undefined)
      return { error: `failed to exec in container: failed to start exec "${this.execId()}": ${missing}` }
    this.started++
    this.live++
    let lives = true
    const dies = () => {
      if (lives) this.live--
      lives = false
    }
    const heard: ProgramEvents = {
      ...events,
      onExit: (code) => {
        dies()
        events.onExit(code)
      },
    }
    const launcher = this.launcher(events)
    const failed = (error: unknown) => {
      heard.onOutput('stderr', `the simulator failed: ${error instanceof Error ? error.message : String(error)}\n`)
      heard.onExit(255)
      this.parts.failed(error)
    }
    const env = { ...(machine.env ?? {}), ...(tty ? { TERM: 'xterm' } : {}) }
    const argv = BUILTINS.has(command[0] ?? '') ? ['sh', '-c', command.map(quoted).join(' ')] : command
    const call = { argv, env, cwd: '/', user: ROOT, machine }
    let program: ContainerProgram
    if (tty && session !== undefined) {
      const pty = { id: `exec-${this.started}`, machine, events: heard, turns, session, failed }
      const shell = interactiveShell(command)
      program = shell === undefined ? programOnPty(pty, launcher, call) : shellOnPty(pty, shell)
    } else program = piped(launcher, call, stdin, heard, failed)
    return {
      ...program,
      kill: () => {
        program.kill()
        dies()
      },
    }
  }

  private launcher({ behalf }: ProgramEvents): Launcher {
    return {
      turns: this.parts.turns,
      mark: (fidelity) => behalf?.mark(fidelity),
      ran: (argv) => behalf?.ran(argv),
      runForeign: async (all, call) => (await this.parts.turns.wait(import('../shell/run-bash.ts'))).runForeign(all, call),
      ...(behalf?.origin === undefined ? {} : { origin: behalf.origin }),
    }
  }

  private execId(): string {
    let id = ''
    for (let i = 0; i < 8; i++) id += this.parts.cluster.dice.u32().toString(16).padStart(8, '0')
    return id
  }
}

/** A program whose standard streams are pipes. */
function piped(
  launcher: Launcher,
  call: Omit<Call, 'stdin' | 'stdout' | 'stderr' | 'signal'>,
  hasStdin: boolean,
  events: ProgramEvents,
  failed: (error: unknown) => void,
): ContainerProgram {
  const canceller = new Canceller()
  const input = new Pipe(() => {})
  let over = false
  const sink = (from: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      if (!over && text !== '') events.onOutput(from, asBytes(text))
    },
  })
  const stdin = hasStdin ? Object.assign(input, { live: true as const }) : textStdin('')
  runProgram(launcher, { ...call, stdin, stdout: sink('stdout'), stderr: sink('stderr'), signal: canceller }).then(
    (code) => {
      if (over) return
      over = true
      input.close()
      events.onExit(code)
    },
    (error: unknown) => {
      if (!over) failed(error)
    },
  )
  return {
    write: (bytes) => input.write(bytes),
    end: () => input.end(),
    resize: () => {},
    kill: () => {
      over = true
      input.end()
      input.close()
      canceller.abort()
    },
  }
}

/** `sh`, `bash -l`: a shell that reads from its terminal. */
function interactiveShell([name = '', ...options]: readonly string[]): 'sh' | 'bash' | undefined {
  const shell = /^(?:\/(?:usr\/)?bin\/)?(sh|ash|bash)$/.exec(name)?.[1]
  if (shell === undefined || !options.every((option) => SHELL_OPTIONS.has(option))) return undefined
  return shell === 'bash' ? 'bash' : 'sh'
}

/** Why runc cannot execute it (libcontainer's words), or undefined. */
function cannotStart(machine: Machine, name: string): string | undefined {
  const why = (words: string) =>
    `OCI runtime exec failed: exec failed: unable to start container process: exec: ${JSON.stringify(name)}: ${words}: unknown`
  if (isBare(machine.image ?? '')) {
    return why(name.includes('/') ? `stat ${name}: no such file or directory` : 'executable file not found in $PATH')
  }
  if (commandOn(machine, name)?.path === '') return why('executable file not found in $PATH')
  if (BUILTINS.has(name) || findProgram(machine, name, '/') !== undefined) return undefined
  if (!name.includes('/')) return why('executable file not found in $PATH')
  if (machine.fs.exists(name)) return why(machine.fs.stat(name).type === 'dir' ? 'is a directory' : 'permission denied')
  return why(`stat ${name}: no such file or directory`)
}
