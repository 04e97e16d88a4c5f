import type { RouteResult } from './fib.ts'
import type { Netns } from './netns.ts'
import { type Packet, PROTO } from './packet.ts'
import type { Frame } from './path/frame.ts'
import type { TraceSink } from './trace.ts'
import type { Place } from './walk.ts'
import { placeOf, socketText } from './walk-header.ts'
import type { WhyCode } from './walk-why.data.ts'

/** "node worker-1", "pod shop/web-0", or an outside machine's name. */
export function placeText(place: Place): string {
  return place.kind === 'outside' ? place.name : `${place.kind} ${place.name}`
}

/** The routing decision for a packet that this host makes or sends anew (ip_route_output_key, ip_route_me_harder). */
export function noteRoute(trace: TraceSink, ns: Netns, frame: Frame, route: RouteResult, again: boolean): void {
  const { dst } = frame.packet
  if (route.kind === 'error') {
    noteNoRoute(trace, ns, frame, route.type)
    return
  }
  const { dev } = route
  if (route.kind === 'local') {
    trace.note(ns.id, frame, 'route', again ? 'route.again.local' : 'route.local', { dst, dev })
    return
  }
  const via = route.kind === 'unicast' ? route.nexthop : dst
  trace.note(ns.id, frame, 'route', again ? 'route.again' : via === dst ? 'route.link' : 'route.out', { dst, dev, via })
}

/** There is no way to the destination, or one that says no. */
export function noteNoRoute(trace: TraceSink, ns: Netns, frame: Frame, type: string): void {
  const { dst } = frame.packet
  trace.over(ns.id, frame, 'unroutable', type === 'none' ? 'route.none' : 'route.type', { dst, type })
}

/** A packet for somebody else goes on, one hop older (ip_forward). */
export function noteForward(
  trace: TraceSink,
  ns: Netns,
  frame: Frame,
  route: { readonly dev: string; readonly nexthop: string },
  before: Packet,
): void {
  const { dev, nexthop: via } = route
  trace.note(ns.id, frame, 'route', 'route.forward', { dst: frame.packet.dst, dev, via }, { device: dev, before })
}

const PORT_NAMES = new Map<number, string>([
  [PROTO.tcp, 'TCP'],
  [PROTO.udp, 'UDP'],
  [PROTO.sctp, 'SCTP'],
])

/** The packet has passed INPUT: who takes it? */
export function noteDelivered(trace: TraceSink, ns: Netns, frame: Frame): void {
  const { packet, iif } = frame
  const port = `${PORT_NAMES.get(packet.proto) ?? ''} ${socketText(packet.dst, packet.dport)}`.trim()
  const code: WhyCode =
    packet.dport === undefined
      ? 'deliver.host'
      : listens(ns, packet, iif)
        ? 'deliver.socket'
        : packet.tcp?.rst === true
          ? 'deliver.ignored'
          : 'deliver.closed'
  trace.over(ns.id, frame, 'delivered', code, { port })
}

function listens(ns: Netns, packet: Packet, device: string | undefined): boolean {
  const proto = packet.proto === PROTO.tcp ? 'tcp' : 'udp'
  return ns.sockets.find(proto, packet.dst, packet.dport ?? 0, packet.src, packet.sport ?? 0, device) !== undefined
}

/** Why a packet may not have come in here (fib_validate_source). */
export function noteMartian(
  trace: TraceSink,
  ns: Netns,
  frame: Frame,
  dev: string,
  why: 'drop.localnet' | 'drop.martian' | 'drop.rpfilter',
): void {
  const { src, dst } = frame.packet
  const address = dst.startsWith('127.') ? dst : src
  trace.over(ns.id, frame, 'dropped', why, { src, dst, dev, address }, { device: dev })
}

/** A frame leaves one device and comes in on another. */
export function noteCrossing(trace: TraceSink, from: Netns, dev: string, to: Netns, peer: string, frame: Frame): void {
  trace.note(from.id, frame, 'device', 'device.crosses', { dev, peer, place: placeText(placeOf(to.id)) }, { device: dev })
}
