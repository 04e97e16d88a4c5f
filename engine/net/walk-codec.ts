import type { Json } from '../base/json.ts'
import type { Parts } from './walk-parts.ts'
import type { KeptPacket, KeptStep, KeptWalk } from './walk-store.ts'

/**
 * A walk as it is saved. Places and rules, and reasons, are much the same from packet to packet and from one connection to the next:
 * all walks share them by name. Headers and entries stand once in each walk. A step is a list of places in those two.
 */
export interface Encoded {
  readonly total: number
  /** Names of the shared parts, in the order of their first use. */
  readonly shared: readonly string[]
  readonly own: readonly Json[]
  readonly packets: readonly { readonly packet: Json; readonly steps: readonly Row[] }[]
}

/** [site, why, ms since the packet was made, before, after, entry, packets, bytes]; -1 is "absent". */
type Row = readonly [number, number, number, number, number, number, number?, number?]

/** What tells the site of one step from that of another: few short fields (`matched` follows from the text). */
function siteText(s: KeptStep): string {
  return `${s.netns}|${s.device}|${s.kind}|${s.hook}|${s.table}|${s.chain}|${s.rule}|${s.backend}|${s.verdict}|${s.text}`
}

/** Things in the order in which they were first seen. */
class Order<T> {
  readonly list: T[] = []
  private readonly places = new Map<string, number>()

  place(key: string, value: () => T): number {
    let at = this.places.get(key)
    if (at === undefined) {
      at = this.list.length
      this.list.push(value())
      this.places.set(key, at)
    }
    return at
  }
}

class Encoder {
  readonly shared = new Order<string>()
  readonly own = new Order<Json>()
  private readonly parts: Parts
  /** Steps share headers and entries as objects: most are found without being read. */
  private readonly known = new Map<object, number>()

  constructor(parts: Parts) {
    this.parts = parts
  }

  row(step: KeptStep, packet: KeptPacket): Row {
    const { time, before, after, entry, why, counters, ...site } = step
    const [was, is, tuples] = [this.mine(before), this.mine(after), this.mine(entry)]
    const [at, reason] = [this.common(siteText(step), site), this.common(JSON.stringify(why), why)]
    const later = time - packet.time
    if (counters === undefined) return [at, reason, later, was, is, tuples]
    return [at, reason, later, was, is, tuples, counters.packets, counters.bytes]
  }

  private common(text: string, part: object): number {
    return this.shared.place(text, () => this.parts.name(text, part))
  }

  private mine(part: object | undefined): number {
    if (part === undefined) return -1
    const known = this.known.get(part)
    if (known !== undefined) return known
    const at = this.own.place(JSON.stringify(part), () => part as Json)
    this.known.set(part, at)
    return at
  }
}

export function encodeWalk(walk: KeptWalk, parts: Parts): Encoded {
  const encoder = new Encoder(parts)
  const packets = walk.packets.map((kept) => {
    const { steps, ...packet } = kept
    return { packet: packet as unknown as Json, steps: steps.map((step) => encoder.row(step, kept)) }
  })
  return { total: walk.total, shared: encoder.shared.list, own: encoder.own.list, packets }
}

export function decodeWalk({ total, shared, own, packets }: Encoded, parts: Parts): KeptWalk {
  const part = (key: string, at: number) => (at < 0 ? {} : { [key]: own[at] })
  const common = shared.map((name) => parts.at(name))
  const stepOf =
    (time: number) =>
    ([site, why, later, before, after, entry, counted, bytes]: Row) =>
      ({
        ...(common[site] as object),
        why: common[why],
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
