/** One `## Title {#id}` section of a lesson file. */
export interface LessonSection {
  readonly id: string
  readonly title: string
  readonly markdown: string
}

export interface LessonError {
  readonly line: number
  readonly message: string
}

const HEADING = /^## (.+?)\s*\{#([a-z0-9-]+)\}\s*$/

/** Splits a lesson into its steps. Text before the first step heading is not allowed, so that nothing a person wrote is lost. */
export function parseLesson(text: string): { sections: LessonSection[]; errors: LessonError[] } {
  const sections: { id: string; title: string; lines: string[] }[] = []
  const errors: LessonError[] = []
  let fenced = false
  text.split('\n').forEach((line, index) => {
    if (line.startsWith('```')) fenced = !fenced
    const heading = fenced ? null : line.match(HEADING)
    if (heading) {
      if (sections.some((s) => s.id === heading[2]))
        errors.push({ line: index + 1, message: `step "${heading[2]}" appears twice` })
      sections.push({ id: heading[2] as string, title: heading[1] as string, lines: [] })
    } else if (!fenced && line.startsWith('## ')) {
      errors.push({ line: index + 1, message: 'a step heading needs an id: "## Title {#id}"' })
    } else if (sections.length > 0) sections.at(-1)?.lines.push(line)
    else if (line.trim() !== '') errors.push({ line: index + 1, message: 'text before the first step heading' })
  })
  if (fenced) errors.push({ line: text.split('\n').length, message: 'a code fence is not closed' })
  return { sections: sections.map((s) => ({ id: s.id, title: s.title, markdown: s.lines.join('\n').trim() })), errors }
}

/** The ids that a section's `:::predict ID` and `:::task ID` markers name. */
export function markers(markdown: string): { kind: 'predict' | 'task'; id: string }[] {
  return [...markdown.matchAll(/^:::(predict|task) ([a-z0-9-]+)\s*$/gm)].map((m) => ({
    kind: m[1] as 'predict' | 'task',
    id: m[2] as string,
  }))
}
