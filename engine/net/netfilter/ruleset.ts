import type { Json, Stateful } from '../../base/json.ts'
import type { Skb } from '../packet.ts'
import { Chain } from './chain.ts'
import type { Family, HookEnv, TableName, TableVerdict } from './env.ts'
import { evaluateTable } from './evaluate.ts'
import type { RecentList, Shared } from './extension.ts'
import { BASE_CHAINS, Table } from './table.ts'

export type Backend = 'nft' | 'legacy'

/** An nfacct object. */
export interface Accounting {
  packets: number
  bytes: number
}

interface Seen {
  readonly ttl: number
  readonly stamps: readonly number[]
}

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
  /** Goes up whenever a table comes, goes or is replaced: what was worked out from the tables is stale then. Never saved. */
  generation = 0

  /** The table, or undefined if nobody has made it yet. */
  table(family: Family, backend: Backend, name: TableName): Table | undefined {
    return this.tables.get(`${family}/${backend}/${name}`)
  }

  /** The tables of a family and backend that exist, oldest first. */
  tablesOf(family: Family, backend: Backend): readonly Table[] {
    const prefix = `${family}/${backend}/`
    return [...this.tables].filter(([key]) => key.startsWith(prefix)).map(([, table]) => table)
  }

  /** Puts a whole table in force at once. */
  put(family: Family, backend: Backend, table: Table): void {
    table.adopt()
    this.tables.set(`${family}/${backend}/${table.name}`, table)
    this.generation++
    this.dropUnusedRecents()
  }

  /** Removes a table with all its chains. */
  drop(family: Family, backend: Backend, name: TableName): void {
    this.tables.delete(`${family}/${backend}/${name}`)
    this.generation++
    this.dropUnusedRecents()
  }

  /** Any legacy command on a table creates it, with all its base chains (iptable_nat.ko and friends). */
  instantiate(family: Family, name: TableName): Table {
    const found = this.table(family, 'legacy', name)
    if (found !== undefined) return found
    const table = new Table(name, new Map(BASE_CHAINS[name].map((chain) => [chain, new Chain(chain, 'ACCEPT')])))
    this.tables.set(`${family}/legacy/${name}`, table)
    this.generation++
    return table
  }

  /** What a table says of a packet at a hook. Legacy tables and nft tables both have their say. */
  evaluate(family: Family, name: TableName, skb: Skb, env: HookEnv): TableVerdict {
    if (this.tables.size === 0) return ACCEPT
    const legacy = this.table(family, 'legacy', name)
    if (legacy !== undefined) {
      const verdict = evaluateTable(family, legacy, skb, env, this)
      if (verdict.kind !== 'accept') return verdict
    }
    const nft = this.table(family, 'nft', name)
    return nft === undefined ? ACCEPT : evaluateTable(family, nft, skb, env, this)
  }

  /** nfacct objects by name. */
  accounting(): ReadonlyMap<string, Accounting> {
    return this.accountings
  }

  addAccounting(name: string): boolean {
    if (this.accountings.has(name)) return false
    this.accountings.set(name, { packets: 0, bytes: 0 })
    return true
  }

  resetAccounting(name: string): void {
    if (this.accountings.has(name)) this.accountings.set(name, { packets: 0, bytes: 0 })
  }

  removeAccounting(name: string): void {
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
    if (found !== undefined) this.accountings.set(name, { packets: found.packets + 1, bytes: found.bytes + bytes })
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
        list().set(address, { ttl, stamps })
      },
      remove: (address) => {
        list().delete(address)
      },
    }
  }

  /** What /proc/net/xt_recent/NAME shows. */
  recentLists(): ReadonlyMap<string, ReadonlyMap<string, Seen>> {
    return this.recents
  }

  private someMatch(test: (match: { readonly ext: string; readonly [key: string]: unknown }) => boolean): boolean {
    for (const table of this.tables.values())
      for (const chain of table.chains.values()) for (const rule of chain.rules) if (rule.matches.some(test)) return true
    return false
  }

  /** A recent list lives as long as some rule names it. */
  private dropUnusedRecents(): void {
    for (const name of [...this.recents.keys()])
      if (!this.someMatch((match) => match.ext === 'recent' && match['name'] === name)) this.recents.delete(name)
  }

  save(): Json {
    return {
      tables: Object.fromEntries([...this.tables].map(([key, table]) => [key, table.save()])),
      accounting: Object.fromEntries([...this.accountings].map(([name, a]) => [name, { ...a }])),
      recent: Object.fromEntries(
        [...this.recents].map(([name, list]) => [name, Object.fromEntries(list) as unknown as Record<string, Json>]),
      ),
    }
  }

  load(state: Json): void {
    const data = state as unknown as {
      tables: Record<string, Json>
      accounting: Record<string, Accounting>
      recent: Record<string, Record<string, Seen>>
    }
    this.tables = new Map(Object.entries(data.tables).map(([key, table]) => [key, Table.load(table)]))
    this.generation++
    this.accountings = new Map(Object.entries(data.accounting).map(([name, a]) => [name, { ...a }]))
    this.recents = new Map(Object.entries(data.recent).map(([name, list]) => [name, new Map(Object.entries(list))]))
  }
}
