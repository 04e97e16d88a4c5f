import { parseIPv4 } from '../../base/ip.ts'
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
  return reader.misreadsMasks ? misreadMasks(seen) : seen
}

function matcherForm(data: ExtensionData, rule: Rule): NativeForm {
  return findMatcher(data.ext)?.nativeForm?.(data, rule) ?? 'blob'
}

function targetForm(data: ExtensionData, rule: Rule): NativeForm {
  return findTarget(data.ext)?.nativeForm?.(data, rule) ?? 'blob'
}

/** 1.8.7 counts only the leading ones of a mask (nft_parse_bitwise → parse_mask_ipv4 prints a prefix). */
function misreadMasks(rule: Rule): Rule {
  const { src, dst } = rule.filter
  if (!hasDottedMask(src) && !hasDottedMask(dst)) return rule
  const fix = (text: string) => {
    const [base, mask = ''] = text.split('/')
    if (!mask.includes('.')) return text
    return `${base}/${Math.clz32(~(parseIPv4(mask) ?? 0))}`
  }
  return {
    ...rule,
    filter: { ...rule.filter, ...(src === undefined ? {} : { src: fix(src) }), ...(dst === undefined ? {} : { dst: fix(dst) }) },
  }
}

function hasDottedMask(text: string | undefined): boolean {
  return text?.slice(text.indexOf('/') + 1).includes('.') === true
}
