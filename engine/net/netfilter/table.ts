import type { Json } from '../../base/json.ts'
import { Chain } from './chain.ts'
import type { HookName, TableName } from './env.ts'
import type { JumpGraph } from './graph.ts'
import type { Rule } from './rule.ts'

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

/** strcmp(3) of names that are ASCII or latin-1 bytes. */
function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

export function jumpTarget(rule: Rule): string | undefined {
  const target = rule.target
  return target?.kind === 'jump' || target?.kind === 'goto' ? target.chain : undefined
}

/** One table of one family and backend. The nft backend may lack base chains that nobody used yet. */
export class Table {
  readonly name: TableName
  readonly chains: Map<string, Chain>
  /** What validation found out, handed on to the next version of the table (see graph.ts). */
  graph: JumpGraph | undefined
  private renamed: readonly Chain[] | undefined
  /** While edited: the table in force that this one starts from, and what the edit changed in its reference counts. */
  private older: Table | undefined
  private readonly changes = new Map<string, number>()
  private refs: Map<string, number> | undefined
  private saved: { readonly parts: readonly Json[]; readonly value: Json } | undefined

  constructor(name: TableName, chains: Map<string, Chain> = new Map()) {
    this.name = name
    this.chains = chains
  }

  isBase(chain: string): boolean {
    return (BASE_CHAINS[this.name] as readonly string[]).includes(chain)
  }

  /** Base chains in hook order, then the others by name. */
  sorted(): Chain[] {
    const base = BASE_CHAINS[this.name].map((name) => this.chains.get(name)).filter((chain) => chain !== undefined)
    const user = [...this.chains.values()].filter((chain) => !this.isBase(chain.name))
    return [...base, ...user.sort((a, b) => byBytes(a.name, b.name))]
  }

  /** What listings show: base chains that nobody made yet appear empty, renamed ones not at all. */
  listed(): Chain[] {
    const base = BASE_CHAINS[this.name].map((name) => this.chains.get(name) ?? new Chain(name, 'ACCEPT'))
    return [...base, ...this.sorted().filter((chain) => chain.policy === undefined)]
  }

  /** The base chains at a hook: the one of its name, and any that -E gave another name. */
  hooked(hook: HookName): readonly Chain[] {
    const named = this.chains.get(hook)
    this.renamed ??= [...this.chains.values()].filter((chain) => chain.hook !== undefined)
    const others = this.renamed.filter((chain) => chain.hook === hook)
    return named === undefined ? others : [named, ...others]
  }

  /** Whether -E renamed a base chain. */
  hasForeignBase(): boolean {
    for (const chain of this.chains.values()) if (chain.hook !== undefined) return true
    return false
  }

  /** How many jumps and gotos name each chain. */
  references(): ReadonlyMap<string, number> {
    if (this.refs === undefined) {
      const refs = new Map<string, number>()
      for (const chain of this.chains.values())
        for (const rule of chain.rules) {
          const to = jumpTarget(rule)
          if (to !== undefined) refs.set(to, (refs.get(to) ?? 0) + 1)
        }
      this.refs = refs
    }
    return this.refs
  }

  /** A version of the table to edit: chains shared, what is known of references taken along. */
  next(): Table {
    const table = new Table(this.name, new Map(this.chains))
    table.older = this.older ?? this
    for (const [name, by] of this.changes) table.changes.set(name, by)
    return table
  }

  /** For edits: the change of a chain's references, beside the counts of the table in force. */
  addReference(rule: Rule, by: 1 | -1): void {
    const to = jumpTarget(rule)
    if (to !== undefined) this.changes.set(to, (this.changes.get(to) ?? 0) + by)
  }

  /** How many jumps and gotos name a chain. */
  referencesTo(name: string): number {
    return (this.older?.references().get(name) ?? 0) + (this.changes.get(name) ?? 0)
  }

  /** Called when the table is put in force: the older one's counts become its own. */
  adopt(): void {
    const counted = this.older?.refs
    if (counted !== undefined) for (const [name, by] of this.changes) counted.set(name, (counted.get(name) ?? 0) + by)
    this.refs = counted
    this.older = undefined
    this.changes.clear()
  }

  save(): Json {
    const parts = [...this.chains.values()].map((chain) => chain.save())
    if (this.saved !== undefined && parts.length === this.saved.parts.length && parts.every((p, i) => p === this.saved?.parts[i]))
      return this.saved.value
    this.saved = { parts, value: { name: this.name, chains: parts } }
    return this.saved.value
  }

  static load(state: Json): Table {
    const { name, chains } = state as unknown as { name: TableName; chains: readonly Json[] }
    return new Table(name, new Map(chains.map(Chain.load).map((chain) => [chain.name, chain])))
  }
}
