import { LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { CHECKS } from './checks/registry.ts'
import { type LessonSection, markers, parseLesson } from './lesson.ts'
import { ScenarioError, scenarioSpec } from './scenario.ts'
import { type Check, type LabDocument, labSchema, type Read } from './schema.ts'
import type { LabFolder } from './types.ts'

export interface Lab {
  readonly document: LabDocument
  /** By locale, in the order of `document.steps`. */
  readonly lessons: Readonly<Record<string, readonly LessonSection[]>>
  readonly folder: LabFolder
}

export interface LabError {
  readonly file: string
  readonly line: number
  readonly message: string
}

/** Reads and checks a lab's folder; says which file and line is wrong. */
export function loadLab(folder: LabFolder): { ok: Lab } | { errors: readonly LabError[] } {
  const source = folder.files['lab.yaml']
  if (source === undefined) return { errors: [{ file: 'lab.yaml', line: 1, message: 'missing' }] }
  const counter = new LineCounter()
  const yaml = parseDocument(source, { lineCounter: counter })
  const lineAt = (offset: number) => counter.linePos(offset).line
  if (yaml.errors.length > 0) {
    return {
      errors: yaml.errors.map((e) => ({ file: 'lab.yaml', line: lineAt(e.pos[0]), message: e.message.split('\n')[0] ?? '' })),
    }
  }
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let depth = path.length; depth > 0; depth--) {
      const node = yaml.getIn(path.slice(0, depth), true) as { range?: [number, number, number] } | undefined
      if (node?.range) return lineAt(node.range[0])
    }
    return 1
  }
  const parsed = labSchema.safeParse(yaml.toJS())
  if (!parsed.success) return { errors: parsed.error.issues.map((i) => issue(i, lineOf)) }
  const document = parsed.data
  const errors: LabError[] = []
  const at = (path: readonly PropertyKey[], message: string) => errors.push({ file: 'lab.yaml', line: lineOf(path), message })
  if (document.id !== folder.id) at(['id'], `the folder is called "${folder.id}"`)
  document.tasks.forEach((task, i) => {
    if (!document.steps.includes(task.step)) at(['tasks', i, 'step'], `no step "${task.step}"`)
    if (document.tasks.findIndex((t) => t.id === task.id) !== i) at(['tasks', i, 'id'], `task "${task.id}" appears twice`)
    for (const message of badReads(task.check)) at(['tasks', i, 'check'], message)
    task.mistakes.forEach((m, j) => {
      for (const message of badReads(m.when)) at(['tasks', i, 'mistakes', j], message)
    })
  })
  document.predictions.forEach((p, i) => {
    if (!document.steps.includes(p.step)) at(['predictions', i, 'step'], `no step "${p.step}"`)
    for (const truth of p.truth) {
      for (const message of badReads(truth.when)) at(['predictions', i, 'truth'], message)
      if (!p.options.some((o) => o.value === truth.value)) at(['predictions', i, 'truth'], `no option "${truth.value}"`)
    }
    for (const message of badRead(p.observed.read)) at(['predictions', i, 'observed'], message)
  })
  const lessons: Record<string, LessonSection[]> = {}
  for (const [file, text] of Object.entries(folder.files)) {
    const locale = file.match(/^lesson\.([a-z]{2})\.md$/)?.[1]
    if (locale === undefined) continue
    const { sections, errors: wrong } = parseLesson(text)
    for (const e of wrong) errors.push({ file, ...e })
    for (const id of document.steps)
      if (!sections.some((s) => s.id === id)) errors.push({ file, line: 1, message: `no section for step "${id}"` })
    for (const s of sections) {
      if (!document.steps.includes(s.id)) errors.push({ file, line: 1, message: `step "${s.id}" is not in lab.yaml` })
      for (const m of markers(s.markdown)) {
        const known = m.kind === 'task' ? document.tasks : document.predictions
        if (!known.some((k) => k.id === m.id))
          errors.push({ file, line: 1, message: `:::${m.kind} ${m.id} names nothing in lab.yaml` })
      }
    }
    lessons[locale] = document.steps.flatMap((id) => sections.filter((s) => s.id === id))
  }
  errors.push(...scenarioErrors(folder, document, lineOf(['scenario'])))
  if (lessons.en === undefined) errors.push({ file: 'lesson.en.md', line: 1, message: 'missing' })
  return errors.length > 0 ? { errors } : { ok: { document, lessons, folder } }
}

function scenarioErrors(folder: LabFolder, document: LabDocument, line: number): LabError[] {
  const at = `scenarios/${document.scenario}`
  if (Object.keys(folder.scenario).length === 0)
    return [{ file: 'lab.yaml', line, message: `no scenario "${document.scenario}"` }]
  try {
    const { objects } = scenarioSpec(folder.scenario)
    const known = objects.some((o) => o.kind === 'Node' && o.metadata.name === document.node)
    return known ? [] : [{ file: 'lab.yaml', line, message: `${at} has no node "${document.node}"` }]
  } catch (error) {
    const file = error instanceof ScenarioError ? error.file : 'cluster.yaml'
    return [{ file: `${at}/${file}`, line: 1, message: error instanceof Error ? error.message : String(error) }]
  }
}

function issue(i: z.core.$ZodIssue, lineOf: (path: readonly PropertyKey[]) => number): LabError {
  return { file: 'lab.yaml', line: lineOf(i.path), message: `${i.path.join('.')}: ${i.message}` }
}

function badReads(check: Check): string[] {
  if ('all' in check) return check.all.flatMap(badReads)
  if ('any' in check) return check.any.flatMap(badReads)
  if ('not' in check) return badReads(check.not)
  const others = [check.within, check.sameAs].flatMap((o) => (o !== undefined && 'read' in o ? [o.read] : []))
  return [check.read, ...others].flatMap(badRead)
}

function badRead(read: Read): string[] {
  const [name, parameters] = Object.entries(read)[0] as [string, unknown]
  const check = CHECKS.find((c) => c.name === name)
  if (check === undefined) return [`no check "${name}"; there are ${CHECKS.map((c) => c.name).join(', ')}`]
  const parsed = check.parameters.safeParse(parameters)
  return parsed.success ? [] : parsed.error.issues.map((i) => `${name}.${i.path.join('.')}: ${i.message}`)
}
