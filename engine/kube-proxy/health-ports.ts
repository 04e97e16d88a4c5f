import type { Json, Stateful } from '../base/json.ts'
import type { ProxyKernel } from './iptables/kernel.ts'
import type { IptablesProxier } from './iptables/proxier.ts'

interface Open {
  readonly port: number
  readonly endpoints: number
}

/**
 * The health check node ports of Services with externalTrafficPolicy Local (pkg/proxy/healthcheck/service_health.go): open on every
 * node, they tell the load balancer which nodes have an endpoint of the Service.
 */
export class HealthPorts implements Stateful {
  private readonly kernel: ProxyKernel
  private open: Readonly<Record<string, Open>> = {}

  constructor(kernel: ProxyKernel) {
    this.kernel = kernel
  }

  /** Forgets them: the process that held them is gone. */
  clear(): void {
    this.open = {}
  }

  /** Opens and closes ports as the Services of both families want, and counts endpoints anew. */
  sync(proxiers: readonly IptablesProxier[]): void {
    const wanted = new Map<string, Open & { readonly addresses: readonly string[] }>()
    for (const proxier of proxiers) {
      for (const { service, port } of proxier.healthChecks()) {
        // The port can be opened once: where both families want it, the first has it.
        if (!wanted.has(service)) {
          wanted.set(service, { port, endpoints: proxier.localReadyEndpoints(service), addresses: proxier.healthAddresses() })
        }
      }
    }
    for (const [service, { port }] of Object.entries(this.open)) {
      if (wanted.get(service)?.port !== port) this.kernel.closePort(port)
    }
    const open: Record<string, Open> = {}
    for (const [service, { port, endpoints, addresses }] of wanted) {
      const isOpen = this.open[service]?.port === port
      if (isOpen || addresses.every((address) => this.kernel.listen(`${address}:${port}`, service))) {
        open[service] = { port, endpoints }
      }
    }
    this.open = open
  }

  endpoints(service: string): number {
    return this.open[service]?.endpoints ?? 0
  }

  save(): Json {
    return this.open as unknown as Json
  }

  load(state: Json): void {
    this.open = state as unknown as Record<string, Open>
  }
}
