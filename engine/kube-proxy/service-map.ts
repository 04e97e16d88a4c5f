import type { KubeObject } from '../api/object.ts'
import { formatCidr, type IpFamily, ipFamily } from '../base/ip.ts'
import { cidrsOf, ipsOf, sloppyIp } from './addresses.ts'
import { type ServiceChains, serviceChains } from './chain-names.ts'
import { NEWEST, type Release } from './release.ts'

/** One port of one Service in one IP family, as kube-proxy sees it (pkg/proxy/serviceport.go). */
export interface ServicePort {
  /** "namespace/name:port", or "namespace/name" for a port without a name. */
  readonly name: string
  readonly namespace: string
  readonly service: string
  readonly portName: string
  readonly protocol: 'tcp' | 'udp' | 'sctp'
  readonly clusterIP: string
  readonly port: number
  readonly nodePort: number
  readonly externalIPs: readonly string[]
  readonly loadBalancerVIPs: readonly string[]
  readonly loadBalancerSourceRanges: readonly string[]
  readonly healthCheckNodePort: number
  readonly internalPolicyLocal: boolean
  readonly externalPolicyLocal: boolean
  /** Seconds a client sticks to its endpoint; 0 without session affinity. */
  readonly affinitySeconds: number
  readonly chains: ServiceChains
}

/** What its informer shows kube-proxy: no headless Services, none that another proxy serves (cmd/kube-proxy/app/server.go, Run). */
export function isWatched(service: KubeObject): boolean {
  const labels = service.metadata.labels ?? {}
  if ('service.kubernetes.io/service-proxy-name' in labels || 'service.kubernetes.io/headless' in labels) return false
  return service.spec?.clusterIP !== 'None'
}

/** ShouldSkipService */
function isProxied(service: KubeObject): boolean {
  return isWatched(service) && service.spec?.type !== 'ExternalName' && Boolean(service.spec?.clusterIP)
}

/** "namespace/name:port" (types.ServicePortName). */
export function servicePortName(namespace: string, service: string, port: string): string {
  return port === '' ? `${namespace}/${service}` : `${namespace}/${service}:${port}`
}

/** The ClusterIP of a family; a Service from before dual stack has one address and no families (GetClusterIPByFamily). */
function clusterIPOf({ spec }: KubeObject, family: IpFamily): string | undefined {
  const families: readonly string[] = spec.ipFamilies ?? []
  const wanted = family === 4 ? 'IPv4' : 'IPv6'
  const text = families.length === 0 ? spec.clusterIP : spec.clusterIPs?.[families.indexOf(wanted)]
  const ip = sloppyIp(text ?? '')
  return ip !== undefined && ipFamily(ip) === family ? ip : undefined
}

/** Addresses that the cloud's balancer leaves on the packet; a hostname or ipMode Proxy is none of kube-proxy's business. */
function loadBalancerVIPs(service: KubeObject, family: IpFamily): string[] {
  const ingress: { ip?: string; ipMode?: string }[] = service.status?.loadBalancer?.ingress ?? []
  const vips = ingress.filter((i) => i.ip && (i.ipMode ?? 'VIP') === 'VIP')
  return ipsOf(
    family,
    vips.map((i) => i.ip),
  )
}

/** A range of everybody is no restriction at all, whatever stands beside it. */
function sourceRanges(service: KubeObject, family: IpFamily, release: Release): string[] {
  const ranges = cidrsOf(family, service.spec.loadBalancerSourceRanges ?? [])
  return release.zeroRangeIsNone && ranges.some((range) => range.bits === 0) ? [] : ranges.map(formatCidr)
}

const isExposed = ({ spec }: KubeObject) =>
  spec.type === 'LoadBalancer' || spec.type === 'NodePort' || (spec.externalIPs ?? []).length > 0

/** The ports of a Service in one family; empty where kube-proxy leaves the Service alone. */
export function servicePorts(service: KubeObject, family: IpFamily, release: Release = NEWEST): readonly ServicePort[] {
  if (!isProxied(service)) return []
  const { spec, metadata } = service
  const clusterIP = clusterIPOf(service, family)
  if (clusterIP === undefined) return []
  const namespace = metadata.namespace ?? 'default'
  const externalIPs = ipsOf(family, spec.externalIPs ?? [])
  const vips = loadBalancerVIPs(service, family)
  const ranges = sourceRanges(service, family, release)
  const externalPolicyLocal = isExposed(service) && spec.externalTrafficPolicy === 'Local'
  const timeout: number | undefined = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds
  return ((spec.ports ?? []) as KubeObject[string][]).map((port) => {
    const portName: string = port.name ?? ''
    const name = servicePortName(namespace, metadata.name, portName)
    const protocol = (port.protocol ?? 'TCP').toLowerCase()
    return {
      name,
      namespace,
      service: metadata.name,
      portName,
      protocol,
      clusterIP,
      port: port.port,
      nodePort: port.nodePort ?? 0,
      externalIPs,
      loadBalancerVIPs: vips,
      loadBalancerSourceRanges: ranges,
      healthCheckNodePort: spec.type === 'LoadBalancer' && externalPolicyLocal ? (spec.healthCheckNodePort ?? 0) : 0,
      internalPolicyLocal: spec.internalTrafficPolicy === 'Local',
      externalPolicyLocal,
      affinitySeconds: spec.sessionAffinity === 'ClientIP' ? (timeout ?? 10800) : 0,
      chains: serviceChains(name, protocol),
    }
  })
}

/** Whether anything but the cluster IP leads to this port. */
export function externallyAccessible(port: ServicePort): boolean {
  return port.nodePort !== 0 || port.loadBalancerVIPs.length > 0 || port.externalIPs.length > 0
}

/** Whether some traffic uses all endpoints; external traffic always may, because of the short circuit for local clients. */
export function usesClusterEndpoints(port: ServicePort): boolean {
  return !port.internalPolicyLocal || externallyAccessible(port)
}

export function usesLocalEndpoints(port: ServicePort): boolean {
  return port.internalPolicyLocal || (port.externalPolicyLocal && externallyAccessible(port))
}
