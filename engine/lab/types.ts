import type { Json } from '../base/json.ts'
import type { ClusterSpec } from '../cluster/spec.ts'
import type { LessonStep, PredictionView, TaskView } from '../session/types.ts'

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
export type { ClusterSpec }
