import { type Dialect, dialectOf } from './dialect.ts'
import type { NativeForm } from './extension.ts'
import { findMatcher } from './matchers/registry.ts'
import type { ExtensionData, Rule } from './rule.ts'
import { findTarget } from './targets/registry.ts'

/**
 * A rule as a reader of another version sees it. nft writers of 1.8.8 and later store ports, flags and marks as native
 * expressions; 1.8.7 knows only the header fields and the xt blobs: it drops the plain compares without a word, and calls a chain
 * "incompatible" when it meets an expression whose kind it has never heard of (nft_is_expr_compatible).
 */
export function readRule(rule: Rule, reader: Dialect): Rule | 'incompatible' {
  if (reader.backend === 'legacy') return rule
  const loses = !reader.readsNative && dialectOf(rule.writer).writesNative
  let seen = rule
  if (loses) {
    const target = rule.target?.kind === 'extension' ? rule.target.data : undefined
    if (target !== undefined && targetForm(target, rule) !== 'blob') return 'incompatible'
    const forms = rule.matches.map((data) => matcherForm(data, rule))
    if (forms.includes('unreadable')) return 'incompatible'
    if (forms.includes('native')) seen = { ...rule, matches: rule.matches.filter((_, i) => forms[i] === 'blob') }
  }
  return seen
}

function matcherForm(data: ExtensionData, rule: Rule): NativeForm {
  return findMatcher(data.ext)?.nativeForm?.(data, rule) ?? 'blob'
}

function targetForm(data: ExtensionData, rule: Rule): NativeForm {
  return findTarget(data.ext)?.nativeForm?.(data, rule) ?? 'blob'
}
