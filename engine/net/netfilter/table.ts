import { Chain, type SavedChain } from './chain.ts'
import { type ChainChange, ChainOverlay, ChainStore, type ChainView } from './chains.ts'
import { difference } from './difference.ts'
import type { HookName, TableName } from './env.ts'
import type { JumpGraph } from './graph.ts'
import type { SavedPages } from './pages.ts'
import type { Rule } from './rule.ts'
import { type Counted, Uses } from './uses.ts'

/** The hooks at which each table has a base chain, in the order of listings. */
export const BASE_CHAINS: Readonly<Record<TableName, readonly HookName[]>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  raw: ['PREROUTING', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT'],
}

export function isTableName(name: string): name is TableName {
  return Object.hasOwn(BASE_CHAINS, name)
}

export interface SavedTable {
  readonly name: TableName
  readonly chains: SavedPages<SavedChain>
}

/**
 * One table of one family and backend. The nft backend may lack base chains that nobody used yet. A table is made by a TableEdit,
 * reads as the edit leaves it, and is put in force by `adopt`: its changes then go into the chains in force, whatever their number.
 */
export class Table {
  readonly name: TableName
  chains: ChainView
  /** What validation found out, handed on to the next version of the table (see graph.ts). */
  graph: JumpGraph | undefined
  private readonly store: ChainStore
  private overlay: ChainOverlay | undefined
  /** While edited: the table in force that this one starts from, and what the edit changed in its counts of uses. */
  private older: Table | undefined
  private changes = new Uses()
  /** While edited: written from scratch, or as good as. */
  anew: boolean
  private foreignTouched = false
  private uses: Uses | undefined
  /** Base chains under another name; known once asked. */
  private renamed: readonly Chain[] | undefined
  private readonly atHook = new Map<HookName, readonly Chain[]>()
  private saved: SavedTable | undefined
  /** Chains that undo replaced since somebody asked for uses or jumps. */
  private reverted: ChainChange[] = []

  constructor(name: TableName, older?: Table) {
    older?.settle()
    this.name = name
    this.older = older
    this.anew = older === undefined
    this.store = older?.store ?? new ChainStore()
    this.overlay = new ChainOverlay(this.store)
    this.chains = this.overlay
  }

  isBase(chain: string): boolean {
    return (BASE_CHAINS[this.name] as readonly string[]).includes(chain)
  }

  /** Base chains in hook order, then the others by name. */
  sorted(): Chain[] {
    const base = BASE_CHAINS[this.name].map((name) => this.chains.get(name)).filter((chain) => chain !== undefined)
    const sorted: Chain[] = base
    for (const name of this.chains.sortedNames()) if (!this.isBase(name)) sorted.push(this.chains.get(name) as Chain)
    return sorted
  }

  /** What listings show: base chains that nobody made yet appear empty, renamed ones not at all. */
  listed(): Chain[] {
    const base = BASE_CHAINS[this.name].map((name) => this.chains.get(name) ?? new Chain(name, 'ACCEPT'))
    const listed: Chain[] = base
    for (const name of this.chains.sortedNames()) {
      const chain = this.chains.get(name) as Chain
      if (chain.policy === undefined) listed.push(chain)
    }
    return listed
  }

  /** The base chains at a hook: the one of its name, and any that -E gave another name. */
  hooked(hook: HookName): readonly Chain[] {
    let found = this.atHook.get(hook)
    if (found === undefined) {
      const named = this.chains.get(hook)
      const others = this.foreignBases().filter((chain) => chain.hook === hook)
      found = named === undefined ? others : [named, ...others]
      this.atHook.set(hook, found)
    }
    return found
  }

  /** Whether -E renamed a base chain. */
  hasForeignBase(): boolean {
    return this.foreignBases().length > 0
  }

  private foreignBases(): readonly Chain[] {
    this.renamed ??= [...this.chains.values()].filter((chain) => chain.hook !== undefined)
    return this.renamed
  }

