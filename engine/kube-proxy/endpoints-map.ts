import type { KubeObject } from '../api/object.ts'
import type { IpFamily } from '../base/ip.ts'
import { sloppyIp } from './addresses.ts'
import { endpointChain } from './chain-names.ts'
import type { Release } from './release.ts'
import { servicePortName } from './service-map.ts'

/** One address and port behind a Service port (pkg/proxy/endpoint.go). */
export interface Endpoint {
  readonly ip: string
  readonly port: number
  /** "10.0.1.5:53", "[fd00::1]:53": how rules and chain names write it. */
  readonly text: string
  /** Its chain behind this Service port. */
  readonly chain: string
  readonly local: boolean
  readonly ready: boolean
  readonly serving: boolean
  readonly terminating: boolean
  readonly zoneHints: readonly string[]
  readonly nodeHints: readonly string[]
}

/** Endpoints by Service port ({@link portKey}), each list in the order of their text. */
export type EndpointsMap = ReadonlyMap<string, readonly Endpoint[]>

export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name'

/** "namespace/name" of the Service a slice belongs to; undefined where kube-proxy does not look at it. */
export function sliceService(slice: KubeObject): string | undefined {
  const labels = slice.metadata.labels ?? {}
  if ('service.kubernetes.io/headless' in labels || 'service.kubernetes.io/service-proxy-name' in labels) return undefined
  const service = labels[SERVICE_NAME_LABEL]
  return service ? `${slice.metadata.namespace}/${service}` : undefined
}

interface SliceEndpoint {
  readonly addresses: readonly string[]
  readonly conditions?: { ready?: boolean | null; serving?: boolean | null; terminating?: boolean | null }
  readonly nodeName?: string
  readonly hints?: { forZones?: { name: string }[]; forNodes?: { name: string }[] }
}

/** The Service port and the kube-proxy that an endpoint is seen by. */
interface Beholder {
  readonly name: string
  readonly protocol: string
  readonly node: string
  readonly release: Release
}

const NO_HINTS: readonly string[] = []

function endpointOf(raw: SliceEndpoint, ip: string, port: number, { name, protocol, node, release }: Beholder): Endpoint {
  const text = ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`
  return {
    ip,
    port,
    text,
    chain: endpointChain(name, protocol, text),
    local: raw.nodeName === node,
    ready: raw.conditions?.ready ?? true,
    serving: raw.conditions?.serving ?? true,
    terminating: raw.conditions?.terminating ?? false,
    zoneHints: raw.hints?.forZones?.map((h) => h.name) ?? NO_HINTS,
    nodeHints: (release.nodeHints ? raw.hints?.forNodes?.map((h) => h.name) : undefined) ?? NO_HINTS,
  }
}

interface SlicePort {
  readonly name?: string | null
  readonly port?: number | null
  readonly protocol?: string
}

/** What endpoints are found by: a Service port's name and protocol (types.ServicePortName). */
export function portKey(name: string, protocol: string): string {
  return `${name} ${protocol.toLowerCase()}`
}

/** The endpoints of one Service from its slices, by Service port (pkg/proxy/endpointslicecache.go). */
export function serviceEndpoints(slices: readonly KubeObject[], family: IpFamily, node: string, release: Release): EndpointsMap {
  const found = new Map<string, Endpoint[]>()
  const wanted = family === 4 ? 'IPv4' : 'IPv6'
  for (const slice of slices) {
    if (slice.addressType !== wanted) continue
    const service = slice.metadata.labels?.[SERVICE_NAME_LABEL] ?? ''
    for (const port of (slice.ports ?? []) as readonly SlicePort[]) {
      if (!port.port) continue
      const name = servicePortName(slice.metadata.namespace ?? 'default', service, port.name ?? '')
      const protocol = (port.protocol ?? 'TCP').toLowerCase()
      const key = portKey(name, protocol)
      const beholder = { name, protocol, node, release }
      const endpoints = found.get(key) ?? []
      found.set(key, endpoints)
      for (const raw of (slice.endpoints ?? []) as SliceEndpoint[]) {
        const ip = sloppyIp(raw.addresses?.[0] ?? '')
        if (ip !== undefined) endpoints.push(endpointOf(raw, ip, port.port, beholder))
      }
    }
  }
  for (const [key, endpoints] of found) found.set(key, distinct(endpoints.sort(byText)))
  return found
}

const byText = (a: Endpoint, b: Endpoint) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0)

/** An endpoint may be in two slices, while it moves or by hand: the first counts, unless a later one says it is of this node. */
function distinct(sorted: Endpoint[]): Endpoint[] {
  if (sorted.every((endpoint, i) => endpoint.text !== sorted[i + 1]?.text)) return sorted
  const kept = new Map<string, Endpoint>()
  for (const endpoint of sorted) if (endpoint.local || !kept.has(endpoint.text)) kept.set(endpoint.text, endpoint)
  return [...kept.values()]
}
