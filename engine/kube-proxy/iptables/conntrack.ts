import type { Endpoint } from '../endpoints-map.ts'
import type { ServicePort } from '../service-map.ts'
import type { ProxyFlow } from './kernel.ts'

/**
 * Which UDP flows to a Service lead to an endpoint it no longer has (pkg/proxy/conntrack/cleanup.go, CleanStaleEntries). UDP has no
 * end of its own: as long as the client sends, conntrack would keep sending to a pod that is gone. Every endpoint that serves counts,
 * whatever traffic policy and topology say: they decide on new flows only. Flows of Services without endpoints are left: nothing
 * translates them anyway.
 */
export function staleUdpFlows(
  services: readonly { readonly port: ServicePort; readonly endpoints: readonly Endpoint[] }[],
): (flow: ProxyFlow) => boolean {
  const byAddress = new Map<string, ReadonlySet<string>>()
  const byNodePort = new Map<number, ReadonlySet<string>>()
  for (const { port, endpoints } of services) {
    const backends = new Set(endpoints.filter((e) => e.serving).map((e) => `${e.ip} ${e.port}`))
    if (backends.size === 0) continue
    for (const address of [port.clusterIP, ...port.loadBalancerVIPs, ...port.externalIPs]) {
      byAddress.set(`${address} ${port.port}`, backends)
    }
    if (port.nodePort !== 0) byNodePort.set(port.nodePort, backends)
  }
  return (flow) => {
    const backend = `${flow.backend} ${flow.backendPort}`
    const owners = [byAddress.get(`${flow.destination} ${flow.port}`), byNodePort.get(flow.port)]
    return owners.some((backends) => backends !== undefined && !backends.has(backend))
  }
}
