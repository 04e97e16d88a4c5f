import { type Cidr, canonicalIp, cidrContains, type IpFamily, ipFamily, parseCidr, parseIPv4 } from '../base/ip.ts'

const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/

/**
 * An address as kube-proxy reads it: leading zeros are decimal, and an IPv4-mapped address is an IPv4 one
 * (netutils.ParseIPSloppy, net.IP.String). Undefined where it is none.
 */
export function sloppyIp(text: string): string | undefined {
  if (parseIPv4(text) !== undefined) return text
  const plain = /^[\d.]+$/.test(text) ? text.replace(/(^|\.)0+(?=\d)/g, '$1') : text
  const ip = canonicalIp(plain)
  const mapped = ip === undefined ? null : MAPPED.exec(ip)
  if (mapped === null) return ip
  const [high, low] = [Number.parseInt(mapped[1] as string, 16), Number.parseInt(mapped[2] as string, 16)]
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}

/** The addresses of one family, in their order; what is none is left out (proxyutil.MapIPsByIPFamily). */
export function ipsOf(family: IpFamily, texts: readonly (string | undefined)[]): string[] {
  return texts.map((text) => sloppyIp(text ?? '')).filter((ip): ip is string => ip !== undefined && ipFamily(ip) === family)
}

/** "10.0.0.0/8" without its host bits; undefined for a bare address (netutils.ParseCIDRSloppy). */
export function sloppyCidr(text: string): Cidr | undefined {
  const [address = '', bits] = text.split('/')
  const ip = bits === undefined ? undefined : sloppyIp(address)
  return ip === undefined ? undefined : parseCidr(`${ip}/${bits}`)
}

/** The ranges of one family, in their order (proxyutil.MapCIDRsByIPFamily). */
export function cidrsOf(family: IpFamily, texts: readonly string[]): Cidr[] {
  return texts.map((text) => sloppyCidr(text.trim())).filter((cidr): cidr is Cidr => cidr?.family === family)
}

/** Which local addresses take node ports (pkg/proxy/util/nodeport_addresses.go). */
export interface NodePortAddresses {
  /** Undefined: all of them. */
  readonly ranges: readonly Cidr[] | undefined
  readonly containsLoopback: boolean
}

/** `given` holds the ranges of --nodeport-addresses; a family without any takes all. */
export function nodePortAddresses(family: IpFamily, given: readonly Cidr[]): NodePortAddresses {
  const own = given.filter((range) => range.family === family)
  if (own.length === 0 || own.some((range) => range.bits === 0)) return { ranges: undefined, containsLoopback: family === 4 }
  const isLoopback = (range: Cidr) => range.base.startsWith('127.') || cidrContains(range, '127.0.0.0')
  return { ranges: own, containsLoopback: family === 4 && own.some(isLoopback) }
}

/** Those of the node's addresses that take node ports, each once. */
export function matching(ranges: readonly Cidr[], addresses: readonly string[]): string[] {
  return [...new Set(ranges.flatMap((range) => addresses.filter((address) => cidrContains(range, address))))]
}

export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1'
}
