import { Chain, type Counters, type Policy } from './chain.ts'
import type { HookName, TableName } from './env.ts'
import { RuleError } from './errors.ts'
import { type Rule, sameRule } from './rule.ts'
import { BASE_CHAINS, Table } from './table.ts'

/** A change of one table in the making: reads see it, the table in force does not until it is put into the ruleset. */
export class TableEdit {
  readonly table: Table
  /** A rename makes what is known by name useless. */
  renamed = false
  private readonly owned = new Set<Chain>()

  /** `base` undefined: a table nobody made yet. */
  constructor(base: Table | undefined, name: TableName) {
    this.table = base?.next() ?? new Table(name)
  }

  chain(name: string): Chain | undefined {
    return this.table.chains.get(name)
  }

  /** Chains this edit changed or made. */
  changed(): ReadonlySet<Chain> {
    return this.owned
  }

  private writable(name: string): Chain {
    const chain = this.chain(name)
    if (chain === undefined) throw new RuleError('ENOENT')
    if (this.owned.has(chain)) return chain
    const copy = chain.copy()
    this.owned.add(copy)
    this.table.chains.set(name, copy)
    return copy
  }

  /** Makes sure that a base chain of the table is there (the nft backend makes them one by one). */
  ensureBase(name: string): void {
    if (this.table.isBase(name) && this.chain(name) === undefined) this.addChain(name, 'ACCEPT')
  }

  ensureAllBase(): void {
    for (const name of BASE_CHAINS[this.table.name]) this.ensureBase(name)
  }

  addChain(name: string, policy?: Policy): void {
    if (this.chain(name) !== undefined) throw new RuleError('EEXIST', { words: 'Chain already exists' })
    const chain = new Chain(name, policy)
    this.owned.add(chain)
    this.table.chains.set(name, chain)
  }

  insert(name: string, at: number, rule: Rule, counters: Counters): void {
    const chain = this.writable(name)
    if (at > chain.rules.length) throw new RuleError('E2BIG', { words: 'Index of insertion too big' })
    chain.insert(at, rule, counters)
    this.table.addReference(rule, 1)
  }

  append(name: string, rule: Rule, counters: Counters): void {
    const chain = this.writable(name)
    chain.insert(chain.rules.length, rule, counters)
    this.table.addReference(rule, 1)
  }

  replace(name: string, at: number, rule: Rule, counters: Counters): void {
    const chain = this.writable(name)
    const old = chain.rules[at]
    if (old === undefined) throw new RuleError('E2BIG', { words: 'Index of replacement too big' })
    chain.remove(at)
    chain.insert(at, rule, counters)
    this.table.addReference(old, -1)
    this.table.addReference(rule, 1)
  }

  remove(name: string, at: number): void {
    const chain = this.writable(name)
    const old = chain.rules[at]
    if (old === undefined) throw new RuleError('E2BIG', { words: 'Index of deletion too big' })
    chain.remove(at)
    this.table.addReference(old, -1)
  }

  /** The position of the first rule that says the same, or -1. `see` is the reader's view of a stored rule. */
  find(name: string, rule: Rule, see: (stored: Rule) => Rule): number {
    return this.chain(name)?.rules.findIndex((stored) => sameRule(see(stored), rule)) ?? -1
  }

  flush(name: string): void {
    const chain = this.writable(name)
    for (const rule of chain.rules) this.table.addReference(rule, -1)
    chain.clear()
  }

  /** Counters of one rule (1-based), or of a whole chain with its policy. */
  zero(name: string, rule?: number): void {
    const chain = this.writable(name)
    if (rule === undefined) {
      chain.packets.fill(0)
      chain.bytes.fill(0)
      chain.policyPackets = 0
      chain.policyBytes = 0
    } else {
      if (rule > chain.rules.length) throw new RuleError('E2BIG', { words: 'Index of replacement too big' })
      chain.packets[rule - 1] = 0
      chain.bytes[rule - 1] = 0
    }
  }

  removeChain(name: string): void {
    this.table.chains.delete(name)
  }

  rename(from: string, to: string): void {
    this.renamed = true
    const chain = this.writable(from)
    const renamed = chain.renamed(to)
    this.owned.add(renamed)
    // Jumps are to the chain, not to its name: they follow.
    for (const other of [...this.table.chains.values()]) {
      if (!other.rules.some((rule) => pointsTo(rule, from))) continue
      const writable = this.writable(other.name)
      writable.rules = writable.rules.map((rule) =>
        pointsTo(rule, from) ? ({ ...rule, target: { ...rule.target, chain: to } } as Rule) : rule,
      )
    }
    const kept = [...this.table.chains]
    this.table.chains.clear()
    for (const [name, other] of kept) this.table.chains.set(name === from ? to : name, name === from ? renamed : other)
  }

  setPolicy(name: string, policy: Policy, counters: Counters | undefined): void {
    const chain = this.writable(name)
    chain.policy = policy
    if (counters !== undefined) [chain.policyPackets, chain.policyBytes] = counters
  }

  references(name: string): number {
    return this.table.referencesTo(name)
  }
}

function pointsTo(rule: Rule, chain: string): boolean {
  return (rule.target?.kind === 'jump' || rule.target?.kind === 'goto') && rule.target.chain === chain
}

/** The hooks from which each chain can be reached. */
export function reachableFrom(table: Table): Map<string, readonly HookName[]> {
  const hooks = new Map<string, HookName[]>()
  for (const hook of BASE_CHAINS[table.name]) {
    const stack: string[] = [hook]
    const seen = new Set<string>()
    while (stack.length > 0) {
      const name = stack.pop() as string
      if (seen.has(name)) continue
      seen.add(name)
      const chain = table.chains.get(name)
      if (chain === undefined) continue
      const list = hooks.get(name)
      if (list === undefined) hooks.set(name, [hook])
      else list.push(hook)
      for (const rule of chain.rules)
        if (rule.target?.kind === 'jump' || rule.target?.kind === 'goto') stack.push(rule.target.chain)
    }
  }
  return hooks
}
