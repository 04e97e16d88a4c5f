import type { CtEntry } from './conntrack/entry.ts'
import { type Packet, PROTO, type TcpFlags } from './packet.ts'
import type { Frame } from './path/frame.ts'
import type { Place, WalkEntry, WalkHeader } from './walk.ts'

const FLAGS = ['syn', 'fin', 'rst', 'psh', 'ack'] as const

const flagsOf = (tcp: TcpFlags) => FLAGS.filter((f) => tcp[f]).join(',')

interface Known {
  readonly packet: Packet
  readonly header: WalkHeader
}

/** The two headers asked for last: a packet before and after a step. */
let latest: Known | undefined
let older: Known | undefined

/** What a walk keeps of a packet; of a packet in hand the same object again. */
export function headerOf(packet: Packet, mark: number): WalkHeader {
  if (latest?.packet === packet && latest.header.mark === mark) return latest.header
  if (older?.packet === packet && older.header.mark === mark) return older.header
  older = latest
  latest = { packet, header: make(packet, mark) }
  return latest.header
}

function make(packet: Packet, mark: number): WalkHeader {
  const { src, dst, proto, ttl, length, sport, dport, tcp, icmp } = packet
  const flags = tcp !== undefined ? flagsOf(tcp) : icmp !== undefined ? `${icmp.type}/${icmp.code}` : ''
  return {
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
const STATUS: readonly (readonly [string, (entry: CtEntry) => boolean])[] = [
  ['SEEN_REPLY', (e) => e.seenReply],
  ['ASSURED', (e) => e.assured],
  ['CONFIRMED', (e) => e.confirmed],
  ['SRC_NAT', (e) => e.snat],
  ['DST_NAT', (e) => e.dnat],
  ['SRC_NAT_DONE', (e) => e.srcDone],
  ['DST_NAT_DONE', (e) => e.dstDone],
  ['DYING', (e) => e.dying],
]

const statuses = new Map<number, readonly string[]>()

/** The bits that are set; the same list again for the same bits. */
function statusOf(entry: CtEntry): readonly string[] {
  let bits = 0
  for (const [, holds] of STATUS) bits = bits * 2 + (holds(entry) ? 1 : 0)
  let names = statuses.get(bits)
  if (names === undefined) {
    names = STATUS.filter(([, holds]) => holds(entry)).map(([name]) => name)
    statuses.set(bits, names)
  }
  return names
}

/** The packet's conntrack entry as it is now; `last` again where nothing about it changed. */
export function entryOf(frame: Frame, last: WalkEntry | undefined): WalkEntry | undefined {
  const { entry, ctState, ctDir } = frame
  if (entry === undefined) return undefined
  const { original, reply } = entry
  const status = statusOf(entry)
  const same = last?.state === ctState && last?.direction === ctDir && last?.original === original && last?.reply === reply
  if (same && last.status === status) return last
  return { state: ctState ?? '', direction: ctDir, original, reply, status }
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
