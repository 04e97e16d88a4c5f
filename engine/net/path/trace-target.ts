import type { HookName, RuleStep } from '../netfilter/env.ts'
import type { Rule } from '../netfilter/rule.ts'
import { LOG_DEFAULT_FLAGS, logLine } from '../netfilter/targets/log-line.ts'
import type { Netns } from '../netns.ts'
import type { Packet, Skb } from '../packet.ts'

/** LOGLEVEL_WARNING, at which legacy tables report traced packets (ip_tables.c: trace_loginfo). */
const WARNING = 4

/** What a hook reports of the steps of a packet that -j TRACE has marked: nft tells listeners, legacy tables the kernel log. */
export class TraceReport {
  private readonly ns: Netns
  private readonly hook: HookName
  private readonly log: (level: number, line: string) => void
  /** Whether nft has already shown the packet for the chain in hand. */
  private shown = false

  constructor(ns: Netns, hook: HookName, log: (level: number, line: string) => void) {
    this.ns = ns
    this.hook = hook
    this.log = log
  }

  /** Another table begins. */
  start(): void {
    this.shown = false
  }

  step(skb: Skb, step: RuleStep, before: Packet, mark: number): void {
    const marking = skb.tracing === true
    skb.tracing = false
    const seen: Skb = { ...skb, packet: before, mark }
    if (step.backend === 'legacy') {
      // The rule that marks a packet is not reported: legacy tables look before the target acts.
      if (!marking) this.log(WARNING, logLine(`TRACE: ${step.table}:${step.chain}:${this.place(step)} `, seen, LOG_DEFAULT_FLAGS))
      return
    }
    // The end of a user's chain is no message of its own (nft_do_chain).
    if (step.rule === 0 && step.verdict === 'RETURN') return
    const at = this.ns.net.clock.now
    this.ns.net.taps.traced(this.ns, { at, id: skb.traced as number, step, skb: seen, first: !this.shown })
    this.shown = true
  }

  /** "rule:3", "return:4", "policy:2" (get_chainname_rulenum): ends count as one rule more. */
  private place(step: RuleStep): string {
    const end = step.chain === this.hook ? 'policy' : 'return'
    if ('rules' in step.source) return `${end}:${step.source.rules.length + 1}`
    return `${isUnconditional(step.source) ? end : 'rule'}:${step.rule}`
  }
}

/** A plain verdict without any condition looks like a chain's end. */
function isUnconditional({ filter, matches, target }: Rule): boolean {
  return target?.kind === 'verdict' && matches.length === 0 && Object.keys(filter).length === 0
}
