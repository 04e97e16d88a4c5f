import { ipToBigInt } from '../../base/ip.ts'
import { packetBytes } from '../../net/bytes.ts'
import type { Packet } from '../../net/packet.ts'
import type { ArpMessage, TapDirection } from '../../net/taps.ts'

/** Link types that a capture here has, and how long their headers are. */
export const LINK_TYPES = {
  EN10MB: { text: 'EN10MB (Ethernet)', header: 14 },
  LINUX_SLL2: { text: 'LINUX_SLL2 (Linux cooked v2)', header: 20 },
  NFLOG: { text: 'NFLOG (Linux netfilter log messages)', header: 0 },
} as const
export type LinkType = keyof typeof LINK_TYPES

/** One captured frame, as filter and printer look at it. */
export interface Captured {
  /** Virtual ms, with microseconds behind the point. */
  readonly at: number
  readonly linkType: LinkType
  readonly device: string
  readonly ifindex: number
  readonly direction: TapDirection
  readonly srcMac: string
  readonly dstMac: string
  readonly packet?: Packet
  readonly arp?: ArpMessage
  /** The checksum is still the device's to fill in (CHECKSUM_PARTIAL): all that no real card has sent yet. */
  readonly partial: boolean
}

const ETHERTYPE = { ip: 0x0800, arp: 0x0806, ip6: 0x86dd } as const

export function ethertype(frame: Captured): number {
  if (frame.arp !== undefined) return ETHERTYPE.arp
  return frame.packet?.family === 6 ? ETHERTYPE.ip6 : ETHERTYPE.ip
}

const cache = new WeakMap<Captured, string>()

/** From the network header on. */
export function networkBytes(frame: Captured): string {
  let bytes = cache.get(frame)
  if (bytes === undefined) {
    bytes = frame.packet === undefined ? arpBytes(frame.arp as ArpMessage) : packetBytes(frame.packet, frame.partial)
    cache.set(frame, bytes)
  }
  return bytes
}

export function linkBytes(frame: Captured): string {
  const type = ethertype(frame)
  const word = String.fromCharCode(type >> 8, type & 255)
  if (frame.linkType === 'EN10MB') return macBytes(frame.dstMac) + macBytes(frame.srcMac) + word
  if (frame.linkType === 'NFLOG') return ''
  const kind = { In: 0, B: 1, M: 2, P: 3, Out: 4 }[frame.direction]
  const head = `${word}\0\0\0\0${String.fromCharCode(frame.ifindex >> 8, frame.ifindex & 255)}\0\x01`
  return `${head}${String.fromCharCode(kind, 6)}${macBytes(frame.srcMac)}\0\0`
}

/** The frame's length on the wire. */
export function frameLength(frame: Captured): number {
  return LINK_TYPES[frame.linkType].header + (frame.packet?.length ?? ARP_LENGTH)
}

export const ARP_LENGTH = 28

function macBytes(mac: string): string {
  return mac
    .split(':')
    .map((part) => String.fromCharCode(Number.parseInt(part, 16)))
    .join('')
}

function arpBytes(arp: ArpMessage): string {
  const ip = (address: string) => {
    const value = Number(ipToBigInt(address))
    return String.fromCharCode((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255)
  }
  const op = arp.op === 'request' ? '\x01' : '\x02'
  return `\0\x01\x08\0\x06\x04\0${op}${macBytes(arp.senderMac)}${ip(arp.senderIp)}${macBytes(arp.targetMac)}${ip(arp.targetIp)}`
}
