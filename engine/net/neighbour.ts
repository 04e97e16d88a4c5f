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
