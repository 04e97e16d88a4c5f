import type { Json, Stateful } from '../../base/json.ts'
import type { Skb } from '../packet.ts'
import { Chain } from './chain.ts'
import type { Family, HookEnv, TableName, TableVerdict } from './env.ts'
import { evaluateTable } from './evaluate.ts'
import type { RecentList, Shared } from './extension.ts'
import { BASE_CHAINS, type SavedTable, Table } from './table.ts'

export type Backend = 'nft' | 'legacy'

/** An nfacct object. */
export interface Accounting {
  packets: number
  bytes: number
}

/** An address of an xt_recent list: `count` times seen, of which the newest are kept. */
export interface Seen {
  readonly ttl: number
  readonly stamps: readonly number[]
  readonly count: number
}

/** ip_list_tot of xt_recent: how many addresses a list holds, and how many stamps each keeps where no rule asks for more. */
const RECENT_ADDRESSES = 100
const RECENT_STAMPS = 32

const ACCEPT: TableVerdict = { kind: 'accept' }

/**
 * The netfilter state of one network namespace: tables of both families and both backends side by side, nfacct objects and
 * xt_recent lists. Commands and kube-proxy change it through `edit.ts` and `restore.ts`; packets pass through `evaluate`.
 */
export class Ruleset implements Stateful, Shared {
  /** "4/nft/nat" to the table; legacy tables in order of creation. */
  private tables = new Map<string, Table>()
  private accountings = new Map<string, Accounting>()
  private recents = new Map<string, Map<string, Seen>>()
  /** hashlimit's tables by name. */
  private limitTables = new Map<string, Map<string, readonly [number, number]>>()
  private limitsSaved = true
  printk: Shared['printk']
  forceCounting: Shared['forceCounting']
  /** What was saved last, handed out again while it holds. */
  private saved: SavedRuleset | undefined
  private accountingSaved = false
  private savedRecents = new Map<string, Readonly<Record<string, Seen>>>()
  /** Goes up whenever a table comes, goes or is replaced: what was worked out from the tables is stale then. Never saved. */
  generation = 0
  private askedAt = -1
  private askedTables: Record<Family, Partial<Record<TableName, Asked>>> = { 4: {}, 6: {} }

  /** The table, or undefined if nobody has made it yet. */
  table(family: Family, backend: Backend, name: TableName): Table | undefined {
    return this.tables.get(`${family}/${backend}/${name}`)
  }

  /** The tables of a family and backend that exist, oldest first. */
  tablesOf(family: Family, backend: Backend): readonly Table[] {
    const prefix = `${family}/${backend}/`
    return [...this.tables].filter(([key]) => key.startsWith(prefix)).map(([, table]) => table)
  }

  /** Puts a whole table in force at once; `anew`: its hooks are registered again, not kept. */
  put(family: Family, backend: Backend, table: Table, anew = false): void {
    const key = `${family}/${backend}/${table.name}`
    const replaced = this.tables.get(key)
    const left = table.adopt()
    const every = [...this.recents.keys()]
    if (anew) this.tables.delete(key)
    this.tables.set(key, table)
    this.generation++
    this.dropUnusedLimits()
    this.dropUnusedRecents(replaced === undefined || replaced.chains === table.chains ? (left ?? every) : every)
  }

  /** Removes a table with all its chains. */
  drop(family: Family, backend: Backend, name: TableName): void {
    this.tables.delete(`${family}/${backend}/${name}`)
    this.generation++
    this.dropUnusedRecents([...this.recents.keys()])
  }

  /** Any legacy command on a table creates it, with all its base chains (iptable_nat.ko and friends). */
  instantiate(family: Family, name: TableName): Table {
    const found = this.table(family, 'legacy', name)
    if (found !== undefined) return found
    const table = new Table(name)
    for (const chain of BASE_CHAINS[name]) table.set(new Chain(chain, 'ACCEPT'))
    this.put(family, 'legacy', table)
    return table
  }

