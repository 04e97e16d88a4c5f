// biome-ignore-all lint/suspicious/noExplicitAny: an Endpoints object's parts
import { deepEqual } from '../deep-equal.ts'
import type { KubeObject } from '../object.ts'
import { type FieldError, invalid, notSupported, required } from '../status.ts'
import { endpointIp, ipWarnings, legacyIp } from './ip.ts'
import { dns1123Label, dns1123Subdomain, portNumber, qualifiedName } from './names.ts'

const PROTOCOLS = ['SCTP', 'TCP', 'UDP']

/** ValidateEndpoints; what was stored before stays valid while it does not change. */
export function validateEndpoints(object: KubeObject, old?: KubeObject): FieldError[] {
  const out: FieldError[] = []
  for (const [i, subset] of (object.subsets ?? []).entries()) {
    const at = `subsets[${i}]`
    const { addresses = [], notReadyAddresses = [], ports = [] } = subset
    if (addresses.length === 0 && notReadyAddresses.length === 0)
      out.push(required(at, 'must specify `addresses` or `notReadyAddresses`'))
    for (const [j, a] of addresses.entries()) out.push(...validateAddress(a, `${at}.addresses[${j}]`))
    for (const [j, a] of notReadyAddresses.entries()) out.push(...validateAddress(a, `${at}.notReadyAddresses[${j}]`))
    for (const [j, p] of ports.entries()) out.push(...validatePort(p, ports.length > 1, `${at}.ports[${j}]`))
  }
  return old !== undefined && deepEqual(object.subsets, old.subsets) ? [] : out
}

function validateAddress({ ip = '', hostname, nodeName }: any, at: string): FieldError[] {
  const out = legacyIp(`${at}.ip`, ip)
  if (hostname) for (const m of dns1123Label(hostname)) out.push(invalid(`${at}.hostname`, hostname, m))
  if (nodeName !== undefined) for (const m of dns1123Subdomain(nodeName)) out.push(invalid(`${at}.nodeName`, nodeName, m))
  return [...out, ...endpointIp(ip, `${at}.ip`)]
}

function validatePort(p: any, needName: boolean, at: string): FieldError[] {
  const out: FieldError[] = []
  if (needName && !p.name) out.push(required(`${at}.name`))
  else if (p.name) for (const m of dns1123Label(p.name)) out.push(invalid(`${at}.name`, p.name, m))
  for (const m of portNumber(p.port)) out.push(invalid(`${at}.port`, p.port ?? 0, m))
  if (!p.protocol) out.push(required(`${at}.protocol`))
  else if (!PROTOCOLS.includes(p.protocol)) out.push(notSupported(`${at}.protocol`, p.protocol, PROTOCOLS))
  if (p.appProtocol !== undefined)
    for (const m of qualifiedName(p.appProtocol)) out.push(invalid(`${at}.appProtocol`, p.appProtocol, m))
  return out
}

/** Addresses in spellings of their own; the endpoints controller writes none. */
export function endpointsWarnings(object: KubeObject): string[] {
  if (object.metadata.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoints-controller') return []
  return ((object.subsets ?? []) as readonly any[]).flatMap((subset, i) =>
    (['addresses', 'notReadyAddresses'] as const).flatMap((list) =>
      ((subset[list] ?? []) as readonly any[]).flatMap((a, j) => ipWarnings(`subsets[${i}].${list}[${j}].ip`, a.ip ?? '')),
    ),
  )
}
