import type { Json } from '../base/json.ts'

/** A lab as data, read from its folder by the host (or a test) and checked by engine/lab. Paths are relative to the folder. */
export interface LabFolder {
  readonly id: string
  /** Every file of the lab's folder: path to text. */
  readonly files: Readonly<Record<string, string>>
  /** Files of the scenario that `lab.yaml` names (labs/scenarios/NAME): path to text. */
  readonly scenario: Readonly<Record<string, string>>
}

export interface TaskView {
  readonly id: string
  readonly title: string
  readonly points: number
  readonly state: 'open' | 'passed'
  readonly wanted: string
  readonly seen: string
  /** What a known wrong turn is told, once the learner has taken it. */
  readonly advice?: string
  /** Which wrong turn that was. */
  readonly adviceId?: string
  /** Only those already asked for are filled in. */
  readonly hints: readonly { readonly cost: number; readonly text?: string }[]
  /** Present when the task asks for an answer in words or a choice. */
  readonly question?: {
    readonly kind: 'text' | 'choice'
    readonly options?: readonly { readonly value: string; readonly label: string }[]
    readonly given?: string
  }
  /** The lesson step it belongs to. */
  readonly step?: string
}

export interface PredictionView {
  readonly id: string
  readonly step: string
  readonly text: string
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly given?: string
  /** The engine's answer, once the learner has answered: which option holds, and what was observed. */
  readonly resolved?: { readonly value: string; readonly observed: string; readonly why: string }
}

export interface LessonStep {
  readonly id: string
  readonly title: string
  /** Markdown with ```run fences for command blocks and `:::predict ID` / `:::task ID` markers. */
  readonly markdown: string
  readonly done: boolean
}

/** One command the learner ran, as evidence: what they looked at, and when. */
export interface JournaledCommand {
  readonly at: number
  readonly node: string
  readonly line: string
  readonly exit: number
  /** Programs that really ran, with their arguments (after aliases and expansion). */
  readonly programs: readonly (readonly string[])[]
}

/** What checks may know of the session's past; handed in by the session, so that checks read values only. */
export interface Journal {
  readonly commands: readonly JournaledCommand[]
}

/** The learner's own marks in a lab: part of the snapshot, and of undo only where the cluster's state decides them. */
export interface LabProgress {
  readonly answers: Readonly<Record<string, string>>
  readonly predictions: Readonly<Record<string, string>>
  readonly hints: Readonly<Record<string, number>>
  readonly seen: readonly string[]
  /** What evaluate() remembers between calls (facts that were true once, resolved predictions). Plain data. */
  readonly memory: Readonly<Record<string, Json>>
}

export const NO_PROGRESS: LabProgress = { answers: {}, predictions: {}, hints: {}, seen: [], memory: {} }

/** What checks may read of the cluster: `Cluster` of engine/cluster satisfies it. */
export interface LabEvaluation {
  readonly steps: readonly LessonStep[]
  readonly tasks: readonly TaskView[]
  readonly predictions: readonly PredictionView[]
  readonly points: { readonly earned: number; readonly total: number }
  /** To be kept by the session as the next call's `progress.memory`. */
  readonly memory: Readonly<Record<string, Json>>
}
