import type { ApiClient, ApiRequest, ApiResponse, ApiUser } from '../apiserver/client.ts'
import type { Json } from '../base/json.ts'
import type { EditProblem, Fidelity } from '../cli/command.ts'
import type { Profile } from '../cluster/profile.ts'
import type { LabFolder, LessonStep, PredictionView, TaskView } from '../lab/types.ts'
import type { ConnectionSummary, ConnectionWalk, RuleHit, RuleQuery } from '../net/walk.ts'
import type { EditView } from '../shell/editor/desk.ts'

export type { EditProblem, EditView, LabFolder, LessonStep, PredictionView, TaskView }

/** What a session is made from. */
export type SessionSpec =
  | { readonly lab: LabFolder; readonly locale?: string }
  | {
      readonly cluster: {
        readonly objects?: readonly Json[]
        readonly now?: string
        readonly running?: boolean | readonly string[]
        readonly profile?: Partial<Profile>
      }
    }

/** Every input that can change a session, as the journal keeps it: the same inputs at the same virtual times give the same state. */
export type Input =
  | {
      readonly type: 'open'
      readonly shell: string
      readonly target: ShellTarget
      /** 0: no terminal, the output goes to a pipe or a file. */
      readonly columns: number
      readonly rows: number
      /** Texts are edited in a window over the terminal; absent: on the terminal's own screen. */
      readonly editor?: 'window'
    }
  /** What a window's editor did for the shell's running `vi`, `nano` or `kubectl edit`. */
  | { readonly type: 'edit'; readonly shell: string; readonly do: 'save'; readonly text: string }
  | { readonly type: 'edit'; readonly shell: string; readonly do: 'leave'; readonly exit: number }
  | { readonly type: 'close'; readonly shell: string }
  | { readonly type: 'line'; readonly shell: string; readonly text: string }
  | { readonly type: 'key'; readonly shell: string; readonly data: string }
  | { readonly type: 'signal'; readonly shell: string; readonly signal: 'INT' | 'EOF' }
  | { readonly type: 'resize'; readonly shell: string; readonly columns: number; readonly rows: number }
  | { readonly type: 'clock'; readonly action: 'pause' | 'resume' | 'advance'; readonly ms?: number }
  | { readonly type: 'undo' }
  | { readonly type: 'redo' }
  | { readonly type: 'reset' }
  | { readonly type: 'answer'; readonly task: string; readonly value: string }
  | { readonly type: 'predict'; readonly prediction: string; readonly value: string }
  | { readonly type: 'hint'; readonly task: string; readonly hint: number }
  | { readonly type: 'seen'; readonly step: string }
  /** A request from outside that writes. */
  | { readonly type: 'api'; readonly user: ApiUser; readonly request: ApiRequest }
  /** exec or attach (or port-forward) opened from outside under this id. One that is not open is ignored by all that follow. */
  | {
      readonly type: 'stream'
      readonly stream: string
      readonly user: ApiUser
      readonly request: ApiRequest
      readonly forward?: true
    }
  /** Standard input; with `connection`, bytes into a forwarded connection. */
  | { readonly type: 'streamData'; readonly stream: string; readonly connection?: number; readonly data: string }
  | { readonly type: 'streamConnect'; readonly stream: string; readonly connection: number; readonly port: number }
  | { readonly type: 'streamEnd'; readonly stream: string; readonly connection?: number }
  | { readonly type: 'streamResize'; readonly stream: string; readonly columns: number; readonly rows: number }
  | { readonly type: 'streamClose'; readonly stream: string; readonly connection?: number }

export interface JournalEntry {
  /** Virtual time at which the input took effect, ms. */
  readonly at: number
  readonly input: Input
}

/** Where a shell starts: a node by name, or a container of a pod. */
export type ShellTarget =
  | { readonly kind: 'node'; readonly node: string }
  | { readonly kind: 'pod'; readonly namespace: string; readonly pod: string; readonly container?: string }

export interface ShellView {
  readonly id: string
  readonly title: string
  readonly target: ShellTarget
  readonly state: 'idle' | 'running' | 'closed'
  readonly prompt: string
  /** What is being edited in the window for this shell. */
  readonly editor?: EditView
}

/** Everything a window shows of a session. */
export interface SessionView {
  readonly lab?: {
    readonly id: string
    readonly title: string
    readonly track: string
    readonly locale: string
    readonly locales: readonly string[]
  }
  readonly steps: readonly LessonStep[]
  readonly tasks: readonly TaskView[]
  readonly predictions: readonly PredictionView[]
  readonly points: { readonly earned: number; readonly total: number }
  readonly clock: { readonly now: number; readonly running: boolean }
  readonly undo: {
    readonly canUndo: boolean
    readonly canRedo: boolean
    readonly undoLabel?: string
    readonly redoLabel?: string
  }
  readonly shells: readonly ShellView[]
  readonly nodes: readonly string[]
  readonly versions: {
    readonly kubernetes: string
    readonly iptables: string
    readonly proxyIptables: string
    readonly proxyMode: string
  }
  /** The newest connection that a command of the learner's made, so that a window knows when to ask anew. */
  readonly newestConnection?: number
  /** Of the last answer; undefined before the first. */
  readonly fidelity?: Fidelity
}

