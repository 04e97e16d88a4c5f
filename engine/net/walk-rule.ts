import type { RuleStep } from './netfilter/env.ts'
import { type Rule, targetName } from './netfilter/rule.ts'
import type { WalkHeader, WalkStep } from './walk.ts'
import { socketText } from './walk-header.ts'
import { hex, reasonsOf, type Seen } from './walk-match.ts'
import { type Values, type Why, why } from './walk-say.ts'
import type { WhyCode } from './walk-why.data.ts'

/** What is looked at of the steps before. */
type Told = Pick<WalkStep, 'kind' | 'table' | 'netns' | 'chain' | 'rule' | 'verdict'>

/** Targets that say their piece and let the packet go on. */
const WRITERS = new Set(['LOG', 'NFLOG', 'ULOG', 'TRACE', 'AUDIT'])
const NAT = {
  DNAT: 'rule.dnat',
  SNAT: 'rule.snat',
  MASQUERADE: 'rule.masquerade',
  REDIRECT: 'rule.redirect',
  NETMAP: 'rule.dnat',
} as const

/** Whether this rule's verdict is a translation; the packet changes once the table has been left. */
export function asksForNat(step: Pick<WalkStep, 'kind' | 'table' | 'verdict'>): boolean {
  return step.kind === 'rule' && step.table === 'nat' && Object.hasOwn(NAT, (step.verdict ?? '').split(' ')[0] ?? '')
}

/** What a matching rule did, and why it matched. */
export function ruleWhy(step: RuleStep, rule: Rule, seen: Seen, markAfter: number): Why {
  const [code, values] = effect(step, rule, seen, markAfter)
  return why(code, values, reasonsOf(rule, seen))
}

function effect(step: RuleStep, rule: Rule, seen: Seen, markAfter: number): [WhyCode, Values] {
  const { target } = rule
  const { table, verdict } = step
  if (target === undefined) return ['rule.count', {}]
  if (target.kind === 'jump') return ['rule.jump', { chain: target.chain }]
  if (target.kind === 'goto') return ['rule.goto', { chain: target.chain }]
  if (target.kind === 'verdict') {
    // RETURN in a base chain ends it.
    if (target.name === 'RETURN')
      return step.chain === seen.hook ? ['rule.return.base', { chain: step.chain }] : ['rule.return', {}]
    if (target.name === 'ACCEPT') return ['rule.accept', { table }]
    return target.name === 'DROP' ? ['rule.drop', {}] : ['rule.end', { target: target.name, table }]
  }
  const name = targetName(target)
  if (name === 'REJECT') return ['rule.reject', { with: String(target.data['with'] ?? verdict.split(' ')[1] ?? '') }]
  if (name === 'MARK') return [markAfter === seen.mark ? 'rule.mark.same' : 'rule.mark', { mark: hex(markAfter) }]
  if (name === 'NOTRACK' || (name === 'CT' && target.data['notrack'] === true)) return ['rule.notrack', {}]
  // Until the translation is made nobody knows the address that MASQUERADE finds.
  if (Object.hasOwn(NAT, name)) return ['rule.nat.same', { target: verdict }]
  if (WRITERS.has(name)) return ['rule.log', { target: name }]
  return ['rule.target', { target: name }]
}

/** The same once the translation is made: it says what became of the address. */
export function natWhy(step: Pick<WalkStep, 'verdict' | 'before'>, was: Why, after: WalkHeader): Why {
  const name = (step.verdict ?? '').split(' ')[0] as keyof typeof NAT
  const { src, sport, dst, dport } = after
  const source = name === 'SNAT' || name === 'MASQUERADE' || (name === 'NETMAP' && src !== step.before.src)
  const code = name === 'NETMAP' && source ? 'rule.snat' : NAT[name]
  return why(code, { to: source ? socketText(src, sport) : socketText(dst, dport) }, was.because)
}

/** Why a chain ended: what of it had matched before. `steps` are those of the packet so far. */
export function chainEndWhy(
  step: RuleStep,
  rules: number,
  policy: string | undefined,
  steps: readonly Told[],
  netns: string,
): Why {
  const last = lastRuleOf(step, steps, netns)
  const head = policy === undefined ? 'chain' : 'policy'
  const values = { chain: step.chain, rules, last, ...(policy === undefined ? {} : { policy }) }
  if (rules === 0) return why(`${head}.empty`, values)
  if (rules === 1 && last === 0) return why(`${head}.one`, values)
  return why(last === 0 ? `${head}.none` : `${head}.rest`, values)
}

/** The number of the last rule of the chain that this packet matched since it entered the chain; 0 where there is none. */
function lastRuleOf(step: RuleStep, steps: readonly Told[], netns: string): number {
  for (let i = steps.length - 1; i >= 0; i--) {
    const s = steps[i] as Told
    if (s.kind !== 'rule' || s.table !== step.table || s.netns !== netns) return 0
    if (s.chain === step.chain) return s.rule ?? 0
    if (s.verdict === `JUMP ${step.chain}` || s.verdict === `GOTO ${step.chain}`) return 0
  }
  return 0
}
