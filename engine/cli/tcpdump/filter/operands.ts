import { cidrContains, ipFamily, parseCidr, parseIPv4 } from '../../../base/ip.ts'
import { PROTO } from '../../../net/packet.ts'
import type { Captured, LinkType } from '../frame.ts'
import type { Direction, Operand, Protocol, Qualifiers } from './ast.ts'
import { FilterError } from './lexer.ts'
import { IP_PROTOCOL } from './words.ts'

export type Test = (frame: Captured) => boolean

/** What a filter's names are looked up in. */
export interface Names {
  readonly linkType: LinkType
  /** Addresses of a host's name; empty where there is none. */
  addresses(name: string): Promise<readonly string[]>
  /** A service's port. */
  port(name: string, protocol: 'tcp' | 'udp'): number | undefined
  /** An IP protocol's number. */
  protocol(name: string): number | undefined
}

/** The test that one operand with its qualifiers stands for (gen_scode, gen_ncode, gen_mcode, gen_ecode). */
export async function operandTest(qualifiers: Qualifiers, operand: Operand, names: Names): Promise<Test> {
  switch (qualifiers.kind) {
    case 'port':
    case 'portrange':
      return portTest(qualifiers, operand, names)
    case 'proto':
      return protoTest(qualifiers, operand, names)
    default:
      return hostTest(qualifiers, operand, names)
  }
}

const PORTED: readonly (Protocol | undefined)[] = ['tcp', 'udp', 'sctp', undefined]

function portTest({ protocol, direction, kind }: Qualifiers, operand: Operand, names: Names): Test {
  if (!PORTED.includes(protocol)) throw new FilterError(`illegal qualifier of '${kind}'`)
  let only = protocol === undefined ? undefined : IP_PROTOCOL[protocol]
  const portOf = (text: string, unknown: string): number => {
    const number = /^\d+$/.test(text) ? Number(text) : undefined
    const tcp = number ?? names.port(text, 'tcp')
    const udp = number ?? names.port(text, 'udp')
    const found = only === PROTO.udp ? udp : only === PROTO.tcp ? tcp : (tcp ?? udp)
    if (found === undefined && (tcp ?? udp) !== undefined)
      throw new FilterError(`port '${text}' is ${tcp === undefined ? 'udp' : 'tcp'}`)
    if (found === undefined) throw new FilterError(unknown)
    if (found > 65535) throw new FilterError(`illegal port number ${found} > 65535`)
    // A service that only one protocol has means that one.
    if (only === undefined && number === undefined && tcp !== udp) only = tcp === undefined ? PROTO.udp : PROTO.tcp
    return found
  }
  let low: number
  let high: number
  if (operand.kind === 'number') {
    low = high = operand.value
    if (low > 65535) throw new FilterError(`illegal port number ${low} > 65535`)
  } else if (operand.kind === 'name') {
    const parts = kind === 'portrange' ? operand.text.split('-') : [operand.text]
    const words = kind === 'portrange' ? `unknown port in range '${operand.text}'` : `unknown port '${operand.text}'`
    low = portOf(parts[0] as string, words)
    high = parts.length > 1 ? portOf(parts[1] as string, words) : low
    if (low > high) [low, high] = [high, low]
  } else throw new FilterError(`illegal qualifier of '${kind}'`)
  const within = (port: number | undefined) => port !== undefined && port >= low && port <= high
  const protocols = only === undefined ? [PROTO.tcp, PROTO.udp, PROTO.sctp] : [only]
  return ({ packet }) =>
    packet !== undefined &&
    (protocols as readonly number[]).includes(packet.proto) &&
    sides(direction, within(packet.sport), within(packet.dport))
}

function sides(direction: Direction, source: boolean, destination: boolean): boolean {
  if (direction === 'src') return source
  if (direction === 'dst') return destination
  return direction === 'both' ? source && destination : source || destination
}

const ETHERTYPES: Readonly<Record<string, number>> = { ip: 0x0800, arp: 0x0806, rarp: 0x8035, ip6: 0x86dd }

function protoTest({ protocol }: Qualifiers, operand: Operand, names: Names): Test {
  const named = operand.kind === 'name' ? operand.text : undefined
  const number = operand.kind === 'number' ? operand.value : undefined
  if (protocol === 'ether') {
    const type = number ?? ETHERTYPES[named ?? '']
    if (type === undefined) throw new FilterError(`unknown protocol: ${named}`)
    return (frame) => (frame.arp !== undefined ? 0x0806 : frame.packet?.family === 6 ? 0x86dd : 0x0800) === type
  }
  if (protocol !== undefined && protocol !== 'ip' && protocol !== 'ip6') throw new FilterError(`'${protocol} proto' is bogus`)
  const value = number ?? (named === undefined ? undefined : names.protocol(named))
  if (value === undefined) throw new FilterError(`unknown protocol: ${named}`)
  return ({ packet }) => {
    if (packet?.proto !== value) return false
    return protocol === undefined || (protocol === 'ip' ? packet.family === 4 : packet.family === 6)
  }
}

type AddressTest = (address: string) => boolean

