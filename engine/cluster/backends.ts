import type { KubeObject } from '../api/object.ts'
import type { Store } from '../api/store.ts'
import type { Backend } from '../cni/plugin.ts'

interface ServicePort {
  readonly name?: string
  readonly port: number
  readonly protocol?: string
}

interface SlicePort {
  readonly name?: string
  readonly port?: number
  readonly protocol?: string
}

interface SliceEndpoint {
  readonly addresses: readonly string[]
  readonly conditions?: { readonly ready?: boolean }
}

/** The ready endpoints behind a ClusterIP and port, as a CNI that balances Services itself reads them; undefined where there is no such Service port. */
export function serviceBackends(store: Store, address: string, port: number, protocol: string): readonly Backend[] | undefined {
  const service = store
    .list('services')
    .find((s) => s.spec?.clusterIPs?.includes(address) === true || s.spec?.clusterIP === address)
  const ports: readonly ServicePort[] = service?.spec?.ports ?? []
  const servicePort = ports.find((p) => p.port === port && (p.protocol ?? 'TCP').toLowerCase() === protocol)
  if (service === undefined || servicePort === undefined) return undefined
  return store
    .list('endpointslices.discovery.k8s.io', service.metadata.namespace)
    .filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name)
    .flatMap((slice) => sliceBackends(slice, servicePort.name ?? ''))
}

function sliceBackends(slice: KubeObject, portName: string): Backend[] {
  const ports: readonly SlicePort[] = slice.ports ?? []
  const endpoints: readonly SliceEndpoint[] = slice.endpoints ?? []
  return ports
    .filter((p) => (p.name ?? '') === portName && p.port !== undefined)
    .flatMap((p) =>
      endpoints
        .filter((e) => e.conditions?.ready !== false)
        .flatMap((e) => e.addresses.map((a) => ({ address: a, port: p.port as number }))),
    )
}
