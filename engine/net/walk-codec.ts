import type { Json } from '../base/json.ts'
import type { KeptPacket, KeptStep, KeptWalk } from './walk-store.ts'

/**
 * A walk as it is saved. Most of a step has been said by an earlier one (where it was, the rule, the header, the reason), so every
 * such part stands once in a pool and a step is a list of places in it and of plain numbers.
 */
interface Encoded {
  readonly total: number
  readonly pool: readonly Json[]
  readonly packets: readonly { readonly packet: Json; readonly steps: readonly (readonly number[])[] }[]
}

/** [site, ms since the packet was made, before, after, entry, why, packets, bytes]; place 0 of the pool is "absent". */
type Row = readonly [number, number, number, number, number, number, number?, number?]

/** Each part once, found again by its text. */
class Pool {
  readonly values: Json[] = [null]
  private readonly objects = new Map<object, number>()
  private readonly texts = new Map<string, number>()

  place(value: object | undefined): number {
    if (value === undefined) return 0
    const known = this.objects.get(value)
    if (known !== undefined) return known
    const text = JSON.stringify(value)
    let at = this.texts.get(text)
    if (at === undefined) {
      at = this.values.length
      this.values.push(value as Json)
      this.texts.set(text, at)
    }
    this.objects.set(value, at)
    return at
  }
}

function rowOf(step: KeptStep, packet: KeptPacket, pool: Pool): Row {
  const { time, before, after, entry, why, counters, ...site } = step
  const [was, is, tuple, reason] = [before, after, entry, why].map((part) => pool.place(part)) as [number, number, number, number]
  const later = time - packet.time
  if (counters === undefined) return [pool.place(site), later, was, is, tuple, reason]
  return [pool.place(site), later, was, is, tuple, reason, counters.packets, counters.bytes]
}

export function encodeWalk(walk: KeptWalk): Json {
  const pool = new Pool()
  const packets = walk.packets.map((kept) => {
    const { steps, ...packet } = kept
    return { packet: packet as unknown as Json, steps: steps.map((step) => rowOf(step, kept, pool)) }
  })
  return { total: walk.total, pool: pool.values, packets } as unknown as Json
}

export function decodeWalk(saved: Json): KeptWalk {
  const { total, pool, packets } = saved as unknown as Encoded
  const part = (key: string, at: number) => (at === 0 ? {} : { [key]: pool[at] })
  const stepOf = (time: number) => (row: readonly number[]) => {
    const [site, later, before, after, entry, why, counted, bytes] = row as Row
    return {
      ...(pool[site] as object),
      time: time + later,
      ...part('before', before),
      ...part('after', after),
      ...part('entry', entry),
      ...part('why', why),
      ...(counted === undefined ? {} : { counters: { packets: counted, bytes } }),
    } as unknown as KeptStep
  }
  return {
    total,
    packets: packets.map(({ packet, steps }) => {
      const kept = packet as unknown as KeptPacket
      return { ...kept, steps: steps.map(stepOf(kept.time)) }
    }),
  }
}