async function hostTest(qualifiers: Qualifiers, operand: Operand, names: Names): Promise<Test> {
  const { protocol, direction, kind } = qualifiers
  if (operand.kind === 'mac') {
    if (protocol !== 'ether') throw new FilterError('ethernet address used in non-ether expression')
    const mac = operand.text
      .toLowerCase()
      .replace(/[.-]/g, ':')
      .split(':')
      .map((p) => p.padStart(2, '0'))
      .join(':')
    return (frame) => sides(direction, frame.srcMac === mac, frame.dstMac === mac)
  }
  if (operand.kind === 'name') {
    if (kind === 'net') throw new FilterError(`unknown network '${operand.text}'`)
    if (protocol === 'ether') throw new FilterError(`unknown ether host '${operand.text}'`)
    const found = await names.addresses(operand.text)
    if (found.length === 0) throw new FilterError(`unknown host '${operand.text}'`)
    const fits = found.filter((a) => (protocol === 'ip' ? !a.includes(':') : protocol === 'ip6' ? a.includes(':') : true))
    for (const a of fits) checkProtocol(protocol, ipFamily(a) ?? 4, kind)
    return addressTest(qualifiers, (address) => fits.includes(address))
  }
  const family = operand.kind === 'address6' ? 6 : 4
  const within = family === 6 ? range6(operand, kind) : range4(operand, kind)
  checkProtocol(protocol, family, kind)
  return addressTest(qualifiers, within)
}

function checkProtocol(protocol: Protocol | undefined, family: 4 | 6, kind: Qualifiers['kind']): void {
  if (protocol === undefined || protocol === (family === 4 ? 'ip' : 'ip6')) return
  if (family === 4 && (protocol === 'arp' || protocol === 'rarp')) return
  if (protocol === 'ether') throw new FilterError(`link-layer modifier applied to ${kind ?? 'host'}`)
  if (protocol === 'ip' || protocol === 'ip6')
    throw new FilterError(`'${protocol}' modifier applied to ${family === 6 ? 'ip6 host' : 'ip host'}`)
  throw new FilterError(`'${protocol}' modifier applied to ${family === 6 ? 'ip6 host' : (kind ?? 'host')}`)
}

function range4(operand: Operand, kind: Qualifiers['kind']): AddressTest {
  if (operand.kind !== 'address' && operand.kind !== 'number') throw new FilterError('illegal operand')
  const text = operand.kind === 'address' ? operand.text : String(operand.value)
  const parts = text.split('.').map(Number)
  if (operand.kind === 'address' && parts.some((p) => p > 255)) throw new FilterError(`invalid IPv4 address '${text}'`)
  // A short number is a network's first bytes; for a host alone it is the address itself.
  const short = operand.kind === 'number' && kind !== 'net' && operand.bits === undefined
  let bits = short ? 32 : 8 * parts.length
  let value = short ? (parts[0] as number) : parts.reduce((sum, p, i) => sum + p * 2 ** (24 - 8 * i), 0)
  if (operand.bits !== undefined || operand.mask !== undefined) {
    if ((operand.bits ?? 0) > 32) throw new FilterError('mask length must be <= 32')
    const mask = operand.mask === undefined ? maskOf(operand.bits as number) : (parseIPv4(operand.mask) ?? 0)
    const shown = operand.mask === undefined ? `${text}/${operand.bits}` : `${text} mask ${operand.mask}`
    if ((value & ~mask) >>> 0 !== 0) throw new FilterError(`non-network bits set in "${shown}"`)
    if (kind !== 'net') throw new FilterError('Mask syntax for networks only')
    value = (value & mask) >>> 0
    return (address) => !address.includes(':') && ((parseIPv4(address) ?? 0) & mask) >>> 0 === value
  }
  bits = Math.min(bits, 32)
  const mask = maskOf(bits)
  return (address) => !address.includes(':') && ((parseIPv4(address) ?? 0) & mask) >>> 0 === (value & mask) >>> 0
}

function maskOf(bits: number): number {
  return bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0
}

function range6(operand: Operand, kind: Qualifiers['kind']): AddressTest {
  if (operand.kind !== 'address6') throw new FilterError('illegal operand')
  const bits = operand.bits ?? 128
  if (bits > 128) throw new FilterError('mask length must be <= 128')
  if (operand.bits !== undefined && bits !== 128 && kind !== 'net') throw new FilterError('Mask syntax for networks only')
  const cidr = parseCidr(`${operand.text}/${bits}`)
  if (cidr === undefined) throw new FilterError(`invalid ip6 address ${operand.text}`)
  return (address) => address.includes(':') && cidrContains(cidr, address)
}

function addressTest({ protocol, direction }: Qualifiers, within: AddressTest): Test {
  return ({ packet, arp }: Captured) => {
    if (arp !== undefined)
      return (protocol === undefined || protocol === 'arp') && sides(direction, within(arp.senderIp), within(arp.targetIp))
    if (packet === undefined || protocol === 'arp' || protocol === 'rarp') return false
    return sides(direction, within(packet.src), within(packet.dst))
  }
}
