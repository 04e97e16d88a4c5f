import type { Json } from '../base/json.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { CheckContext } from './checks/check.ts'
import { judge, readValues } from './judge.ts'
import type { Lab } from './load.ts'
import type { PredictionDocument, TaskDocument } from './schema.ts'
import { inLocale } from './text.ts'
import type { Journal, LabEvaluation, LabProgress, LessonStep, PredictionView, TaskView } from './types.ts'

export interface LabInput {
  readonly cluster: Cluster
  readonly journal: Journal
  readonly progress: LabProgress
  readonly locale: string
}

/** A list of at most three values, so that "seen" stays one line. */
const brief = (values: readonly string[]) =>
  values.length === 0
    ? '—'
    : values.length > 3
      ? `${values.slice(-3).join(' · ')} (+${values.length - 3})`
      : values.map((v) => (v === '' ? '—' : v)).join(' · ')

/**
 * Judges every task and prediction against the cluster as it is. A task that was passed stays passed (its proof may be undone by
 * a later task); `memory` holds that, and goes back with undo. A prediction is resolved once: by what the engine did after it.
 */
export function evaluateLab(lab: Lab, input: LabInput): LabEvaluation {
  const memory: Record<string, Json> = { ...input.progress.memory }
  const tasks = lab.document.tasks.map((t) => taskView(t, input, memory))
  const predictions = lab.document.predictions.map((p) => predictionView(p, input, memory))
  const sections = lab.lessons[input.locale] ?? lab.lessons.en ?? []
  const steps = sections.map((s): LessonStep => {
    const own = tasks.filter((t) => t.step === s.id)
    const guesses = predictions.filter((p) => p.step === s.id)
    const open = own.some((t) => t.state === 'open') || guesses.some((p) => p.given === undefined)
    return {
      id: s.id,
      title: s.title,
      markdown: s.markdown,
      done: own.length + guesses.length > 0 ? !open : input.progress.seen.includes(s.id),
    }
  })
  const earned = tasks.reduce(
    (sum, t) => sum + (t.state === 'passed' ? Math.max(0, t.points - hintCost(lab, input.progress, t.id)) : 0),
    0,
  )
  return { steps, tasks, predictions, points: { earned, total: tasks.reduce((sum, t) => sum + t.points, 0) }, memory }
}

function hintCost(lab: Lab, progress: LabProgress, task: string): number {
  const hints = lab.document.tasks.find((t) => t.id === task)?.hints ?? []
  return hints.slice(0, progress.hints[task] ?? 0).reduce((sum, h) => sum + h.cost, 0)
}

function taskView(task: TaskDocument, input: LabInput, memory: Record<string, Json>): TaskView {
  const { progress, locale } = input
  const context: CheckContext = { ...input, id: task.id }
  const key = `task:${task.id}`
  const before = memory[key] as { seen: string } | undefined
  const { passed, seen } = before ? { passed: true, seen: [] } : judge(task.check, context)
  if (passed && !before) memory[key] = { seen: brief(seen) }
  const mistake = passed ? undefined : task.mistakes.find((m) => judge(m.when, context).passed)
  const shown = progress.hints[task.id] ?? 0
  const given = progress.answers[task.id]
  return {
    id: task.id,
    step: task.step,
    title: inLocale(task.title, locale),
    points: task.points,
    state: passed ? 'passed' : 'open',
    wanted: inLocale(task.wanted, locale),
    seen: before?.seen ?? brief(seen),
    ...(mistake ? { advice: inLocale(mistake.say, locale), adviceId: mistake.id } : {}),
    hints: task.hints.map((h, i) => ({ cost: h.cost, ...(i < shown ? { text: inLocale(h.text, locale) } : {}) })),
    ...(task.question
      ? {
          question: {
            kind: task.question.kind,
            ...(task.question.options
              ? { options: task.question.options.map((o) => ({ value: o.value, label: inLocale(o.label, locale) })) }
              : {}),
            ...(given === undefined ? {} : { given }),
          },
        }
      : {}),
  }
}

function predictionView(p: PredictionDocument, input: LabInput, memory: Record<string, Json>): PredictionView {
  const { progress, locale } = input
  const context: CheckContext = { ...input, id: p.id }
  const given = progress.predictions[p.id]
  const key = `prediction:${p.id}`
  if (given !== undefined && memory[key] === undefined) {
    const truth = p.truth.find((t) => judge(t.when, context).passed)
    if (truth) memory[key] = { value: truth.value, observed: brief(readValues(p.observed.read, context)) }
  }
  const resolved = memory[key] as { value: string; observed: string } | undefined
  return {
    id: p.id,
    step: p.step,
    text: inLocale(p.text, locale),
    options: p.options.map((o) => ({ value: o.value, label: inLocale(o.label, locale) })),
    ...(given === undefined ? {} : { given }),
    ...(given !== undefined && resolved ? { resolved: { ...resolved, why: inLocale(p.why, locale) } } : {}),
  }
}