  /** How many rules of the whole table name each chain and each recent list. */
  private counted(): Uses {
    this.settle()
    if (this.uses !== undefined) return this.uses
    const uses = new Uses()
    for (const chain of this.chains.values()) for (const rule of chain.rules) uses.add(rule, 1)
    this.uses = uses
    return uses
  }

  /** How many jumps and gotos name a chain. */
  referencesTo(name: string): number {
    if (this.older === undefined || this.anew) return this.counted().ofChain(name)
    return this.older.counted().ofChain(name) + this.changes.ofChain(name)
  }

  namesRecent(name: string): boolean {
    return this.counted().ofRecent(name) > 0
  }

  // -- while it is edited ----------------------------------------------------------------------------------------------

  /** For edits: takes a chain in, or replaces it. */
  set(chain: Chain, known?: boolean): void {
    if (chain.hook !== undefined) this.foreignTouched = true
    this.overlay?.set(chain, known)
    this.forget()
  }

  delete(name: string): void {
    if (this.chains.get(name)?.hook !== undefined) this.foreignTouched = true
    this.overlay?.delete(name)
    this.forget()
  }

  private forget(): void {
    if (this.atHook.size > 0) this.atHook.clear()
    this.renamed = undefined
  }

  /** For edits: a rule that came or went. */
  addUse(rule: Rule, by: 1 | -1): void {
    if (this.anew) this.uses?.add(rule, by)
    else this.changes.add(rule, by)
  }

  addUses(rules: readonly Rule[], by: 1 | -1): void {
    const counts = this.anew ? this.uses : this.changes
    if (counts !== undefined) for (const rule of rules) counts.add(rule, by)
  }

  /** For edits that write most of the table: it is counted as a whole, when somebody asks or when it is validated. */
  writeAnew(): void {
    this.anew = true
  }

  /** What validation counted on its way. */
  surveyed(counted: Counted, recents: Map<string, number>): void {
    if (this.anew) this.uses = new Uses(counted, recents)
  }

  /**
   * Called when the table is put in force: the older one's chains and counts become its own. Returns the recent lists that are
   * named less often; undefined where that is not known.
   */
  adopt(): readonly string[] | undefined {
    const { older, changes, anew } = this
    if (!anew) {
      this.uses = older?.uses
      this.uses?.merge(changes)
    }
    if (!this.foreignTouched) this.renamed = older?.renamed
    this.anew = false
    this.older = undefined
    this.changes = new Uses()
    this.chains = this.overlay?.commit() ?? this.chains
    this.overlay = undefined
    this.atHook.clear()
    return anew ? undefined : changes.lost()
  }

  save(): SavedTable {
    const chains = this.store.save()
    if (this.saved?.chains !== chains) this.saved = { name: this.name, chains }
    return this.saved
  }

  /** Goes back to a saved form of itself; what did not change since stays as it is. */
  revert(state: SavedTable): void {
    this.overlay = undefined
    this.chains = this.store
    this.anew = false
    for (const change of this.store.revert(state.chains))
      if (change.was?.rules !== change.now?.rules || change.was?.hook !== change.now?.hook) this.reverted.push(change)
    this.forget()
    this.saved = state
  }

  /** Brings what is known of jumps up to date after undo, once somebody needs it. */
  private settle(): void {
    if (this.reverted.length === 0) return
    const fresh = new Map<Chain, readonly Rule[]>()
    for (const { was, now } of this.reverted) {
      const { came, went } = difference(was?.rules ?? [], now?.rules ?? [])
      for (const rule of went) this.uses?.add(rule, -1)
      for (const rule of came) this.uses?.add(rule, 1)
      if (now !== undefined && this.chains.get(now.name) === now) fresh.set(now, came)
    }
    // A chain that changed twice is new in all that came at either time.
    const once = this.reverted.filter(({ now }) => now !== undefined).length === fresh.size
    if (!once) for (const chain of fresh.keys()) fresh.set(chain, chain.rules)
    if (this.graph?.extend(this, fresh) !== true) this.graph = undefined
    this.reverted = []
  }

  static load(state: SavedTable): Table {
    const table = new Table(state.name)
    table.revert(state)
    return table
  }
}
