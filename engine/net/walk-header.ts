import type { CtEntry } from './conntrack/entry.ts'
import { type Packet, PROTO, type TcpFlags } from './packet.ts'
import type { Frame } from './path/frame.ts'
import type { Place, WalkEntry, WalkHeader } from './walk.ts'

const FLAGS = ['syn', 'fin', 'rst', 'psh', 'ack'] as const

const flagsOf = (tcp: TcpFlags) => FLAGS.filter((f) => tcp[f]).join(',')

const headers = new WeakMap<Packet, WalkHeader>()

/** What a walk keeps of a packet; the same object again for the same packet and mark. */
export function headerOf(packet: Packet, mark: number): WalkHeader {
  const known = headers.get(packet)
  if (known?.mark === mark) return known
  const { src, dst, proto, ttl, length, sport, dport, tcp, icmp } = packet
  const flags = tcp !== undefined ? flagsOf(tcp) : icmp !== undefined ? `${icmp.type}/${icmp.code}` : ''
  const made: WalkHeader = {
    src,
    dst,
    proto,
    ...(sport === undefined ? {} : { sport }),
    ...(dport === undefined ? {} : { dport }),
    ttl,
    length,
    ...(flags === '' ? {} : { flags }),
    mark,
  }
  headers.set(packet, made)
  return made
}

const ICMP_WORDS: Readonly<Record<string, string>> = {
  '8/0': 'ICMP echo request',
  '0/0': 'ICMP echo reply',
  '3/0': 'ICMP net unreachable',
  '3/1': 'ICMP host unreachable',
  '3/2': 'ICMP protocol unreachable',
  '3/3': 'ICMP port unreachable',
  '3/4': 'ICMP fragmentation needed',
  '3/9': 'ICMP net prohibited',
  '3/10': 'ICMP host prohibited',
  '3/13': 'ICMP admin prohibited',
  '11/0': 'ICMP time exceeded',
}
const ICMP6_WORDS: Readonly<Record<string, string>> = {
  '128/0': 'ICMPv6 echo request',
  '129/0': 'ICMPv6 echo reply',
  '1/0': 'ICMPv6 no route',
  '1/1': 'ICMPv6 admin prohibited',
  '1/3': 'ICMPv6 address unreachable',
  '1/4': 'ICMPv6 port unreachable',
  '3/0': 'ICMPv6 time exceeded',
}

/** What one calls a packet: "SYN,ACK", "data 78 bytes", "UDP 12 bytes", "ICMP port unreachable". */
export function labelOf(packet: Packet): string {
  const { tcp, icmp, payload, proto } = packet
  if (tcp !== undefined) {
    if (payload !== '') return `data ${payload.length} bytes${tcp.fin ? ',FIN' : ''}`
    return FLAGS.filter((f) => tcp[f] && f !== 'psh')
      .join(',')
      .toUpperCase()
  }
  if (icmp !== undefined) {
    const key = `${icmp.type}/${icmp.code}`
    const six = proto === PROTO.icmpv6
    return (six ? ICMP6_WORDS : ICMP_WORDS)[key] ?? `${six ? 'ICMPv6' : 'ICMP'} ${key}`
  }
  return proto === PROTO.udp ? `UDP ${payload.length} bytes` : `protocol ${proto}, ${payload.length} bytes`
}

/** IPS_* bits of an entry by name (include/uapi/linux/netfilter/nf_conntrack_common.h). */
function statusOf(entry: CtEntry): readonly string[] {
  const bits: string[] = []
  if (entry.seenReply) bits.push('SEEN_REPLY')
  if (entry.assured) bits.push('ASSURED')
  if (entry.confirmed) bits.push('CONFIRMED')
  if (entry.snat) bits.push('SRC_NAT')
  if (entry.dnat) bits.push('DST_NAT')
  if (entry.srcDone) bits.push('SRC_NAT_DONE')
  if (entry.dstDone) bits.push('DST_NAT_DONE')
  if (entry.dying) bits.push('DYING')
  return bits
}

/** The packet's conntrack entry as it is now; `last` again where nothing about it changed. */
export function entryOf(frame: Frame, last: WalkEntry | undefined): WalkEntry | undefined {
  const { entry, ctState, ctDir } = frame
  if (entry === undefined) return undefined
  const status = statusOf(entry)
  const same =
    last !== undefined &&
    last.state === ctState &&
    last.direction === ctDir &&
    last.original === entry.original &&
    last.reply === entry.reply &&
    last.status.length === status.length &&
    last.status.every((bit, i) => bit === status[i])
  if (same) return last
  return { state: ctState ?? '', direction: ctDir, original: entry.original, reply: entry.reply, status }
}

const places = new Map<string, Place>()

/** Whose a namespace is: "nodes/NAME" and "pods/NAMESPACE/NAME" (netns.ts); any other is a machine outside the cluster. */
export function placeOf(netns: string): Place {
  const known = places.get(netns)
  if (known !== undefined) return known
  const slash = netns.indexOf('/')
  const kind = netns.startsWith('nodes/') ? 'node' : netns.startsWith('pods/') ? 'pod' : 'outside'
  const made: Place = { kind, name: netns.slice(slash + 1) }
  places.set(netns, made)
  return made
}

/** "10.96.0.10:80", "[fd00::1]:80", or the bare address where there is no port. */
export function socketText(address: string, port: number | undefined): string {
  if (port === undefined || port === 0) return address
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
