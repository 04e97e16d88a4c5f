import type { Endpoint } from '../endpoints-map.ts'
import type { ServicePort } from '../service-map.ts'
import type { ProxyFlow } from './kernel.ts'

/**
 * Which UDP flows to a Service lead to an endpoint it no longer has (pkg/proxy/conntrack/cleanup.go). UDP has no end of its
 * own: as long as the client sends, conntrack would keep sending to a pod that is gone. Flows of Services without
 * endpoints are left: nothing translates them anyway.
 */
export function staleUdpFlows(
  services: readonly { readonly port: ServicePort; readonly endpoints: readonly Endpoint[] }[],
): (flow: ProxyFlow) => boolean {
  const byAddress = new Map<string, ReadonlySet<string>>()
  const byNodePort = new Map<number, ReadonlySet<string>>()
  for (const { port, endpoints } of services) {
    if (endpoints.length === 0) continue
    const backends = new Set(endpoints.map((e) => `${e.ip} ${e.port}`))
    for (const address of [port.clusterIP, ...port.externalIPs, ...port.loadBalancerVIPs]) {
      byAddress.set(`${address} ${port.port}`, backends)
    }
    if (port.nodePort !== 0) byNodePort.set(port.nodePort, backends)
  }
  return (flow) => {
    const backends = byAddress.get(`${flow.destination} ${flow.port}`) ?? byNodePort.get(flow.port)
    return backends !== undefined && !backends.has(`${flow.backend} ${flow.backendPort}`)
  }
}
