import type { KubeObject } from '../object.ts'
import { type FieldError, forbiddenField, invalid, notSupported, required, tooLong } from '../status.ts'
import { typedReference } from './ingress.ts'
import { dns1123Label, dns1123Subdomain } from './names.ts'

const LONGEST = 250
const SCOPES = ['Cluster', 'Namespace']

/** validation.IsDomainPrefixedPath: "acme.io/foo". */
export function domainPrefixedPath(value: string, at: string): FieldError[] {
  if (value === '') return [required(at)]
  const cut = value.indexOf('/')
  const [host, path] = [value.slice(0, cut), value.slice(cut + 1)]
  if (cut <= 0 || path === '') return [invalid(at, value, 'must be a domain-prefixed path (such as "acme.io/foo")')]
  const out = dns1123Subdomain(host).map((m) => invalid(at, host, m))
  if (!/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(path)) {
    const words = "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')"
    out.push(invalid(at, path, words))
  }
  return out
}

/** ValidateIngressClass (pkg/apis/networking/validation). */
export function validateIngressClass(object: KubeObject): FieldError[] {
  const { controller = '', parameters } = object.spec ?? {}
  const out: FieldError[] = []
  if (controller.length > LONGEST) out.push(tooLong('spec.controller', LONGEST))
  out.push(...domainPrefixedPath(controller, 'spec.controller'))
  if (parameters === undefined) return out
  const at = 'spec.parameters'
  const { scope, namespace } = parameters
  out.push(...typedReference(parameters, at))
  if (scope === undefined) out.push(required(`${at}.scope`))
  else if (!SCOPES.includes(scope)) out.push(notSupported(`${at}.scope`, scope, SCOPES))
  else if (scope === 'Namespace') {
    if (namespace === undefined) out.push(required(`${at}.namespace`, "`parameters.scope` is set to 'Namespace'"))
    else for (const m of dns1123Label(namespace)) out.push(invalid(`${at}.namespace`, namespace, m))
  } else if (namespace !== undefined) out.push(forbiddenField(`${at}.namespace`, "`parameters.scope` is set to 'Cluster'"))
  return out
}

/** ValidateIngressClassUpdate: the controller stays. */
export function validateIngressClassUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const { controller } = object.spec
  const changed = controller === old.spec.controller ? [] : [invalid('spec.controller', controller ?? '', 'field is immutable')]
  return [...changed, ...validateIngressClass(object)]
}
