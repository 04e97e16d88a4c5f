import type { Locale, SessionView } from '../contract/index.ts'
import type { Connection } from './database.ts'

export interface AttemptRow {
  readonly id: string
  readonly learner: number
  readonly labId: string
  readonly labHash: string
  readonly locale: Locale
  readonly startedAt: number
  readonly openedAt: number
  readonly earned: number
  readonly total: number
  readonly passed: number
  readonly tasks: number
  /** JSON of {number, total, title}. */
  readonly step: string | null
  readonly lastCommand: string | null
}

const COLUMNS =
  'id, learner, lab_id AS labId, lab_hash AS labHash, locale, started_at AS startedAt, opened_at AS openedAt, earned, total, passed, tasks, step, last_command AS lastCommand'

/** One sitting or many at one lab, and how far it got. */
export class AttemptTable {
  private readonly connection: Connection

  constructor(connection: Connection) {
    this.connection = connection
  }

  create(attempt: { id: string; learner: number; labId: string; labHash: string; locale: Locale; now: number }): void {
    this.connection
      .prepare(
        `INSERT INTO attempt (id, learner, lab_id, lab_hash, mode, locale, started_at, opened_at)
         VALUES (@id, @learner, @labId, @labHash, 'learn', @locale, @now, @now)`,
      )
      .run(attempt)
  }

  get(id: string): AttemptRow | undefined {
    return this.connection.prepare(`SELECT ${COLUMNS} FROM attempt WHERE id = ?`).get(id) as AttemptRow | undefined
  }

  /** The attempt that opening this lab resumes. */
  newest(learner: number, labId: string): AttemptRow | undefined {
    return this.connection
      .prepare(`SELECT ${COLUMNS} FROM attempt WHERE learner = ? AND lab_id = ? ORDER BY started_at DESC, id DESC LIMIT 1`)
      .get(learner, labId) as AttemptRow | undefined
  }

  all(learner: number): AttemptRow[] {
    return this.connection
      .prepare(`SELECT ${COLUMNS} FROM attempt WHERE learner = ? ORDER BY started_at, id`)
      .all(learner) as AttemptRow[]
  }

  opened(id: string, locale: Locale, now: number): void {
    this.connection.prepare('UPDATE attempt SET opened_at = ?, locale = ? WHERE id = ?').run(now, locale, id)
  }

  lastCommand(id: string, line: string): void {
    this.connection.prepare('UPDATE attempt SET last_command = ? WHERE id = ?').run(line.slice(0, 200), id)
  }

  /** Progress that came with a file instead of a view. */
  imported(
    id: string,
    points: { earned: number; total: number; passed: number; tasks: number },
    step: string | null,
    lastCommand: string | null,
  ): void {
    this.connection
      .prepare(
        `UPDATE attempt SET earned = @earned, total = @total, passed = @passed, tasks = @tasks, step = @step,
           last_command = @lastCommand WHERE id = @id`,
      )
      .run({ id, ...points, step, lastCommand })
  }

  /** Keeps the ticks of a view: in sum, and a row for each task that changed. */
  progress(id: string, view: Pick<SessionView, 'points' | 'tasks' | 'steps'>, now: number): void {
    const result = this.connection.prepare(
      `INSERT INTO task_result (attempt, task, state, points, seen, changed_at) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (attempt, task) DO UPDATE SET state = excluded.state, points = excluded.points, seen = excluded.seen,
         changed_at = excluded.changed_at WHERE state <> excluded.state OR seen <> excluded.seen`,
    )
    const number = view.steps.findIndex((step) => !step.done)
    const at = view.steps[number]
    const step = at && JSON.stringify({ number: number + 1, total: view.steps.length, title: at.title })
    const passed = view.tasks.filter((task) => task.state === 'passed').length
    this.connection.transaction(() => {
      for (const task of view.tasks) result.run(id, task.id, task.state, task.points, task.seen, now)
      this.connection
        .prepare('UPDATE attempt SET earned = ?, total = ?, passed = ?, tasks = ?, step = ? WHERE id = ?')
        .run(view.points.earned, view.points.total, passed, view.tasks.length, step ?? null, id)
    })()
  }
}
