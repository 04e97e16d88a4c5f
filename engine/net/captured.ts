import { type Crossing, crossings } from './crossing.ts'
import type { Skb } from './packet.ts'
import { type Attached, endsOf, type Spaces } from './segment.ts'
import type { ArpMessage, TapDirection, Taps } from './taps.ts'

export const BROADCAST = 'ff:ff:ff:ff:ff:ff'
const NO_MAC = '00:00:00:00:00:00'

/** Tells those who capture in a namespace what crosses a device of it. */
export function showFrame(taps: Taps, { ns, link }: Attached, direction: TapDirection, skb: Skb): void {
  const { packet, srcMac = link.mac, dstMac = link.mac } = skb
  taps.frame(ns, { at: ns.net.clock.now, link, direction, srcMac, dstMac, packet })
}

/** The frame leaves a device, and the bridge's port behind it; returns the ports that it will enter by at the other host. */
export function showLeaving(taps: Taps, spaces: Spaces, from: Attached, to: Attached, skb: Skb): readonly Crossing[] {
  showFrame(taps, from, 'Out', skb)
  const passed = crossings(spaces, from, to) ?? []
  const own = passed.findIndex((c) => c.ns !== from.ns || c.direction !== 'Out')
  for (const c of own < 0 ? passed : passed.slice(0, own)) showFrame(taps, c, c.direction, skb)
  return own < 0 ? [] : passed.slice(own)
}

/** The frame is there: by the ports that it enters by, then on the device that takes it. */
export function showArrival(taps: Taps, passed: readonly Crossing[] | undefined, at: Attached, skb: Skb): void {
  for (const c of passed ?? []) showFrame(taps, c, c.direction, skb)
  showFrame(taps, at, skb.dstMac === BROADCAST ? 'B' : 'In', skb)
}

/** The question that a packet had to wait for, and its answer if somebody gives one (arp_solicit, arp_process). */
export function showArp(taps: Taps, spaces: Spaces, from: Attached, address: string, owner: Attached | undefined): void {
  if (address.includes(':')) return
  const { ns, link } = from
  const at = ns.net.clock.now
  const senderIp = ns.sourceFor(link.name, address)
  const tell = (to: Attached, direction: TapDirection, arp: ArpMessage, dstMac: string) =>
    taps.frame(to.ns, { at, link: to.link, direction, srcMac: arp.senderMac, dstMac, arp })
  const asked: ArpMessage = { op: 'request', senderIp, senderMac: link.mac, targetIp: address, targetMac: NO_MAC }
  tell(from, 'Out', asked, BROADCAST)
  for (const end of endsOf(spaces, ns, link)) {
    const passed = crossings(spaces, from, end) ?? []
    for (const c of passed) tell(c, c.direction === 'P' ? 'B' : c.direction, asked, BROADCAST)
    tell(end, 'B', asked, BROADCAST)
  }
  if (owner === undefined) return
  const said: ArpMessage = {
    op: 'reply',
    senderIp: address,
    senderMac: owner.link.mac,
    targetIp: senderIp,
    targetMac: link.mac,
  }
  tell(owner, 'Out', said, link.mac)
  for (const c of crossings(spaces, owner, from) ?? []) tell(c, c.direction, said, link.mac)
  tell(from, 'In', said, link.mac)
}