  /** What a table says of a packet at a hook. Legacy tables and nft tables both have their say. */
  evaluate(family: Family, name: TableName, skb: Skb, env: HookEnv): TableVerdict {
    let verdict = ACCEPT
    for (const [backend, table] of this.asked(family, name)) {
      verdict = evaluateTable(family, backend, table, skb, env, this)
      if (verdict.kind !== 'accept') return verdict
    }
    return verdict
  }

  /** The tables that a packet meets, the newest first (nf_hook_entries_grow of equal priorities), remembered until one comes or goes. */
  private asked(family: Family, name: TableName): Asked {
    if (this.askedAt !== this.generation) {
      this.askedAt = this.generation
      this.askedTables = { 4: {}, 6: {} }
    }
    const known = this.askedTables[family][name]
    if (known !== undefined) return known
    const found: (readonly [Backend, Table])[] = []
    for (const [key, table] of this.tables)
      for (const backend of ['legacy', 'nft'] as const)
        if (key === `${family}/${backend}/${name}`) found.unshift([backend, table])
    this.askedTables[family][name] = found
    return found
  }

  /** nfacct objects by name. */
  accounting(): ReadonlyMap<string, Accounting> {
    return this.accountings
  }

  addAccounting(name: string): boolean {
    if (this.accountings.has(name)) return false
    this.accountings.set(name, { packets: 0, bytes: 0 })
    this.accountingSaved = false
    return true
  }

  resetAccounting(name: string): void {
    this.accountingSaved = false
    if (this.accountings.has(name)) this.accountings.set(name, { packets: 0, bytes: 0 })
  }

  removeAccounting(name: string): void {
    this.accountingSaved = false
    this.accountings.delete(name)
  }

  hasAccounting(name: string): boolean {
    return this.accountings.has(name)
  }

  /** Whether a rule counts into the object: the kernel then refuses to delete it (EBUSY). */
  accountingInUse(name: string): boolean {
    return this.someMatch((match) => match.ext === 'nfacct' && match['name'] === name)
  }

  countAccounting(name: string, bytes: number): void {
    const found = this.accountings.get(name)
    this.accountingSaved = false
    if (found !== undefined) this.accountings.set(name, { packets: found.packets + 1, bytes: found.bytes + bytes })
  }

  limits(name: string): Map<string, readonly [number, number]> {
    this.limitsSaved = false
    let table = this.limitTables.get(name)
    if (table === undefined) {
      table = new Map()
      this.limitTables.set(name, table)
    }
    return table
  }

  recent(name: string): RecentList {
    const list = () => {
      const found = this.recents.get(name) ?? new Map<string, Seen>()
      this.recents.set(name, found)
      return found
    }
    return {
      get: (address) => this.recents.get(name)?.get(address),
      put: (address, ttl, stamps) => {
        this.savedRecents.delete(name)
        const known = list()
        const before = known.get(address)
        // The newest goes to the end; the oldest makes room (recent_entry_init, recent_entry_update).
        known.delete(address)
        if (before === undefined && known.size >= RECENT_ADDRESSES) known.delete(known.keys().next().value as string)
        const kept = stamps.length > RECENT_STAMPS ? stamps.slice(-this.recentStamps(name)) : stamps
        known.set(address, { ttl, stamps: kept, count: (before?.count ?? 0) + 1 })
      },
      remove: (address) => {
        this.savedRecents.delete(name)
        list().delete(address)
      },
      reap: (since, except) => {
        const oldest = list().entries().next().value
        if (oldest === undefined || oldest[0] === except || (oldest[1].stamps.at(-1) ?? 0) >= since) return
        this.savedRecents.delete(name)
        list().delete(oldest[0])
      },
    }
  }

  /** Every list that has an address. */
  recentLists(): ReadonlyMap<string, ReadonlyMap<string, Seen>> {
    return this.recents
  }

  /** What /proc/net/xt_recent/NAME shows; undefined where no rule names such a list. */
  recentList(name: string): ReadonlyMap<string, Seen> | undefined {
    const named = this.someMatch((match) => match.ext === 'recent' && match['name'] === name)
    return named ? (this.recents.get(name) ?? new Map()) : undefined
  }

