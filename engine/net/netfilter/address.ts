import { formatIPv4, formatIPv6, parseIPv4, parseIPv6 } from '../../base/ip.ts'
import { parameterProblem } from './errors.ts'
import type { ParseEnv, PrintEnv } from './extension.ts'

/** An IPv4 prefix length as a 32-bit mask. */
export function maskOf(bits: number): number {
  return bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0
}

/** The prefix length of a mask, or undefined if its ones are not contiguous (xtables_ipmask_to_cidr). */
export function prefixOf(mask: number): number | undefined {
  const zeros = ~mask >>> 0
  return (zeros & (zeros + 1)) === 0 ? 32 - zeros.toString(2).replace(/^0$/, '').length : undefined
}

function masked6(value: bigint, bits: number): string {
  const shift = BigInt(128 - bits)
  return formatIPv6((value >> shift) << shift)
}

function hostsOf(host: string, env: Pick<ParseEnv, 'family' | 'names'>): readonly string[] {
  const literal = env.family === 4 ? parseIPv4(host) : parseIPv6(host)
  if (literal !== undefined) return [host]
  const network = env.family === 4 ? env.names.networkAddress(host) : undefined
  if (network !== undefined) return [network]
  const found = env.names.hostAddresses(host, env.family)
  return found.length > 0 ? found : parameterProblem(`host/network \`${host}' not found`)
}

function parseMask(text: string | undefined, family: 4 | 6): number {
  const width = family === 4 ? 32 : 128
  if (text === undefined) return family === 4 ? 0xffffffff : 128
  if (/^\d+$/.test(text)) {
    const bits = Number(text)
    if (bits > width) parameterProblem(`invalid mask \`${text}' specified`)
    return family === 4 ? maskOf(bits) : bits
  }
  const mask = family === 4 ? parseIPv4(text) : undefined
  return mask ?? parameterProblem(`invalid mask \`${text}' specified`)
}

/**
 * "10.0.0.0/8", "name", "10.0.0.1/255.0.255.0": every address it stands for, canonical, host bits cleared, always with a mask
 * (xtables_ipparse_multiple, one element of its comma list).
 */
export function parseAddress(text: string, env: Pick<ParseEnv, 'family' | 'names'>): readonly string[] {
  const slash = text.indexOf('/')
  const host = slash < 0 ? text : text.slice(0, slash)
  const mask = parseMask(slash < 0 ? undefined : text.slice(slash + 1), env.family)
  const hosts = mask === 0 ? [env.family === 4 ? '0.0.0.0' : '::'] : hostsOf(host, env)
  const seen = hosts.map((address) => {
    if (env.family === 6) return `${masked6(parseIPv6(address) ?? 0n, mask)}/${mask}`
    const base = formatIPv4(((parseIPv4(address) ?? 0) & mask) >>> 0)
    const bits = prefixOf(mask)
    return `${base}/${bits ?? formatIPv4(mask)}`
  })
  return [...new Set(seen)]
}

/** How -L shows an address: "anywhere", a host's name, or the number without a full mask. */
export function addressText(text: string, env: PrintEnv): string {
  const slash = text.indexOf('/')
  const address = text.slice(0, slash)
  const mask = text.slice(slash + 1)
  if (mask === '0' && !env.numeric) return 'anywhere'
  const full = mask === (env.family === 4 ? '32' : '128')
  if (env.numeric) return full ? address : text
  const name = env.names.hostName(address) ?? address
  return full ? name : `${name}/${mask}`
}

/** conntrack's and policy's -S leave out a full mask. */
export function saveAddress(text: string): string {
  return text.replace(/\/(32|128)$/, '')
}

/** "10.0.0.0/255.0.255.0" as 1.8.7 on nft writes it: only the mask's leading ones count. */
export function leadingMask(text: string): string {
  const [base, mask = ''] = text.split('/')
  return mask.includes('.') ? `${base}/${Math.clz32(~(parseIPv4(mask) ?? 0))}` : text
}

/** Every pair of source and destination that -s and -d stand for; undefined is any address. */
export function addressPairs(
  source: string | undefined,
  destination: string | undefined,
  sourceInv: boolean,
  destinationInv: boolean,
  env: Pick<ParseEnv, 'family' | 'names' | 'dialect'>,
): readonly (readonly [string | undefined, string | undefined])[] {
  const list = (text: string | undefined) =>
    text === undefined ? [undefined] : text.split(',').flatMap((word) => parseAddress(word.trim(), env))
  const sources = list(source)
  const destinations = list(destination)
  if ((sources.length > 1 && sourceInv) || (destinations.length > 1 && destinationInv))
    parameterProblem('! not allowed with multiple source or destination IP addresses')
  const written = (address: string | undefined, invert: boolean) => {
    if (address === undefined || ((address === '0.0.0.0/0' || address === '::/0') && !invert)) return undefined
    return env.dialect.truncatesMasks ? leadingMask(address) : address
  }
  return sources.flatMap((src) => destinations.map((dst) => [written(src, sourceInv), written(dst, destinationInv)] as const))
}
