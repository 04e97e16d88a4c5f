import type { Behalf } from '../apiserver/client.ts'
import type { CancelSignal, Clock } from '../clock/clock.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Machine } from '../cluster/machine.ts'
import type { Origin } from '../net/flows.ts'

/** How sure an answer is: compared with a recording, modelled from documentation, or not emulated at all. Weakest last. */
export type Fidelity = 'recorded' | 'modelled' | 'not emulated'

export type FlagStatus =
  | 'emulated'
  /** Valid, and the real flag changes nothing observable here; `reason` says why and is printed in FIDELITY.md. */
  | 'accepted'
  /** Valid in the real tool, not emulated: the tool says so and exits 64. */
  | 'known'

/** One flag of a tool. Feeds parsing, completion, --help and FIDELITY.md. */
export interface Flag {
  readonly long?: string
  readonly short?: string
  /** Placeholder of the value, if it takes one ("CHAIN", "N"). */
  readonly value?: string
  readonly valueOptional?: boolean
  readonly status: FlagStatus
  readonly reason?: string
  readonly help?: string
  /** The golden suite that covers it, or 'modelled'. */
  readonly suite?: string
}

/** A verb, match, target or object of a tool, with flags of its own ("kubectl get", "-m statistic", "ip route"). */
export interface CommandPart {
  readonly name: string
  readonly status: FlagStatus
  readonly flags: readonly Flag[]
  /** The golden suite that covers it, or 'modelled'. */
  readonly suite?: string
}

export interface Sink {
  write(text: string): void
}

export interface Stdin {
  readonly isTty: boolean
  /** No terminal, but it comes as somebody sends it: a shell hands it to its commands piece by piece, too. */
  readonly live?: boolean
  /** Everything until end of file. On a tty: waits for Ctrl-D. */
  text(): Promise<string>
  /** One line without its newline, or undefined at end of file. */
  line(): Promise<string | undefined>
  /** What comes next as it came (a tty's line, what a pipe holds), never empty; undefined at end of file. */
  piece(): Promise<string | undefined>
}

export interface Tty {
  readonly columns: number
  readonly rows: number
  /** Full-screen programs: raw keys until `release` is called. With `interrupts` Ctrl-C and Ctrl-D are keys too (ISIG off). */
  grabKeys(onKey: (data: string) => void, options?: { readonly interrupts?: boolean }): () => void
}

/** A text that a person is to edit: a file (`vi`, `nano`) or an object (`kubectl edit`). */
export interface EditRequest {
  /** What it was called by: "vi", "nano", "kubectl edit". */
  readonly tool: string
  /** What the editor's title shows. */
  readonly name: string
  readonly text: string
  readonly language: 'yaml' | 'json' | 'shell' | 'text'
  /** vi's normal mode and `:` commands, or plain keys. */
  readonly keys: 'vim' | 'plain'
  /** Where the cursor begins, 1-based. */
  readonly line?: number
  readonly readOnly?: boolean
  /** Where schema errors of YAML come from: the editor asks for them after a pause in typing. */
  readonly check?: (text: string) => readonly EditProblem[]
  /** Each `:w`: undefined when written, else why not, in the tool's words. */
  readonly save: (text: string) => string | undefined
}

export interface EditProblem {
  /** 1-based. */
  readonly line: number
  readonly column?: number
  readonly message: string
}

export interface User {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
}

/** The learner's session as `chainwalk` commands may use it. Changes take effect when the line has ended. */
export interface SessionPort {
  readonly cluster: Cluster
  undo(): { readonly done: string } | { readonly refused: string }
  redo(): { readonly done: string } | { readonly refused: string }
  status(): readonly string[]
  tasks(): readonly {
    readonly id: string
    readonly title: string
    readonly state: string
    readonly wanted: string
    readonly seen: string
  }[]
  /** Why the answer was not taken, or undefined. */
  answer(task: string, value: string): string | undefined
  predict(prediction: string, value: string): string | undefined
  readonly hasLab: boolean
  /** How Services are reached from pods; undefined where the cluster's CNI leaves no choice. */
  podServiceLB(): string | undefined
  /** False where the CNI leaves no choice. */
  setPodServiceLB(mode: 'bpf' | 'none'): boolean
}

