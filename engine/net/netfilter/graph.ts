import type { Chain } from './chain.ts'
import type { HookName, TableName } from './env.ts'
import type { Rule } from './rule.ts'
import type { Survey } from './survey.ts'
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
  private readonly places: Map<string, { rank: number; hooks: readonly HookName[] }>
  private widened = new Set<string>()

  constructor(survey: Survey) {
    this.places = survey.places
  }

  hooksOf(name: string): readonly HookName[] {
    return this.places.get(name)?.hooks ?? []
  }

  private reach(name: string, hooks: readonly HookName[]): void {
    const place = this.places.get(name)
    if (place === undefined) this.places.set(name, { rank: 0, hooks })
    else place.hooks = hooks
  }

  /** Takes in chains that changed, with the rules that are new in them; false when only the full walk can tell. */
  extend(table: Jumping, changed: ReadonlyMap<Chain, readonly Rule[]>): boolean {
    const fresh = new Map<string, readonly Rule[]>()
    for (const [chain, rules] of changed) fresh.set(chain.name, rules)
    const done = new Map<string, number>()
    const visit = (name: string): number | undefined => {
      const rules = fresh.get(name)
      if (rules === undefined) return this.places.get(name)?.rank
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
      const old = this.places.get(name)?.rank
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
      const place = this.places.get(name)
      if (place === undefined) this.places.set(name, { rank, hooks: [] })
      else place.rank = rank
    }
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
        this.reach(to, [...old, ...from.filter((hook) => !old.includes(hook))])
        this.widened.add(to)
        stack.push(to)
      }
    }
    for (const [name, rules] of fresh) {
      const base = table.isBase(name) && !this.hooksOf(name).includes(name as HookName)
      if (base) this.reach(name, [...this.hooksOf(name), name as HookName])
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
