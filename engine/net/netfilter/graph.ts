import type { Chain } from './chain.ts'
import type { HookName, TableName } from './env.ts'
import type { Rule } from './rule.ts'
import { jumpTarget } from './uses.ts'

/** Ranks beyond this leave the decision on depth to the full walk. */
const SAFE_RANK = 15

/** What the graph asks of a table. */
export interface Jumping {
  readonly name: TableName
  readonly chains: { keys(): Iterable<string>; get(name: string): Chain | undefined }
  isBase(chain: string): boolean
}

/**
 * What is known of a valid table's jumps, derived and never saved: every chain ranks above all it jumps to (so there is no loop),
 * and the hooks it may be reached from (at least; a lost way is forgotten only by the full walk). A small edit extends it.
 */
export class JumpGraph {
  private readonly ranks = new Map<string, number>()
  private readonly hooks = new Map<string, readonly HookName[]>()
  /** A loop that no hook reaches is no loop to the kernel, but then ranks say nothing: such a table is walked in full each time. */
  cyclic = false
  private widened = new Set<string>()

  constructor(table: Jumping, hooks: ReadonlyMap<string, readonly HookName[]>) {
    for (const [name, list] of hooks) this.hooks.set(name, list)
    for (const name of table.chains.keys()) this.rank(name, table, new Set())
  }

  hooksOf(name: string): readonly HookName[] {
    return this.hooks.get(name) ?? []
  }

  private rank(name: string, table: Jumping, path: Set<string>): number {
    const known = this.ranks.get(name)
    if (known !== undefined) return known
    if (path.has(name)) {
      this.cyclic = true
      return 0
    }
    path.add(name)
    let highest = -1
    let last: string | undefined
    for (const rule of table.chains.get(name)?.rules ?? []) {
      const to = jumpTarget(rule)
      if (to === undefined || to === last) continue
      last = to
      highest = Math.max(highest, this.rank(to, table, path))
    }
    path.delete(name)
    this.ranks.set(name, highest + 1)
    return highest + 1
  }

  /** Takes in chains that changed, with the rules that are new in them; false when only the full walk can tell. */
  extend(table: Jumping, changed: ReadonlyMap<Chain, readonly Rule[]>): boolean {
    const fresh = new Map<string, readonly Rule[]>()
    for (const [chain, rules] of changed) fresh.set(chain.name, rules)
    const done = new Map<string, number>()
    const visit = (name: string): number | undefined => {
      const rules = fresh.get(name)
      if (rules === undefined) return this.ranks.get(name)
      const known = done.get(name)
      if (known !== undefined) return known < 0 ? undefined : known
      done.set(name, -1)
      let needed = 0
      let last: string | undefined
      for (const rule of rules) {
        const to = jumpTarget(rule)
        if (to === undefined || to === last) continue
        last = to
        const below = visit(to)
        if (below === undefined) return undefined
        if (below >= needed) needed = below + 1
      }
      const old = this.ranks.get(name)
      if (old !== undefined && old < needed) return undefined
      const rank = old ?? needed
      done.set(name, rank)
      return rank
    }
    for (const name of fresh.keys()) {
      const rank = visit(name)
      if (rank === undefined || rank > SAFE_RANK) return false
    }
    for (const [name, rank] of done) this.ranks.set(name, rank)
    this.widen(table, fresh)
    return true
  }

  /** Spreads hooks along the new jumps of changed chains, and on from there. */
  private widen(table: Jumping, fresh: ReadonlyMap<string, readonly Rule[]>): void {
    this.widened = new Set()
    const stack: string[] = []
    const spread = (name: string, rules: readonly Rule[]) => {
      const from = this.hooksOf(name)
      if (from.length === 0) return
      for (const rule of rules) {
        const to = jumpTarget(rule)
        if (to === undefined) continue
        const old = this.hooksOf(to)
        if (from.every((hook) => old.includes(hook))) continue
        this.hooks.set(to, [...old, ...from.filter((hook) => !old.includes(hook))])
        this.widened.add(to)
        stack.push(to)
      }
    }
    for (const [name, rules] of fresh) {
      const base = table.isBase(name) && !this.hooksOf(name).includes(name as HookName)
      if (base) this.hooks.set(name, [...this.hooksOf(name), name as HookName])
      spread(name, base ? (table.chains.get(name)?.rules ?? []) : rules)
    }
    while (stack.length > 0) {
      const name = stack.pop() as string
      spread(name, table.chains.get(name)?.rules ?? [])
    }
  }

  /** What the kernel looks at again: the new rules of changed chains, and all of chains reached from a new hook. */
  recheck(table: Jumping, changed: ReadonlyMap<Chain, readonly Rule[]>): ReadonlyMap<Chain, readonly Rule[]> {
    if (this.widened.size === 0) return changed
    const chains = new Map(changed)
    for (const name of this.widened) {
      const chain = table.chains.get(name)
      if (chain !== undefined) chains.set(chain, chain.rules)
    }
    return chains
  }
}
