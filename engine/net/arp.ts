import type { Json } from '../base/json.ts'
import type { Clock } from '../clock/clock.ts'
import { showArp } from './captured.ts'
import type { Link } from './link.ts'
import type { Neighbour } from './neighbour.ts'
import type { Netns } from './netns.ts'
import type { Frame } from './path/frame.ts'
import { ICMP_ERROR } from './path/icmp-errors.ts'
import type { IpStack } from './path/stack.ts'
import { type Attached, ownerOf } from './segment.ts'
import type { Taps } from './taps.ts'
import type { TraceSink } from './trace.ts'

const TRIES = 3
const INTERVAL_MS = 1000

/** What address resolution needs of the network. */
export interface ArpPort {
  readonly clock: Clock
  readonly taps: Taps
  readonly spaces: ReadonlyMap<string, Netns>
  run<T>(act: () => T): T
  transmit(ns: Netns, link: Link, frame: Frame, nexthop: string): void
  traceOf(frame: Frame): TraceSink | undefined
  stackOf(ns: Netns): IpStack
}

/** Address resolution: who answers, who learns from it, and what waits while nobody does. */
export class Arp {
  private readonly net: ArpPort
  /** Who answers for an address behind a device, as long as no device changes. */
  private readonly owners = new Map<Link, Map<string, Attached | undefined>>()

  constructor(net: ArpPort) {
    this.net = net
  }

  /** Devices have changed. */
  forget(): void {
    if (this.owners.size > 0) this.owners.clear()
  }

  /** Who answers ARP for an address on the wire behind a device. */
  ownerOf(ns: Netns, link: Link, address: string): Attached | undefined {
    let known = this.owners.get(link)
    if (known === undefined) {
      known = new Map()
      this.owners.set(link, known)
    }
    const found = known.get(address)
    if (found !== undefined || known.has(address)) return found
    const owner = ownerOf(this.net.spaces, ns, link, address)
    known.set(address, owner)
    return owner
  }

  /** The owner has answered, or confirmed what was known. */
  heard(ns: Netns, link: Link, frame: Frame, nexthop: string, known: Neighbour | undefined, owner: Attached): void {
    const { taps, clock, spaces } = this.net
    const since = clock.now
    const { mac } = owner.link
    if (known?.state === 'REACHABLE' && known.mac === mac) {
      known.since = since
      return
    }
    if (taps.active && (known === undefined || known.state === 'FAILED')) showArp(taps, spaces, { ns, link }, nexthop, owner)
    if (known?.state !== 'PERMANENT')
      ns.setNeighbour({ address: nexthop, dev: link.name, state: 'REACHABLE', mac, since, waiting: [] })
    // Being asked teaches the other side who asked (arp_process).
    const source = ns.sourceFor(link.name, frame.nexthop ?? frame.packet.dst)
    if (source === '0.0.0.0' || source === '::' || owner.ns === ns) return
    if (owner.ns.neighbour(owner.link.name, source) !== undefined) return
    owner.ns.setNeighbour({ address: source, dev: owner.link.name, state: 'STALE', mac: link.mac, since, waiting: [] })
  }

  /** Nobody answers (yet): the packet waits for three requests, one a second (neigh_event_send). */
  wait(ns: Netns, link: Link, frame: Frame, nexthop: string): void {
    const { taps, clock, spaces } = this.net
    const known = ns.neighbour(link.name, nexthop)
    this.net.traceOf(frame)?.note(ns.id, frame, 'device', 'device.waits', { nexthop }, { device: link.name })
    if (known?.state === 'INCOMPLETE') {
      known.waiting.push(frame)
      return
    }
    if (taps.active) showArp(taps, spaces, { ns, link }, nexthop, undefined)
    ns.setNeighbour({ address: nexthop, dev: link.name, state: 'INCOMPLETE', since: clock.now, waiting: [frame] })
    clock.schedule('net.arp', INTERVAL_MS, { netns: ns.id, dev: link.name, address: nexthop, tries: 1 })
  }

  /** The next request, or the end: what waited is answered with "host unreachable". */
  retry(args: Json): void {
    const { taps, clock, spaces } = this.net
    const { netns, dev, address, tries } = args as { netns: string; dev: string; address: string; tries: number }
    const ns = spaces.get(netns)
    const neighbour = ns?.neighbour(dev, address)
    const link = ns?.link(dev)
    if (ns === undefined || link === undefined || neighbour?.state !== 'INCOMPLETE') return
    const { waiting } = neighbour
    if (this.ownerOf(ns, link, address) !== undefined) {
      ns.removeNeighbour(dev, address)
      this.net.run(() => {
        for (const frame of waiting) this.net.transmit(ns, link, frame, address)
      })
      return
    }
    if (tries < TRIES) {
      if (taps.active) showArp(taps, spaces, { ns, link }, address, undefined)
      clock.schedule('net.arp', INTERVAL_MS, { netns, dev, address, tries: tries + 1 })
      return
    }
    ns.setNeighbour({ address, dev, state: 'FAILED', since: clock.now, waiting: [] })
    this.net.run(() => {
      for (const frame of waiting) {
        this.net.traceOf(frame)?.over(netns, frame, 'unroutable', 'device.unanswered', { nexthop: address, dev })
        this.net.stackOf(ns).complain(frame, ICMP_ERROR.host)
      }
    })
  }
}
