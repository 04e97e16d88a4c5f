import { Chain, type ChainKeeper, type SavedChain } from './chain.ts'
import type { ChainCell } from './compiled.ts'
import { Pages, type SavedPages } from './pages.ts'

/** More changed chains than this, and their order is sorted anew. */
const FEW = 200

/** The chains of a table by name. */
export interface ChainView {
  readonly size: number
  get(name: string): Chain | undefined
  has(name: string): boolean
  /** Where the chain of that name is found from now on. */
  cell(name: string): ChainCell | undefined
  sortedNames(): readonly string[]
  keys(): Iterable<string>
  values(): Iterable<Chain>
}

/** The chains in force, and their saved form, kept up as chains change. */
export class ChainStore implements ChainView, ChainKeeper {
  private readonly cells = new Map<string, { chain: Chain | undefined }>()
  private pages = new Pages<SavedChain>()
  /** Chains that differ from what the pages hold. */
  private dirty: Chain[] = []
  /** Names in strcmp's order, once somebody asked; kept up while few come and go. */
  private order: string[] | undefined

  get size(): number {
    return this.cells.size
  }

  get(name: string): Chain | undefined {
    return this.cells.get(name)?.chain
  }

  has(name: string): boolean {
    return this.cells.has(name)
  }

  cell(name: string): ChainCell | undefined {
    return this.cells.get(name)
  }

  keys(): Iterable<string> {
    return this.cells.keys()
  }

  *values(): Iterable<Chain> {
    for (const { chain } of this.cells.values()) if (chain !== undefined) yield chain
  }

  private place(chain: Chain): void {
    const cell = this.cells.get(chain.name)
    if (cell !== undefined) cell.chain = chain
    else this.added(chain)
  }

  private added(chain: Chain): void {
    this.cells.set(chain.name, { chain })
    this.reorder(chain.name, false)
  }

  /** All names as strcmp(3) sorts them: by code units, since they are latin-1 bytes. */
  sortedNames(): readonly string[] {
    this.order ??= [...this.cells.keys()].sort()
    return this.order
  }

  forgetOrder(): void {
    this.order = undefined
  }

  /** A name came (`known` false) or went. */
  private reorder(name: string, known: boolean): void {
    const order = this.order
    if (order === undefined) return
    let low = 0
    let high = order.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((order[middle] as string) < name) low = middle + 1
      else high = middle
    }
    if (known) order.splice(low, 1)
    else order.splice(low, 0, name)
  }

  private remove(name: string): void {
    if (this.cells.has(name)) this.reorder(name, true)
    const cell = this.cells.get(name)
    if (cell !== undefined) cell.chain = undefined
    this.cells.delete(name)
  }

  changed(chain: Chain): void {
    this.dirty.push(chain)
  }

  put(chain: Chain): void {
    const cell = this.cells.get(chain.name)
    chain.slot = cell?.chain?.slot ?? this.pages.reserve()
    chain.keeper = this
    if (cell !== undefined) cell.chain = chain
    else this.added(chain)
    this.dirty.push(chain)
  }

  delete(name: string): void {
    const chain = this.get(name)
    if (chain === undefined) return
    this.remove(name)
    this.pages.giveUp(chain.slot)
  }

  /** Closes the gaps of chains that are gone, once they are more than the others. */
  pack(): void {
    if (!this.pages.sparse) return
    this.pages = new Pages()
    this.dirty = [...this.values()].sort((a, b) => a.slot - b.slot)
    for (const chain of this.dirty) chain.slot = this.pages.reserve()
  }

  save(): SavedPages<SavedChain> {
    for (const chain of this.dirty) if (this.get(chain.name) === chain) this.pages.set(chain.slot, chain.save())
    this.dirty = []
    return this.pages.save()
  }

  /** Makes the chains those of a saved form; tells which came in the place of which. What did not change is not looked at. */
  revert(saved: SavedPages<SavedChain>): readonly ChainChange[] {
    this.save()
    const changes = new Map<string, { was: Chain | undefined; now: Chain | undefined }>()
    if (this.pages.save() === saved) return []
    const difference = this.pages.difference(saved)
    if (difference.length > FEW) this.forgetOrder()
    for (const { now } of difference) {
      if (now === undefined) continue
      changes.set(now.name, { was: this.get(now.name), now: undefined })
      this.remove(now.name)
    }
    for (const { at, before } of difference) {
      if (before === undefined) continue
      const chain = Chain.load(before)
      chain.slot = at
      chain.keeper = this
      this.place(chain)
      changes.set(chain.name, { was: changes.get(chain.name)?.was, now: chain })
    }
    this.pages = new Pages()
    this.pages.load(saved)
    return [...changes.values()]
  }
}

/** One chain that took the place of another; undefined where there was, or is, none. */
export interface ChainChange {
  readonly was: Chain | undefined
  readonly now: Chain | undefined
}

/** The chains of a table being edited: those in force, but for what the edit changed. */
export class ChainOverlay implements ChainView {
  private readonly store: ChainStore
  /** undefined: deleted. */
  private readonly changes = new Map<string, Chain | undefined>()
  size: number

  constructor(store: ChainStore) {
    this.store = store
    this.size = store.size
  }

  get(name: string): Chain | undefined {
    const own = this.changes.get(name)
    return own !== undefined || this.changes.has(name) ? own : this.store.get(name)
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  cell(name: string): ChainCell | undefined {
    const chain = this.get(name)
    return chain === undefined ? undefined : { chain }
  }

  sortedNames(): readonly string[] {
    return [...this.keys()].sort()
  }

  *keys(): Iterable<string> {
    for (const chain of this.values()) yield chain.name
  }

  *values(): Iterable<Chain> {
    for (const chain of this.store.values()) if (!this.changes.has(chain.name)) yield chain
    for (const chain of this.changes.values()) if (chain !== undefined) yield chain
  }

  /** `known`: whether there is a chain of that name already, where the caller has looked. */
  set(chain: Chain, known = this.has(chain.name)): void {
    if (!known) this.size++
    this.changes.set(chain.name, chain)
  }

  delete(name: string): void {
    if (!this.has(name)) return
    this.size--
    this.changes.set(name, undefined)
  }

  /** Puts the changes in force, all at once. */
  commit(): ChainStore {
    if (this.changes.size > FEW) this.store.forgetOrder()
    for (const [name, chain] of this.changes) {
      if (chain === undefined) this.store.delete(name)
      else this.store.put(chain)
    }
    this.store.pack()
    return this.store
  }
}
