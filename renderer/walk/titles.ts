import type { WalkPacket, WalkStep } from '../../electron/contract/index.ts'
import type { Messages } from '../i18n/en.ts'

/** A rule's title in two: its chain, and the rest, which must not be cut off. */
export function titleParts(step: WalkStep, m: Messages['walk']): { name: string; rest?: string } {
  if (step.kind !== 'rule' || !step.chain) return { name: stepTitle(step, m) }
  return { name: step.chain, rest: step.rule ? m.ruleNumber(step.rule) : m.chainEnd }
}

/** What a step is called: a rule by its chain and number, everything else by what it is. */
export function stepTitle(step: WalkStep, m: Messages['walk']): string {
  if (step.kind === 'rule' && step.chain) return `${step.chain}, ${step.rule ? m.ruleNumber(step.rule) : m.chainEnd}`
  return step.kind === 'device' && step.device ? `${m.kind.device} ${step.device}` : m.kind[step.kind]
}

/** Where one stands, for who hears it: "7 / 16, packet 1: SYN, n1, KUBE-SERVICES, rule 3". */
export function spokenStep(
  packet: WalkPacket | undefined,
  step: number,
  m: Messages['walk'],
  name = packet?.label ?? '',
): string {
  const at = packet?.steps[step]
  if (!packet || !at) return ''
  return [m.place(step + 1, packet.steps.length), m.packet(packet.id, name), at.place.name, stepTitle(at, m)].join(', ')
}
