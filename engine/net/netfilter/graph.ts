import type { Chain } from './chain.ts'
import type { TableEdit } from './edit.ts'
import type { HookName } from './env.ts'
import { BASE_CHAINS, jumpTarget, type Table } from './table.ts'

/** Ranks beyond this leave the decision on depth to the full walk. */
const SAFE_RANK = 15

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

  constructor(table: Table, hooks: ReadonlyMap<string, readonly HookName[]>) {
    for (const [name, list] of hooks) this.hooks.set(name, list)
    for (const name of table.chains.keys()) this.rank(name, table, new Set())
  }

  hooksOf(name: string): readonly HookName[] {
    return this.hooks.get(name) ?? []
  }

  private rank(name: string, table: Table, path: Set<string>): number {
    const known = this.ranks.get(name)
    if (known !== undefined) return known
    if (path.has(name)) {
      this.cyclic = true
      return 0
    }
    path.add(name)
    let highest = -1
    for (const to of targetsOf(table.chains.get(name))) highest = Math.max(highest, this.rank(to, table, path))
    path.delete(name)
    this.ranks.set(name, highest + 1)
    return highest + 1
  }

  /** Takes the edit's chains in; false when only the full walk can tell. */
  extend(edit: TableEdit): boolean {
    const { table } = edit
    const changed = new Map<string, Chain>()
    for (const chain of edit.changed()) if (table.chains.get(chain.name) === chain) changed.set(chain.name, chain)
    const done = new Map<string, number>()
    const visit = (name: string): number | undefined => {
      const chain = changed.get(name)
      if (chain === undefined) return this.ranks.get(name)
      const known = done.get(name)
      if (known !== undefined) return known < 0 ? undefined : known
      done.set(name, -1)
      let needed = 0
      for (const to of targetsOf(chain)) {
        const below = visit(to)
        if (below === undefined) return undefined
        needed = Math.max(needed, below + 1)
      }
      const old = this.ranks.get(name)
      if (old !== undefined && old < needed) return undefined
      const rank = old ?? needed
      done.set(name, rank)
      return rank
    }
    for (const name of changed.keys()) {
      const rank = visit(name)
      if (rank === undefined || rank > SAFE_RANK) return false
    }
    for (const [name, rank] of done) this.ranks.set(name, rank)
    this.widen(table, changed)
    return true
  }

  /** Spreads hooks along the jumps of changed chains. */
  private widen(table: Table, changed: ReadonlyMap<string, Chain>): void {
    this.widened = new Set()
    const stack: string[] = []
    for (const name of changed.keys()) {
      const hook = BASE_CHAINS[table.name].find((h) => h === name)
      if (hook !== undefined && !this.hooksOf(name).includes(hook)) this.hooks.set(name, [...this.hooksOf(name), hook])
      stack.push(name)
    }
    while (stack.length > 0) {
      const name = stack.pop() as string
      const from = this.hooksOf(name)
      for (const to of targetsOf(table.chains.get(name))) {
        const old = this.hooksOf(to)
        const fresh = from.filter((hook) => !old.includes(hook))
        if (fresh.length === 0) continue
        this.hooks.set(to, [...old, ...fresh])
        this.widened.add(to)
        stack.push(to)
      }
    }
  }

  /** The chains whose rules the kernel looks at again: changed ones, and those reached from a new hook. */
  recheck(edit: TableEdit): readonly Chain[] {
    const chains = new Set<Chain>()
    for (const chain of edit.changed()) if (edit.chain(chain.name) === chain) chains.add(chain)
    for (const name of this.widened) {
      const chain = edit.chain(name)
      if (chain !== undefined) chains.add(chain)
    }
    return [...chains]
  }
}

function targetsOf(chain: Chain | undefined): ReadonlySet<string> {
  const targets = new Set<string>()
  for (const rule of chain?.rules ?? []) {
    const to = jumpTarget(rule)
    if (to !== undefined) targets.add(to)
  }
  return targets
}
