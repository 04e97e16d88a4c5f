import type { Place, WalkPacket, WalkStep } from '../../electron/contract/index.ts'

/** The hue of a station: a netfilter table's, or what else the tokens have one for. */
export type Hue = 'raw' | 'conntrack' | 'mangle' | 'nat' | 'filter' | 'security' | 'route' | 'bpf' | 'plain'

/** One stop in the row of hooks: the steps that happened there, one after the other. */
export interface Station {
  /** What happened there, for words; a table's station is `rule`. */
  readonly kind: WalkStep['kind']
  /** The table's or device's own name, where it has one. */
  readonly name?: string
  readonly hue: Hue
  readonly first: number
  readonly last: number
}

/** Stations at one hook (or outside of hooks) of one place. */
export interface HookGroup {
  readonly hook?: string
  readonly stations: readonly Station[]
}

export interface PlaceGroup {
  readonly place: Place
  readonly hooks: readonly HookGroup[]
}

function hueOf(step: WalkStep): Hue {
  if (step.kind === 'rule' || step.kind === 'nat') return step.table ?? 'nat'
  if (step.kind === 'conntrack' || step.kind === 'route' || step.kind === 'bpf') return step.kind
  return step.kind === 'device' ? 'route' : 'plain'
}

/** A translation happens where its table's rules were asked: one station. */
const kindOf = (step: WalkStep) => (step.kind === 'nat' ? 'rule' : step.kind)

function nameOf(step: WalkStep): string | undefined {
  if (kindOf(step) === 'rule') return step.table ?? 'nat'
  return step.kind === 'device' ? step.device : undefined
}

/** Only what happens inside a hook belongs to it: a socket or a device stands between hooks. */
const hookOf = (step: WalkStep) =>
  step.kind === 'rule' || step.kind === 'nat' || step.kind === 'conntrack' ? step.hook : undefined

const samePlace = (a: Place, b: Place) => a.kind === b.kind && a.name === b.name

/** The row of hooks that a packet passed, by place and hook, in its own order. */
export function stationsOf(packet: WalkPacket): readonly PlaceGroup[] {
  const places: { place: Place; hooks: { hook?: string; stations: Station[] }[] }[] = []
  packet.steps.forEach((step, index) => {
    let place = places.at(-1)
    if (!place || !samePlace(place.place, step.place)) {
      place = { place: step.place, hooks: [] }
      places.push(place)
    }
    const hook = hookOf(step)
    let group = place.hooks.at(-1)
    if (!group || group.hook !== hook) {
      group = { ...(hook ? { hook } : {}), stations: [] }
      place.hooks.push(group)
    }
    const name = nameOf(step)
    const before = group.stations.at(-1)
    if (before && before.kind === kindOf(step) && before.name === name)
      group.stations[group.stations.length - 1] = { ...before, last: index }
    else group.stations.push({ kind: kindOf(step), hue: hueOf(step), first: index, last: index, ...(name ? { name } : {}) })
  })
  return places
}

/** Where a station lies, seen from the step in hand. */
export function standing(station: Station, step: number): 'past' | 'here' | 'next' {
  return step > station.last ? 'past' : step < station.first ? 'next' : 'here'
}
