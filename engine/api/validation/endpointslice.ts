import { ipFamily } from '../../base/ip.ts'
import type { KubeObject } from '../object.ts'
import { duplicate, type FieldError, invalid, notSupported, required } from '../status.ts'
import { nonSpecialIp } from './endpoints.ts'
import { dns1123Label, dns1123Subdomain } from './names.ts'

const TYPES = ['FQDN', 'IPv4', 'IPv6']

function address(value: string, type: string, at: string): FieldError[] {
  if (type === 'FQDN') return dns1123Subdomain(value).map((m) => invalid(at, value, m))
  if (ipFamily(value) !== (type === 'IPv4' ? 4 : 6)) return [invalid(at, value, `must be an ${type} address`)]
  return nonSpecialIp(value, at)
}

/** ValidateEndpointSlice (pkg/apis/discovery/validation). */
export function validateEndpointSlice(object: KubeObject): FieldError[] {
  const out: FieldError[] = []
  const type = object.addressType
  if (!type) out.push(required('addressType'))
  else if (!TYPES.includes(type)) out.push(notSupported('addressType', type, TYPES))
  for (const [i, e] of (object.endpoints ?? []).entries()) {
    const at = `endpoints[${i}].addresses`
    const addresses: readonly string[] = e.addresses ?? []
    if (addresses.length === 0) out.push(required(at, 'must contain at least 1 address'))
    for (const [j, a] of addresses.entries()) out.push(...address(a, type, `${at}[${j}]`))
  }
  const names = new Set<string>()
  for (const [i, p] of (object.ports ?? []).entries()) {
    if (names.has(p.name)) out.push(duplicate('ports', p.name ?? ''))
    names.add(p.name)
    if (p.name) for (const m of dns1123Label(p.name)) out.push(invalid(`ports[${i}].name`, p.name, m))
    if (!['SCTP', 'TCP', 'UDP'].includes(p.protocol))
      out.push(notSupported(`ports[${i}].protocol`, p.protocol, ['SCTP', 'TCP', 'UDP']))
  }
  return out
}

export function validateEndpointSliceUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const out = validateEndpointSlice(object)
  if (object.addressType !== old.addressType) out.push(invalid('addressType', object.addressType, 'field is immutable'))
  return out
}
