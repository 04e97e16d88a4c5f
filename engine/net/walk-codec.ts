import type { Json } from '../base/json.ts'
import type { KeptPacket, KeptStep, KeptWalk } from './walk-store.ts'

/**
 * A walk as it is saved. Rules, places and reasons are much the same from packet to packet and from one connection to the next: they
 * stand once in a pool that all walks share. Headers and entries stand once in each walk. A step is a list of places in the two.
 */
interface Encoded {
  readonly total: number
  readonly own: readonly Json[]
  readonly packets: readonly { readonly packet: Json; readonly steps: readonly Row[] }[]
}

/** [site, why, ms since the packet was made, before, after, entry, packets, bytes]; -1 is "absent". */
type Row = readonly [number, number, number, number, number, number, number?, number?]

/** What a part is found again by. Most are places of steps, whose few short fields tell them apart (`matched` follows from the text). */
function keyOf(value: object): string {
  if (!('netns' in value)) return JSON.stringify(value)
  const s = value as Partial<KeptStep>
  return `${s.netns}|${s.device}|${s.kind}|${s.hook}|${s.table}|${s.chain}|${s.rule}|${s.backend}|${s.verdict}|${s.text}`
}

/** Parts that are kept once each. It only grows. */
export class Pool {
  private values: Json[]
  /** What save() gave away: copied before the next part is added. */
  private given: readonly Json[] | undefined
  private keys: Map<string, number> | undefined

  constructor(values: readonly Json[] = []) {
    this.values = values as Json[]
    this.given = values
  }

  get size(): number {
    return this.values.length
  }

  at(place: number): Json {
    return this.values[place] as Json
  }

  place(value: object | undefined): number {
    if (value === undefined) return -1
    this.keys ??= new Map(this.values.map((v, i) => [keyOf(v as object), i]))
    const key = keyOf(value)
    let at = this.keys.get(key)
    if (at === undefined) {
      at = this.add(value as Json)
      this.keys.set(key, at)
    }
    return at
  }

  save(): readonly Json[] {
    this.given = this.values
    return this.values
  }

  private add(value: Json): number {
    if (this.given === this.values) this.values = [...this.values]
    this.values.push(value)
    return this.values.length - 1
  }
}

/** A walk's own parts: headers and entries are shared between its steps, so most are found without being read. */
class OwnPool extends Pool {
  private readonly objects = new Map<object, number>()

  override place(value: object | undefined): number {
    if (value === undefined) return -1
    const known = this.objects.get(value)
    if (known !== undefined) return known
    const at = super.place(value)
    this.objects.set(value, at)
    return at
  }
}

function rowOf(step: KeptStep, packet: KeptPacket, shared: Pool, own: Pool): Row {
  const { time, before, after, entry, why, counters, ...site } = step
  const [was, is, tuples] = [before, after, entry].map((part) => own.place(part)) as [number, number, number]
  const later = time - packet.time
  if (counters === undefined) return [shared.place(site), shared.place(why), later, was, is, tuples]
  return [shared.place(site), shared.place(why), later, was, is, tuples, counters.packets, counters.bytes]
}

export function encodeWalk(walk: KeptWalk, shared: Pool): Json {
  const own = new OwnPool()
  const packets = walk.packets.map((kept) => {
    const { steps, ...packet } = kept
    return { packet: packet as unknown as Json, steps: steps.map((step) => rowOf(step, kept, shared, own)) }
  })
  return { total: walk.total, own: own.save(), packets } as unknown as Json
}

export function decodeWalk(saved: Json, shared: Pool): KeptWalk {
  const { total, own, packets } = saved as unknown as Encoded
  const part = (key: string, at: number) => (at < 0 ? {} : { [key]: own[at] })
  const stepOf =
    (time: number) =>
    ([site, why, later, before, after, entry, counted, bytes]: Row) =>
      ({
        ...(shared.at(site) as object),
        why: shared.at(why),
        time: time + later,
        ...part('before', before),
        ...part('after', after),
        ...part('entry', entry),
        ...(counted === undefined ? {} : { counters: { packets: counted, bytes } }),
      }) as unknown as KeptStep
  return {
    total,
    packets: packets.map(({ packet, steps }) => {
      const kept = packet as unknown as KeptPacket
      return { ...kept, steps: steps.map(stepOf(kept.time)) }
    }),
  }
}
