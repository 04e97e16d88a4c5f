import { ipToBigInt } from '../base/ip.ts'
import { type Packet, PROTO, type TcpHeader } from './packet.ts'
import { WINDOW_SCALE } from './path/build.ts'

const byte = (n: number) => String.fromCharCode(n & 0xff)
const two = (n: number) => byte(n >> 8) + byte(n)
const four = (n: number) => two(n >>> 16) + two(n)

/** Whether the packet forbids fragments: all but the ICMP that the kernel itself makes, and what a tunnel carries (ip_dont_fragment). */
export function dontFragment({ family, icmp, carries }: Packet): boolean {
  return family === 4 && carries === undefined && (icmp === undefined || icmp.type === 8)
}

function addressBytes(address: string): string {
  const width = address.includes(':') ? 16 : 4
  const value = ipToBigInt(address)
  let out = ''
  for (let i = width - 1; i >= 0; i--) out += byte(Number((value >> BigInt(8 * i)) & 0xffn))
  return out
}

/** One's complement sum of 16-bit words (RFC 1071), not yet inverted. */
function sum(bytes: string): number {
  let total = 0
  for (let i = 0; i < bytes.length; i += 2)
    total += (bytes.charCodeAt(i) << 8) | (i + 1 < bytes.length ? bytes.charCodeAt(i + 1) : 0)
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16)
  return total
}

/** The options of a segment: MSS, SACK-permitted, timestamps and window scale on a SYN, timestamps afterwards. */
export function tcpOptionBytes(header: TcpHeader): string {
  if (!header.options) return ''
  const stamp = `\x08\x0a${four(header.tsVal)}${four(header.tsEcr)}`
  return header.syn ? `\x02\x04${two(header.mss)}\x04\x02${stamp}\x01\x03\x03${byte(WINDOW_SCALE)}` : `\x01\x01${stamp}`
}

/** The sum that stands in for a checksum which the device is to complete (CHECKSUM_PARTIAL): over the pseudo-header alone. */
export function pseudoSum(packet: Packet, length: number): number {
  return sum(addressBytes(packet.src) + addressBytes(packet.dst) + four(length) + four(packet.proto))
}

function tcpBytes(packet: Packet, checksum: number): string {
  const t = packet.tcp as TcpHeader
  const options = tcpOptionBytes(t)
  const flags = (t.fin ? 1 : 0) | (t.syn ? 2 : 0) | (t.rst ? 4 : 0) | (t.psh ? 8 : 0) | (t.ack ? 16 : 0) | (t.urg ? 32 : 0)
  const offset = (20 + options.length) / 4
  const head = two(packet.sport ?? 0) + two(packet.dport ?? 0) + four(t.seq) + four(t.ackSeq) + byte(offset << 4) + byte(flags)
  return `${head}${two(t.window)}${two(checksum)}\0\0${options}${packet.payload}`
}

function icmpBytes(packet: Packet, partial: boolean): string {
  const { type, code, id = 0, seq = 0, mtu, inner } = packet.icmp as NonNullable<Packet['icmp']>
  const rest = mtu !== undefined ? four(mtu) : inner === undefined ? two(id) + two(seq) : four(0)
  const room = packet.length - (packet.family === 4 ? 28 : 48)
  const body = inner === undefined ? packet.payload : packetBytes(inner, partial).slice(0, room)
  const build = (checksum: number) => `${byte(type)}${byte(code)}${two(checksum)}${rest}${body}`
  const whole = build(0)
  const pseudo = packet.family === 6 ? pseudoSum(packet, whole.length) : 0
  return build(~(sum(whole) + pseudo > 0xffff ? sum(whole) + pseudo - 0xffff : sum(whole) + pseudo))
}

/** The checksum of a TCP segment or UDP datagram, computed in full. */
export function transportChecksum(packet: Packet): number {
  const bytes = transportBytes(packet, 0, false)
  let total = sum(bytes) + pseudoSum(packet, bytes.length)
  if (total > 0xffff) total -= 0xffff
  const checksum = ~total & 0xffff
  return packet.proto === PROTO.udp && checksum === 0 ? 0xffff : checksum
}

function transportBytes(packet: Packet, checksum: number, partial: boolean): string {
  if (packet.tcp !== undefined) return tcpBytes(packet, checksum)
  if (packet.icmp !== undefined) return icmpBytes(packet, partial)
  if (packet.proto !== PROTO.udp) return packet.payload
  const length = 8 + packet.payload.length
  return `${two(packet.sport ?? 0)}${two(packet.dport ?? 0)}${two(length)}${two(checksum)}${packet.payload}`
}

/**
 * The packet as the bytes of its IP header and what follows, one char per byte. With `partial` the TCP or UDP checksum is the one that
 * a sending host leaves to its device; a RST without a socket is always summed by the host itself.
 */
export function packetBytes(packet: Packet, partial = false): string {
  // A tunnel over IPv4 leaves its own checksum out.
  const ported = packet.carries === undefined && (packet.tcp !== undefined || packet.proto === PROTO.udp)
  const left = partial && packet.tcp?.options !== false
  const checksum = !ported ? 0 : left ? pseudoSum(packet, transportBytes(packet, 0, true).length) : transportChecksum(packet)
  const body = transportBytes(packet, checksum, partial)
  if (packet.family === 6) {
    const head = four(((6 << 28) | (packet.tos << 20)) >>> 0) + two(body.length) + byte(packet.proto) + byte(packet.ttl)
    return head + addressBytes(packet.src) + addressBytes(packet.dst) + body
  }
  const build = (check: number) =>
    `\x45${byte(packet.tos)}${two(packet.length)}${two(packet.id)}${two(dontFragment(packet) ? 0x4000 : 0)}${byte(packet.ttl)}${byte(packet.proto)}${two(check)}${addressBytes(packet.src)}${addressBytes(packet.dst)}`
  return build(~sum(build(0))) + body
}
