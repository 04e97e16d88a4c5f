import type { Json, Stateful } from '../base/json.ts'
import type { ConnectionRecord } from './flows.ts'
import type { PacketEnd, WalkPacket, WalkStep } from './walk.ts'
import { decodeWalk, encodeWalk } from './walk-codec.ts'
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
/** Of programs' connections made at one instant, so many: a burst would push everything out that somebody may look for. */
const PROGRAMS_AT_ONCE = 6
const PACKETS = 40

interface Slot {
  readonly learner: boolean
  walk: KeptWalk | undefined
  /** As saved; absent while the walk differs from it. */
  saved: Json | undefined
}

/** The walks of the last connections, in two rings, so that programs do not crowd out what a learner did. */
export class WalkStore implements Stateful {
  private slots = new Map<number, Slot>()
  private all: Json | undefined
  private burst = { at: -1, count: 0 }

  /** A connection begins: from now on its packets are kept, if there is room. */
  open(record: Pick<ConnectionRecord, 'id' | 'at' | 'origin'>): void {
    const learner = record.origin !== undefined
    if (!learner) {
      if (this.burst.at !== record.at) this.burst = { at: record.at, count: 0 }
      if (this.burst.count++ >= PROGRAMS_AT_ONCE) return
    }
    const ring = [...this.slots].filter(([, slot]) => slot.learner === learner)
    if (ring.length >= (learner ? LEARNERS : PROGRAMS)) this.slots.delete(ring[0]?.[0] as number)
    this.slots.set(record.id, { learner, walk: { packets: [], total: 0 }, saved: undefined })
    this.all = undefined
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
    slot.walk ??= decodeWalk(slot.saved as Json)
    return slot.walk
  }

  /** Connections whose walks are kept, oldest first. */
  kept(): readonly number[] {
    return [...this.slots.keys()]
  }

  save(): Json {
    this.all ??= [...this.slots].map(([flow, slot]) => {
      slot.saved ??= encodeWalk(slot.walk as KeptWalk)
      return { flow, learner: slot.learner, walk: slot.saved }
    })
    return this.all
  }

  load(state: Json): void {
    const saved = state as unknown as readonly { flow: number; learner: boolean; walk: Json }[]
    this.slots = new Map(saved.map(({ flow, learner, walk }) => [flow, { learner, walk: undefined, saved: walk }]))
    this.all = state
    this.burst = { at: -1, count: 0 }
  }

  private changing(flow: number): KeptWalk | undefined {
    const walk = this.get(flow)
    const slot = this.slots.get(flow)
    if (slot !== undefined) slot.saved = undefined
    this.all = undefined
    return walk
  }
}
