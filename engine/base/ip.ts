import { invariant } from './invariant.ts'

/**
 * IP addresses travel through the engine as canonical text ("10.0.0.1", "fd00::1"): readable in snapshots and traces.
 * Arithmetic happens on the numeric forms below; IPv6 text is RFC 5952.
 */
export type IpFamily = 4 | 6

/** An address range: `base` is canonical text with the host bits cleared, `bits` the prefix length. */
export interface Cidr {
  readonly family: IpFamily
  readonly base: string
  readonly bits: number
}

/** Dotted-quad text to an unsigned 32-bit number, or undefined if it is not four decimal octets. */
export function parseIPv4(text: string): number | undefined {
  let value = 0
  let octet = -1
  let octets = 0
  for (let i = 0; i <= text.length; i++) {
    const c = i < text.length ? text.charCodeAt(i) : 46
    if (c === 46) {
      if (octet < 0 || octets === 4) return undefined
      value = value * 256 + octet
      octets++
      octet = -1
    } else if (c >= 48 && c <= 57) {
      if (octet === 0) return undefined
      octet = (octet < 0 ? 0 : octet * 10) + (c - 48)
      if (octet > 255) return undefined
    } else return undefined
  }
  return octets === 4 ? value : undefined
}

/** An unsigned 32-bit number as dotted-quad text. */
export function formatIPv4(value: number): string {
  return `${(value >>> 24) & 255}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`
}

/** IPv6 text (with optional embedded IPv4) to a 128-bit bigint, or undefined. */
export function parseIPv6(text: string): bigint | undefined {
  let body = text
  const lastColon = body.lastIndexOf(':')
  if (lastColon < 0) return undefined
  if (body.includes('.')) {
    const tail = parseIPv4(body.slice(lastColon + 1))
    if (tail === undefined) return undefined
    body = `${body.slice(0, lastColon + 1)}${(tail >>> 16).toString(16)}:${(tail & 0xffff).toString(16)}`
  }
  const halves = body.split('::')
  if (halves.length > 2) return undefined
  const groupsOf = (half: string) => (half === '' ? [] : half.split(':'))
  const head = groupsOf(halves[0] ?? '')
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '') : []
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  let value = 0n
  for (const group of [...head, ...Array<string>(halves.length === 2 ? missing : 0).fill('0'), ...tail]) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined
    value = (value << 16n) | BigInt(Number.parseInt(group, 16))
  }
  return value
}

/** A 128-bit bigint as RFC 5952 text. */
export function formatIPv6(value: bigint): string {
  const groups: number[] = []
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(Number((value >> shift) & 0xffffn))
  let bestStart = -1
  let bestLength = 1
  for (let i = 0; i < 8; i++) {
    let j = i
    while (j < 8 && groups[j] === 0) j++
    if (j - i > bestLength) {
      bestStart = i
      bestLength = j - i
    }
    if (j > i) i = j
  }
  const hex = (part: number[]) => part.map((g) => g.toString(16)).join(':')
  if (bestStart < 0) return hex(groups)
  return `${hex(groups.slice(0, bestStart))}::${hex(groups.slice(bestStart + bestLength))}`
}

/** 4, 6, or undefined when `text` is no address. */
export function ipFamily(text: string): IpFamily | undefined {
  if (parseIPv4(text) !== undefined) return 4
  return parseIPv6(text) === undefined ? undefined : 6
}

/** The canonical text of an address, or undefined when `text` is no address. */
export function canonicalIp(text: string): string | undefined {
  if (parseIPv4(text) !== undefined) return text
  const v6 = parseIPv6(text)
  return v6 === undefined ? undefined : formatIPv6(v6)
}

/** The address as a bigint whatever its family, for ordering and arithmetic. */
export function ipToBigInt(text: string): bigint {
  const v4 = parseIPv4(text)
  if (v4 !== undefined) return BigInt(v4)
  const v6 = parseIPv6(text)
  invariant(v6 !== undefined, `not an address: ${text}`)
  return v6
}

/** The inverse of {@link ipToBigInt}. */
export function ipFromBigInt(value: bigint, family: IpFamily): string {
  return family === 4 ? formatIPv4(Number(value)) : formatIPv6(value)
}

/** "10.0.0.0/8" (host bits are cleared; a bare address is a /32 or /128), or undefined. */
export function parseCidr(text: string): Cidr | undefined {
  const [address = '', bitsText, ...rest] = text.split('/')
  const family = ipFamily(address)
  if (family === undefined || rest.length > 0) return undefined
  const width = family === 4 ? 32 : 128
  if (bitsText !== undefined && !/^\d{1,3}$/.test(bitsText)) return undefined
  const bits = bitsText === undefined ? width : Number(bitsText)
  if (bits > width) return undefined
  const host = BigInt(width - bits)
  return { family, base: ipFromBigInt((ipToBigInt(address) >> host) << host, family), bits }
}

export function formatCidr(cidr: Cidr): string {
  return `${cidr.base}/${cidr.bits}`
}

/** Whether the address (canonical text) lies in the range; false across families. */
export function cidrContains(cidr: Cidr, address: string): boolean {
  if (cidr.family === 4) {
    const value = parseIPv4(address)
    if (value === undefined) return false
    if (cidr.bits === 0) return true
    const shift = 32 - cidr.bits
    return value >>> shift === (parseIPv4(cidr.base) ?? 0) >>> shift
  }
  const value = parseIPv6(address)
  if (value === undefined) return false
  const shift = BigInt(128 - cidr.bits)
  return value >> shift === ipToBigInt(cidr.base) >> shift
}

/** The n-th address of the range, counting its base as 0. */
export function cidrAddress(cidr: Cidr, n: number): string {
  return ipFromBigInt(ipToBigInt(cidr.base) + BigInt(n), cidr.family)
}
