import { formatIPv4, formatIPv6, parseIPv4, parseIPv6 } from '../../base/ip.ts'
import { parameterProblem } from './errors.ts'
import type { OptionUse, ParseEnv, PrintEnv } from './extension.ts'
import { parseUint } from './numbers.ts'

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

type Names = Pick<ParseEnv, 'family' | 'names'>

/** "10.1" as 10.1.0.0, each part in any base (xtables_numeric_to_ipaddr); a mask needs all four. */
function dotted(text: string, complete: boolean): number | undefined {
  const parts = text.split('.').map((part) => parseUint(part, 255))
  if (parts.length > 4 || (complete && parts.length < 4) || parts.includes(undefined)) return undefined
  return parts.reduce<number>((value, part, at) => (value | ((part as number) << (24 - 8 * at))) >>> 0, 0)
}

/** The same as text. */
export function dottedAddress(text: string): string | undefined {
  const value = dotted(text, false)
  return value === undefined ? undefined : formatIPv4(value)
}

/** inet_aton(3): one to four numbers, the last of which fills what is left. */
function aton(text: string): number | undefined {
  if (!/^\d/.test(text)) return undefined
  const parts = text.split('.').map((part) => parseUint(part))
  const last = parts.pop()
  if (last === undefined || parts.length > 3 || parts.some((part) => part === undefined || part > 255)) return undefined
  const room = 2 ** (8 * (4 - parts.length))
  if (last >= room) return undefined
  return parts.reduce<number>((value, part, at) => value + (part as number) * 2 ** (24 - 8 * at), last)
}

/** Addresses as getaddrinfo(3) finds them: numbers in any form, then names. */
function lookUp(host: string, { family, names }: Names): readonly string[] {
  const number = family === 4 ? aton(host) : undefined
  if (number !== undefined) return [formatIPv4(number)]
  return family === 6 && parseIPv6(host) !== undefined
    ? [formatIPv6(parseIPv6(host) as bigint)]
    : names.hostAddresses(host, family)
}

/** One address, as options of matches and targets take it (xtopt_parse_host). */
export function addressOf(host: string, env: Names): string {
  const found = [...new Set(lookUp(host, env))]
  if (found.length > 1) parameterProblem(`${host} resolves to more than one address\n`)
  if (found[0] !== undefined) return found[0]
  const other = env.family === 4 ? parseIPv6(host) !== undefined : aton(host) !== undefined
  return parameterProblem(`getaddrinfo: ${other ? 'Address family for hostname not supported' : 'Name or service not known'}\n`)
}

/** "ADDRESS[/MASK]" with the address as it was given (xtopt_parse_hostmask, xtopt_parse_plen). */
export function hostMask({ arg, env, ext, option }: OptionUse): string {
  const slash = arg.indexOf('/')
  const address = addressOf(slash < 0 ? arg : arg.slice(0, slash), env)
  const width = env.family === 4 ? 32 : 128
  if (slash < 0) return `${address}/${width}`
  const text = arg.slice(slash + 1)
  const bits = parseUint(text, width)
  if (bits !== undefined) return `${address}/${bits}`
  const mask = env.family === 4 ? aton(text) : undefined
  if (mask === undefined)
    return parameterProblem(
      `${ext}: bad value for option "--${option.name}", neither a valid network mask nor valid CIDR (0-${width}).\n`,
    )
  return `${address}/${prefixOf(mask) ?? formatIPv4(mask)}`
}

/** The network that "ADDRESS/MASK" lies in. */
export function withoutHostBits(text: string): string {
  const [address = '', mask = ''] = text.split('/')
  if (address.includes(':')) return `${masked6(parseIPv6(address) ?? 0n, Number(mask))}/${mask}`
  const bits = mask.includes('.') ? (parseIPv4(mask) ?? 0) : maskOf(Number(mask))
  return `${formatIPv4(((parseIPv4(address) ?? 0) & bits) >>> 0)}/${mask}`
}

function hostsOf(host: string, env: Names): readonly string[] {
  const number = env.family === 4 ? dotted(host, false) : undefined
  if (number !== undefined) return [formatIPv4(number)]
  const network = env.family === 4 ? env.names.networkAddress(host) : undefined
  if (network !== undefined) return [network]
  const found = lookUp(host, env)
  return found.length > 0 ? found : parameterProblem(`host/network \`${host}' not found`)
}

function parseMask(text: string | undefined, family: 4 | 6): number {
  const width = family === 4 ? 32 : 128
  if (text === undefined) return family === 4 ? 0xffffffff : 128
  const mask = family === 4 ? dotted(text, true) : undefined
  if (mask !== undefined) return mask
  const bits = parseUint(text, width) ?? parameterProblem(`invalid mask \`${text}' specified`)
  return family === 4 ? maskOf(bits) : bits
}

/**
 * "10.0.0.0/8", "name", "10.0.0.1/255.0.255.0": every address it stands for, canonical, host bits cleared, always with a mask
 * (xtables_ipparse_multiple, one element of its comma list).
 */
export function parseAddress(text: string, env: Pick<ParseEnv, 'family' | 'names'>): readonly string[] {
  const slash = text.lastIndexOf('/')
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
  if (!env.numeric && (env.family === 4 ? mask === '0' : address === '::')) return 'anywhere'
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
