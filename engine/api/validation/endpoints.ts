import { ipFamily } from '../../base/ip.ts'
import type { KubeObject } from '../object.ts'
import { type FieldError, invalid, notSupported, required } from '../status.ts'
import { dns1123Label, portNumber } from './names.ts'

/** Addresses that no endpoint may have (ValidateNonSpecialIP). */
export function nonSpecialIp(ip: string, at: string): FieldError[] {
  if (ipFamily(ip) === undefined) return [invalid(at, ip, 'must be a valid IP address')]
  if (ip === '0.0.0.0' || ip === '::') return [invalid(at, ip, `may not be unspecified (${ip})`)]
  if (ip.startsWith('127.') || ip === '::1') return [invalid(at, ip, 'may not be in the loopback range (127.0.0.0/8, ::1/128)')]
  if (ip.startsWith('169.254.') || /^fe[89ab]/i.test(ip))
    return [invalid(at, ip, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)')]
  if (ip.startsWith('224.0.0.'))
    return [invalid(at, ip, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)')]
  return []
}

/** ValidateEndpoints. */
export function validateEndpoints(object: KubeObject): FieldError[] {
  const out: FieldError[] = []
  for (const [i, subset] of (object.subsets ?? []).entries()) {
    const at = `subsets[${i}]`
    const { addresses = [], notReadyAddresses = [], ports = [] } = subset
    if (addresses.length === 0 && notReadyAddresses.length === 0)
      out.push(required(at, 'must specify `addresses` or `notReadyAddresses`'))
    for (const [list, name] of [
      [addresses, 'addresses'],
      [notReadyAddresses, 'notReadyAddresses'],
    ] as const) {
      for (const [j, a] of list.entries()) out.push(...nonSpecialIp(a.ip ?? '', `${at}.${name}[${j}].ip`))
    }
    for (const [j, p] of ports.entries()) {
      const field = `${at}.ports[${j}]`
      if (ports.length > 1 && !p.name) out.push(required(`${field}.name`))
      else if (p.name) for (const m of dns1123Label(p.name)) out.push(invalid(`${field}.name`, p.name, m))
      for (const m of portNumber(p.port)) out.push(invalid(`${field}.port`, p.port, m))
      if (!['SCTP', 'TCP', 'UDP'].includes(p.protocol))
        out.push(notSupported(`${field}.protocol`, p.protocol, ['SCTP', 'TCP', 'UDP']))
    }
  }
  return out
}
