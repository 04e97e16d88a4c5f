import type { Verb } from './verb.ts'

/** cobra's "Did you mean this?" for a command that does not exist. */
export function suggestions(typed: string, verbs: readonly Verb[]): string {
  const near = verbs.filter(
    (v) => distance(typed.toLowerCase(), v.name.toLowerCase()) <= 2 || v.name.toLowerCase().startsWith(typed.toLowerCase()),
  )
  if (near.length === 0) return ''
  return `\n\nDid you mean this?\n${near.map((v) => `\t${v.name}\n`).join('')}`
}

/** The Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = a[i - 1] === b[j - 1] ? row[j - 1]! : Math.min(row[j - 1]!, row[j]!, next[j - 1]!) + 1
    }
    row = next
  }
  return row[b.length]!
}