export type SessionEvent =
  /** `data` is bytes, one char each. */
  | { readonly type: 'output'; readonly shell: string; readonly data: string; readonly stderr?: true }
  /** The shell is ready for a line at `prompt` (also after continuation: `more` true and prompt "> "). */
  | {
      readonly type: 'prompt'
      readonly shell: string
      readonly prompt: string
      readonly more: boolean
      readonly history: readonly string[]
      /** `$?`. */
      readonly exit: number
    }
  /** A full-screen program took or gave back the keys. */
  | { readonly type: 'raw'; readonly shell: string; readonly on: boolean }
  | { readonly type: 'closed'; readonly shell: string; readonly exit: number }
  | { readonly type: 'view' }
  /** What a program that somebody outside reached has written, or what came through a forwarded connection (`from` is 'stdout'). */
  | {
      readonly type: 'stream'
      readonly stream: string
      readonly connection?: number
      readonly from: 'stdout' | 'stderr'
      readonly data: string
    }
  /** Last of a stream (its Status, where its program ended) or of a forwarded connection (the kubelet's words, where it failed). */
  | {
      readonly type: 'streamEnded'
      readonly stream: string
      readonly connection?: number
      readonly status?: Json
      readonly error?: string
    }
  /** The cluster is what it was at another time (undo, redo, reset): what was watched is not what is there. */
  | { readonly type: 'rewound' }
  /** A bug of ours: the session goes on from before the input. */
  | { readonly type: 'failed'; readonly message: string; readonly snapshot: Json }

export interface Completion {
  /** Replace `line[start..cursor]` by what is common; list `candidates` when Tab is pressed twice. */
  readonly start: number
  readonly candidates: readonly string[]
  /** Text to append after a single candidate: " " or "/". */
  readonly suffix: string
}

/** The one outward face of the engine (engine/index.ts). Single-threaded; `apply` inputs in order. */
export interface Session {
  /** Virtual time, ms: cheap, unlike `view()`. */
  readonly now: number
  /** Performs one input. For 'line' it resolves when the command ended (or the shell wants more). */
  apply(input: Input): Promise<void>
  /** As `apply`, and what the API answered: for a stream that was let through, undefined. */
  applyApi(input: Extract<Input, { type: 'api' | 'stream' }>): Promise<ApiResponse | undefined>
  /** The cluster's API for looking: GET requests and watches change nothing and are not journaled; everything else is an input. */
  client(user: ApiUser): Pick<ApiClient, 'request' | 'watch'>
  on(listener: (event: SessionEvent) => void): () => void
  view(): SessionView
  setLocale(locale: string): void
  /** Whether `text` so far is unfinished bash input (quotes, here-documents, loops, braces, trailing backslash). */
  needsMore(text: string): boolean
  /** History expansion of a line as bash does it before running: the new text, or its error ("bash: !x: event not found"). */
  expandHistory(shell: string, text: string): { readonly text: string; readonly changed: boolean } | { readonly error: string }
  complete(shell: string, line: string, cursor: number): Completion
  /** What is being edited in a window for this shell: its text as last written, and what is wrong with a newer one (syntax, unknown fields). */
  edited(shell: string): { readonly text: string | undefined; check(text: string): readonly EditProblem[] }
  /** Connections that the learner's commands made, newest first; those of the machines' own programs are left out. */
  connections(): readonly ConnectionSummary[]
  /** The walk of one connection; undefined once it is forgotten. */
  walk(connection: number): ConnectionWalk | undefined
  /** Which packets of kept walks hit a rule or a chain, newest first. */
  hits(query: RuleQuery): readonly RuleHit[]
  /** The prompt event of a shell that waits for a line (after a restore, or a client that joins late); undefined while it runs. */
  promptOf(shell: string): Extract<SessionEvent, { type: 'prompt' }> | undefined
  /** Moves virtual time to follow real time: `elapsed` ms have passed outside. Ignored while paused. */
  pump(elapsed: number): Promise<void>
  /** Ms until something is due, so that the driver need not poll; undefined when nothing is scheduled. */
  nextDueIn(): number | undefined
  /** True when no command runs in any shell: the moment for a snapshot. */
  readonly idle: boolean
  snapshot(): Json
  checksum(): string
  /** Hands over what inputs were applied since the last call. */
  takeJournal(): readonly JournalEntry[]
}
