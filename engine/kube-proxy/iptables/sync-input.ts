import type { TableName } from '../../net/netfilter/env.ts'
import type { Rule } from '../../net/netfilter/rule.ts'
import type { ChainWrite, TableWrite } from '../../net/netfilter/write.ts'
import type { PlacedRule } from './rule-book.ts'

/** One table of a sync's iptables-restore input in the making: top-level chains first, then what belongs to Services. */
export class TableInput {
  private readonly table: TableName
  private readonly top = new Map<string, Rule[]>()
  private readonly others: ChainWrite[] = []
  private readonly removed: string[] = []
  /** Rules in it (the -X lines of removed chains do not count). */
  lines = 0

  constructor(table: TableName, topChains: readonly string[]) {
    this.table = table
    for (const chain of topChains) this.top.set(chain, [])
  }

  add({ chain, rule }: PlacedRule): void {
    this.top.get(chain)?.push(rule)
    this.lines++
  }

  /** A Service's own chain, as it should be. */
  write(chain: ChainWrite): void {
    this.others.push(chain)
    this.lines += chain.rules.length
  }

  /** Flushes a chain and deletes it. */
  remove(chain: string): void {
    this.others.push({ name: chain, rules: [] })
    this.removed.push(chain)
  }

  done(): TableWrite {
    const top = [...this.top].map(([name, rules]) => ({ name, rules }))
    return { table: this.table, chains: [...top, ...this.others], removed: this.removed }
  }
}
