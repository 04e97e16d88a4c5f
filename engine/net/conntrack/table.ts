import type { Json, Stateful } from '../../base/json.ts'
import type { Tuple } from '../packet.ts'
import { type CtEntry, invertTuple, tupleKey } from './entry.ts'

/** Columns of `conntrack -S`. */
export interface CtStats {
  found: number
  invalid: number
  insert: number
  insert_failed: number
  drop: number
  early_drop: number
  error: number
  search_restart: number
  clash_resolve: number
  chaintoolong: number
}

export type CtEvent = 'NEW' | 'UPDATE' | 'DESTROY'
/** What `conntrack -E` hears. */
export type CtListener = (event: CtEvent, entry: CtEntry) => void

const NO_STATS: CtStats = {
  found: 0,
  invalid: 0,
  insert: 0,
  insert_failed: 0,
  drop: 0,
  early_drop: 0,
  error: 0,
  search_restart: 0,
  clash_resolve: 0,
  chaintoolong: 0,
}

/** How many entries more before those past their time are looked for. */
const COLLECT_EVERY = 64

/** The connection table of one network namespace. Entries past their time are dropped when met, as the kernel's gc does. */
export class ConntrackTable implements Stateful {
  private entries = new Map<number, CtEntry>()
  private byTuple = new Map<string, CtEntry>()
  private nextId = 1
  stats: CtStats = { ...NO_STATS }
  private readonly listeners = new Set<CtListener>()
  private readonly now: () => number

  constructor(now: () => number) {
    this.now = now
  }

  /** A new entry that is not in the table until {@link confirm}. */
  create(original: Tuple): CtEntry {
    return {
      id: this.nextId++,
      original,
      reply: invertTuple(original),
      confirmed: false,
      seenReply: false,
      assured: false,
      snat: false,
      dnat: false,
      srcDone: false,
      dstDone: false,
      expires: 0,
      mark: 0,
      packets: [0, 0],
      bytes: [0, 0],
    }
  }

  /** The live entry with this tuple in either direction. */
  find(tuple: Tuple): CtEntry | undefined {
    const entry = this.byTuple.get(tupleKey(tuple))
    if (entry === undefined) return undefined
    if (entry.expires <= this.now()) {
      this.delete(entry)
      return undefined
    }
    return entry
  }

  /** Whether `tuple` as a reply tuple is taken by another entry (nf_nat_used_tuple). */
  used(reply: Tuple, by: CtEntry): boolean {
    const other = this.find(reply)
    return other !== undefined && other !== by
  }

  /** Puts an entry into the table; false where either tuple is taken (__nf_conntrack_confirm). */
  confirm(entry: CtEntry): boolean {
    if (this.find(entry.original) !== undefined || this.find(entry.reply) !== undefined) {
      this.stats.insert_failed++
      this.stats.drop++
      return false
    }
    if (this.entries.size % COLLECT_EVERY === COLLECT_EVERY - 1) this.collect()
    entry.confirmed = true
    this.entries.set(entry.id, entry)
    this.byTuple.set(tupleKey(entry.original), entry)
    this.byTuple.set(tupleKey(entry.reply), entry)
    this.emit('NEW', entry)
    return true
  }

  /** Adds a made-up entry (`conntrack -I`); false if it is there already. */
  insert(entry: CtEntry): boolean {
    return this.confirm(entry)
  }

  delete(entry: CtEntry): void {
    if (!this.entries.delete(entry.id)) {
      entry.dying = true
      return
    }
    entry.dying = true
    this.byTuple.delete(tupleKey(entry.original))
    this.byTuple.delete(tupleKey(entry.reply))
    this.emit('DESTROY', entry)
  }

  flush(): void {
    for (const entry of [...this.entries.values()]) this.delete(entry)
  }

  /** Live entries. The kernel lists in hash order; so do we, by a hash of the original tuple. */
  list(): readonly CtEntry[] {
    this.collect()
    return [...this.entries.values()].sort((a, b) => hash(a.original) - hash(b.original) || a.id - b.id)
  }

  /** Drops what is past its time, as gc_worker does; by the table's size, so that the same packets always leave the same table. */
  private collect(): void {
    const now = this.now()
    for (const entry of [...this.entries.values()]) if (entry.expires <= now) this.delete(entry)
  }

  /** How many are in the table, entries past their time included until they are met: what nf_conntrack_max is held against. */
  get size(): number {
    return this.entries.size
  }

  on(listener: CtListener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  emit(event: CtEvent, entry: CtEntry): void {
    for (const listener of [...this.listeners]) listener(event, entry)
  }

  save(): Json {
    const entries = [...this.entries.values()].map((e) => structuredEntry(e))
    return { nextId: this.nextId, stats: { ...this.stats }, entries } as unknown as Json
  }

  load(state: Json): void {
    const saved = state as unknown as { nextId: number; stats: CtStats; entries: CtEntry[] }
    this.nextId = saved.nextId
    this.stats = { ...saved.stats }
    this.entries = new Map()
    this.byTuple = new Map()
    for (const kept of saved.entries) {
      const entry = structuredEntry(kept)
      this.entries.set(entry.id, entry)
      this.byTuple.set(tupleKey(entry.original), entry)
      this.byTuple.set(tupleKey(entry.reply), entry)
    }
  }
}

/** A copy that shares only what never changes (tuples). */
function structuredEntry(e: CtEntry): CtEntry {
  const copy: CtEntry = { ...e, packets: [...e.packets], bytes: [...e.bytes] }
  if (e.tcp !== undefined) copy.tcp = { state: e.tcp.state, seen: [{ ...e.tcp.seen[0] }, { ...e.tcp.seen[1] }] }
  return copy
}

function hash(t: Tuple): number {
  let h = 0x811c9dc5
  for (const ch of tupleKey(t)) h = Math.imul(h ^ ch.charCodeAt(0), 0x01000193)
  return h >>> 0
}