  /** The lists that rules name. */
  recentNames(): readonly string[] {
    const names = new Set<string>()
    this.someMatch((match) => {
      if (match.ext === 'recent') names.add(match['name'] as string)
      return false
    })
    return [...names].sort()
  }

  /** How many stamps an address of the list keeps: the next power of two of the largest --hitcount that asks for more. */
  recentStamps(name: string): number {
    let most = RECENT_STAMPS
    this.someMatch((match) => {
      if (match.ext === 'recent' && match['name'] === name) most = Math.max(most, (match['hitcount'] as number | undefined) ?? 0)
      return false
    })
    return 2 ** Math.ceil(Math.log2(most))
  }

  private someMatch(test: (match: { readonly ext: string; readonly [key: string]: unknown }) => boolean): boolean {
    for (const table of this.tables.values())
      for (const chain of table.chains.values()) for (const rule of chain.rules) if (rule.matches.some(test)) return true
    return false
  }

  /** So do hashlimit's tables. */
  private dropUnusedLimits(): void {
    for (const name of this.limitTables.keys())
      if (!this.someMatch((match) => match.ext === 'hashlimit' && match['name'] === name)) this.limitTables.delete(name)
  }

  /** A recent list lives as long as some rule names it. */
  private dropUnusedRecents(names: readonly string[]): void {
    for (const name of names)
      if (this.recents.has(name) && ![...this.tables.values()].some((table) => table.namesRecent(name))) this.recents.delete(name)
  }

  save(): Json {
    const tables = [...this.tables].map(([key, table]) => [key, table.save()] as const)
    const recents = [...this.recents].map(
      ([name, list]) => [name, this.savedRecents.get(name) ?? Object.fromEntries(list)] as const,
    )
    this.savedRecents = new Map(recents)
    const last = this.saved
    if (
      last === undefined ||
      !sameEntries(last.tables, tables) ||
      !sameEntries(last.recent, recents) ||
      !this.accountingSaved ||
      !this.limitsSaved
    ) {
      this.accountingSaved = true
      this.limitsSaved = true
      const limits = [...this.limitTables].map(([name, table]) => [name, [...table]] as const)
      this.saved = {
        tables: Object.fromEntries(tables),
        accounting: Object.fromEntries([...this.accountings].map(([name, a]) => [name, { ...a }])),
        recent: Object.fromEntries(recents),
        ...(limits.length === 0 ? {} : { limits }),
      }
    }
    return this.saved as unknown as Json
  }

  load(state: Json): void {
    const data = state as unknown as SavedRuleset
    // What is in force already stays: undo pays for what it undoes.
    const before = this.tables
    this.tables = new Map(
      Object.entries(data.tables).map(([key, saved]) => {
        const table = before.get(key)
        if (table === undefined) return [key, Table.load(saved)]
        table.revert(saved)
        return [key, table]
      }),
    )
    this.generation++
    this.accountings = new Map(Object.entries(data.accounting).map(([name, a]) => [name, { ...a }]))
    this.recents = new Map(Object.entries(data.recent).map(([name, list]) => [name, new Map(Object.entries(list))]))
    this.savedRecents = new Map(Object.entries(data.recent))
    this.limitTables = new Map((data.limits ?? []).map(([name, table]) => [name, new Map(table)]))
    this.limitsSaved = true
    this.accountingSaved = true
    this.saved = data
  }
}

type Asked = readonly (readonly [Backend, Table])[]

interface SavedRuleset {
  readonly tables: Readonly<Record<string, SavedTable>>
  readonly accounting: Readonly<Record<string, Accounting>>
  readonly recent: Readonly<Record<string, Readonly<Record<string, Seen>>>>
  readonly limits?: readonly (readonly [string, readonly (readonly [string, readonly [number, number]])[]])[]
}

function sameEntries<T>(record: Readonly<Record<string, T>>, entries: readonly (readonly [string, T])[]): boolean {
  return Object.keys(record).length === entries.length && entries.every(([key, value]) => record[key] === value)
}
