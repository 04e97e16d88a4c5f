import type { Json, Stateful } from '../../base/json.ts'
import { PROTO, type Tuple } from '../packet.ts'
import { type CtEntry, copyEntry, invertTuple, tupleKey } from './entry.ts'
import { type CtStats, noStats } from './stats.ts'
import { TupleIndex } from './tuple-index.ts'

export type CtEvent = 'NEW' | 'UPDATE' | 'DESTROY'
/** What `conntrack -E` hears; `byProgram`: the netlink port of the program that did it. */
export type CtListener = (event: CtEvent, entry: CtEntry, byProgram?: number) => void

/** How many entries more before those past their time are looked for; a large table looks after a quarter of its size. */
const COLLECT_EVERY = 64
/** Buckets that early_drop looks at (NF_CT_EVICTION_RANGE). */
const EVICTION_RANGE = 8
/** The longest time between two runs of the garbage collector (GC_SCAN_INTERVAL_MAX). */
const GC_INTERVAL_MS = 60_000
/** States in which a TCP flow may be given up where the table is full (tcp_can_early_drop). */
const MAY_GO: ReadonlySet<string | undefined> = new Set(['FIN_WAIT', 'LAST_ACK', 'TIME_WAIT', 'CLOSE', 'CLOSE_WAIT'])

/** What a namespace's sysctls say when an entry begins. */
export interface CreateOptions {
  readonly acct: boolean
  readonly timestamp: boolean
}

/** The connection table of one network namespace. Entries past their time are dropped when met, as the kernel's gc does. */
export class ConntrackTable implements Stateful {
  private entries = new Map<number, CtEntry>()
  private readonly byTuple = new TupleIndex()
  /** Source-translated flows by the source they had (nf_nat_bysource). */
  private bySource = new Map<string, Set<CtEntry>>()
  private nextId = 1
  private sinceCollect = 0
  /** Since when the table is too full, for the garbage collector. */
  private pressedAt: number | undefined
  stats: CtStats = noStats()
  private readonly listeners = new Set<CtListener>()
  private readonly now: () => number

  constructor(now: () => number) {
    this.now = now
  }

  /** A new entry that is not in the table until {@link confirm}. */
  create(original: Tuple, options?: CreateOptions): CtEntry {
    return {
      id: this.nextId++,
      original,
      reply: invertTuple(original),
      confirmed: false,
      dying: false,
      seenReply: false,
      assured: false,
      snat: false,
      dnat: false,
      srcDone: false,
      dstDone: false,
      since: this.now(),
      expires: 0,
      mark: 0,
      tcp: undefined,
      sctp: undefined,
      streamAt: undefined,
      packets: [0, 0],
      bytes: [0, 0],
      acct: options?.acct ?? false,
      stamped: options?.timestamp ?? false,
      masqOif: undefined,
      kept: undefined,
    }
  }

  /** The live entry with this tuple in either direction. */
  find(t: Tuple): CtEntry | undefined {
    return this.lookup(t.proto, t.src, t.dst, t.sport, t.dport)
  }

