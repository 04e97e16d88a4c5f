import type { KubeObject } from '../../api/object.ts'
import { type IpFamily, ipFamily } from '../../base/ip.ts'
import { isFinished } from '../pods.ts'

export interface ServicePortSpec {
  readonly name?: string
  readonly protocol?: string
  readonly port: number
  readonly targetPort?: number | string
  readonly appProtocol?: string
}

interface ContainerPort {
  readonly name?: string
  readonly containerPort: number
  readonly protocol?: string
}

/** The number behind a Service's target port in this pod; undefined where the pod has no port of that name (FindPort). */
export function targetPort(pod: KubeObject, port: ServicePortSpec): number | undefined {
  const target = port.targetPort ?? port.port
  if (typeof target === 'number') return target === 0 ? port.port : target
  const restartable = ((pod.spec.initContainers ?? []) as { restartPolicy?: string; ports?: ContainerPort[] }[]).filter(
    (c) => c.restartPolicy === 'Always',
  )
  for (const container of [...(pod.spec.containers as { ports?: ContainerPort[] }[]), ...restartable]) {
    for (const own of container.ports ?? []) {
      if (own.name === target && (own.protocol ?? 'TCP') === (port.protocol ?? 'TCP')) return own.containerPort
    }
  }
  return undefined
}

export function podIPs(pod: KubeObject): readonly string[] {
  const ips = ((pod.status?.podIPs ?? []) as { ip: string }[]).map((p) => p.ip).filter((ip) => ip)
  return ips.length > 0 ? ips : pod.status?.podIP ? [pod.status.podIP] : []
}

export function podIP(pod: KubeObject, family: IpFamily): string | undefined {
  return podIPs(pod).find((ip) => ipFamily(ip) === family)
}

/** Whether a pod can stand behind a Service at all (endpoint util, ShouldPodBeInEndpoints). */
export function isEndpoint(pod: KubeObject, withTerminating: boolean): boolean {
  if (isFinished(pod) || podIPs(pod).length === 0) return false
  return withTerminating || pod.metadata.deletionTimestamp === undefined
}

/** metadata.name of a StatefulSet's pod and the like, where the Service is its governing one. */
export function hostname(pod: KubeObject, service: KubeObject): string | undefined {
  const { hostname: name, subdomain } = pod.spec
  return name && subdomain === service.metadata.name ? name : undefined
}

export function isHeadless(service: KubeObject): boolean {
  return service.spec.clusterIP === 'None'
}
