import type { KubeObject } from '../api/object.ts'
import type { Store } from '../api/store.ts'
import type { DnsEndpoint, DnsPort, DnsService, DnsSource } from './zone.ts'

interface Port {
  readonly name?: string
  readonly port?: number
  readonly protocol?: string
}

interface SliceEndpoint {
  readonly addresses: readonly string[]
  readonly hostname?: string
  readonly conditions?: { readonly ready?: boolean }
}

function ports(list: readonly Port[] | undefined): DnsPort[] {
  return (list ?? []).map((p) => ({ port: p.port ?? 0, protocol: p.protocol ?? 'TCP', ...(p.name ? { name: p.name } : {}) }))
}

/** The cluster as CoreDNS' kubernetes plugin watches it: Services, EndpointSlices and Namespaces. */
export function storeDnsSource(store: Store, serial: number): DnsSource {
  const endpoints = (service: KubeObject): DnsEndpoint[] =>
    store
      .list('endpointslices.discovery.k8s.io', service.metadata.namespace)
      .filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name)
      .flatMap((slice) =>
        ((slice.endpoints ?? []) as readonly SliceEndpoint[])
          .filter((e) => e.conditions?.ready !== false)
          .flatMap((e) =>
            e.addresses.map((address) => ({
              address,
              ports: ports(slice.ports as readonly Port[] | undefined),
              ...(e.hostname === undefined ? {} : { hostname: e.hostname }),
            })),
          ),
      )
  const view = (service: KubeObject): DnsService => {
    const spec = service.spec as {
      type?: string
      clusterIP?: string
      clusterIPs?: string[]
      externalName?: string
      ports?: Port[]
    }
    const ips = spec.clusterIPs ?? (spec.clusterIP === undefined ? [] : [spec.clusterIP])
    return {
      namespace: service.metadata.namespace ?? 'default',
      name: service.metadata.name,
      clusterIPs: ips.filter((ip) => ip !== 'None' && ip !== ''),
      ports: ports(spec.ports),
      get endpoints() {
        return endpoints(service)
      },
      ...(spec.type === 'ExternalName' && spec.externalName !== undefined ? { externalName: spec.externalName } : {}),
    }
  }
  return {
    domain: 'cluster.local',
    serial,
    service(namespace, name) {
      const found = store.get('services', namespace, name)
      return found === undefined ? undefined : view(found)
    },
    services: () => store.list('services').map(view),
    namespaceExists: (name) => store.get('namespaces', undefined, name) !== undefined,
  }
}
