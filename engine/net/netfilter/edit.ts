import { Chain, type Counters, type Policy } from './chain.ts'
import { type Difference, difference } from './difference.ts'
import type { TableName } from './env.ts'
import { RuleError } from './errors.ts'
import type { Rule } from './rule.ts'
import { BASE_CHAINS, Table } from './table.ts'
import { jumpTarget } from './uses.ts'

/** Never added to: what a chain of a table written anew brings. */
const NOTHING: Rule[] = []

/** A chain that the edit did not make itself. */
const isInForce = (chain: Chain) => chain.keeper !== undefined

/** A change of one table in the making: reads see it, the table in force does not until it is put into the ruleset. */
export class TableEdit {
  readonly table: Table
  /** A rename makes what is known by name useless. */
  renamed = false
  /** The chains this edit changed or made, with their rules that nobody has looked at yet. */
  private readonly owned = new Map<Chain, Rule[]>()

  /** `base` undefined: a table nobody made yet. */
  constructor(base: Table | undefined, name: TableName) {
    this.table = new Table(name, base)
  }

  chain(name: string): Chain | undefined {
    return this.table.chains.get(name)
  }

  /** Chains this edit changed or made and that are still there, with the rules it brought into them. */
  changed(): ReadonlyMap<Chain, readonly Rule[]> {
    const there = new Map<Chain, readonly Rule[]>()
    for (const [chain, fresh] of this.owned) if (this.chain(chain.name) === chain) there.set(chain, fresh)
    return there
  }

  private existing(name: string): Chain {
    const chain = this.chain(name)
    if (chain === undefined) throw new RuleError('ENOENT')
    return chain
  }

  private own(chain: Chain, fresh: Rule[], known?: boolean): Chain {
    // Of a table that is looked at as a whole anyway nobody asks what is new.
    if (!this.table.anew) this.owned.set(chain, fresh)
    this.table.set(chain, known)
    return chain
  }

  private writable(name: string): Chain {
    const chain = this.existing(name)
    if (isInForce(chain)) return this.own(chain.copy(), [])
    chain.ownRules()
    return chain
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
    this.own(new Chain(name, policy), [])
  }

  insert(name: string, at: number, rule: Rule, counters: Counters): void {
    const chain = this.writable(name)
    if (at > chain.rules.length) throw new RuleError('E2BIG', { words: 'Index of insertion too big' })
    chain.insert(at, rule, counters)
    this.came(chain, rule)
  }

  append(name: string, rule: Rule, counters: Counters): void {
    const chain = this.writable(name)
    chain.insert(chain.rules.length, rule, counters)
    this.came(chain, rule)
  }

  private came(chain: Chain, rule: Rule): void {
    this.table.addUse(rule, 1)
    this.owned.get(chain)?.push(rule)
  }

  replace(name: string, at: number, rule: Rule, counters: Counters): void {
    const chain = this.writable(name)
    const old = chain.rules[at]
    if (old === undefined) throw new RuleError('E2BIG', { words: 'Index of replacement too big' })
    chain.remove(at)
    chain.insert(at, rule, counters)
    this.table.addUse(old, -1)
    this.came(chain, rule)
  }

  remove(name: string, at: number): void {
    const chain = this.writable(name)
    const old = chain.rules[at]
    if (old === undefined) throw new RuleError('E2BIG', { words: 'Index of deletion too big' })
    chain.remove(at)
    this.table.addUse(old, -1)
  }

  flush(name: string): void {
    const chain = this.existing(name)
    if (chain.rules.length === 0 && !isInForce(chain)) return
    this.table.addUses(chain.rules, -1)
    this.owned.delete(chain)
    this.own(chain.emptied(), [])
  }

  /**
   * Makes or flushes a chain and fills it with these rules, none of them counted yet. Work is done only for rules that were not there
   * before, or are no more: a rule is known by its identity. Returns the rules that were not there. Who wrote the chain last and
   * knows what differs may say so.
   */
  setRules(name: string, rules: readonly Rule[], known?: Difference): readonly Rule[] {
    const old = this.chain(name)
    if (old === undefined) {
      const made = new Chain(name, undefined)
      this.fill(made, rules, false)
      return rules
    }
    // Rules that this edit brought itself nobody has looked at yet.
    const unseen = !isInForce(old)
    if (unseen && old.rules.length === 0) {
      this.fill(old, rules, true)
      return rules
    }
    const chain = old.emptied()
    this.owned.delete(old)
    if (unseen || this.table.anew) {
      this.table.addUses(old.rules, -1)
      this.fill(chain, rules, true)
      return rules
    }
    chain.borrowRules(rules)
    const { came, went } = known ?? difference(old.rules, rules)
    this.table.addUses(went, -1)
    this.table.addUses(came, 1)
    this.own(chain, [...came], true)
    return came
  }

  /** Gives an empty chain rules that all are new; `known`: whether the table has a chain of its name. */
  private fill(chain: Chain, rules: readonly Rule[], known: boolean): void {
    chain.borrowRules(rules)
    this.table.addUses(rules, 1)
    this.own(chain, this.table.anew ? NOTHING : rules.slice(), known)
  }

  /** Counters of one rule (1-based), or of a whole chain with its policy. */
  zero(name: string, rule?: number): void {
    const chain = this.writable(name)
    if (rule !== undefined && rule > chain.rules.length) throw new RuleError('E2BIG', { words: 'Index of replacement too big' })
    chain.zero(rule === undefined ? undefined : rule - 1)
  }

  removeChain(name: string): void {
    this.table.delete(name)
  }

  rename(from: string, to: string): void {
    this.renamed = true
    const chain = this.existing(from).renamed(to)
    this.table.delete(from)
    this.own(chain, chain.rules.slice())
    // Jumps are to the chain, not to its name: they follow.
    for (const other of [...this.table.chains.values()]) {
      if (!other.rules.some((rule) => jumpTarget(rule) === from)) continue
      const writable = this.writable(other.name)
      writable.rules.forEach((rule, at) => {
        if (jumpTarget(rule) !== from) return
        const moved = { ...rule, target: { ...rule.target, chain: to } } as Rule
        writable.rules[at] = moved
        this.table.addUse(rule, -1)
        this.came(writable, moved)
      })
    }
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
