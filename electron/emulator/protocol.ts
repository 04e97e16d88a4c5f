import type {
  Completion,
  ConnectionSummary,
  ConnectionWalk,
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

export type PromptEvent = Extract<SessionEvent, { type: 'prompt' }>

/** Requests to the emulator: name → arguments and result. */
export interface CallMap {
  /** Builds what `start` will be asked for with the same lab and snapshot; nothing else is known of it. */
  prepare: { args: Pick<Start, 'lab' | 'locale' | 'snapshot'>; result: null }
  start: { args: Start; result: { readonly view: SessionView; readonly seq: number } }
  /** Answered when the input has run to its end. */
  apply: { args: { input: Input }; result: null }
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
  | { readonly event: Exclude<SessionEvent, { type: 'view' }> }
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
