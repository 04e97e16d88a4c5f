export type { ApiRequest, ApiResponse, ApiUser, WatchEvent } from './apiserver/client.ts'
export type { Json } from './base/json.ts'
export type { Lab } from './lab/load.ts'
export { loadLab } from './lab/load.ts'
export type { LabFolder, LessonStep, PredictionView, TaskView } from './lab/types.ts'
export type {
  ConnectionSummary,
  ConnectionWalk,
  Place,
  RuleHit,
  RuleQuery,
  Said,
  WalkEntry,
  WalkHeader,
  WalkPacket,
  WalkStep,
} from './net/walk.ts'
export { type BatchResult, runBatchRecord } from './session/batch.ts'
export { createSession, restoreSession } from './session/create.ts'
export type {
  Completion,
  EditProblem,
  EditView,
  Input,
  JournalEntry,
  Session,
  SessionEvent,
  SessionSpec,
  SessionView,
  ShellTarget,
  ShellView,
} from './session/types.ts'
export type { HostPorts, World } from './shell/host.ts'
