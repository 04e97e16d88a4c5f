import type { TableName } from '../../net/netfilter/env.ts'
import type { Rule } from '../../net/netfilter/rule.ts'
import type { ChainWrite, TableWrite } from '../../net/netfilter/write.ts'
import type { Difference, PlacedRule } from './rule-book.ts'

/** One table of a sync's iptables-restore input in the making: top-level chains first, then what belongs to Services. */
export class TableInput {
  private readonly table: TableName
  private readonly top = new Map<string, Rule[]>()
  private readonly known = new Map<string, Difference>()
  private readonly others: ChainWrite[] = []
  private readonly removed: string[] = []

  constructor(table: TableName, topChains: readonly string[]) {
    this.table = table
    for (const chain of topChains) this.top.set(chain, [])
  }

  /** The rules of a top-level chain, to be added to. */
  chain(name: string): Rule[] {
    const rules = this.top.get(name) ?? []
    this.top.set(name, rules)
    return rules
  }

  add({ chain, rule }: PlacedRule): void {
    this.chain(chain).push(rule)
  }

  /** What the caller knows of a top-level chain: how it differs from what it holds now. */
  differs(chain: string, difference: Difference): void {
    this.known.set(chain, difference)
  }

  /** A Service's own chain, as it should be. */
  write(chain: ChainWrite): void {
    this.others.push(chain)
  }

  /** Flushes a chain and deletes it. */
  remove(chain: string): void {
    this.others.push({ name: chain, rules: [] })
    this.removed.push(chain)
  }

  /** Rules in it: the lines that deletes chains do not count. */
  count(): number {
    let count = 0
    for (const rules of this.top.values()) count += rules.length
    for (const { rules } of this.others) count += rules.length
    return count
  }

  done(): TableWrite {
    const top = [...this.top].map(([name, rules]): ChainWrite => {
      const known = this.known.get(name)
      return known === undefined ? { name, rules } : { name, rules, known }
    })
    return { table: this.table, chains: [...top, ...this.others], removed: this.removed }
  }
}
