import type { Json, Stateful } from '../base/json.ts'
import type { ConnectionRecord } from './flows.ts'
import type { PacketEnd, WalkPacket, WalkStep } from './walk.ts'
import { decodeWalk, type Encoded, encodeWalk } from './walk-codec.ts'
import { type Named, Parts } from './walk-parts.ts'
import type { Why } from './walk-say.ts'

/** A step as it is kept: its sentence is made when somebody reads it. */
export type KeptStep = Omit<WalkStep, 'why'> & { readonly why: Why }

export interface KeptPacket extends Omit<WalkPacket, 'steps' | 'end'> {
  readonly steps: KeptStep[]
  end: PacketEnd
}

/** The packets of one connection: the first ones whole, the rest only counted. */
export interface KeptWalk {
  readonly packets: KeptPacket[]
  total: number
}

/** How many connections are remembered: of learners' commands, and of the machines' own programs. */
const LEARNERS = 50
const PROGRAMS = 12
/** Of programs' connections made within a second, so many: a burst would push everything out that somebody may look for. */
const PROGRAMS_A_SECOND = 4
const SECOND_MS = 1000
const PACKETS = 40

interface Slot {
  readonly learner: boolean
  walk: KeptWalk | undefined
  /** As saved; absent while the walk differs from it. */
  saved: Encoded | undefined
}

/** Programs' connections of the last second. */
interface Burst {
  readonly at: number
  readonly count: number
}

interface SavedStore {
  readonly burst: Burst
  readonly parts: readonly Named[]
  readonly slots: readonly { readonly flow: number; readonly learner: boolean; readonly walk: Encoded }[]
}

/** The walks of the last connections, in two rings, so that programs do not crowd out what a learner did. */
export class WalkStore implements Stateful {
  private slots = new Map<number, Slot>()
  private all: Json | undefined
  private burst: Burst = { at: 0, count: 0 }
  private parts = new Parts()

  /** A connection begins: from now on its packets are kept, if there is room. */
  open(record: Pick<ConnectionRecord, 'id' | 'at' | 'origin'>): void {
    const learner = record.origin !== undefined
    if (!learner) {
      if (record.at - this.burst.at >= SECOND_MS) this.burst = { at: record.at, count: 0 }
      if (this.burst.count >= PROGRAMS_A_SECOND) return
      this.burst = { at: this.burst.at, count: this.burst.count + 1 }
    }
    const ring = [...this.slots].filter(([, slot]) => slot.learner === learner)
    if (ring.length >= (learner ? LEARNERS : PROGRAMS)) this.slots.delete(ring[0]?.[0] as number)
    this.slots.set(record.id, { learner, walk: { packets: [], total: 0 }, saved: undefined })
    this.all = undefined
  }

  /** Whether anybody keeps the connection's packets. */
  wants(flow: number): boolean {
    return this.slots.has(flow)
  }

  /** A packet of the connection is made. Undefined where nobody keeps it. */
  packet(flow: number, packet: Omit<KeptPacket, 'id' | 'steps' | 'end'>): KeptPacket | undefined {
    const walk = this.changing(flow)
    if (walk === undefined) return undefined
    walk.total++
    if (walk.packets.length >= PACKETS) return undefined
    const kept: KeptPacket = { ...packet, id: walk.packets.length + 1, steps: [], end: 'cut' }
    walk.packets.push(kept)
    return kept
  }

  /** The packet, to be added to. */
  live(flow: number | undefined, nr: number | undefined): KeptPacket | undefined {
    return flow === undefined || nr === undefined ? undefined : this.changing(flow)?.packets[nr - 1]
  }

  get(flow: number): KeptWalk | undefined {
    const slot = this.slots.get(flow)
    if (slot === undefined) return undefined
    slot.walk ??= decodeWalk(slot.saved as Encoded, this.parts)
    return slot.walk
  }

  /** How many packets the connection has had; told without unpacking its walk. */
  total(flow: number): number {
    const slot = this.slots.get(flow)
    return slot?.walk?.total ?? slot?.saved?.total ?? 0
  }

  /** Connections whose walks are kept, oldest first. */
  kept(): readonly number[] {
    return [...this.slots.keys()]
  }

  save(): Json {
    if (this.all === undefined) {
      const slots = [...this.slots].map(([flow, slot]) => {
        slot.saved ??= encodeWalk(slot.walk as KeptWalk, this.parts)
        return { flow, learner: slot.learner, walk: slot.saved }
      })
      const parts = this.parts.only(new Set(slots.flatMap(({ walk }) => walk.shared)))
      this.all = { burst: this.burst, parts, slots } satisfies SavedStore as unknown as Json
    }
    return this.all
  }

  load(state: Json): void {
    const { burst, parts, slots } = state as unknown as SavedStore
    this.parts = new Parts(parts)
    this.slots = new Map(slots.map(({ flow, learner, walk }) => [flow, { learner, walk: undefined, saved: walk }]))
    this.burst = burst
    this.all = state
  }

  private changing(flow: number): KeptWalk | undefined {
    const slot = this.slots.get(flow)
    if (slot === undefined) return undefined
    slot.walk ??= decodeWalk(slot.saved as Encoded, this.parts)
    slot.saved = undefined
    this.all = undefined
    return slot.walk
  }
}
