// biome-ignore-all lint/suspicious/noExplicitAny: an Ingress's parts
import type { KubeObject } from '../object.ts'
import { type FieldError, invalid, notSupported, required } from '../status.ts'
import { legacyIp, sloppyIp } from './ip.ts'
import { dns1035Label, dns1123Subdomain, pathSegment, portName, portNumber, wildcardSubdomain } from './names.ts'

/** The annotation that named the class before spec.ingressClassName did. */
export const CLASS_ANNOTATION = 'kubernetes.io/ingress.class'

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix']
const FORBIDDEN_IN_PATH = ['//', '/./', '/../', '%2f', '%2F']
const FORBIDDEN_AT_END = ['/..', '/.']

/** ValidateIngressCreate (pkg/apis/networking/validation). */
export function validateIngressCreate(object: KubeObject): FieldError[] {
  const out = validateIngress(object)
  const annotation = object.metadata.annotations?.[CLASS_ANNOTATION]
  const name = object.spec?.ingressClassName
  if (annotation !== undefined && name !== undefined && annotation !== name) {
    const words = 'must match `ingressClassName` when both are specified'
    out.push(invalid(`annotations.${CLASS_ANNOTATION}`, annotation, words))
  }
  return out
}

/** ValidateIngressSpec. */
export function validateIngress(object: KubeObject): FieldError[] {
  const spec = object.spec ?? {}
  const rules: readonly any[] = spec.rules ?? []
  const out: FieldError[] = []
  if (rules.length === 0 && spec.defaultBackend === undefined)
    out.push(invalid('spec', spec.rules ?? null, 'either `defaultBackend` or `rules` must be specified'))
  if (spec.defaultBackend !== undefined) out.push(...validateBackend(spec.defaultBackend, 'spec.defaultBackend'))
  for (const [i, rule] of rules.entries()) {
    const at = `spec.rules[${i}]`
    if (rule.host) {
      if (sloppyIp(rule.host) !== undefined) out.push(invalid(`${at}.host`, rule.host, 'must be a DNS name, not an IP address'))
      out.push(...hostName(rule.host, `${at}.host`))
    }
    if (rule.http !== undefined) out.push(...validatePaths(rule.http.paths ?? [], `${at}.http.paths`))
  }
  for (const [i, tls] of (spec.tls ?? []).entries()) {
    for (const [j, host] of (tls.hosts ?? []).entries()) out.push(...hostName(host, `spec.tls[${i}].hosts[${j}]`))
    if (tls.secretName)
      for (const m of dns1123Subdomain(tls.secretName)) out.push(invalid(`spec.tls[${i}].secretName`, tls.secretName, m))
  }
  if (spec.ingressClassName !== undefined) {
    for (const m of dns1123Subdomain(spec.ingressClassName)) out.push(invalid('spec.ingressClassName', spec.ingressClassName, m))
  }
  return out
}

function hostName(host: string, at: string): FieldError[] {
  return (host.includes('*') ? wildcardSubdomain(host) : dns1123Subdomain(host)).map((m) => invalid(at, host, m))
}

function validatePaths(paths: readonly any[], at: string): FieldError[] {
  const out: FieldError[] = []
  if (paths.length === 0) out.push(required(at))
  for (const [i, path] of paths.entries()) out.push(...validatePath(path, `${at}[${i}]`))
  return out
}

function validatePath({ path = '', pathType, backend = {} }: any, at: string): FieldError[] {
  if (pathType === undefined) return [required(`${at}.pathType`, 'pathType must be specified')]
  const out: FieldError[] = []
  const wrong = (detail: string) => out.push(invalid(`${at}.path`, path, detail))
  if (pathType === 'Exact' || pathType === 'Prefix') {
    if (!path.startsWith('/')) wrong('must be an absolute path')
    for (const part of FORBIDDEN_IN_PATH) if (path.includes(part)) wrong(`must not contain '${part}'`)
    for (const part of FORBIDDEN_AT_END) if (path.endsWith(part)) wrong(`cannot end with '${part}'`)
  } else if (pathType === 'ImplementationSpecific') {
    if (path !== '' && !path.startsWith('/')) wrong('must be an absolute path')
  } else out.push(notSupported(`${at}.pathType`, pathType, PATH_TYPES))
  out.push(...validateBackend(backend, `${at}.backend`))
  return out
}

function validateBackend({ resource, service }: any, at: string): FieldError[] {
  if (resource !== undefined && service !== undefined) return [invalid(at, '', 'cannot set both resource and service backends')]
  if (resource !== undefined) return typedReference(resource, `${at}.resource`)
  if (service === undefined) return [invalid(at, '', 'resource or service backend is required')]
  const out: FieldError[] = []
  if (!service.name) out.push(required(`${at}.service.name`))
  else for (const m of dns1035Label(service.name)) out.push(invalid(`${at}.service.name`, service.name, m))
  const { name, number } = service.port ?? {}
  if (name && number) out.push(invalid(at, '', 'cannot set both port name & port number'))
  else if (name) for (const m of portName(name)) out.push(invalid(`${at}.service.port.name`, name, m))
  else if (number) for (const m of portNumber(number)) out.push(invalid(`${at}.service.port.number`, number, m))
  else out.push(required(at, 'port name or number is required'))
  return out
}

/** validateIngressTypedLocalObjectReference: an object of any kind in the same namespace. */
export function typedReference({ apiGroup, kind, name }: any, at: string): FieldError[] {
  const out: FieldError[] = []
  if (apiGroup !== undefined) for (const m of dns1123Subdomain(apiGroup)) out.push(invalid(`${at}.apiGroup`, apiGroup, m))
  for (const [field, value] of [
    ['kind', kind],
    ['name', name],
  ] as const) {
    if (!value) out.push(required(`${at}.${field}`))
    else for (const m of pathSegment(value)) out.push(invalid(`${at}.${field}`, value, m))
  }
  return out
}

/** ValidateIngressStatusUpdate. */
export function validateIngressStatus(object: KubeObject, old: KubeObject): FieldError[] {
  const before = (old.status?.loadBalancer?.ingress ?? []).map((i: any) => i.ip).filter(Boolean)
  const out: FieldError[] = []
  for (const [i, { ip, hostname }] of ((object.status?.loadBalancer?.ingress ?? []) as readonly any[]).entries()) {
    const at = `status.loadBalancer.ingress[${i}]`
    if (ip) out.push(...legacyIp(`${at}.ip`, ip, before))
    if (!hostname) continue
    for (const m of dns1123Subdomain(hostname)) out.push(invalid(`${at}.hostname`, hostname, m))
    if (sloppyIp(hostname) !== undefined) out.push(invalid(`${at}.hostname`, hostname, 'must be a DNS name, not an IP address'))
  }
  return out
}
