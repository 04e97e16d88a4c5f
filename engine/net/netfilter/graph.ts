import type { Chain } from './chain.ts'
import type { HookName, TableName } from './env.ts'
import type { Places } from './places.ts'
import type { Rule } from './rule.ts'
import { jumpTarget } from './uses.ts'

/** Ranks beyond this leave the decision on depth to the full walk. */
const SAFE_RANK = 15

/** What the graph asks of a table. */
export interface Jumping {
  readonly name: TableName
  readonly chains: { keys(): Iterable<string>; get(name: string): Chain | undefined }
}

/**
 * What is known of a valid table's jumps, derived and never saved: every chain ranks above all it jumps to (so there is no loop),
 * and the hooks it may be reached from (at least; a lost way is forgotten only by the full walk). A small edit extends it.
 */
export class JumpGraph {
  private readonly places: Places
  private widened = new Set<string>()

  /** `places` as a survey found them. */
  constructor(places: Places) {
    this.places = places
  }

  hooksOf(name: string): readonly HookName[] {
    return this.places.hooksIn(this.places.reachOf(name))
  }

  private rankOf(name: string): number | undefined {
    const id = this.places.find(name)
    return id === undefined ? undefined : this.places.ranks[id]
  }

  /** More hooks from which a chain can be reached; false where they are known. */
  private reach(name: string, bits: number): boolean {
    const id = this.places.find(name) ?? this.places.add(name)
    const old = this.places.reach[id] as number
    this.places.reach[id] = old | bits
    return (old | bits) !== old
  }

  /** Takes in chains that changed, with the rules that are new in them; false when only the full walk can tell. */
  extend(table: Jumping, changed: ReadonlyMap<Chain, readonly Rule[]>): boolean {
    const fresh = new Map<string, readonly Rule[]>()
    for (const [chain, rules] of changed) fresh.set(chain.name, rules)
    const done = new Map<string, number>()
    const visit = (name: string): number | undefined => {
      const rules = fresh.get(name)
      if (rules === undefined) return this.rankOf(name)
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
      const old = this.rankOf(name)
      if (old !== undefined && old < needed) return undefined
      const rank = old ?? needed
      done.set(name, rank)
      return rank
    }
    for (const name of fresh.keys()) {
      const rank = visit(name)
      if (rank === undefined || rank > SAFE_RANK) return false
    }
    for (const [name, rank] of done) {
      const id = this.places.find(name) ?? this.places.add(name)
      this.places.ranks[id] = rank
    }
    this.widen(table, fresh)
    return true
  }

  /** Spreads hooks along the new jumps of changed chains, and on from there. */
  private widen(table: Jumping, fresh: ReadonlyMap<string, readonly Rule[]>): void {
    this.widened = new Set()
    const stack: string[] = []
    const spread = (name: string, rules: readonly Rule[]) => {
      const from = this.places.reachOf(name)
      if (from === 0) return
      for (const rule of rules) {
        const to = jumpTarget(rule)
        if (to === undefined || !this.reach(to, from)) continue
        this.widened.add(to)
        stack.push(to)
      }
    }
    for (const [name, rules] of fresh) {
      const bit = this.places.bitOf(name)
      const base = bit !== 0 && this.reach(name, bit)
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
