import type {
  ApiRequest,
  ApiUser,
  Completion,
  ConnectionSummary,
  ConnectionWalk,
  EditProblem,
  Input,
  LabFolder,
  RuleHit,
  RuleQuery,
  SessionEvent,
  SessionView,
} from '../../engine/index.ts'

/** What an emulator is started with. */
export interface Start {
  readonly lab: LabFolder
  readonly locale: string
  /** The newest snapshot that is to be used, if any, with the checksum it was taken with. */
  readonly snapshot?: { readonly text: string; readonly checksum: string; readonly seq: number }
  /** The number of the newest entry ever written, replayed or not: new ones come after it. */
  readonly lastSeq: number
  /** The journal after the snapshot. */
  readonly entries: readonly { readonly seq: number; readonly at: number; readonly input: Input }[]
}

export interface Snapshot {
  readonly text: string
  readonly checksum: string
  readonly seq: number
  readonly at: number
}

/** An answer of the API, its body as it goes to the client (one character each byte where it is no text). */
export interface ApiReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly warnings: readonly string[]
  readonly body: string
}

export type StreamEvent = Extract<SessionEvent, { type: 'stream' | 'streamEnded' }>

/** What the emulator says of watches and streams that clients outside have open. */
export type ApiSaid =
  /** Lines of a watch, or text of a followed log. */
  | { readonly watched: number; readonly text: string }
  /** The watch is over. */
  | { readonly unwatched: number }
  | { readonly stream: StreamEvent }

export type PromptEvent = Extract<SessionEvent, { type: 'prompt' }>

/** Requests to the emulator: name → arguments and result. */
export interface CallMap {
  /** Builds what `start` will be asked for with the same lab and snapshot; nothing else is known of it. */
  prepare: { args: Pick<Start, 'lab' | 'locale' | 'snapshot'>; result: null }
  start: { args: Start; result: { readonly view: SessionView; readonly seq: number } }
  /** Answered when the input has run to its end; of requests to the API, with what it answered (null: the stream is open). */
  apply: { args: { input: Input }; result: ApiReply | null }
  /** Requests to the API that change nothing. A watch is numbered by whoever asks; a refused one gives the answer. */
  apiRead: { args: { user: ApiUser; request: ApiRequest }; result: ApiReply }
  apiWatch: { args: { watch: number; user: ApiUser; request: ApiRequest }; result: ApiReply | null }
  apiBookmark: { args: { watch: number }; result: null }
  apiUnwatch: { args: { watch: number }; result: null }
  locale: { args: { locale: string }; result: SessionView }
  view: { args: Record<string, never>; result: SessionView }
  needsMore: { args: { text: string }; result: boolean }
  expandHistory: {
    args: { shell: string; text: string }
    result: { readonly text: string; readonly changed: boolean } | { readonly error: string }
  }
  complete: { args: { shell: string; line: string; cursor: number }; result: Completion }
  promptOf: { args: { shell: string }; result: PromptEvent | null }
  /** The packet walk: see the contract's walk.list, walk.get, walk.hits. */
  connections: { args: Record<string, never>; result: readonly ConnectionSummary[] }
  walk: { args: { connection: number }; result: ConnectionWalk | null }
  hits: { args: { query: RuleQuery }; result: readonly RuleHit[] }
  /** A text that is edited in the window: see the contract's edit.text, edit.check. */
  editText: { args: { shell: string }; result: string | null }
  editCheck: { args: { shell: string; text: string }; result: readonly EditProblem[] }
  /** null while a command runs. */
  snapshot: { args: Record<string, never>; result: Snapshot | null }
  ping: { args: Record<string, never>; result: null }
}

export type CallName = keyof CallMap

export type ToEmulator =
  | { readonly [C in CallName]: { readonly id: number; readonly call: C; readonly args: CallMap[C]['args'] } }[CallName]
  /** The journal entry is on disk: it may run. With `error` it is not, and must not run. */
  | { readonly journaled: number; readonly error?: string }

export type FromEmulator =
  | { readonly id: number; readonly ok: true; readonly value: CallMap[CallName]['result'] }
  | { readonly id: number; readonly ok: false; readonly code: EmulatorFailure; readonly message: string }
  /** Commit this, then answer `journaled`. */
  | { readonly journal: { readonly seq: number; readonly at: number; readonly input: Input } }
  /** Entry `seq` of the journal is about to run again: if the process dies now, it is the one to blame. */
  | { readonly replaying: number }
  | { readonly view: SessionView }
  | { readonly event: Exclude<SessionEvent, { type: 'view' | 'stream' | 'streamEnded' | 'rewound' }> }
  | ApiSaid
  /** Something changed since the last snapshot, and nothing runs. */
  | { readonly idle: true }

export type EmulatorFailure =
  /** The snapshot does not give the state it was taken from. */
  | 'checksum-differs'
  /** The journal does not fit the state: what it led to is not known. */
  | 'replay-differs'
  | 'refused'
  | 'not-journaled'
  | 'internal'
