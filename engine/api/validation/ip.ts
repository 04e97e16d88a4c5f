import { type Cidr, canonicalIp, formatCidr, formatIPv4, ipFamily, parseCidr, parseIPv6 } from '../../base/ip.ts'
import { type FieldError, invalid } from '../status.ts'

/** An address as Go's older parser reads it (netutils.ParseIPSloppy): octets may have leading zeros, a mapped IPv4 address is one. */
export interface SloppyIp {
  /** net.IP's String(). */
  readonly text: string
  readonly family: 4 | 6
  /** Why newer parsers refuse it. */
  readonly fault?: 'leading 0s' | 'IPv4-mapped'
}

const MAPPED = 0xffffn << 32n

function plainZeros(text: string): string {
  return text.replace(/\b0+(?=\d)/g, '')
}

export function sloppyIp(value: string): SloppyIp | undefined {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(value)) {
    const text = plainZeros(value)
    return ipFamily(text) === 4 ? { text, family: 4, ...(text === value ? {} : { fault: 'leading 0s' as const }) } : undefined
  }
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(value)
  const cleaned = tail === null ? value : `${tail[1]}${plainZeros(tail[2] as string)}`
  const v6 = parseIPv6(cleaned)
  if (v6 === undefined) return undefined
  if (v6 >> 32n === MAPPED >> 32n) return { text: formatIPv4(Number(v6 & 0xffffffffn)), family: 4, fault: 'IPv4-mapped' }
  return { text: canonicalIp(cleaned) as string, family: 6, ...(cleaned === value ? {} : { fault: 'leading 0s' as const }) }
}

/** Whether an address prints with colons: what decides the family of a Service's address (netutils.IsIPv6String). */
export function isIPv6(value: string): boolean {
  return sloppyIp(value)?.family === 6
}

/** IsValidIPForLegacyField: what was stored before stays valid. */
export function legacyIp(field: string, value: string, old: readonly string[] = []): FieldError[] {
  if (old.includes(value) || sloppyIp(value) !== undefined) return []
  return [invalid(field, value, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]
}

/** IsValidIP: one spelling for one address. */
export function strictIp(field: string, value: string): FieldError[] {
  const ip = sloppyIp(value)
  if (ip === undefined) return legacyIp(field, value)
  if (ip.fault === 'leading 0s') return [invalid(field, value, 'must not have leading 0s')]
  if (ip.fault !== undefined) return [invalid(field, value, 'must not be an IPv4-mapped IPv6 address')]
  return ip.text === value ? [] : [invalid(field, value, `must be in canonical form ("${ip.text}")`)]
}

/** GetWarningsForIP: spellings that a later release will refuse. */
export function ipWarnings(field: string, value: string): string[] {
  const ip = sloppyIp(value)
  if (ip === undefined || ip.text === value) return []
  if (ip.fault !== undefined) {
    return [
      `${field}: non-standard IP address "${value}" will be considered invalid in a future Kubernetes release: use "${ip.text}"`,
    ]
  }
  return [`${field}: IPv6 address "${value}" should be in RFC 5952 canonical format ("${ip.text}")`]
}

interface SloppyCidr {
  readonly cidr: Cidr
  readonly address: SloppyIp
  readonly fault?: 'leading 0s' | 'IPv4-mapped'
}

/** netutils.ParseCIDRSloppy. */
export function sloppyCidr(value: string): SloppyCidr | undefined {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(value)
  if (match === null) return undefined
  const address = sloppyIp(match[1] as string)
  if (address === undefined) return undefined
  const mapped = address.fault === 'IPv4-mapped'
  const bits = Number(match[2]) - (mapped ? 96 : 0)
  const cidr = bits < 0 ? undefined : parseCidr(`${address.text}/${bits}`)
  if (cidr === undefined) return undefined
  const zeros = address.fault === 'leading 0s' || /^0\d/.test(match[2] as string)
  return { cidr, address, ...(mapped ? { fault: 'IPv4-mapped' as const } : zeros ? { fault: 'leading 0s' as const } : {}) }
}

const NO_CIDR = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'

/** IsValidCIDRForLegacyField. */
export function legacyCidr(field: string, value: string, old: readonly string[] = []): FieldError[] {
  return old.includes(value) || sloppyCidr(value) !== undefined ? [] : [invalid(field, value, NO_CIDR)]
}

/** IsValidCIDR: canonical, no bits beyond the prefix. */
export function strictCidr(field: string, value: string): FieldError[] {
  const parsed = sloppyCidr(value)
  if (parsed === undefined) return [invalid(field, value, NO_CIDR)]
  if (parsed.fault === 'leading 0s') return [invalid(field, value, 'must not have leading 0s in IP or prefix length')]
  if (parsed.fault !== undefined) return [invalid(field, value, 'must not have an IPv4-mapped IPv6 address')]
  if (parsed.address.text !== parsed.cidr.base) return [invalid(field, value, 'must not have bits set beyond the prefix length')]
  const text = formatCidr(parsed.cidr)
  return value === text ? [] : [invalid(field, value, `must be in canonical form ("${text}")`)]
}

/** GetWarningsForCIDR. */
export function cidrWarnings(field: string, value: string): string[] {
  const parsed = sloppyCidr(value)
  if (parsed === undefined) return []
  const out: string[] = []
  const text = formatCidr(parsed.cidr)
  if (parsed.address.text !== parsed.cidr.base) {
    const single = `${parsed.address.text}/${parsed.cidr.family === 4 ? 32 : 128}`
    out.push(`${field}: CIDR value "${value}" is ambiguous in this context (should be "${text}" or "${single}"?)`)
  }
  if (parsed.fault !== undefined) {
    out.push(
      `${field}: non-standard CIDR value "${value}" will be considered invalid in a future Kubernetes release: use "${text}"`,
    )
  }
  if (out.length === 0 && text !== value)
    out.push(`${field}: IPv6 CIDR value "${value}" should be in RFC 5952 canonical format ("${text}")`)
  return out
}

/** ValidateEndpointIP: addresses that stand for no single other machine. */
export function endpointIp(value: string, field: string): FieldError[] {
  const ip = sloppyIp(value)
  if (ip === undefined) return [invalid(field, value, 'must be a valid IP address')]
  const { text } = ip
  if (text === '0.0.0.0' || text === '::') return [invalid(field, value, `may not be unspecified (${value})`)]
  if (text.startsWith('127.') || text === '::1')
    return [invalid(field, value, 'may not be in the loopback range (127.0.0.0/8, ::1/128)')]
  if (text.startsWith('169.254.') || /^fe[89ab]/.test(text))
    return [invalid(field, value, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)')]
  if (text.startsWith('224.0.0.') || /^ff.2:/.test(text))
    return [invalid(field, value, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)')]
  return []
}