  /** The same, of its parts. */
  lookup(proto: number, src: string, dst: string, sport: number, dport: number): CtEntry | undefined {
    const entry = this.byTuple.get(proto, src, dst, sport, dport)
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

  /** A translated flow from the same source that still lives (find_appropriate_src). */
  translatedFrom(source: Tuple): CtEntry | undefined {
    for (const entry of this.bySource.get(sourceKey(source)) ?? []) if (entry.expires > this.now()) return entry
    return undefined
  }

  /** Puts an entry into the table; false where either tuple is taken (__nf_conntrack_confirm). */
  confirm(entry: CtEntry): boolean {
    if (this.find(entry.original) !== undefined || this.find(entry.reply) !== undefined) {
      this.stats.insert_failed++
      this.stats.drop++
      return false
    }
    if (++this.sinceCollect >= Math.max(COLLECT_EVERY, this.entries.size >> 2)) this.collect()
    this.put(entry)
    this.emit('NEW', entry)
    return true
  }

  private put(entry: CtEntry): void {
    entry.confirmed = true
    this.entries.set(entry.id, entry)
    this.byTuple.add(entry.original, entry)
    this.byTuple.add(entry.reply, entry)
    if (!entry.snat) return
    const key = sourceKey(entry.original)
    const same = this.bySource.get(key)
    if (same === undefined) this.bySource.set(key, new Set([entry]))
    else same.add(entry)
  }

  /** Adds a made-up entry (`conntrack -I`); false if it is there already. */
  insert(entry: CtEntry): boolean {
    if (this.find(entry.original) !== undefined || this.find(entry.reply) !== undefined) return false
    this.put(entry)
    this.stats.insert++
    this.emit('NEW', entry, this.now() % 30_000)
    return true
  }

  delete(entry: CtEntry, byProgram?: number): void {
    entry.dying = true
    if (!this.entries.delete(entry.id)) return
    this.byTuple.delete(entry.original, entry)
    this.byTuple.delete(entry.reply, entry)
    if (entry.snat) {
      const key = sourceKey(entry.original)
      const same = this.bySource.get(key)
      same?.delete(entry)
      if (same?.size === 0) this.bySource.delete(key)
    }
    this.emit('DESTROY', entry, byProgram)
  }

  flush(): void {
    for (const entry of [...this.entries.values()]) this.delete(entry)
  }

  /** A device went down or away: flows masqueraded behind it end (masq_device_event). */
  deviceDown(device: string): void {
    for (const entry of [...this.entries.values()]) if (entry.masqOif === device) this.delete(entry)
  }

  /** An address went: flows masqueraded to it end (masq_inet_event). */
  addressDown(device: string, address: string): void {
    for (const entry of [...this.entries.values()])
      if (entry.masqOif === device && entry.reply.dst === address) this.delete(entry)
  }

  /** Live entries. The kernel lists in hash order; so do we, by a hash of the original tuple. */
  list(): readonly CtEntry[] {
    this.collect()
    const hashed = [...this.entries.values()].map((entry) => ({ entry, at: hash(entry.original) }))
    return hashed.sort((a, b) => a.at - b.at || a.entry.id - b.entry.id).map(({ entry }) => entry)
  }

  /** How many live entries there are. */
  count(): number {
    this.collect()
    return this.entries.size
  }

  /** When the next entry is past its time, or undefined where there is none. */
  nextExpiry(): number | undefined {
    let next: number | undefined
    for (const entry of this.entries.values()) if (next === undefined || entry.expires < next) next = entry.expires
    return next
  }

  /** Drops what is past its time, as gc_worker does; by the table's size, so that the same packets always leave the same table. */
  collect(): void {
    const now = this.now()
    this.sinceCollect = 0
    for (const entry of this.entries.values()) if (entry.expires <= now) this.delete(entry)
  }

  /**
   * Room for one more entry (__nf_conntrack_alloc): where the table is full, an unassured flow of the buckets nearby goes
   * (early_drop), or what the garbage collector may take on its next run. False: the packet must go.
   */
  makeRoom(tuple: Tuple, max: number, buckets: number): boolean {
    if (this.entries.size < max) return true
    this.collect()
    if (this.entries.size < max) return true
    this.pressedAt ??= this.now()
    if (this.now() - this.pressedAt >= GC_INTERVAL_MS) {
      this.pressedAt = this.now()
      const enough = Math.floor((max / 100) * 95)
      for (const entry of this.entries.values()) {
        if (this.entries.size <= enough) break
        if (!entry.assured || (entry.original.proto === PROTO.tcp && MAY_GO.has(entry.tcp?.state))) this.dropEarly(entry)
      }
      if (this.entries.size < max) return true
    }
    const bucket = hash(tuple) % buckets
    const near = (other: Tuple) => ((hash(other) % buckets) - bucket + buckets) % buckets < EVICTION_RANGE
    for (const entry of this.entries.values()) {
      if (entry.assured || !(near(entry.original) || near(entry.reply))) continue
      this.dropEarly(entry)
      return true
    }
    return false
  }

  private dropEarly(entry: CtEntry): void {
    this.delete(entry)
    this.stats.early_drop++
  }

  /** How many are in the table, entries past their time included until they are met. */
  get size(): number {
    return this.entries.size
  }

  on(listener: CtListener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  emit(event: CtEvent, entry: CtEntry, byProgram?: number): void {
    if (this.listeners.size > 0) for (const listener of [...this.listeners]) listener(event, entry, byProgram)
  }

  save(): Json {
    const entries: CtEntry[] = []
    for (const entry of this.entries.values()) {
      entry.kept ??= copyEntry(entry)
      entries.push(entry.kept)
    }
    const { nextId, sinceCollect, pressedAt } = this
    return {
      nextId,
      sinceCollect,
      ...(pressedAt === undefined ? {} : { pressedAt }),
      stats: { ...this.stats },
      entries,
    } as unknown as Json
  }

  load(state: Json): void {
    const saved = state as unknown as {
      nextId: number
      sinceCollect: number
      pressedAt?: number
      stats: CtStats
      entries: CtEntry[]
    }
    this.nextId = saved.nextId
    this.sinceCollect = saved.sinceCollect
    this.pressedAt = saved.pressedAt
    this.stats = { ...saved.stats }
    this.entries = new Map()
    this.byTuple.clear()
    this.bySource = new Map()
    for (const kept of saved.entries) {
      const entry = copyEntry(kept)
      this.put(entry)
    }
  }
}

function sourceKey(t: Tuple): string {
  return `${t.proto}|${t.src}|${t.sport}`
}

/** FNV-1a of the tuple. */
function hash(t: Tuple): number {
  let h = 0x811c9dc5
  const key = tupleKey(t)
  for (let i = 0; i < key.length; i++) h = Math.imul(h ^ key.charCodeAt(i), 0x01000193)
  return h >>> 0
}
