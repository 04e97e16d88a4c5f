import { Bash, defineCommand } from 'just-bash/browser'
import type { Json } from '../base/json.ts'
import { decodeUtf8, encodeUtf8 } from '../base/utf8.ts'
import { NOT_EMULATED_EXIT, type Tty, type User } from '../cli/command.ts'
import { COMMANDS, UNEMULATED } from '../cli/registry.ts'
import type { Canceller } from '../clock/clock.ts'
import type { Machine } from '../cluster/machine.ts'
import { BashFs, ERR_PATH, OUT_PATH, type Terminal } from './bash-fs.ts'
import type { HostAbort, Turns, World } from './host.ts'
import { type InterpreterState, keepState, loadState, saveState, startAndCapture, stateOf } from './interpreter-state.ts'
import { honestJq } from './jq.ts'
import { Buffered, type Call, commandAt, commandOn, type Launcher, runProgram, textStdin } from './launch.ts'
import { isLive } from './live.ts'
import { PIPE, stagesOf } from './own-pipelines.ts'
import { runPipeline } from './pipes.ts'
import { BACKGROUND, DIRECT_VARIABLE, ERR_VARIABLE, LEAVE, OUT_VARIABLE, rewrite, UNEMULATED_USE } from './rewrite.ts'
import { type SyntaxSource, syntaxError } from './syntax.ts'
import { BUILTIN_COMMANDS, TEXT_TOOLS } from './text-tools.ts'

const MANY = 2 ** 40
/** just-bash's own limits never bind: a learner's Ctrl-C, or batch mode's ten minutes, end what runs too long. */
const LIMITS = {
  maxExecutionTimeMs: Number.POSITIVE_INFINITY,
  maxCommandCount: MANY,
  maxLoopIterations: MANY,
  maxWorkUnits: MANY,
  maxOutputSize: MANY,
  maxAwkIterations: MANY,
  maxSedIterations: MANY,
  maxJqIterations: MANY,
}
/** errno as bash words it. */
const OPEN_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  EACCES: 'Permission denied',
  EROFS: 'Read-only file system',
  ELOOP: 'Too many levels of symbolic links',
  ENXIO: 'No such device or address',
}
/** Loop turns between two looks at the host: often enough for Ctrl-C, seldom enough to cost nothing. */
const TICKS_PER_TURN = 256
/** Loop turns without any virtual time passing after which a loop counts as endless where nobody can press Ctrl-C. */
const ENDLESS_TICKS = 50_000

export interface BashOptions {
  readonly turns: Turns
  readonly machine: Machine
  readonly user: User
  readonly terminal: Terminal
  readonly tty?: Tty
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** How bash names itself and its input in errors: `bash -c` or a prompt. */
  readonly source: SyntaxSource
}

export interface Ran {
  readonly exit: number
  /** The line asked to leave the shell (`exit`, or `set -e`). */
  readonly left: boolean
}

/** One bash: its variables, functions, aliases and folder, and how a line runs in it. */
export class BashShell {
  private readonly options: BashOptions
  private readonly bash: Bash
  private readonly files: BashFs
  private launcher: Launcher | undefined
  private canceller: Canceller | undefined
  private abort: HostAbort | undefined
  private running: InterpreterState | undefined
  private left = false
  private failure: { readonly error: unknown } | undefined
  private ticks = 0
  private tickTime = 0

  constructor(options: BashOptions) {
    const { machine, user, cwd } = options
    this.options = options
    const terminal = { ...options.terminal, stderr: { write: (text: string) => options.terminal.stderr.write(this.named(text)) } }
    const isProgram = (path: string) => isFoundAt(machine, path)
    this.files = new BashFs(machine.fs, () => machine.clock.now, terminal, isProgram)
    this.files.onTick = () => this.tick()
    this.files.onPrinted = () => {
      if (this.canceller?.aborted) this.abort?.abort()
    }
    this.bash = options.turns.host.within(this.world, () => {
      return new Bash({
        fs: this.files,
        cwd,
        env: { ...options.env, [OUT_VARIABLE]: OUT_PATH, [ERR_VARIABLE]: ERR_PATH },
        commands: [...TEXT_TOOLS, ...BUILTIN_COMMANDS],
        customCommands: this.customCommands(),
        defenseInDepth: false,
        executionLimits: LIMITS,
        processInfo: { pid: 4242, ppid: 4241, uid: user.uid, gid: user.gid },
      })
    })
    honestJq(this.bash, () => this.launcher?.mark('not emulated'))
    const state = stateOf(this.bash)
    for (const name of [OUT_VARIABLE, ERR_VARIABLE]) state.exportedVars.delete(name)
    state.env.set('HOSTNAME', machine.hostname)
    this.bash.registerTransformPlugin({
      name: 'chainwalk',
      transform: ({ ast }) => ({
        ast: rewrite(ast, {
          isOurs: (name) => isShellName(name) || commandOn(machine, name) !== undefined,
          isFunction: (name) => state.functions.has(name) || stateOf(this.bash).functions.has(name),
          basename: (path) => (commandAt(machine, path) === undefined ? undefined : path.slice(path.lastIndexOf('/') + 1)),
          atPrompt: options.source === 'prompt',
          stdinIsTty: isLive(options.terminal.stdin),
        }),
      }),
    })
  }

