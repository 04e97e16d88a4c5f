import type { Chain } from './chain.ts'
import type { HookName } from './env.ts'
import { Places } from './places.ts'
import type { Rule } from './rule.ts'
import { countRecents, jumpTarget } from './uses.ts'

/** What the survey asks of a table. */
interface Surveyed {
  readonly chains: { values(): Iterable<Chain>; get(name: string): Chain | undefined }
  isBase(chain: string): boolean
}

/** A rule that stands in the way of the whole table. */
export interface Obstacle {
  readonly chain: string
  readonly rule: Rule
}

/** Where a jump leads that leads to no chain. */
const NOWHERE = -1

const NEW = 0
const OPEN = 1
const DONE = 2

/** Everything that must be known of a whole table's jumps, worked out in one pass over its rules. */
export class Survey {
  readonly places: Places
  /** By their number. */
  readonly chains: readonly Chain[]
  readonly recents = new Map<string, number>()
  /** The first jump that leads back to where it came from, on a way that starts at a hook. */
  loop: Obstacle | undefined
  /** The first jump by which the kernel would follow more jumps than it can. */
  tooDeep: Obstacle | undefined
  /** A loop that no hook reaches is no loop to the kernel, but then ranks say nothing. */
  cyclic = false
  /** The first jump to a chain that is not there. */
  missing: string | undefined
  /** The jumps of chain n: from firstOf[n] to firstOf[n + 1], where each leads and the position of its rule. */
  private readonly firstOf: Int32Array
  private readonly leadsTo: Int32Array
  private readonly ruleAt: Int32Array
  /** NEW, OPEN or DONE. */
  private readonly states: Uint8Array
  /** Chains as they were done with: each behind all it leads to. */
  private readonly order: Int32Array
  private done = 0

  constructor(table: Surveyed, hooks: readonly HookName[], deepest: number) {
    const chains = [...table.chains.values()]
    this.chains = chains
    const names: string[] = []
    let rules = 0
    for (const chain of chains) {
      chain.mark = names.length
      names.push(chain.name)
      rules += chain.rules.length
    }
    this.places = new Places(hooks, names)
    this.firstOf = new Int32Array(chains.length + 1)
    this.leadsTo = new Int32Array(rules)
    this.ruleAt = new Int32Array(rules)
    this.states = new Uint8Array(chains.length)
    this.order = new Int32Array(chains.length)
    this.readJumps(table, hooks)
    for (const hook of hooks) {
      const id = table.chains.get(hook)?.mark
      if (id !== undefined && this.states[id] === NEW) this.visit(id, deepest, true)
    }
    for (let id = 0; id < chains.length; id++) if (this.states[id] === NEW) this.visit(id, deepest, false)
    this.spread(table, hooks)
  }

  /** Every rule is looked at once, in the order of chains; all else follows from numbers. */
  private readJumps(table: Surveyed, hooks: readonly HookName[]): void {
    const { chains, firstOf, leadsTo, ruleAt } = this
    const { uses } = this.places
    const base = new Uint8Array(chains.length)
    for (const hook of hooks) {
      const id = table.chains.get(hook)?.mark
      if (id !== undefined) base[id] = 1
    }
    let jumps = 0
    for (let id = 0; id < chains.length; id++) {
      firstOf[id] = jumps
      const { rules } = chains[id] as Chain
      let last = NOWHERE
      // Neighbours that jump to one chain are the rule: its name is looked up once.
      let lastName: string | undefined
      for (let at = 0; at < rules.length; at++) {
        const rule = rules[at] as Rule
        if (rule.matches.length > 0) countRecents(this.recents, rule, 1)
        const name = jumpTarget(rule)
        if (name === undefined) continue
        const to = name === lastName ? last : (table.chains.get(name)?.mark ?? NOWHERE)
        if (to === NOWHERE) {
          // A base chain that nobody made yet is refused by name (see validate.ts).
          if (table.isBase(name)) continue
        } else {
          uses[to] = (uses[to] as number) + 1
          if (to === last || base[to] === 1) continue
          last = to
          lastName = name
        }
        leadsTo[jumps] = to
        ruleAt[jumps] = at
        jumps++
      }
    }
    firstOf[chains.length] = jumps
  }

  private obstacle(id: number, jump: number): Obstacle {
    const chain = this.chains[id] as Chain
    return { chain: chain.name, rule: chain.rules[this.ruleAt[jump] as number] as Rule }
  }

  /** Depth first from a chain, in the order of rules. */
  private visit(root: number, deepest: number, hooked: boolean): void {
    const { firstOf, leadsTo, states } = this
    const { ranks } = this.places
    const chains = [root]
    const jumps = [firstOf[root] as number]
    states[root] = OPEN
    while (chains.length > 0) {
      const depth = chains.length - 1
      const id = chains[depth] as number
      const jump = jumps[depth] as number
      if (jump === firstOf[id + 1]) {
        states[id] = DONE
        this.order[this.done++] = id
        chains.pop()
        jumps.pop()
        continue
      }
      const to = leadsTo[jump] as number
      if (to !== NOWHERE && states[to] === NEW) {
        // This jump is come back to once the chain is done.
        states[to] = OPEN
        chains.push(to)
        jumps.push(firstOf[to] as number)
        continue
      }
      jumps[depth] = jump + 1
      if (to === NOWHERE) this.missing ??= jumpTarget(this.obstacle(id, jump).rule)
      else if (states[to] === OPEN) {
        this.cyclic = true
        if (hooked) this.loop ??= this.obstacle(id, jump)
      } else {
        if ((ranks[to] as number) >= (ranks[id] as number)) ranks[id] = (ranks[to] as number) + 1
        if (hooked && (ranks[id] as number) >= deepest) this.tooDeep ??= this.obstacle(id, jump)
      }
    }
  }

  /** From above to below: when a chain's turn comes, all that lead to it have had theirs (but in loops, which no hook reaches). */
  private spread({ chains }: Surveyed, hooks: readonly HookName[]): void {
    const { order, firstOf, leadsTo } = this
    const { reach } = this.places
    for (const hook of hooks) {
      const id = chains.get(hook)?.mark
      if (id !== undefined) reach[id] = this.places.bitOf(hook)
    }
    for (let i = order.length - 1; i >= 0; i--) {
      const id = order[i] as number
      const bits = reach[id] as number
      if (bits === 0) continue
      for (let jump = firstOf[id] as number; jump < (firstOf[id + 1] as number); jump++) {
        const to = leadsTo[jump] as number
        if (to !== NOWHERE) reach[to] = (reach[to] as number) | bits
      }
    }
  }
}
