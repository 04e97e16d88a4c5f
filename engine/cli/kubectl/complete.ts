import type { CompletionContext } from '../command.ts'

/** Candidates for a word of a kubectl line. */
export function complete(_words: readonly string[], _index: number, _context: CompletionContext): readonly string[] | undefined {
  return undefined
}