/** What to start on another machine. */
export interface ShellRequest {
  readonly machine: Machine
  /** How the machine was named: "Connection to HOST closed." */
  readonly host: string
  /** `ssh` is a login; `exec` is `kubectl exec -it`; `child` a shell started from a shell. */
  readonly kind: 'ssh' | 'exec' | 'child'
  readonly program: 'bash' | 'sh'
  readonly cwd?: string
}

/** Everything a command may see and do. Nothing here belongs to the host. */
export interface CommandContext {
  /** argv[0] is the name it was called by. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly user: User
  readonly stdin: Stdin
  readonly stdout: Sink
  readonly stderr: Sink
  /** Present where stdout is a terminal. */
  readonly tty?: Tty
  readonly machine: Machine
  readonly clock: Clock
  readonly signal: CancelSignal
  /** Where standard input and output are a terminal: a person edits; resolves when the editor is left (the exit code: `:cq` is 1). */
  edit?(request: EditRequest): Promise<number>
  /** Where standard input and output are a terminal: opens a shell on another machine once this line has ended. */
  enterShell?(request: ShellRequest): void
  /** Absent where no session is open (batch mode). */
  readonly session?: SessionPort
  /** For what it starts elsewhere, in containers: evidence, origin and fidelity belong to this line. */
  readonly behalf: Behalf
  /** The line it runs for; absent in batch mode. */
  readonly origin?: Origin
  /** What was typed at this prompt, where there is one. */
  readonly history?: readonly string[]
  /** Waits on virtual time; rejects nothing, look at `signal.aborted` after it. */
  sleep(ms: number): Promise<void>
  /** Lowers the answer's fidelity to the weakest mark seen. */
  mark(fidelity: Fidelity): void
  /** Runs another program as a child would run (watch, xargs, ssh HOST CMD, timeout). */
  run(
    argv: readonly string[],
    options?: { machine?: Machine; stdin?: string; stdout?: Sink; stderr?: Sink; signal?: CancelSignal },
  ): Promise<number>
  /** Where on PATH a program lies, or undefined. */
  findProgram(name: string): string | undefined
}

/** A program. `run` writes to the sinks and returns its exit code. One descriptor file and one line in registry.ts each. */
export interface Command {
  readonly name: string
  /** Where `which` finds it; empty for a shell's builtin. */
  readonly path: string
  readonly aliases?: readonly string[]
  readonly flags: readonly Flag[]
  /** Its verbs, matches, targets... for FIDELITY.md. */
  readonly parts?: readonly CommandPart[]
  /** Where it exists: on nodes, in pods (by image), or both. */
  readonly on?: 'node' | 'pod' | 'both'
  run(context: CommandContext): number | Promise<number>
  /** Candidates for the word at `words[index]`; undefined means file names. */
  complete?(words: readonly string[], index: number, context: CompletionContext): readonly string[] | undefined
}

export interface CompletionContext {
  readonly machine: Machine
  readonly cwd: string
}

/** For the sockets that a command opens: connections remember whose they are. */
export function originOf(context: Pick<CommandContext, 'origin'>): { readonly origin?: Origin } {
  return context.origin === undefined ? {} : { origin: context.origin }
}

/** What every tool says of a valid use that Chainwalk does not emulate: on stderr, exit 64. */
export function notEmulated(context: CommandContext, what: string): number {
  context.mark('not emulated')
  context.stderr.write(`chainwalk: ${context.argv[0]}: ${what}: valid, but not emulated here\n`)
  return NOT_EMULATED_EXIT
}

/** sysexits.h EX_USAGE, as the design chose. */
export const NOT_EMULATED_EXIT = 64
