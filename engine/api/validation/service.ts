import { ipFamily, parseCidr } from '../../base/ip.ts'
import type { KubeObject } from '../object.ts'
import { duplicate, type FieldError, forbiddenField, invalid, notSupported, required } from '../status.ts'
import { dns1123Label, dns1123Subdomain, portName, portNumber, qualifiedName, validateLabels } from './names.ts'

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

/** ValidateService (pkg/apis/core/validation/validation.go); metadata is checked by the caller. */
export function validateService(object: KubeObject): FieldError[] {
  const spec = object.spec ?? {}
  const ports: readonly Port[] = spec.ports ?? []
  const headless = spec.clusterIP === 'None'
  const out: FieldError[] = []
  if (ports.length === 0 && !headless && spec.type !== 'ExternalName') out.push(required('spec.ports'))
  if (spec.type === 'LoadBalancer') {
    if (headless) out.push(invalid('spec.clusterIPs[0]', 'None', "may not be set to 'None' for LoadBalancer services"))
  } else if (spec.type === 'NodePort') {
    if (headless) out.push(invalid('spec.clusterIPs[0]', 'None', "may not be set to 'None' for NodePort services"))
  } else if (spec.type === 'ExternalName') {
    if ((spec.clusterIPs ?? []).length > 0)
      out.push(forbiddenField('spec.clusterIPs', 'may not be set for ExternalName services'))
    const name = String(spec.externalName ?? '').replace(/\.$/, '')
    if (name === '') out.push(required('spec.externalName'))
    else for (const m of dns1123Subdomain(name)) out.push(invalid('spec.externalName', spec.externalName, m))
  }
  const names = new Set<string>()
  for (const [i, port] of ports.entries()) out.push(...validatePort(port, `spec.ports[${i}]`, ports.length > 1, names))
  if (spec.selector) out.push(...validateLabels(spec.selector, 'spec.selector'))
  if (!spec.sessionAffinity) out.push(required('spec.sessionAffinity'))
  else if (!['ClientIP', 'None'].includes(spec.sessionAffinity))
    out.push(notSupported('spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None']))
  if (spec.sessionAffinity === 'ClientIP') {
    const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds
    if (seconds === undefined) out.push(required('spec.sessionAffinityConfig.clientIP', 'when session affinity type is ClientIP'))
    else if (seconds <= 0 || seconds > 86400) {
      out.push(
        invalid('spec.sessionAffinityConfig.clientIP.timeoutSeconds', seconds, 'must be greater than 0 and less than 86400'),
      )
    }
  }
  for (const [i, ip] of (spec.externalIPs ?? []).entries()) out.push(...externalIp(ip, `spec.externalIPs[${i}]`))
  if (!spec.type) out.push(required('spec.type'))
  else if (!TYPES.includes(spec.type)) out.push(notSupported('spec.type', spec.type, TYPES))
  out.push(...duplicates(ports), ...policies(spec), ...sourceRanges(spec))
  return out
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
  if (port.appProtocol)
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

function externalIp(ip: string, at: string): FieldError[] {
  if (ipFamily(ip) === undefined) return [invalid(at, ip, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]
  if (ip === '0.0.0.0' || ip === '::') return [invalid(at, ip, `may not be unspecified (${ip})`)]
  if (ip.startsWith('127.') || ip === '::1') return [invalid(at, ip, 'may not be in the loopback range (127.0.0.0/8, ::1/128)')]
  if (ip.startsWith('169.254.') || /^fe[89ab]/i.test(ip))
    return [invalid(at, ip, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)')]
  if (ip.startsWith('224.0.0.'))
    return [invalid(at, ip, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)')]
  return []
}

function policies(spec: KubeObject['spec']): FieldError[] {
  const out: FieldError[] = []
  const external =
    spec.type === 'LoadBalancer' || spec.type === 'NodePort' || (spec.type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0)
  if (!external) {
    if (spec.externalTrafficPolicy) {
      out.push(
        invalid('spec.externalTrafficPolicy', spec.externalTrafficPolicy, 'may only be set for externally-accessible services'),
      )
    }
  } else if (!spec.externalTrafficPolicy) out.push(required('spec.externalTrafficPolicy'))
  else if (!['Cluster', 'Local'].includes(spec.externalTrafficPolicy)) {
    out.push(notSupported('spec.externalTrafficPolicy', spec.externalTrafficPolicy, ['Cluster', 'Local']))
  }
  const needsHealth = spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'
  if (!needsHealth && spec.healthCheckNodePort) {
    out.push(
      invalid(
        'spec.healthCheckNodePort',
        spec.healthCheckNodePort,
        "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
      ),
    )
  }
  if (spec.internalTrafficPolicy && !['Cluster', 'Local'].includes(spec.internalTrafficPolicy)) {
    out.push(notSupported('spec.internalTrafficPolicy', spec.internalTrafficPolicy, ['Cluster', 'Local']))
  }
  const known = ['PreferClose', 'PreferSameNode', 'PreferSameZone']
  if (spec.trafficDistribution && !known.includes(spec.trafficDistribution)) {
    out.push(notSupported('spec.trafficDistribution', spec.trafficDistribution, known))
  }
  return out
}

function sourceRanges(spec: KubeObject['spec']): FieldError[] {
  const ranges: readonly string[] = spec.loadBalancerSourceRanges ?? []
  if (ranges.length === 0) return []
  if (spec.type !== 'LoadBalancer') {
    return [forbiddenField('spec.LoadBalancerSourceRanges', "may only be used when `type` is 'LoadBalancer'")]
  }
  return ranges.flatMap((range, i) =>
    range.includes('/') && parseCidr(range.trim()) !== undefined
      ? []
      : [
          invalid(
            `spec.LoadBalancerSourceRanges[${i}]`,
            range,
            'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
          ),
        ],
  )
}

/** ValidateServiceUpdate: a cluster address stays, unless the type comes from or goes to ExternalName. */
export function validateServiceUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const out: FieldError[] = []
  const now = object.spec
  const before = old.spec
  if (now.type !== 'ExternalName' && before.type !== 'ExternalName') {
    const clusterIPs: readonly string[] = now.clusterIPs ?? []
    const oldIPs: readonly string[] = before.clusterIPs ?? []
    for (const [i, ip] of oldIPs.slice(0, 2).entries()) {
      if (ip && clusterIPs[i] !== ip && (i === 0 || clusterIPs[i] !== undefined)) {
        out.push(invalid(`spec.clusterIPs[${i}]`, clusterIPs, 'may not change once set'))
      }
    }
  }
  if (
    before.type === 'LoadBalancer' &&
    now.type === 'LoadBalancer' &&
    (before.loadBalancerClass ?? null) !== (now.loadBalancerClass ?? null)
  ) {
    out.push(invalid('spec.loadBalancerClass', now.loadBalancerClass ?? null, 'may not change once set'))
  }
  return [...out, ...validateService(object)]
}
