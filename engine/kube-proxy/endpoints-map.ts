import type { KubeObject } from '../api/object.ts'
import { canonicalIp, type IpFamily } from '../base/ip.ts'
import { servicePortName } from './service-map.ts'

/** One address and port behind a Service port (pkg/proxy/endpoint.go). */
export interface Endpoint {
  readonly ip: string
  readonly port: number
  /** "10.0.1.5:53", "[fd00::1]:53": how rules and chain names write it. */
  readonly text: string
  readonly local: boolean
  readonly ready: boolean
  readonly serving: boolean
  readonly terminating: boolean
  readonly zoneHints: readonly string[]
  readonly nodeHints: readonly string[]
}

/** Endpoints by Service port name, each list in the order of their text. */
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
  readonly conditions?: { ready?: boolean; serving?: boolean; terminating?: boolean }
  readonly nodeName?: string
  readonly hints?: { forZones?: { name: string }[]; forNodes?: { name: string }[] }
}

function endpointOf(raw: SliceEndpoint, ip: string, port: number, node: string): Endpoint {
  return {
    ip,
    port,
    text: ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`,
    local: raw.nodeName === node,
    ready: raw.conditions?.ready ?? true,
    serving: raw.conditions?.serving ?? true,
    terminating: raw.conditions?.terminating ?? false,
    zoneHints: (raw.hints?.forZones ?? []).map((h) => h.name),
    nodeHints: (raw.hints?.forNodes ?? []).map((h) => h.name),
  }
}

/** The endpoints of one Service from its slices, by Service port name (pkg/proxy/endpointslicecache.go). */
export function serviceEndpoints(
  slices: readonly KubeObject[],
  family: IpFamily,
  node: string,
): ReadonlyMap<string, readonly Endpoint[]> {
  const found = new Map<string, Map<string, Endpoint>>()
  const wanted = family === 4 ? 'IPv4' : 'IPv6'
  for (const slice of slices) {
    if (slice.addressType !== wanted) continue
    const service = slice.metadata.labels?.[SERVICE_NAME_LABEL] ?? ''
    for (const port of (slice.ports ?? []) as { name?: string; port?: number }[]) {
      if (port.port === undefined || port.port === null) continue
      const key = servicePortName(slice.metadata.namespace ?? 'default', service, port.name ?? '')
      const endpoints = found.get(key) ?? new Map<string, Endpoint>()
      found.set(key, endpoints)
      for (const raw of (slice.endpoints ?? []) as SliceEndpoint[]) {
        const ip = canonicalIp(raw.addresses?.[0] ?? '')
        if (ip === undefined) continue
        const endpoint = endpointOf(raw, ip, port.port, node)
        // While a pod moves between slices it may be in two; the ready one counts.
        if (!endpoints.get(endpoint.text)?.ready) endpoints.set(endpoint.text, endpoint)
      }
    }
  }
  const out = new Map<string, readonly Endpoint[]>()
  for (const [key, endpoints] of found) {
    out.set(
      key,
      [...endpoints.values()].sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0)),
    )
  }
  return out
}
