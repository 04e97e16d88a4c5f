import type { WalkStep } from '../../electron/contract/index.ts'
import type { Messages } from '../i18n/en.ts'

/** What a step is called: a rule by its chain and number, everything else by what it is. */
export function stepTitle(step: WalkStep, m: Messages['walk']): string {
  if (step.kind === 'rule' && step.chain) return step.rule ? m.rule(step.chain, step.rule) : m.chainEnd(step.chain)
  return step.kind === 'device' && step.device ? `${m.kind.device} ${step.device}` : m.kind[step.kind]
}
