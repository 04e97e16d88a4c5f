import type { KubeObject } from '../api/object.ts'
import { type IpFamily, ipFamily, parseCidr } from '../base/ip.ts'
import { type ServiceChains, serviceChains } from './chain-names.ts'

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

/** What kube-proxy's informer leaves out (its label selector) and what it skips (ShouldSkipService). */
export function isProxied(service: KubeObject): boolean {
  const labels = service.metadata.labels ?? {}
  if ('service.kubernetes.io/service-proxy-name' in labels || 'service.kubernetes.io/headless' in labels) return false
  const clusterIP = service.spec?.clusterIP
  return service.spec?.type !== 'ExternalName' && clusterIP !== undefined && clusterIP !== '' && clusterIP !== 'None'
}

/** "namespace/name:port" (types.ServicePortName). */
export function servicePortName(namespace: string, service: string, port: string): string {
  return port === '' ? `${namespace}/${service}` : `${namespace}/${service}:${port}`
}

const ofFamily = (family: IpFamily, addresses: readonly string[]): string[] => addresses.filter((a) => ipFamily(a) === family)

function loadBalancerVIPs(service: KubeObject): string[] {
  if (service.spec.type !== 'LoadBalancer') return []
  const ingress: { ip?: string; ipMode?: string }[] = service.status?.loadBalancer?.ingress ?? []
  return ingress.filter((i) => i.ip && (i.ipMode ?? 'VIP') === 'VIP').map((i) => i.ip as string)
}

/** The ports of a Service in one family; empty where kube-proxy leaves the Service alone. */
export function servicePorts(service: KubeObject, family: IpFamily): readonly ServicePort[] {
  if (!isProxied(service)) return []
  const { spec, metadata } = service
  const clusterIPs: readonly string[] = spec.clusterIPs?.length > 0 ? spec.clusterIPs : [spec.clusterIP]
  const clusterIP = ofFamily(family, clusterIPs)[0]
  if (clusterIP === undefined) return []
  const namespace = metadata.namespace ?? 'default'
  const externalIPs = ofFamily(family, spec.externalIPs ?? [])
  const vips = ofFamily(family, loadBalancerVIPs(service))
  const ranges = ((spec.loadBalancerSourceRanges ?? []) as string[])
    .map((r) => r.trim())
    .filter((r) => parseCidr(r)?.family === family)
  const exposed = spec.type === 'NodePort' || spec.type === 'LoadBalancer' || (spec.externalIPs ?? []).length > 0
  const externalPolicyLocal = exposed && spec.externalTrafficPolicy === 'Local'
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
