import type { Chain } from './chain.ts'
import { dialectOf } from './dialect.ts'
import type { Family, RuleStep, TableName } from './env.ts'
import { NO_NAMES } from './names.ts'
import type { Rule } from './rule.ts'
import { ruleText } from './save.ts'

/** Rules never change, so neither does their text; only the chain that holds them may be renamed. */
const texts = new WeakMap<Rule, { readonly chain: string; readonly text: string }>()

/** One step of a walk, with the counters as they stand at this moment. */
export class Step implements RuleStep {
  readonly table: TableName
  readonly chain: string
  readonly rule: number
  readonly verdict: string
  readonly backend: 'legacy' | 'nft'
  readonly source: Rule | Chain
  readonly packets: number
  readonly bytes: number
  private readonly family: Family

  constructor(
    place: { readonly family: Family; readonly backend: 'legacy' | 'nft'; readonly table: TableName },
    chain: Chain,
    rule: number,
    verdict: string,
    source: Rule | Chain,
  ) {
    this.family = place.family
    this.table = place.table
    this.backend = place.backend
    this.chain = chain.name
    this.rule = rule
    this.verdict = verdict
    this.source = source
    this.packets = rule === 0 ? chain.policyPackets : chain.packetsOf(rule - 1)
    this.bytes = rule === 0 ? chain.policyBytes : chain.bytesOf(rule - 1)
  }

  /** Worked out only where somebody keeps the step. */
  get text(): string {
    const source = this.source
    if ('rules' in source) return `-P ${source.name} ${source.policy ?? '-'}`
    let known = texts.get(source)
    if (known?.chain !== this.chain) {
      const text = ruleText(this.chain, source, {
        dialect: dialectOf(source.writer),
        family: this.family,
        names: NO_NAMES,
        numeric: true,
        proto: 0,
      })
      known = { chain: this.chain, text }
      texts.set(source, known)
    }
    return known.text
  }
}
