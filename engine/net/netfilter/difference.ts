import type { Rule } from './rule.ts'

/** The rules that a chain gets and loses, those that stay left out. */
export interface Difference {
  readonly came: readonly Rule[]
  readonly went: readonly Rule[]
}

/** How two lists of rules differ, whatever their order: a rule is known by its identity. */
export function difference(before: readonly Rule[], after: readonly Rule[]): Difference {
  const left = new Set(before)
  // A list may hold a rule twice; then all of both is different.
  if (left.size !== before.length) return { came: after, went: before }
  const came: Rule[] = []
  for (const rule of after) if (!left.delete(rule)) came.push(rule)
  return { came, went: [...left] }
}
