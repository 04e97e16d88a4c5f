import type { HookName } from './env.ts'

const NO_HOOKS: readonly HookName[] = []

/** What is known of each chain's place among the others, by number: there may be a hundred thousand, so nothing is an object. */
export class Places {
  /** By name; made when somebody first asks, which no full write of a table does. */
  private index: Map<string, number> | undefined
  private readonly names: readonly string[]
  private readonly hooks: readonly HookName[]
  /** The hooks of each set that was asked for. */
  private readonly sets: (readonly HookName[])[] = [NO_HOOKS]
  /** How many rules jumped or went to it when the whole table was looked at. */
  uses: Int32Array
  /** Above those of all chains it leads to. */
  ranks: Int32Array
  /** The hooks from which it can be reached, a bit each. */
  reach: Uint8Array

  /** Places of these chains, numbered in this order. */
  constructor(hooks: readonly HookName[], names: readonly string[]) {
    const size = names.length
    this.hooks = hooks
    this.names = names
    this.uses = new Int32Array(size)
    this.ranks = new Int32Array(size)
    this.reach = new Uint8Array(size)
  }

  private get ids(): Map<string, number> {
    if (this.index === undefined) {
      this.index = new Map()
      for (const [id, name] of this.names.entries()) this.index.set(name, id)
    }
    return this.index
  }

  find(name: string): number | undefined {
    return this.ids.get(name)
  }

  /** The number of a chain that nothing is known of yet. */
  add(name: string): number {
    const id = this.ids.size
    this.ids.set(name, id)
    if (id >= this.uses.length) this.grow(id * 2 + 8)
    return id
  }

  private grow(size: number): void {
    const { uses, ranks, reach } = this
    this.uses = new Int32Array(size)
    this.ranks = new Int32Array(size)
    this.reach = new Uint8Array(size)
    this.uses.set(uses)
    this.ranks.set(ranks)
    this.reach.set(reach)
  }

  usesOf(name: string): number {
    const id = this.ids.get(name)
    return id === undefined ? 0 : (this.uses[id] as number)
  }

  reachOf(name: string): number {
    const id = this.ids.get(name)
    return id === undefined ? 0 : (this.reach[id] as number)
  }

  /** The bit of the hook whose base chain has this name; 0 for other chains. */
  bitOf(name: string): number {
    const at = (this.hooks as readonly string[]).indexOf(name)
    return at < 0 ? 0 : 1 << at
  }

  /** The hooks that bits stand for, the same list every time. */
  hooksIn(bits: number): readonly HookName[] {
    let found = this.sets[bits]
    if (found === undefined) {
      found = this.hooks.filter((_, i) => (bits & (1 << i)) !== 0)
      this.sets[bits] = found
    }
    return found
  }
}
