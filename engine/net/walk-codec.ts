import type { Json } from '../base/json.ts'
import type { KeptPacket, KeptStep, KeptWalk } from './walk-store.ts'

/**
 * A walk as it is saved. Most of a step has been said by an earlier one (the same header, rule, entry, reason), so every value
 * stands once in a pool and steps are lists of places in it; 0 is "absent".
 */
interface Encoded {
  readonly total: number
  readonly pool: readonly Json[]
  readonly packets: readonly { readonly packet: Json; readonly steps: readonly (readonly number[])[] }[]
}

const KEYS = [
  'time',
  'place',
  'netns',
  'device',
  'kind',
  'hook',
  'table',
  'chain',
  'rule',
  'text',
  'matched',
  'backend',
  'verdict',
  'before',
  'after',
  'counters',
  'entry',
  'why',
] as const satisfies readonly (keyof KeptStep)[]

class Pool {
  readonly values: Json[] = [null]
  private readonly scalars = new Map<string | number, number>()
  private readonly objects = new Map<object, number>()
  private readonly texts = new Map<string, number>()

  place(value: unknown): number {
    if (value === undefined) return 0
    if (typeof value !== 'object' || value === null) {
      const known = this.scalars.get(value as string | number)
      if (known !== undefined) return known
      return this.add(this.scalars, value as string | number, value as Json)
    }
    const known = this.objects.get(value)
    if (known !== undefined) return known
    const text = JSON.stringify(value)
    const at = this.texts.get(text) ?? this.add(this.texts, text, value as Json)
    this.objects.set(value, at)
    return at
  }

  private add<K>(index: Map<K, number>, key: K, value: Json): number {
    index.set(key, this.values.length)
    this.values.push(value)
    return this.values.length - 1
  }
}

export function encodeWalk(walk: KeptWalk): Json {
  const pool = new Pool()
  const packets = walk.packets.map(({ steps, ...packet }) => ({
    packet: packet as unknown as Json,
    steps: steps.map((step) => KEYS.map((key) => pool.place(step[key]))),
  }))
  return { total: walk.total, pool: pool.values, packets } satisfies Encoded as unknown as Json
}

export function decodeWalk(saved: Json): KeptWalk {
  const { total, pool, packets } = saved as unknown as Encoded
  const stepOf = (places: readonly number[]) => {
    const step: Record<string, Json> = {}
    places.forEach((at, i) => {
      if (at !== 0) step[KEYS[i] as string] = pool[at] as Json
    })
    return step as unknown as KeptStep
  }
  return {
    total,
    packets: packets.map(({ packet, steps }) => ({ ...(packet as unknown as KeptPacket), steps: steps.map(stepOf) })),
  }
}
