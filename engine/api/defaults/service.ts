import type { KubeObject } from '../object.ts'

/** pkg/apis/core/v1/defaults.go SetDefaults_Service; addresses and families come later, from allocation. */
export function serviceDefaults(object: KubeObject): KubeObject {
  const given = object.spec ?? {}
  // biome-ignore lint/suspicious/noExplicitAny: a spec in the making
  const spec: any = { ...given }
  spec.sessionAffinity = given.sessionAffinity || 'None'
  spec.type = given.type || 'ClusterIP'
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig
  if (spec.sessionAffinity === 'ClientIP' && given.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined) {
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: 10800 } }
  }
  if (Array.isArray(given.ports)) {
    spec.ports = given.ports.map((p: { protocol?: string; port: number; targetPort?: number | string }) => {
      const targetPort = p.targetPort === undefined || p.targetPort === 0 || p.targetPort === '' ? p.port : p.targetPort
      return { ...p, protocol: p.protocol || 'TCP', targetPort }
    })
  }
  const external = spec.type === 'NodePort' || spec.type === 'LoadBalancer' || (given.externalIPs ?? []).length > 0
  if (
    (spec.type === 'NodePort' || spec.type === 'LoadBalancer' || (spec.type === 'ClusterIP' && external)) &&
    !given.externalTrafficPolicy
  ) {
    spec.externalTrafficPolicy = 'Cluster'
  }
  if (spec.type !== 'ExternalName' && !given.internalTrafficPolicy) spec.internalTrafficPolicy = 'Cluster'
  if (spec.type === 'LoadBalancer' && given.allocateLoadBalancerNodePorts === undefined) spec.allocateLoadBalancerNodePorts = true
  return { ...object, spec, ...(object.status === undefined ? {} : { status: object.status }) }
}
