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
  private chains = new Map<string, Chain>()
  /** Of the names that somebody asked a cell for. */
  private readonly cells = new Map<string, ChainCell>()
  private pages = new Pages<SavedChain>()
  /** Chains that differ from what the pages hold. */
  private dirty: Chain[] = []
  /** Names in strcmp's order, once somebody asked; kept up while few come and go. */
  private order: string[] | undefined

  get size(): number {
    return this.chains.size
  }

  get(name: string): Chain | undefined {
    return this.chains.get(name)
  }

  has(name: string): boolean {
    return this.chains.has(name)
  }

  cell(name: string): ChainCell | undefined {
    let cell = this.cells.get(name)
    const chain = this.chains.get(name)
    if (cell !== undefined || chain === undefined) return cell
    cell = { chain }
    this.cells.set(name, cell)
    return cell
  }

  keys(): Iterable<string> {
    return this.chains.keys()
  }

  values(): Iterable<Chain> {
    return this.chains.values()
  }

  private place(chain: Chain): void {
    const { name } = chain
    if (this.order !== undefined && !this.chains.has(name)) this.reorder(name, false)
    this.chains.set(name, chain)
    const cell = this.cells.size === 0 ? undefined : this.cells.get(name)
    if (cell !== undefined) cell.chain = chain
  }

  /** All names as strcmp(3) sorts them: by code units, since they are latin-1 bytes. */
  sortedNames(): readonly string[] {
    this.order ??= [...this.chains.keys()].sort()
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
    if (this.chains.delete(name)) this.reorder(name, true)
    const cell = this.cells.get(name)
    if (cell !== undefined) cell.chain = undefined
    this.cells.delete(name)
  }

  changed(chain: Chain): void {
    this.dirty.push(chain)
  }

  put(chain: Chain): void {
    chain.slot = this.chains.get(chain.name)?.slot ?? this.pages.reserve()
    chain.keeper = this
    this.place(chain)
    this.dirty.push(chain)
  }

  /** Takes the place of most of what there was: the changes become the chains, with those that they leave as they were. */
  become(changes: Map<string, Chain | undefined>): void {
    const before = new Map(this.chains)
    for (const [name, chain] of changes) {
      if (chain === undefined) {
        this.delete(name)
        before.delete(name)
        changes.delete(name)
        continue
      }
      chain.slot = before.get(name)?.slot ?? this.pages.reserve()
      chain.keeper = this
      this.dirty.push(chain)
    }
    for (const [name, chain] of before) if (!changes.has(name)) changes.set(name, chain)
    this.chains = changes as Map<string, Chain>
    for (const [name, cell] of this.cells) cell.chain = this.chains.get(name)
    this.order = undefined
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
    if (own !== undefined) return own
    // Most of a table written for the first time is in neither.
    const old = this.store.get(name)
    return old === undefined || this.changes.has(name) ? undefined : old
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
    if (this.changes.size > FEW && this.changes.size > this.store.size) this.store.become(this.changes)
    else
      for (const [name, chain] of this.changes) {
        if (chain === undefined) this.store.delete(name)
        else this.store.put(chain)
      }
    this.store.pack()
    return this.store
  }
}
