/**
 * Valid uses of the text tools that just-bash's own versions get wrong without a word, or refuse as if they were mistakes. They
 * are named here so that the learner is told instead of misled; a tool of our own in engine/cli/system takes its lines away.
 */
type Use = (words: readonly string[]) => string | undefined

const given = (words: readonly string[], option: RegExp) => words.filter((w) => option.test(w))

const USES: Readonly<Record<string, Use>> = {
  expr: (words) => (words.includes(':') ? 'matching with ":"' : undefined),
  seq: (words) => given(words, /^-f|^--format/)[0],
  join: (words) => given(words, /^-e/)[0],
  column: (words) => (given(words, /^-[A-Za-z]*t|^--table/).length === 0 ? 'without -t' : undefined),
}

/** What of this command line is valid but not emulated, if anything; `words` are the literal ones among its arguments. */
export function unemulatedUse(name: string, words: readonly string[]): string | undefined {
  return Object.hasOwn(USES, name) ? USES[name]?.(words) : undefined
}
