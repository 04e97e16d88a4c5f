import { packetBytes } from './bytes.ts'
import type { Netns } from './netns.ts'
import type { Packet } from './packet.ts'
import { udpPacket } from './path/build.ts'
import type { TapDirection, Taps } from './taps.ts'

/** The port of a kernel's VXLAN devices, which Cilium's keeps. */
export const VXLAN_PORT = 8472
const ETHERNET = '\0\0\0\0\0\0\0\0\0\0\0\0\x08\0'

/** The datagram that carries a packet from one node to another: VXLAN with its network's number, and an Ethernet frame. */
export function encapsulate(packet: Packet, src: string, dst: string, vni: number): Packet {
  const number = String.fromCharCode((vni >> 16) & 255, (vni >> 8) & 255, vni & 255)
  const payload = `\x08\0\0\0${number}\0${ETHERNET}${packetBytes(packet, true)}`
  // udp_flow_src_port: from the flow inside, within the ports of outgoing connections.
  let hash = 0
  for (const char of `${packet.src} ${packet.dst} ${packet.sport ?? 0} ${packet.dport ?? 0}`)
    hash = (hash * 31 + char.charCodeAt(0)) >>> 0
  const ends = { src, dst, sport: 32_768 + (hash % 28_232), dport: VXLAN_PORT }
  return { ...udpPacket(ends, payload, 64, (hash ^ packet.id) & 0xffff), carries: packet }
}

/** The network's number in an encapsulated packet. */
export function vniOf({ payload }: Packet): number {
  return (payload.charCodeAt(4) << 16) | (payload.charCodeAt(5) << 8) | payload.charCodeAt(6)
}

/**
 * Tells those who capture of a packet that a tunnel device takes: on the device itself, and as a datagram on the card under it.
 * `last`: nobody else shows it where it comes out.
 */
export function showTunnel(taps: Taps, from: Netns, to: Netns, device: string, packet: Packet, vni: number, last: boolean): void {
  const at = from.net.clock.now
  const show = (ns: Netns, name: string | undefined, direction: TapDirection, shown: Packet, peer: Netns) => {
    const link = name === undefined ? undefined : ns.link(name)
    const other = peer.links.find((l) => l.kind === (link?.kind ?? 'ether'))
    if (link === undefined || other === undefined) return
    const [srcMac, dstMac] = direction === 'Out' ? [link.mac, other.mac] : [other.mac, link.mac]
    taps.frame(ns, { at, link, direction, srcMac, dstMac, packet: shown })
  }
  const card = (ns: Netns) => ns.links.find((l) => l.kind === 'ether' && l.up)
  const address = (ns: Netns) => card(ns)?.addresses.find((a) => a.family === 4)?.address
  const [src, dst] = [address(from), address(to)]
  show(from, device, 'Out', packet, to)
  if (src !== undefined && dst !== undefined) {
    const outer = encapsulate(packet, src, dst, vni)
    show(from, card(from)?.name, 'Out', outer, to)
    show(to, card(to)?.name, 'In', outer, from)
  }
  if (last) show(to, device, 'In', packet, from)
}
