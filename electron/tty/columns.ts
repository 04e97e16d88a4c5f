import { widthOf } from './cells.ts'

/** Completion candidates as readline lists them: sorted, down the columns, each as wide as the widest and two more. */
export function inColumns(candidates: readonly string[], columns: number): string[] {
  const names = [...new Set(candidates.map(shownName))].sort((a, b) => (a < b ? -1 : 1))
  const width = Math.max(...names.map(widthOf)) + 2
  const across = Math.max(1, Math.floor(columns / width))
  const down = Math.ceil(names.length / across)
  const lines: string[] = []
  for (let row = 0; row < down; row++) {
    let line = ''
    for (let index = row; index < names.length; index += down) {
      const name = names[index] as string
      line += index + down < names.length ? name + ' '.repeat(width - widthOf(name)) : name
    }
    lines.push(line)
  }
  return lines
}

/** Of a path only what follows the last slash is shown. */
function shownName(candidate: string): string {
  const slash = candidate.replace(/\/$/, '').lastIndexOf('/')
  return slash < 0 ? candidate : candidate.slice(slash + 1)
}

/** The longest text that all of them begin with. */
export function commonStart(candidates: readonly string[]): string {
  let start = candidates[0] ?? ''
  for (const candidate of candidates) {
    while (!candidate.startsWith(start)) start = start.slice(0, -1)
  }
  return start
}
