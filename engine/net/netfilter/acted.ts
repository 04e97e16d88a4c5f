import { findMatcher } from './matchers/registry.ts'
import type { Rule } from './rule.ts'
import { findTarget } from './targets/registry.ts'

/** Whether packets obey the whole rule; some extensions are only read and printed. */
export function isActed(rule: Rule): boolean {
  if (rule.matches.some((data) => findMatcher(data.ext)?.matches === undefined)) return false
  return rule.target?.kind !== 'extension' || findTarget(rule.target.data.ext)?.act !== undefined
}
