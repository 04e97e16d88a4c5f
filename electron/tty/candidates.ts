import type { Completion } from '../../engine/index.ts'
import { textWidth } from './width.ts'

/** From this many on readline asks first. */
export const ASK_FROM = 100

/** What all candidates begin with. */
export function commonPrefix(candidates: readonly string[]): string {
  const [first = '', ...rest] = candidates
  let length = first.length
  for (const each of rest) while (!each.startsWith(first.slice(0, length))) length--
  return first.slice(0, length)
}

/** What Tab inserts: the common beginning, and after a single candidate what follows it. */
export function insertion(line: string, cursor: number, completion: Completion): string {
  const { start, candidates, suffix } = completion
  const typed = line.slice(start, cursor)
  if (candidates.length === 0) return ''
  const common = commonPrefix(candidates)
  const rest = common.startsWith(typed) ? common.slice(typed.length) : ''
  return candidates.length === 1 ? rest + suffix : rest
}

/** Candidates as readline lists them (complete.c rl_display_match_list): down the columns. */
export function listing(candidates: readonly string[], columns: number): string {
  const widest = Math.max(...candidates.map(textWidth)) + 2
  let limit = Math.floor(columns / widest)
  if (limit !== 1 && limit * widest === columns) limit--
  if (limit < 1) limit = 1
  const rows = Math.ceil(candidates.length / limit)
  let out = ''
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < limit; column++) {
      const text = candidates[row + column * rows]
      if (text === undefined) break
      out += column + 1 < limit ? text + ' '.repeat(widest - textWidth(text)) : text
    }
    out += '\n'
  }
  return out
}
