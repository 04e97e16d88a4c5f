import type { ErrorCode } from './errors.ts'
import type {
  ApiView,
  AppInfo,
  AttemptView,
  ConnectionSummary,
  ConnectionWalk,
  EditProblem,
  Input,
  LabProgressView,
  LabSummary,
  Locale,
  Notice,
  RuleHit,
  RuleQuery,
  SessionView,
  Settings,
  ShellTarget,
  TerminalView,
} from './views.ts'

export * from './errors.ts'
export type * from './views.ts'

/** What the window may apply to a session by itself; lines and keys reach it through a terminal. */
export type WindowInput = Extract<
  Input,
  { readonly type: 'clock' | 'edit' | 'undo' | 'redo' | 'reset' | 'answer' | 'predict' | 'hint' | 'seen' }
>

/** Requests with an answer: channel → arguments and result. */
export interface InvokeMap {
  'app.info': { args: Record<string, never>; result: AppInfo }
  'app.dismissNotice': { args: { id: string }; result: null }
  'settings.get': { args: Record<string, never>; result: Settings }
  'settings.set': { args: Partial<Settings>; result: Settings }
  'labs.list': { args: { locale: Locale }; result: readonly LabSummary[] }
  /**
   * Resumes the newest attempt at this lab, or begins one; `fresh` always begins one (the old stays in the history). A default
   * terminal is opened where the attempt has none.
   */
  'attempt.open': { args: { lab: string; locale: Locale; fresh?: boolean }; result: AttemptView }
  /** Saves, stops the emulator and its clock. */
  'attempt.close': { args: { attempt: string }; result: null }
  'attempt.view': { args: { attempt: string }; result: AttemptView }
  'attempt.input': { args: { attempt: string; input: WindowInput }; result: SessionView }
  'attempt.locale': { args: { attempt: string; locale: Locale }; result: SessionView }
  /** The packet walk: connections that the learner's commands made, newest first; one of them whole; which packets hit a rule. */
  'walk.list': { args: { attempt: string }; result: readonly ConnectionSummary[] }
  'walk.get': { args: { attempt: string; connection: number }; result: ConnectionWalk | null }
  'walk.hits': { args: { attempt: string; query: RuleQuery }; result: readonly RuleHit[] }
  'terminal.open': {
    args: { attempt: string; target: ShellTarget; columns: number; rows: number }
    result: TerminalView
  }
  /** Starts the flow of `terminal.data` to this window; `text` is what the terminal printed before (the newest part). */
  'terminal.attach': {
    args: { attempt: string; terminal: string; columns: number; rows: number }
    result: { readonly text: string; readonly terminal: TerminalView }
  }
  /** Another tty client on the same shell, after `gone`. */
  'terminal.reconnect': { args: { attempt: string; terminal: string }; result: TerminalView }
  /** The text that a terminal's `vi`, `nano` or `kubectl edit` has open in the window, as last written; null when none is. */
  'edit.text': { args: { attempt: string; terminal: string }; result: string | null }
  /** What is wrong with a newer one: syntax, unknown fields. */
  'edit.check': { args: { attempt: string; terminal: string; text: string }; result: readonly EditProblem[] }
  'terminal.close': { args: { attempt: string; terminal: string }; result: null }
  /** Opens the attempt's API on 127.0.0.1 (any free port unless one is named) and writes its kubeconfig; what is open already stays. */
  'api.start': { args: { attempt: string; port?: number }; result: ApiView }
  /** Its connections end; the kubeconfig it wrote is removed. */
  'api.stop': { args: { attempt: string }; result: null }
  'api.status': { args: { attempt: string }; result: ApiView | null }
  /** One-file export of the learner's progress, as text to be saved; and back. */
  'progress.export': { args: Record<string, never>; result: { readonly name: string; readonly text: string } }
  'progress.import': { args: { text: string }; result: { readonly attempts: number } }
}

/** One-way messages from the window. */
export interface SendMap {
  /** Keystrokes and pastes, as a terminal emulator sends them. */
  'terminal.data': { attempt: string; terminal: string; data: string }
  /** How many characters (UTF-16 units) of `terminal.data` events the terminal has finished writing since the last ack. */
  'terminal.ack': { attempt: string; terminal: string; chars: number }
  'terminal.resize': { attempt: string; terminal: string; columns: number; rows: number }
}

/** What the host says by itself. */
export type HostEvent =
  | { readonly event: 'attempt.view'; readonly attempt: string; readonly view: SessionView }
  | { readonly event: 'attempt.saved'; readonly attempt: string; readonly at: number }
  | { readonly event: 'attempt.notice'; readonly attempt: string; readonly notice: Notice }
  | { readonly event: 'terminal.data'; readonly attempt: string; readonly terminal: string; readonly data: string }
  | { readonly event: 'terminal.state'; readonly attempt: string; readonly terminal: TerminalView }
  | { readonly event: 'terminal.closed'; readonly attempt: string; readonly terminal: string; readonly exit: number }
  | { readonly event: 'api.state'; readonly attempt: string; readonly api: ApiView | null }
  | { readonly event: 'progress'; readonly lab: string; readonly progress: LabProgressView }
  | { readonly event: 'notice'; readonly notice: Notice }

export type Channel = keyof InvokeMap
export type SendChannel = keyof SendMap

export type Reply<C extends Channel> =
  | { readonly ok: true; readonly value: InvokeMap[C]['result'] }
  | { readonly ok: false; readonly error: { readonly code: ErrorCode; readonly message: string } }

/** What the Electron preload puts at `window.chainwalk`. In browser mode it is absent and the window speaks {@link ClientMessage}. */
export interface PreloadBridge {
  invoke<C extends Channel>(channel: C, args: InvokeMap[C]['args']): Promise<Reply<C>>
  send<C extends SendChannel>(channel: C, args: SendMap[C]): void
  /** Returns how to stop listening. */
  on(listener: (event: HostEvent) => void): () => void
}

/**
 * Browser mode: JSON text messages over one WebSocket at `WEB_SOCKET_PATH` of the page's own host (ws://…). The page's cookie
 * carries the token, so the window sends none. Closed with 4401: the token is not this host's (the window says "reload").
 */
export type ClientMessage =
  | { readonly id: number; readonly channel: Channel; readonly args: unknown }
  | { readonly send: SendChannel; readonly args: unknown }

export type ServerMessage = { readonly id: number; readonly reply: Reply<Channel> } | HostEvent

export const WEB_SOCKET_PATH = '/ws'
/** The close code of a socket whose token is not the host's. */
export const CLOSE_BAD_TOKEN = 4401
/** A terminal's flow control, characters: the host stops reading the pty above `high`, goes on below `low` unacknowledged. */
export const FLOW = { high: 131_072, low: 16_384 } as const