  get cwd(): string {
    return stateOf(this.bash).cwd
  }

  get lastExit(): number {
    return stateOf(this.bash).lastExitCode
  }

  setLastExit(exit: number): void {
    stateOf(this.bash).lastExitCode = exit
  }

  /** A shell variable's value. */
  variable(name: string): string | undefined {
    return stateOf(this.bash).env.get(name)
  }

  /** Names a line may begin with besides programs. */
  get functionNames(): readonly string[] {
    return [...stateOf(this.bash).functions.keys()]
  }

  get variableNames(): readonly string[] {
    return [...stateOf(this.bash).env.keys()].filter(
      (name) => /^[A-Za-z_]\w*$/.test(name) && !/^(__chainwalk|BASH_ALIAS)_/.test(name),
    )
  }

  get aliases(): Readonly<Record<string, string>> {
    const found: Record<string, string> = {}
    for (const [name, value] of stateOf(this.bash).env) if (name.startsWith('BASH_ALIAS_')) found[name.slice(11)] = value
    return found
  }

  save(): Json {
    return saveState(this.bash)
  }

  load(state: Json): void {
    loadState(this.bash, state)
  }

  /** Runs one complete input; what it printed has gone to the terminal when this resolves. `stdin` undefined: the terminal's. */
  async run(text: string, launcher: Launcher, canceller: Canceller, args: readonly string[] = []): Promise<Ran> {
    const { turns, terminal } = this.options
    const abort = turns.host.abortController()
    this.launcher = launcher
    this.canceller = canceller
    this.abort = abort
    this.left = false
    this.failure = undefined
    this.ticks = 0
    const { stdin } = terminal
    const input = isLive(stdin) ? {} : { stdin: await stdin.text(), stdinKind: 'bytes' as const }
    this.setTime(stateOf(this.bash))
    const { started, state } = turns.host.within(this.world, () =>
      startAndCapture(() => this.bash.exec(text, { ...input, rawScript: true, signal: abort.signal as never, args: [...args] })),
    )
    this.running = state
    const result = await started.catch((error: unknown) => this.brokenRedirection(error))
    this.running = undefined
    if (this.failure !== undefined) throw (this.failure as { error: unknown }).error
    if (state === undefined && /Input too large|exceeds limit|Maximum parser/i.test(result.stderr)) {
      launcher.mark('not emulated')
      terminal.stderr.write('chainwalk: bash: input of this size: valid, but not emulated here\n')
      return { exit: NOT_EMULATED_EXIT, left: false }
    }
    if (state === undefined && result.exitCode !== 0) {
      terminal.stderr.write(encodeUtf8(syntaxError(text, result.stderr, this.options.source)))
      stateOf(this.bash).lastExitCode = result.exitCode
      return { exit: result.exitCode, left: false }
    }
    if (result.stdout !== '') terminal.stdout.write(encodeUtf8(result.stdout))
    if (result.stderr !== '' && !canceller.aborted) terminal.stderr.write(encodeUtf8(this.named(result.stderr)))
    const exit = canceller.aborted ? 130 : result.exitCode
    if (state !== undefined) {
      state.lastExitCode = exit
      keepState(this.bash, state)
    }
    return { exit, left: this.left || (state?.options.errexit === true && exit !== 0) }
  }

  private get world(): World {
    const { clock, dice } = this.options.machine
    return { now: () => clock.now, random: () => dice.next() }
  }

  /** `exec >FILE` whose file cannot be opened surfaces from just-bash as the file system's own error, and ends a script as in bash. */
  private brokenRedirection(error: unknown): { exitCode: number; stdout: string; stderr: string } {
    const found = /^(E[A-Z]+): .*, open '(.*)'$/.exec(error instanceof Error ? error.message : '')
    const words = found === null ? undefined : OPEN_ERRORS[found[1] as string]
    if (found === null || words === undefined) throw error
    return { exitCode: 1, stdout: '', stderr: `bash: ${found[2]}: ${words}\n` }
  }

  /** Away from the prompt bash's errors say on which line they are, and a script's bear its name. */
  private named(text: string): string {
    const { source } = this.options
    const stderr = text
      .replace(/^bash: : Is a directory$/gm, 'bash: : No such file or directory')
      .replace(/^(bash: (.*)): cannot open redirect target$/gm, (_, head: string, path: string) => {
        const code = this.files.refusal(this.files.resolvePath(this.running?.cwd ?? this.cwd, decodeUtf8(path)))
        return `${head}: ${OPEN_ERRORS[code ?? ''] ?? 'No such file or directory'}`
      })
    if (source === 'prompt') return stderr
    const name = source === '-c' ? 'bash' : source.script
    return stderr.replace(/^bash: (?!line \d|-c: )/gm, `${name}: line ${this.running?.currentLine ?? 1}: `)
  }

