import { type Lab, loadLab } from '../../engine/index.ts'
import { type LabOnDisk, readLabs } from '../content/read-labs.ts'
import type { LabProgressView, LabSummary, Locale } from '../contract/index.ts'
import type { AttemptRow } from '../store/attempts.ts'
import { ME, type Store } from '../store/store.ts'
import { Failure } from './failure.ts'

type Loaded = ReturnType<typeof loadLab>

type Checked =
  | { readonly problem: { readonly file: string; readonly line?: number; readonly message: string } }
  | { readonly document: Lab['document']; readonly locales: readonly string[] }

/** The labs on disk, checked once per content, with the learner's progress beside them. */
export class Library {
  private readonly root: string
  private readonly store: Store
  private readonly loaded = new Map<string, Loaded>()

  constructor(root: string, store: Store) {
    this.root = root
    this.store = store
  }

  list(locale: Locale): LabSummary[] {
    return readLabs(this.root).map((lab) => this.summary(lab, locale))
  }

  /** The lab as it is on disk now, kept in the store under its content's hash. */
  require(id: string): { readonly lab: LabOnDisk; readonly node: string } {
    const lab = readLabs(this.root).find((l) => l.folder.id === id)
    if (lab === undefined) throw new Failure('no-such-lab', id)
    const checked = this.check(lab)
    if ('problem' in checked) {
      const { file, line, message } = checked.problem
      throw new Failure('bad-lab', `${id}/${file}${line === undefined ? '' : `:${line}`}: ${message}`)
    }
    this.store.labs.put(lab.hash, lab.folder, Date.now())
    return { lab, node: checked.document.node }
  }

  progress(labId: string): LabProgressView {
    const row = this.store.attempts.newest(ME, labId)
    return row === undefined ? NOTHING_YET : progressOf(row)
  }

  private summary(lab: LabOnDisk, locale: Locale): LabSummary {
    const { id } = lab.folder
    const checked = this.check(lab)
    if ('problem' in checked) return { id, valid: false, problem: checked.problem }
    const { title, summary, track, minutes, level, exams, tasks } = checked.document
    const progress = this.progress(id)
    const untouched = { ...NOTHING_YET, tasksTotal: tasks.length, total: tasks.reduce((sum, task) => sum + task.points, 0) }
    return {
      id,
      valid: true,
      title: title[locale] ?? title.en,
      summary: summary[locale] ?? summary.en,
      track,
      minutes,
      level,
      exams,
      locales: checked.locales,
      progress:
        progress.state === 'new'
          ? { ...progress, ...untouched, ...(progress.attempt && { attempt: progress.attempt }) }
          : progress,
    }
  }

  private check(lab: LabOnDisk): Checked {
    if (lab.problem !== undefined) return { problem: lab.problem }
    const loaded = this.loaded.get(lab.hash) ?? loadLab(lab.folder)
    this.loaded.set(lab.hash, loaded)
    if ('errors' in loaded) return { problem: loaded.errors[0] ?? { file: 'lab.yaml', line: 1, message: 'invalid' } }
    return { document: loaded.ok.document, locales: Object.keys(loaded.ok.lessons) }
  }
}

const NOTHING_YET: LabProgressView = { state: 'new', earned: 0, total: 0, tasksPassed: 0, tasksTotal: 0 }

function progressOf(row: AttemptRow): LabProgressView {
  return {
    state: row.tasks > 0 && row.passed === row.tasks ? 'done' : 'started',
    earned: row.earned,
    total: row.total,
    tasksPassed: row.passed,
    tasksTotal: row.tasks,
    lastOpened: row.openedAt,
    attempt: row.id,
    ...(row.lastCommand !== null && { lastCommand: row.lastCommand }),
    ...(row.step !== null && { step: JSON.parse(row.step) as NonNullable<LabProgressView['step']> }),
  }
}
