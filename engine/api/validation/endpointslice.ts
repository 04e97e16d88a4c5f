// biome-ignore-all lint/suspicious/noExplicitAny: an EndpointSlice's parts
import { deepEqual } from '../deep-equal.ts'
import type { KubeObject } from '../object.ts'
import { duplicate, type FieldError, invalid, notSupported, required } from '../status.ts'
import { endpointIp, ipWarnings, isIPv6, legacyIp, strictIp } from './ip.ts'
import { dns1123Label, dns1123Subdomain, labelValue, qualifiedName, validateLabels } from './names.ts'

const TYPES = ['FQDN', 'IPv4', 'IPv6']
const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const MOST = { addresses: 100, ports: 20000, endpoints: 1000, topology: 16, hints: 8 }

function tooMany(field: string, count: number, most: number): FieldError {
  return { type: 'FieldValueTooMany', field, detail: `must have at most ${most} items`, value: { of: count } }
}

/** ValidateEndpointSlice (pkg/apis/discovery/validation). */
export function validateEndpointSlice(object: KubeObject, old?: KubeObject): FieldError[] {
  const out: FieldError[] = []
  const type = object.addressType
  if (!type) out.push(required('addressType'))
  else if (!TYPES.includes(type)) out.push(notSupported('addressType', type, TYPES))
  out.push(...validatePorts(object.ports ?? []))
  const endpoints = validateEndpoints(object.endpoints ?? [], type)
  if (endpoints.length > 0 && !(old !== undefined && deepEqual(old.endpoints, object.endpoints))) out.push(...endpoints)
  return out
}

function validatePorts(ports: readonly any[]): FieldError[] {
  if (ports.length > MOST.ports) return [tooMany('ports', ports.length, MOST.ports)]
  const out: FieldError[] = []
  const names = new Set<string>()
  for (const [i, p] of ports.entries()) {
    const at = `ports[${i}]`
    const name: string = p.name ?? ''
    if (name !== '') for (const m of dns1123Label(name)) out.push(invalid(`${at}.name`, name, m))
    if (names.has(name)) out.push(duplicate(`${at}.name`, name))
    names.add(name)
    if (p.protocol === undefined) out.push(required(`${at}.protocol`))
    else if (!PROTOCOLS.includes(p.protocol)) out.push(notSupported(`${at}.protocol`, p.protocol, PROTOCOLS))
    if (p.appProtocol !== undefined)
      for (const m of qualifiedName(p.appProtocol)) out.push(invalid(`${at}.appProtocol`, p.appProtocol, m))
  }
  return out
}

function validateEndpoints(endpoints: readonly any[], type: string): FieldError[] {
  if (endpoints.length > MOST.endpoints) return [tooMany('endpoints', endpoints.length, MOST.endpoints)]
  const out: FieldError[] = []
  for (const [i, e] of endpoints.entries()) {
    const at = `endpoints[${i}]`
    const addresses: readonly string[] = e.addresses ?? []
    if (addresses.length === 0) out.push(required(`${at}.addresses`, 'must contain at least 1 address'))
    else if (addresses.length > MOST.addresses) out.push(tooMany(`${at}.addresses`, addresses.length, MOST.addresses))
    for (const [j, a] of addresses.entries()) out.push(...validateAddress(a, type, `${at}.addresses`, j))
    if (e.nodeName !== undefined) for (const m of dns1123Subdomain(e.nodeName)) out.push(invalid(`${at}.nodeName`, e.nodeName, m))
    const topology = Object.keys(e.deprecatedTopology ?? {}).length
    if (topology > MOST.topology) out.push(tooMany(`${at}.deprecatedTopology`, topology, MOST.topology))
    out.push(...validateLabels(e.deprecatedTopology, `${at}.deprecatedTopology`))
    if (e.hostname !== undefined) for (const m of dns1123Label(e.hostname)) out.push(invalid(`${at}.hostname`, e.hostname, m))
    if (e.hints !== undefined) out.push(...validateHints(e.hints, `${at}.hints`))
  }
  return out
}

function validateAddress(value: string, type: string, at: string, i: number): FieldError[] {
  const field = `${at}[${i}]`
  if (type === 'FQDN') return domainName(value, field)
  if (type !== 'IPv4' && type !== 'IPv6') return []
  const wrong = type === 'IPv4' ? legacyIp(field, value) : strictIp(field, value)
  if (wrong.length > 0) return wrong
  const family = isIPv6(value) === (type === 'IPv6') ? [] : [invalid(at, value, `must be an ${type} address`)]
  return [...family, ...endpointIp(value, field)]
}

/** validation.IsFullyQualifiedDomainName. */
function domainName(value: string, at: string): FieldError[] {
  if (value === '') return [required(at)]
  const name = value.replace(/\.$/, '')
  const wrong = dns1123Subdomain(name)
  if (wrong.length > 0) return [invalid(at, name, wrong.join(','))]
  if (!name.includes('.')) return [invalid(at, name, 'should be a domain with at least two segments separated by dots')]
  for (const label of name.split('.')) {
    const faults = dns1123Label(label)
    if (faults.length > 0) return [invalid(at, label, faults.join(','))]
  }
  return []
}

function validateHints({ forZones = [], forNodes = [] }: any, at: string): FieldError[] {
  const out: FieldError[] = []
  for (const [list, field, rule] of [
    [forZones, 'forZones', labelValue],
    [forNodes, 'forNodes', (v: string) => dns1123Subdomain(v)],
  ] as const) {
    if (list.length > MOST.hints) return [...out, tooMany(`${at}.${field}`, list.length, MOST.hints)]
    const seen = new Set<string>()
    for (const [i, { name = '' }] of list.entries()) {
      if (seen.has(name)) out.push(duplicate(`${at}.${field}[${i}].name`, name))
      seen.add(name)
      for (const m of rule(name)) out.push(invalid(`${at}.${field}[${i}].name`, name, m))
    }
  }
  return out
}

export function validateEndpointSliceUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const out = validateEndpointSlice(object, old)
  if (object.addressType !== old.addressType) out.push(invalid('addressType', object.addressType ?? '', 'field is immutable'))
  return out
}

const CONTROLLERS = ['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io']

/** Spellings of addresses; on creation also of the type that goes. */
export function endpointSliceWarnings(object: KubeObject): string[] {
  if (CONTROLLERS.includes(object.metadata.labels?.['endpointslice.kubernetes.io/managed-by'] ?? '')) return []
  return ((object.endpoints ?? []) as readonly any[]).flatMap((e, i) =>
    ((e.addresses ?? []) as readonly string[]).flatMap((a, j) => ipWarnings(`endpoints[${i}].addresses[${j}]`, a)),
  )
}

export function endpointSliceCreateWarnings(object: KubeObject): string[] {
  const fqdn = object.addressType === 'FQDN' ? ['spec.addressType: FQDN endpoints are deprecated'] : []
  return [...fqdn, ...endpointSliceWarnings(object)]
}
