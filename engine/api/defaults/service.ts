import type { KubeObject } from '../object.ts'

/** Fields that Go leaves out of JSON when they are empty, and that no pointer keeps (core/v1 types.go, omitempty). */
const OMITTED = ['ports', 'selector', 'clusterIP', 'clusterIPs', 'type', 'externalIPs', 'sessionAffinity', 'loadBalancerIP']
const OMITTED_TOO = ['loadBalancerSourceRanges', 'externalName', 'externalTrafficPolicy', 'healthCheckNodePort', 'ipFamilies']

function withoutEmpty(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const empty = (key: string, value: unknown) =>
    [...OMITTED, ...OMITTED_TOO, 'publishNotReadyAddresses'].includes(key) &&
    (value === '' || value === 0 || value === false || (typeof value === 'object' && Object.keys(value ?? {}).length === 0))
  return Object.fromEntries(Object.entries(given).filter(([key, value]) => !empty(key, value)))
}

/** pkg/apis/core/v1/defaults.go SetDefaults_Service; addresses and families come later, from allocation. */
export function serviceDefaults(object: KubeObject): KubeObject {
  const given = object.spec ?? {}
  // biome-ignore lint/suspicious/noExplicitAny: a spec in the making
  const spec: any = withoutEmpty(given)
  spec.sessionAffinity = given.sessionAffinity || 'None'
  spec.type = given.type || 'ClusterIP'
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig
  if (spec.sessionAffinity === 'ClientIP' && given.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined) {
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: 10800 } }
  }
  if (Array.isArray(given.ports)) {
    spec.ports = given.ports.map((p: { protocol?: string; port: number; targetPort?: number | string; nodePort?: number }) => {
      const targetPort = p.targetPort === undefined || p.targetPort === 0 || p.targetPort === '' ? p.port : p.targetPort
      const { nodePort, ...rest } = p
      return { ...rest, protocol: p.protocol || 'TCP', targetPort, ...(nodePort ? { nodePort } : {}) }
    })
  }
  const external = spec.type === 'NodePort' || spec.type === 'LoadBalancer' || (given.externalIPs ?? []).length > 0
  if (
    (spec.type === 'NodePort' || spec.type === 'LoadBalancer' || (spec.type === 'ClusterIP' && external)) &&
    !given.externalTrafficPolicy
  ) {
    spec.externalTrafficPolicy = 'Cluster'
  }
  const own = spec.type === 'ClusterIP' || spec.type === 'NodePort' || spec.type === 'LoadBalancer'
  if (own && given.internalTrafficPolicy === undefined) spec.internalTrafficPolicy = 'Cluster'
  if (spec.type === 'LoadBalancer' && given.allocateLoadBalancerNodePorts === undefined) spec.allocateLoadBalancerNodePorts = true
  return { ...object, spec, ...(object.status === undefined ? {} : { status: object.status }) }
}

/** The same for a write of its status: an address of a load balancer is a VIP unless something else is said. */
export function serviceStatusDefaults(object: KubeObject): KubeObject {
  const list = object.status?.loadBalancer?.ingress
  if (object.spec.type !== 'LoadBalancer' || list === undefined) return object
  const ingress = list.map((i: { ip?: string; ipMode?: string }) =>
    i.ip && i.ipMode === undefined ? { ...i, ipMode: 'VIP' } : i,
  )
  return { ...object, status: { ...object.status, loadBalancer: { ...object.status.loadBalancer, ingress } } }
}
