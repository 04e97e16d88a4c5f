import type { Chain } from './chain.ts'
import type { HookName } from './env.ts'
import type { Rule } from './rule.ts'
import { countRecents, jumpTarget } from './uses.ts'

/** What the survey asks of a table. */
interface Surveyed {
  readonly chains: { values(): Iterable<Chain> }
  isBase(chain: string): boolean
}

/** A chain's place among the others. */
export class Place {
  /** How many rules jump or go to it. */
  uses = 0
  /** Above those of all chains it leads to. */
  rank = 0
  /** The hooks from which it can be reached. */
  hooks: readonly HookName[] = NO_HOOKS
  state: 'new' | 'open' | 'done' = 'new'
  /** Given back when the survey is over: places outlive the chains they were worked out from. */
  chain: Chain | undefined
  below: Place[] = []

  constructor(chain: Chain) {
    this.chain = chain
  }
}

const NO_HOOKS: readonly HookName[] = []
const NONE: Place[] = []

/** A rule that stands in the way of the whole table. */
export interface Obstacle {
  readonly chain: string
  readonly rule: Rule
}

/** Everything that must be known of a whole table's jumps, worked out in one pass over its rules. */
export class Survey {
  readonly places = new Map<string, Place>()
  readonly recents = new Map<string, number>()
  /** The first jump that leads back to where it came from, on a way that starts at a hook. */
  loop: Obstacle | undefined
  /** The first jump by which the kernel would follow more jumps than it can. */
  tooDeep: Obstacle | undefined
  /** A loop that no hook reaches is no loop to the kernel, but then ranks say nothing. */
  cyclic = false
  /** The first jump to a chain that is not there. */
  missing: string | undefined
  private readonly table: Surveyed

  constructor(table: Surveyed, hooks: readonly HookName[], deepest: number) {
    this.table = table
    for (const chain of table.chains.values()) this.places.set(chain.name, new Place(chain))
    for (const hook of hooks) {
      const place = this.places.get(hook)
      if (place?.state === 'new') this.visit(hook, place, deepest, true)
    }
    for (const [name, place] of this.places) if (place.state === 'new') this.visit(name, place, deepest, false)
    for (const hook of hooks) this.spread(hook)
  }

  private visit(name: string, place: Place, deepest: number, hooked: boolean): void {
    place.state = 'open'
    let last: Place | undefined
    for (const rule of place.chain?.rules ?? []) {
      countRecents(this.recents, rule, 1)
      const to = jumpTarget(rule)
      if (to === undefined) continue
      const next = this.places.get(to)
      if (next === undefined) {
        // A base chain that nobody made yet is refused by name (see validate.ts).
        if (!this.table.isBase(to)) this.missing ??= to
        continue
      }
      next.uses++
      if (next === last || this.table.isBase(to)) continue
      last = next
      place.below.push(next)
      if (next.state === 'open') {
        this.cyclic = true
        if (hooked) this.loop ??= { chain: name, rule }
        continue
      }
      if (next.state === 'new') this.visit(to, next, deepest, hooked)
      if (next.rank >= place.rank) place.rank = next.rank + 1
      if (hooked && place.rank >= deepest) this.tooDeep ??= { chain: name, rule }
    }
    place.state = 'done'
  }

  private spread(hook: HookName): void {
    const stack = [this.places.get(hook)]
    const more = new Map<readonly HookName[], readonly HookName[]>()
    while (stack.length > 0) {
      const place = stack.pop()
      if (place === undefined || place.hooks.includes(hook)) continue
      let hooks = more.get(place.hooks)
      if (hooks === undefined) {
        hooks = [...place.hooks, hook]
        more.set(place.hooks, hooks)
      }
      place.hooks = hooks
      for (const next of place.below) if (!next.hooks.includes(hook)) stack.push(next)
    }
  }

  /** Lets the chains go: they change, what is known of their places is kept up by others. */
  finish(): void {
    for (const place of this.places.values()) {
      place.chain = undefined
      place.below = NONE
    }
  }
}
