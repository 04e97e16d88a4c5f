import type { Completion, SessionEvent } from '../../engine/index.ts'
import type { ApiView } from './views.ts'

/**
 * Between a tty client (the program in a terminal tab, or `npm run shell -- --session`) and the host: JSON, one message a line, over
 * the host's local socket. The client edits lines and owns the screen; the host owns the shell.
 */
export type ToHost =
  /** First, once. `shell` was named by whoever started the client; `join` opens a shell of its own in the running attempt. */
  | {
      readonly hello: {
        readonly token: string
        readonly shell?: string
        readonly join?: { readonly node?: string }
        /** `npm run api`: opens the lab's API, for as long as this connection lasts. */
        readonly api?: { readonly lab: string; readonly port: number; readonly kubeconfig?: string; readonly force: boolean }
        readonly columns: number
        readonly rows: number
      }
    }
  /** A whole edit (may hold newlines). History is expanded and continuation asked for before it is sent. */
  | { readonly line: string }
  /** Keys while `raw` is on. */
  | { readonly key: string }
  | { readonly signal: 'INT' | 'EOF' }
  | { readonly resize: { readonly columns: number; readonly rows: number } }
  | { readonly id: number; readonly ask: 'needsMore'; readonly text: string }
  | { readonly id: number; readonly ask: 'expandHistory'; readonly text: string }
  | { readonly id: number; readonly ask: 'complete'; readonly line: string; readonly cursor: number }

export type FromHost =
  | { readonly welcome: { readonly shell: string } }
  | { readonly api: ApiView }
  /** The host will not have this client; it prints the reason and ends. */
  | { readonly refused: string }
  /** Text for the screen, latin-1 bytes as the engine prints them; `stderr` only where there is no terminal (columns 0). */
  | { readonly output: string; readonly stderr?: boolean }
  | {
      readonly prompt: {
        readonly prompt: string
        readonly more: boolean
        readonly history: readonly string[]
        readonly exit?: number
      }
    }
  | { readonly raw: boolean }
  | { readonly closed: { readonly exit: number } }
  /** A word of the host's own, set apart from what the node prints (undo, restart). Unicode. */
  | { readonly notice: string }
  | { readonly id: number; readonly answer: Answer }

export type Answer = boolean | Completion | { readonly text: string; readonly changed: boolean } | { readonly error: string }

/** Names of the environment variables that tell a tty client where to connect. */
export const TTY_ENV = { socket: 'CHAINWALK_SOCKET', token: 'CHAINWALK_TOKEN', shell: 'CHAINWALK_SHELL' } as const

/** A line of the protocol is at most this long; the other side is cut off beyond it. */
export const MAX_TTY_LINE = 8 * 1024 * 1024

/** What the engine says of a shell, as the protocol carries it. */
export type ShellEvent = Exclude<SessionEvent, { type: 'view' | 'failed' | 'stream' | 'streamEnded' | 'rewound' }>
