import { findMatcher } from './matchers/registry.ts'
import type { ExtensionData, Rule } from './rule.ts'
import { findTarget } from './targets/registry.ts'

/** Whether packets obey the whole rule; some extensions, and some options of others, are only read and printed. */
export function isActed(rule: Rule): boolean {
  if (!rule.matches.every(matchActs)) return false
  return rule.target?.kind !== 'extension' || targetActs(rule.target.data)
}

function matchActs(data: ExtensionData): boolean {
  const matcher = findMatcher(data.ext)
  return matcher?.matches !== undefined && matcher.acts?.(data) !== false
}

function targetActs(data: ExtensionData): boolean {
  const target = findTarget(data.ext)
  return target?.act !== undefined && target.acts?.(data) !== false
}
