/** What the window shows, as the host hands it over. Everything here is plain data. */
import type { SessionView } from '../../engine/index.ts'

export type {
  ConnectionSummary,
  ConnectionWalk,
  EditProblem,
  EditView,
  Input,
  LessonStep,
  Place,
  PredictionView,
  RuleHit,
  RuleQuery,
  Said,
  SessionView,
  ShellTarget,
  ShellView,
  TaskView,
  WalkEntry,
  WalkHeader,
  WalkPacket,
  WalkStep,
} from '../../engine/index.ts'

export type Locale = 'vi' | 'en'
export type Theme = 'system' | 'light' | 'dark'

export interface Settings {
  readonly locale: Locale
  readonly theme: Theme
  /** Pixels; 8 to 32. */
  readonly terminalFontSize: number
  /** Pane sizes and folds, tab names and the like: the window's own, kept per person. Keys and values are the window's. */
  readonly layout: Readonly<Record<string, unknown>>
}

export interface AppInfo {
  readonly version: string
  readonly transport: 'electron' | 'browser'
  readonly platform: string
  readonly dataFolder: string
  /** What the host has to say about its own storage, oldest first; shown until dismissed. */
  readonly notices: readonly Notice[]
}

/**
 * Something a person should know, with words in their language chosen by the window from `code`; `detail` is verbatim (a path,
 * an error's own words).
 */
export interface Notice {
  readonly id: string
  readonly code: NoticeCode
  readonly detail?: string
}

export type NoticeCode =
  /** The database could not be read: moved aside (detail: where to), a new one begun, nothing deleted. */
  | 'store-corrupt'
  /** The emulator died and came back with nothing lost. */
  | 'emulator-restarted'
  /** The emulator came back, but replay did not end in the recorded state: what is shown reaches to the newest snapshot. */
  | 'replay-differs'
  /** The emulator met a bug of ours; the session goes on from before that input. */
  | 'engine-failed'
  /** The emulator keeps dying on this attempt and was not started again. */
  | 'emulator-lost'
  /** A lab on disk changed since this attempt began; the attempt keeps the lab it began with. */
  | 'lab-changed'

/** A lab's state for one person. */
export interface LabProgressView {
  readonly state: 'new' | 'started' | 'done'
  readonly earned: number
  readonly total: number
  readonly tasksPassed: number
  readonly tasksTotal: number
  /** Host time, ms since the epoch. */
  readonly lastOpened?: number
  /** The newest line typed, and the first step not done yet: where one was. */
  readonly lastCommand?: string
  readonly step?: { readonly number: number; readonly total: number; readonly title: string }
  /** The attempt that `attempt.open` would resume. */
  readonly attempt?: string
}

export type LabSummary =
  | {
      readonly id: string
      readonly valid: true
      readonly title: string
      readonly summary: string
      readonly track: string
      readonly minutes: number
      /** 1 to 3. */
      readonly level: number
      readonly exams: readonly string[]
      readonly locales: readonly string[]
      readonly progress: LabProgressView
    }
  | {
      readonly id: string
      readonly valid: false
      /** Which file of the lab's folder is wrong, and where. */
      readonly problem: { readonly file: string; readonly line?: number; readonly message: string }
    }

export interface TerminalView {
  /** The same id as the shell's in `SessionView.shells`. */
  readonly id: string
  /** `gone`: the tty client died; `terminal.reconnect` starts another on the same shell. */
  readonly state: 'starting' | 'live' | 'gone'
}

export interface AttemptView {
  readonly attempt: string
  readonly lab: string
  readonly mode: 'learn'
  readonly view: SessionView
  readonly terminals: readonly TerminalView[]
  /** True when the state came from an earlier sitting. */
  readonly resumed: boolean
  /** When the newest snapshot or journal entry reached the disk (host time, ms). */
  readonly savedAt?: number
  readonly notices: readonly Notice[]
}

/** An attempt's Kubernetes API, open to programs on this machine ("Use your own kubectl"). */
export interface ApiView {
  /** https://127.0.0.1:PORT */
  readonly url: string
  /** The kubeconfig that the host wrote, for its owner alone. */
  readonly kubeconfig: string
  readonly context: string
  /** What to type in one's own terminal. */
  readonly command: string
}
