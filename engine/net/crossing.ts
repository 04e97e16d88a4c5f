import type { Link } from './link.ts'
import type { Netns } from './netns.ts'
import { type Attached, peerOf, type Spaces } from './segment.ts'
import type { TapDirection } from './taps.ts'

/** A device that a frame passes between the one it left by and the one whose host takes it: a bridge's port. */
export interface Crossing {
  readonly ns: Netns
  readonly link: Link
  readonly direction: TapDirection
}

const same = (a: Attached, b: Attached) => a.ns === b.ns && a.link.index === b.link.index

/** The bridge ports on the way from a device to another, in order; undefined where no way leads there. */
export function crossings(spaces: Spaces, from: Attached, to: Attached): readonly Crossing[] | undefined {
  return from.link.kind === 'bridge' ? throughPorts(spaces, from, -1, to) : onWire(spaces, from, to)
}

/** What a bridge sends out of its ports. */
function throughPorts(spaces: Spaces, bridge: Attached, except: number, to: Attached): readonly Crossing[] | undefined {
  for (const port of bridge.ns.links) {
    if (port.master !== bridge.link.name || !port.up || port.index === except) continue
    const rest = onWire(spaces, { ns: bridge.ns, link: port }, to)
    if (rest !== undefined) return [{ ns: bridge.ns, link: port, direction: 'Out' }, ...rest]
  }
  return undefined
}

function onWire(spaces: Spaces, from: Attached, to: Attached): readonly Crossing[] | undefined {
  if (from.link.segment !== undefined && from.link.segment === to.link.segment) return []
  const peer = peerOf(spaces, from.link)
  if (peer === undefined) return undefined
  if (same(peer, to)) return []
  const link = peer.link.master === undefined ? undefined : peer.ns.link(peer.link.master)
  if (link === undefined) return undefined
  const entered: Crossing = { ...peer, direction: 'P' }
  const bridge = { ns: peer.ns, link }
  if (same(bridge, to)) return [entered]
  const rest = throughPorts(spaces, bridge, peer.link.index, to)
  return rest === undefined ? undefined : [entered, ...rest]
}