  private setTime(state: InterpreterState | undefined): void {
    const { now } = this.options.machine.clock
    state?.env.set('EPOCHSECONDS', String(Math.floor(now / 1000)))
    state?.env.set('EPOCHREALTIME', `${Math.floor(now / 1000)}.${String(now % 1000).padStart(3, '0')}000`)
  }

  private customCommands() {
    const { machine } = this.options
    const names = [...UNEMULATED, ...COMMANDS]
      .filter((command) => commandOn(machine, command.name) !== undefined)
      .flatMap((command) => [command.name, ...(command.aliases ?? [])])
    return [
      ...['bash', 'sh', PIPE, ...names].map((name) => defineCommand(name, (args, context) => this.program(name, args, context))),
      defineCommand(BACKGROUND, async () => {
        this.launcher?.mark('not emulated')
        return {
          stdout: '',
          stderr: 'chainwalk: bash: & (jobs in the background): valid, but not emulated here\n',
          exitCode: NOT_EMULATED_EXIT,
        }
      }),
      defineCommand(UNEMULATED_USE, async ([name, what]) => {
        this.launcher?.mark('not emulated')
        return { stdout: '', stderr: `chainwalk: ${name}: ${what}: valid, but not emulated here\n`, exitCode: NOT_EMULATED_EXIT }
      }),
      defineCommand(LEAVE, async () => {
        this.left = true
        return { stdout: '', stderr: '', exitCode: this.running?.lastExitCode ?? 0 }
      }),
    ]
  }

  private async program(name: string, args: readonly string[], context: Parameters<Parameters<typeof defineCommand>[1]>[1]) {
    const { terminal, user, machine, tty } = this.options
    const [files = '', path] = (context.env.get(DIRECT_VARIABLE) ?? '').split(':')
    const direct = path === OUT_PATH ? files : ''
    const { [DIRECT_VARIABLE]: _marker, ...env } = context.exportedEnv ?? {}
    // What goes straight to the terminal is not returned as well, or bash would print it again.
    const out = new Buffered()
    const err = new Buffered()
    const toTerminal = direct.includes('1') && tty !== undefined
    const call: Call = {
      argv: [name, ...args],
      env: { ...env, PWD: context.cwd },
      cwd: context.cwd,
      user,
      machine,
      stdin: direct.includes('0') && isLive(terminal.stdin) ? terminal.stdin : textStdin(context.stdin as unknown as string),
      stdout: direct.includes('1') ? terminal.stdout : out,
      stderr: direct.includes('2') ? terminal.stderr : err,
      ...(toTerminal ? { tty } : {}),
      signal: this.canceller as Canceller,
    }
    const { exit, all } = await this.guarded(call)
    this.setTime(this.running)
    if (direct.includes('1')) this.files.onPrinted()
    return {
      stdout: out.bytes,
      stderr: decodeUtf8(err.bytes),
      exitCode: exit,
      // What just-bash then shows as PIPESTATUS.
      ...(all === undefined ? {} : { internalPipeStatusOverride: all }),
      stdoutKind: 'bytes' as const,
      stdoutEncoding: 'binary' as const,
    }
  }

  /** Our own bugs must not turn into a tool's words: they end the line and are thrown from `run`. */
  private async guarded(call: Call): Promise<{ readonly exit: number; readonly all?: number[] }> {
    const launcher = this.launcher as Launcher
    try {
      if (call.argv[0] !== PIPE) return { exit: await runProgram(launcher, call) }
      const all = await runPipeline(launcher, stagesOf(call.argv.slice(1)), call)
      const failed = this.running?.options.pipefail === true ? all.findLast((exit) => exit !== 0) : undefined
      return { exit: failed ?? all.at(-1) ?? 0, all }
    } catch (error) {
      this.failure ??= { error }
      this.abort?.abort()
      return { exit: 70 }
    }
  }

  private async tick(): Promise<void> {
    const { clock } = this.options.machine
    this.setTime(this.running)
    if (clock.now !== this.tickTime) {
      this.tickTime = clock.now
      this.ticks = 0
    }
    this.ticks++
    const { turns } = this.options
    if (this.ticks % TICKS_PER_TURN === 0) await turns.wait(turns.host.yieldToHost())
    if (this.ticks > ENDLESS_TICKS && this.options.tty === undefined) await clock.sleep(MANY, this.canceller)
    if (this.canceller?.aborted) this.abort?.abort()
  }
}

/**
 * just-bash runs a command of its table only where PATH leads to /usr/bin or /bin, so that is where it finds them all; a program's own
 * path is put right before it looks (`basename` below).
 */
function isFoundAt(machine: Machine, path: string): boolean {
  const name = /^\/(?:usr\/)?bin\/([^/]+)$/.exec(path)?.[1]
  if (name === undefined) return false
  const known = (TEXT_TOOLS as readonly string[]).includes(name) || (BUILTIN_COMMANDS as readonly string[]).includes(name)
  return (
    known ||
    isShellName(name) ||
    name === PIPE ||
    name === LEAVE ||
    name === BACKGROUND ||
    name === UNEMULATED_USE ||
    commandOn(machine, name) !== undefined
  )
}

function isShellName(name: string): boolean {
  return name === 'bash' || name === 'sh'
}
