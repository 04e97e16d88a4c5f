import type { Json } from '../base/json.ts'
import type { Frame } from './path/frame.ts'

export type NudState = 'INCOMPLETE' | 'REACHABLE' | 'STALE' | 'FAILED' | 'PERMANENT' | 'NOARP' | 'NONE'

/** An ARP (or ND) entry. `waiting` holds what was sent while nobody had answered yet. */
export interface Neighbour {
  readonly address: string
  readonly dev: string
  state: NudState
  mac?: string
  /** Since when it is in this state, virtual ms. */
  since: number
  waiting: Frame[]
}

/** REACHABLE turns STALE after base_reachable_time (30 s), as `ip neigh` shows it. */
export function neighbourState(n: Neighbour, now: number): NudState {
  return n.state === 'REACHABLE' && now - n.since > 30_000 ? 'STALE' : n.state
}

/** The neighbour table of a namespace (neigh_table): by device, then by address. */
export class Neighbours {
  private devices = new Map<string, Map<string, Neighbour>>()

  get(dev: string, address: string): Neighbour | undefined {
    return this.devices.get(dev)?.get(address)
  }

  set(n: Neighbour): void {
    const known = this.devices.get(n.dev)
    if (known === undefined) this.devices.set(n.dev, new Map([[n.address, n]]))
    else known.set(n.address, n)
  }

  delete(dev: string, address: string): boolean {
    return this.devices.get(dev)?.delete(address) ?? false
  }

  /** All of a device that goes. */
  deleteAll(dev: string): void {
    this.devices.delete(dev)
  }

  all(): Neighbour[] {
    return [...this.devices.values()].flatMap((known) => [...known.values()])
  }

  /** Plain data: a queued packet's flow is looked up again when it moves on. */
  save(): Json {
    const plain = (f: Frame) => ({ ...f, ct: undefined, entry: undefined })
    return this.all().map((n) => ({ ...n, waiting: n.waiting.map(plain) })) as unknown as Json
  }

  load(state: Json): void {
    this.devices = new Map()
    for (const n of state as unknown as readonly Neighbour[]) this.set({ ...n, waiting: [...n.waiting] })
  }
}
