import { pseudoSum, transportChecksum } from '../../../net/bytes.ts'
import { vniOf } from '../../../net/overlay.ts'
import type { Packet } from '../../../net/packet.ts'
import { dnsText } from './dns.ts'
import { endpoint, type Printer } from './printer.ts'

const hex4 = (n: number) => `0x${n.toString(16).padStart(4, '0')}`
const DNS_PORTS = [53, 5353]
/** Ports whose datagrams the real tcpdump takes apart, and this one does not (print-udp.c). */
const DECODED: readonly (readonly [number, number])[] = [
  [67, 69],
  [111, 111],
  [123, 123],
  [137, 138],
  [161, 162],
  [500, 500],
  [514, 514],
  [520, 521],
  [546, 547],
  [623, 623],
  [1645, 1646],
  [1701, 1701],
  [1812, 1813],
  [1900, 1900],
  [3784, 3785],
  [4500, 4500],
  [4789, 4790],
  [5060, 5061],
  [6081, 6081],
  [6343, 6343],
  [7000, 7009],
  [8472, 8472],
]

function within(port: number, low: number, high: number): boolean {
  return port >= low && port <= high
}

/** print-udp.c: a datagram behind its addresses. */
export function udpText(packet: Packet, partial: boolean, printer: Printer, inner: (of: Packet) => string): string {
  const { src, dst, sport = 0, dport = 0, payload } = packet
  const head = `${endpoint(printer, src, sport, 'udp')} > ${endpoint(printer, dst, dport, 'udp')}: `
  const { verbose, quiet, trustChecksums } = printer.options
  if (quiet) return `${head}UDP, length ${payload.length}`
  const checksum = verbose > (packet.family === 6 ? 0 : 1) && !trustChecksums ? checksumText(packet, partial) : ''
  // Cilium's and the kernel's VXLAN port is OTV's to tcpdump, whose header looks the same (print-otv.c).
  if (packet.carries !== undefined) {
    // The Ethernet addresses inside a tunnel are not kept here.
    if (printer.options.link) printer.undecoded?.()
    const ethernet = printer.options.link ? `${NO_MAC} > ${NO_MAC}, ${innerType(packet.carries, printer)}` : ''
    return `${head}${verbose > 1 && !trustChecksums ? '[no cksum] ' : ''}OTV, flags [I] (0x08), overlay 0, instance ${vniOf(packet)}\n${ethernet}${inner(packet.carries)}`
  }
  if (DNS_PORTS.includes(sport) || DNS_PORTS.includes(dport)) {
    const text = dnsText(payload, verbose)
    if (text !== undefined) return `${head}${checksum}${text}`
  }
  if (DECODED.some(([low, high]) => within(sport, low, high) || within(dport, low, high))) printer.undecoded?.()
  return `${head}${checksum}UDP, length ${payload.length}`
}

const NO_MAC = '00:00:00:00:00:00'

function innerType({ family, length }: Packet, { options }: Printer): string {
  const name = family === 4 ? 'IPv4' : 'IPv6'
  const type = options.quiet ? name : `ethertype ${name} (0x${family === 4 ? '0800' : '86dd'})`
  return `${type}, length ${length + 14}: `
}

function checksumText(packet: Packet, partial: boolean): string {
  const right = transportChecksum(packet)
  const left = partial ? pseudoSum(packet, 8 + packet.payload.length) : right
  return left === right ? '[udp sum ok] ' : `[bad udp cksum ${hex4(left)} -> ${hex4(right)}!] `
}
