// biome-ignore-all lint/suspicious/noExplicitAny: a Service's spec
import type { KubeObject } from '../object.ts'
import { duplicate, type FieldError, forbiddenField, invalid, notSupported, required } from '../status.ts'
import { endpointIp, legacyCidr, legacyIp } from './ip.ts'
import { dns1123Label, dns1123Subdomain, portName, portNumber, qualifiedName, validateLabels } from './names.ts'
import { isHeadless, validateAddressChange, validateAddresses } from './service-addresses.ts'

interface Port {
  readonly name?: string
  readonly port: number
  readonly protocol?: string
  readonly targetPort?: number | string
  readonly nodePort?: number
  readonly appProtocol?: string
}

const TYPES = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']
const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const TOPOLOGY_MODE = 'service.kubernetes.io/topology-mode'
const TOPOLOGY_HINTS = 'service.kubernetes.io/topology-aware-hints'
const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges'
const ONLY_LOAD_BALANCER = "may only be used when `type` is 'LoadBalancer'"

export const externallyAccessible = (spec: any): boolean =>
  spec.type === 'LoadBalancer' || spec.type === 'NodePort' || (spec.type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0)
export const needsHealthCheck = (spec: any): boolean => spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'

/** validateService (pkg/apis/core/validation/validation.go); metadata is checked by the caller. */
export function validateService(object: KubeObject, old?: KubeObject): FieldError[] {
  const spec = object.spec ?? {}
  const ports: readonly Port[] = spec.ports ?? []
  const headless = isHeadless(spec)
  const annotations = object.metadata.annotations ?? {}
  const out: FieldError[] = []
  const [mode, hints] = [annotations[TOPOLOGY_MODE], annotations[TOPOLOGY_HINTS]]
  if (mode !== undefined && hints !== undefined && mode !== hints) {
    const words = `must match annotations[${TOPOLOGY_HINTS}] when both are specified`
    out.push(invalid(`metadata.annotations[${TOPOLOGY_MODE}]`, mode, words))
  }
  if (ports.length === 0 && !headless && spec.type !== 'ExternalName') out.push(required('spec.ports'))
  if (headless && (spec.type === 'LoadBalancer' || spec.type === 'NodePort'))
    out.push(invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`))
  if (spec.type === 'ExternalName') out.push(...externalName(spec))
  const names = new Set<string>()
  for (const [i, port] of ports.entries()) out.push(...validatePort(port, `spec.ports[${i}]`, ports.length > 1, names))
  if (spec.selector) out.push(...validateLabels(spec.selector, 'spec.selector'))
  out.push(...affinity(spec), ...validateAddresses(spec, old?.spec))
  for (const [i, ip] of (spec.externalIPs ?? []).entries()) {
    const at = `spec.externalIPs[${i}]`
    const wrong = legacyIp(at, ip, old?.spec.externalIPs)
    out.push(...(wrong.length > 0 ? wrong : endpointIp(ip, at)))
  }
  if (!spec.type) out.push(required('spec.type'))
  else if (!TYPES.includes(spec.type)) out.push(notSupported('spec.type', spec.type, TYPES))
  if (spec.type === 'ClusterIP') {
    for (const [i, p] of ports.entries())
      if (p.nodePort) out.push(forbiddenField(`spec.ports[${i}].nodePort`, "may not be used when `type` is 'ClusterIP'"))
  }
  out.push(...duplicates(ports), ...sourceRanges(object, old))
  if (spec.allocateLoadBalancerNodePorts !== undefined && spec.type !== 'LoadBalancer')
    out.push(forbiddenField('spec.allocateLoadBalancerNodePorts', ONLY_LOAD_BALANCER))
  if (spec.loadBalancerClass !== undefined) out.push(...loadBalancerClass(spec))
  out.push(...policies(spec))
  return out
}

function externalName(spec: any): FieldError[] {
  const out: FieldError[] = []
  const none = 'may not be set for ExternalName services'
  if ((spec.clusterIPs ?? []).length > 0) out.push(forbiddenField('spec.clusterIPs', none))
  if ((spec.ipFamilies ?? []).length > 0) out.push(forbiddenField('spec.ipFamilies', none))
  if (spec.ipFamilyPolicy !== undefined) out.push(forbiddenField('spec.ipFamilyPolicy', none))
  const name = String(spec.externalName ?? '').replace(/\.$/, '')
  if (name === '') out.push(required('spec.externalName'))
  else for (const m of dns1123Subdomain(name)) out.push(invalid('spec.externalName', name, m))
  return out
}

function affinity(spec: any): FieldError[] {
  const out: FieldError[] = []
  if (!spec.sessionAffinity) out.push(required('spec.sessionAffinity'))
  else if (!['ClientIP', 'None'].includes(spec.sessionAffinity))
    out.push(notSupported('spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None']))
  const at = 'spec.sessionAffinityConfig'
  if (spec.sessionAffinity === 'None' && spec.sessionAffinityConfig !== undefined)
    out.push(forbiddenField(at, 'must not be set when session affinity is None'))
  if (spec.sessionAffinity !== 'ClientIP') return out
  const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds
  if (seconds === undefined) out.push(required(at, 'when session affinity type is ClientIP'))
  else if (seconds <= 0 || seconds > 86400)
    out.push(invalid(`${at}.clientIP.timeoutSeconds`, seconds, 'must be greater than 0 and less than 86400'))
  return out
}

function loadBalancerClass(spec: any): FieldError[] {
  const at = 'spec.loadBalancerClass'
  if (spec.type !== 'LoadBalancer') return [forbiddenField(at, ONLY_LOAD_BALANCER)]
  return qualifiedName(spec.loadBalancerClass).map((m) => invalid(at, spec.loadBalancerClass, m))
}

function validatePort(port: Port, at: string, needName: boolean, names: Set<string>): FieldError[] {
  const out: FieldError[] = []
  if (needName && !port.name) out.push(required(`${at}.name`))
  else if (port.name) {
    for (const m of dns1123Label(port.name)) out.push(invalid(`${at}.name`, port.name, m))
    if (names.has(port.name)) out.push(duplicate(`${at}.name`, port.name))
    else names.add(port.name)
  }
  for (const m of portNumber(port.port)) out.push(invalid(`${at}.port`, port.port, m))
  if (!port.protocol) out.push(required(`${at}.protocol`))
  else if (!PROTOCOLS.includes(port.protocol)) out.push(notSupported(`${at}.protocol`, port.protocol, PROTOCOLS))
  if (typeof port.targetPort === 'string')
    for (const m of portName(port.targetPort)) out.push(invalid(`${at}.targetPort`, port.targetPort, m))
  else for (const m of portNumber(port.targetPort)) out.push(invalid(`${at}.targetPort`, port.targetPort, m))
  if (port.appProtocol !== undefined)
    for (const m of qualifiedName(port.appProtocol)) out.push(invalid(`${at}.appProtocol`, port.appProtocol, m))
  return out
}

/** The same protocol and port twice, and the same node port twice for one protocol. */
function duplicates(ports: readonly Port[]): FieldError[] {
  const out: FieldError[] = []
  const nodePorts = new Set<string>()
  for (const [i, p] of ports.entries()) {
    if (!p.nodePort) continue
    const key = `${p.protocol}/${p.nodePort}`
    if (nodePorts.has(key)) out.push(duplicate(`spec.ports[${i}].nodePort`, p.nodePort))
    nodePorts.add(key)
  }
  const seen = new Set<string>()
  for (const [i, p] of ports.entries()) {
    const key = `${p.protocol}/${p.port}`
    // the internal struct as the server prints it: only the compared fields are filled in
    const shown = { Name: '', Protocol: p.protocol, AppProtocol: null, Port: p.port, TargetPort: 0, NodePort: 0 }
    const go = `core.ServicePort{Name:"", Protocol:"${p.protocol}", AppProtocol:(*string)(nil), Port:${p.port}, TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:""}, NodePort:0}`
    if (seen.has(key)) out.push(duplicate(`spec.ports[${i}]`, shown, go))
    seen.add(key)
  }
  return out
}

function policies(spec: any): FieldError[] {
  const out: FieldError[] = []
  const policy = spec.externalTrafficPolicy
  if (!externallyAccessible(spec)) {
    if (policy) out.push(invalid('spec.externalTrafficPolicy', policy, 'may only be set for externally-accessible services'))
  } else if (!policy) out.push(required('spec.externalTrafficPolicy'))
  else if (!['Cluster', 'Local'].includes(policy))
    out.push(notSupported('spec.externalTrafficPolicy', policy, ['Cluster', 'Local']))
  const health = spec.healthCheckNodePort
  if (!needsHealthCheck(spec)) {
    const words = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
    if (health) out.push(invalid('spec.healthCheckNodePort', health, words))
  } else if (!health) out.push(required('spec.healthCheckNodePort'))
  else for (const m of portNumber(health)) out.push(invalid('spec.healthCheckNodePort', health, m))
  const internal = spec.internalTrafficPolicy
  if (internal === undefined) {
    if (['ClusterIP', 'NodePort', 'LoadBalancer'].includes(spec.type)) out.push(required('spec.internalTrafficPolicy'))
  } else if (!['Cluster', 'Local'].includes(internal))
    out.push(notSupported('spec.internalTrafficPolicy', internal, ['Cluster', 'Local']))
  const distribution = spec.trafficDistribution
  if (distribution !== undefined && !['PreferClose', 'PreferSameZone', 'PreferSameNode'].includes(distribution)) {
    // the one list that the server does not sort
    const detail = 'supported values: "PreferClose", "PreferSameZone", "PreferSameNode"'
    out.push({ type: 'FieldValueNotSupported', field: 'spec.trafficDistribution', detail, value: { of: distribution } })
  }
  return out
}

/** loadBalancerSourceRanges, or without them the older annotation. */
function sourceRanges(object: KubeObject, old: KubeObject | undefined): FieldError[] {
  const { spec, metadata } = object
  const ranges: readonly string[] = spec?.loadBalancerSourceRanges ?? []
  const out: FieldError[] = []
  if (ranges.length > 0) {
    const at = 'spec.LoadBalancerSourceRanges'
    if (spec.type !== 'LoadBalancer') out.push(forbiddenField(at, ONLY_LOAD_BALANCER))
    const before = (old?.spec.loadBalancerSourceRanges ?? []).map((r: string) => r.trim())
    for (const [i, range] of ranges.entries()) out.push(...legacyCidr(`${at}[${i}]`, range.trim(), before))
    return out
  }
  const annotation = metadata.annotations?.[SOURCE_RANGES]
  if (annotation === undefined) return out
  const at = `metadata.annotations[${SOURCE_RANGES}]`
  if (spec?.type !== 'LoadBalancer') out.push(forbiddenField(at, ONLY_LOAD_BALANCER))
  if (annotation.trim() === '' || old?.metadata.annotations?.[SOURCE_RANGES] === annotation) return out
  for (const range of annotation.trim().split(',')) out.push(...legacyCidr(at, range.trim()))
  return out
}

/** ValidateServiceUpdate. */
export function validateServiceUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const now = object.spec
  const before = old.spec
  const out = validateAddressChange(now, before)
  const classOf = (spec: any) => spec.loadBalancerClass ?? null
  if (before.type === 'LoadBalancer' && now.type === 'LoadBalancer' && classOf(before) !== classOf(now))
    out.push(invalid('spec.loadBalancerClass', classOf(now), 'may not change once set'))
  if (now.loadBalancerClass !== undefined) out.push(...loadBalancerClass(now))
  if (needsHealthCheck(before) && needsHealthCheck(now) && before.healthCheckNodePort !== now.healthCheckNodePort)
    out.push(forbiddenField('spec.healthCheckNodePort', 'field is immutable'))
  return [...out, ...validateService(object, old)]
}

/** ValidateServiceStatusUpdate (ValidateLoadBalancerStatus). */
export function validateServiceStatus(object: KubeObject, old: KubeObject): FieldError[] {
  return loadBalancerStatus(object.status?.loadBalancer, old.status?.loadBalancer, old.spec.type)
}

function loadBalancerStatus(status: any, old: any, type: string): FieldError[] {
  const ingress: readonly any[] = status?.ingress ?? []
  const at = 'status.loadBalancer.ingress'
  if (type !== 'LoadBalancer' && ingress.length > 0)
    return [forbiddenField(at, "may only be used when `spec.type` is 'LoadBalancer'")]
  const before = (old?.ingress ?? []).map((i: any) => i.ip).filter(Boolean)
  const out: FieldError[] = []
  for (const [i, { ip, ipMode, hostname }] of ingress.entries()) {
    if (ip) out.push(...legacyIp(`${at}[${i}].ip`, ip, before))
    if (ipMode === undefined) {
      if (ip) out.push(required(`${at}[${i}].ipMode`, 'must be specified when `ip` is set'))
    } else if (!ip) out.push(forbiddenField(`${at}[${i}].ipMode`, 'may not be specified when `ip` is not set'))
    else if (!['Proxy', 'VIP'].includes(ipMode)) out.push(notSupported(`${at}[${i}].ipMode`, ipMode, ['Proxy', 'VIP']))
    if (hostname) out.push(...hostnameFaults(hostname, `${at}[${i}].hostname`))
  }
  return out
}

function hostnameFaults(hostname: string, at: string): FieldError[] {
  const out = dns1123Subdomain(hostname).map((m) => invalid(at, hostname, m))
  if (legacyIp(at, hostname).length === 0) out.push(invalid(at, hostname, 'must be a DNS name, not an IP address'))
  return out
}
