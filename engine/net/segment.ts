import type { Link } from './link.ts'
import type { Netns } from './netns.ts'

/** A device and whose it is. */
export interface Attached {
  readonly ns: Netns
  readonly link: Link
}

export type Spaces = ReadonlyMap<string, Netns>

/** The other end of a veth pair, while it is up. */
export function peerOf(spaces: Spaces, link: Link): Attached | undefined {
  const ns = link.peer === undefined ? undefined : spaces.get(link.peer.netns)
  const other = link.peer === undefined ? undefined : ns?.linkByIndex(link.peer.index)
  return ns !== undefined && other?.up ? { ns, link: other } : undefined
}

/** A frame enters a host by this device: a bridge port passes it to the bridge and to the other ports. */
function* entering(spaces: Spaces, at: Attached): Iterable<Attached> {
  if (at.link.master === undefined) {
    yield at
    return
  }
  const bridge = at.ns.link(at.link.master)
  if (bridge?.up !== true) return
  yield { ns: at.ns, link: bridge }
  yield* ports(spaces, at.ns, bridge.name, at.link.index)
}

/** What hears a frame that a bridge sends out of its ports. */
function* ports(spaces: Spaces, ns: Netns, bridge: string, except: number): Iterable<Attached> {
  for (const port of ns.links) {
    if (port.master !== bridge || !port.up || port.index === except) continue
    const far = peerOf(spaces, port)
    if (far !== undefined) yield* entering(spaces, far)
  }
}

/** Everything that hears what leaves this device. */
export function* endsOf(spaces: Spaces, ns: Netns, link: Link): Iterable<Attached> {
  if (link.kind === 'bridge') yield* ports(spaces, ns, link.name, -1)
  const peer = peerOf(spaces, link)
  if (peer !== undefined) yield* entering(spaces, peer)
  if (link.segment === undefined) return
  for (const other of spaces.values())
    for (const l of other.links)
      if (l.segment === link.segment && l.up && !(other === ns && l.index === link.index)) yield { ns: other, link: l }
}

/** Who answers ARP for an address on the wire behind a device: any host that has it on whatever device (arp_ignore 0). */
export function ownerOf(spaces: Spaces, ns: Netns, link: Link, address: string): Attached | undefined {
  for (const end of endsOf(spaces, ns, link)) {
    const device = end.ns.localDevice(address)
    if (device === undefined || device.kind === 'loopback') continue
    if (end.ns.conf(end.link.name).arpIgnore > 0 && device.index !== end.link.index) continue
    return end
  }
  return undefined
}
