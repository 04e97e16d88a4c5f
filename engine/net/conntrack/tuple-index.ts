import type { Tuple } from '../packet.ts'
import type { CtEntry } from './entry.ts'

/**
 * Flows by their tuples. The ports choose a bucket, as one number and without making a text of the tuple: this is asked for every
 * packet. Flows of the same ports between other ends share it.
 */
export class TupleIndex {
  private readonly buckets = new Map<number, CtEntry[]>()

  get(proto: number, src: string, dst: string, sport: number, dport: number): CtEntry | undefined {
    const bucket = this.buckets.get((sport << 16) | dport)
    if (bucket === undefined) return undefined
    for (let i = 0; i < bucket.length; i++) {
      const entry = bucket[i] as CtEntry
      if (is(entry.original, proto, src, dst, sport, dport) || is(entry.reply, proto, src, dst, sport, dport)) return entry
    }
    return undefined
  }

  add(tuple: Tuple, entry: CtEntry): void {
    const key = (tuple.sport << 16) | tuple.dport
    const bucket = this.buckets.get(key)
    if (bucket === undefined) this.buckets.set(key, [entry])
    else if (!bucket.includes(entry)) bucket.push(entry)
  }

  delete(tuple: Tuple, entry: CtEntry): void {
    const key = (tuple.sport << 16) | tuple.dport
    const bucket = this.buckets.get(key)
    const at = bucket?.indexOf(entry) ?? -1
    if (bucket === undefined || at < 0) return
    if (bucket.length === 1) this.buckets.delete(key)
    else bucket.splice(at, 1)
  }

  clear(): void {
    this.buckets.clear()
  }
}

function is(t: Tuple, proto: number, src: string, dst: string, sport: number, dport: number): boolean {
  return t.sport === sport && t.dport === dport && t.proto === proto && t.src === src && t.dst === dst
}
