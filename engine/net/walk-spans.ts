import { dialectOf } from './netfilter/dialect.ts'
import type { PrintEnv } from './netfilter/extension.ts'
import { NO_NAMES } from './netfilter/names.ts'
import type { Filter, Rule } from './netfilter/rule.ts'
import { ruleText } from './netfilter/save.ts'

/** [start, end) in a rule's text. */
export type Span = readonly [number, number]

/** In the order in which -S prints them (save.ts). */
const FIELDS: readonly (readonly (keyof Filter)[])[] = [
  ['src', 'srcInv'],
  ['dst', 'dstInv'],
  ['iif', 'iifInv'],
  ['oif', 'oifInv'],
  ['proto', 'protoInv'],
  ['frag', 'fragInv'],
]

export function printEnv(rule: Rule, family: 4 | 6): PrintEnv {
  return { dialect: dialectOf(rule.writer), family, names: NO_NAMES, numeric: true, proto: 0 }
}

/** Where each test of a rule stands in its text: filter fields, then matches; a comment tests nothing. */
function spansOf(chain: string, rule: Rule, family: 4 | 6): readonly Span[] {
  const env = printEnv(rule, family)
  const until = (filter: Filter, matches: Rule['matches']) =>
    ruleText(chain, { ...rule, filter, matches, target: undefined }, env).trimEnd().length
  const spans: Span[] = []
  let filter: Filter = {}
  let at = until(filter, [])
  const reach = (end: number, tests: boolean) => {
    // The blank in front of a part is none of it.
    if (tests && end > at) spans.push([at + 1, end])
    at = end
  }
  for (const keys of FIELDS) {
    const more = Object.fromEntries(keys.filter((k) => rule.filter[k] !== undefined).map((k) => [k, rule.filter[k]]))
    filter = { ...filter, ...more }
    reach(until(filter, []), true)
  }
  rule.matches.forEach((match, i) => {
    reach(until(filter, rule.matches.slice(0, i + 1)), match.ext !== 'comment')
  })
  return spans
}

const known = new WeakMap<Rule, { readonly chain: string; readonly spans: readonly Span[] }>()

/** The parts of a rule's text that a matching packet has passed. */
export function matchedSpans(chain: string, rule: Rule, family: 4 | 6): readonly Span[] {
  const found = known.get(rule)
  if (found?.chain === chain) return found.spans
  const spans = spansOf(chain, rule, family)
  known.set(rule, { chain, spans })
  return spans
}
