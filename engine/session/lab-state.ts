import type { Json } from '../base/json.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { evaluateLab, type Lab } from '../lab/lab.ts'
import { type JournaledCommand, type LabEvaluation, type LabProgress, NO_PROGRESS } from '../lab/types.ts'
import type { Opened } from './open.ts'
import type { Input, SessionView } from './types.ts'

type LabInput = Extract<Input, { type: 'answer' | 'predict' | 'hint' | 'seen' }>

const EMPTY: LabEvaluation = { steps: [], tasks: [], predictions: [], points: { earned: 0, total: 0 }, memory: {} }

/** The lab as it stands: the learner's marks, the evidence, and the newest judgement of both. */
export class LabState {
  private readonly lab: Lab | undefined
  private readonly cluster: Cluster
  private locale: string
  private progress: LabProgress = NO_PROGRESS
  private commands: readonly JournaledCommand[] = []
  private evaluation: LabEvaluation = EMPTY
  private shown = ''

  constructor(opened: Opened, cluster: Cluster) {
    this.lab = opened.lab
    this.locale = opened.locale
    this.cluster = cluster
  }

  get isOpen(): boolean {
    return this.lab !== undefined
  }

  get judged(): LabEvaluation {
    return this.evaluation
  }

  setLocale(locale: string): void {
    this.locale = locale
    this.evaluate()
  }

  /** Adds a command to the evidence. */
  note(command: JournaledCommand): void {
    this.commands = [...this.commands, command]
  }

  /** Judges every task anew; whether anything that is shown changed. */
  evaluate(): boolean {
    if (this.lab === undefined) return false
    const { cluster, commands, progress, locale } = this
    this.evaluation = evaluateLab(this.lab, { cluster, journal: { commands }, progress, locale })
    this.progress = { ...progress, memory: this.evaluation.memory }
    const shown = JSON.stringify(this.evaluation)
    const changed = shown !== this.shown
    this.shown = shown
    return changed
  }

  /** The learner's own marks. Returns why not, if not. */
  apply(input: LabInput): string | undefined {
    const { progress } = this
    const { tasks, predictions, steps } = this.evaluation
    switch (input.type) {
      case 'answer': {
        const task = tasks.find(({ id }) => id === input.task)
        if (task?.question === undefined) return `no question in task "${input.task}"`
        const { options } = task.question
        if (options !== undefined && !options.some(({ value }) => value === input.value)) return `no such choice: ${input.value}`
        this.progress = { ...progress, answers: { ...progress.answers, [input.task]: input.value } }
        return undefined
      }
      case 'predict': {
        const prediction = predictions.find(({ id }) => id === input.prediction)
        if (prediction === undefined) return `no such prediction: ${input.prediction}`
        if (prediction.given !== undefined) return 'a prediction is made once'
        if (!prediction.options.some(({ value }) => value === input.value)) return `no such choice: ${input.value}`
        this.progress = { ...progress, predictions: { ...progress.predictions, [input.prediction]: input.value } }
        return undefined
      }
      case 'hint': {
        const task = tasks.find(({ id }) => id === input.task)
        const given = progress.hints[input.task] ?? 0
        if (task === undefined || input.hint >= task.hints.length) return `no such hint: ${input.task} ${input.hint}`
        this.progress = { ...progress, hints: { ...progress.hints, [input.task]: Math.max(given, input.hint + 1) } }
        return undefined
      }
      case 'seen':
        if (!steps.some(({ id }) => id === input.step)) return `no such step: ${input.step}`
        if (!progress.seen.includes(input.step)) this.progress = { ...progress, seen: [...progress.seen, input.step] }
        return undefined
    }
  }

  view(): Pick<SessionView, 'lab' | 'steps' | 'tasks' | 'predictions' | 'points'> {
    const { steps, tasks, predictions, points } = this.evaluation
    const rest = { steps, tasks, predictions, points }
    if (this.lab === undefined) return rest
    const { document, lessons } = this.lab
    const title = document.title[this.locale as keyof typeof document.title] ?? document.title.en
    const lab = { id: document.id, title, track: document.track, locale: this.locale, locales: Object.keys(lessons) }
    return { lab, ...rest }
  }

  clear(): void {
    this.progress = NO_PROGRESS
    this.commands = []
  }

  save(): Json {
    return { progress: this.progress as unknown as Json, commands: this.commands as unknown as Json }
  }

  load(state: Json): void {
    const saved = state as unknown as { progress: LabProgress; commands: readonly JournaledCommand[] }
    this.progress = saved.progress
    this.commands = saved.commands
  }

  /** The part that goes back with undo: what the cluster decided, and the evidence. */
  saveMemory(): Json {
    return { memory: this.progress.memory, commands: this.commands as unknown as Json }
  }

  loadMemory(state: Json): void {
    const saved = state as unknown as { memory: LabProgress['memory']; commands: readonly JournaledCommand[] }
    this.progress = { ...this.progress, memory: saved.memory }
    this.commands = saved.commands
  }
}
