import { invariant } from '../base/invariant.ts'
import type { CheckContext } from './checks/check.ts'
import { CHECKS } from './checks/registry.ts'
import type { Check, Comparison, Read } from './schema.ts'

export interface Judgement {
  readonly passed: boolean
  /** The values that the check read, as the learner sees them; of several parts, those of the first that failed. */
  readonly seen: readonly string[]
}

/** Whether the check holds now, and what it saw. */
export function judge(check: Check, context: CheckContext): Judgement {
  if ('all' in check) {
    const parts = check.all.map((c) => judge(c, context))
    const failed = parts.find((p) => !p.passed)
    return { passed: failed === undefined, seen: (failed ?? parts.at(-1))?.seen ?? [] }
  }
  if ('any' in check) {
    const parts = check.any.map((c) => judge(c, context))
    const held = parts.find((p) => p.passed)
    return { passed: held !== undefined, seen: (held ?? parts.find((p) => p.seen.length > 0))?.seen ?? [] }
  }
  if ('not' in check) {
    const part = judge(check.not, context)
    return { passed: !part.passed, seen: part.seen }
  }
  const seen = readValues(check.read, context)
  return { passed: holds(check, seen, context), seen }
}

/** The values that one named check reads. */
export function readValues(read: Read, context: CheckContext): readonly string[] {
  const [name, parameters] = Object.entries(read)[0] as [string, unknown]
  const check = CHECKS.find((c) => c.name === name)
  invariant(check !== undefined, `no check ${name}`)
  return check.read(context, check.parameters.parse(parameters))
}

function holds(c: Comparison, seen: readonly string[], context: CheckContext): boolean {
  const sorted = (values: readonly string[]) => [...values].sort().join('\n')
  if (c.equals !== undefined && seen.join('\n') !== c.equals.join('\n')) return false
  if (c.includes?.some((v) => !seen.includes(v))) return false
  if (c.count !== undefined && seen.length !== c.count) return false
  if (c.atLeast !== undefined && seen.length < c.atLeast) return false
  if (c.sameAs !== undefined) {
    const wanted = Array.isArray(c.sameAs) ? c.sameAs : readValues(c.sameAs.read, context)
    // Two empty lists agree about nothing: an unanswered question is not a right answer.
    if (seen.length === 0 || sorted(seen) !== sorted(wanted)) return false
  }
  if (c.within !== undefined) {
    const allowed = readValues(c.within.read, context)
    if (seen.some((v) => !allowed.includes(v))) return false
  }
  return seen.length > 0 || c.count === 0 || c.equals?.length === 0
}
