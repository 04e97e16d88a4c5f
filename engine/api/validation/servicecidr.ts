import type { KubeObject } from '../object.ts'
import { type FieldError, invalid, required } from '../status.ts'
import { sloppyCidr, strictCidr, strictIp } from './ip.ts'
import { dns1123Subdomain, pathSegment } from './names.ts'

const AT = 'spec.cidrs'
const IMMUTABLE = 'field is immutable'

/** validateServiceCIDRSpec. */
export function validateServiceCIDR(object: KubeObject): FieldError[] {
  const cidrs: readonly string[] = object.spec?.cidrs ?? []
  if (cidrs.length === 0) return [required(AT, 'at least one CIDR required')]
  if (cidrs.length > 2) return [invalid(AT, { CIDRs: cidrs }, 'may only hold up to 2 values')]
  const out = cidrs.flatMap((cidr, i) => strictCidr(`${AT}[${i}]`, cidr))
  const families = cidrs.map((cidr) => sloppyCidr(cidr)?.cidr.family)
  if (cidrs.length === 2 && families[0] === families[1] && families[0] !== undefined) {
    const words = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64'
    out.push(invalid(AT, cidrs, words))
  }
  return out
}

/** ValidateServiceCIDRUpdate: one range may become two, of both families; nothing else changes. */
export function validateServiceCIDRUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const now: readonly string[] = object.spec?.cidrs ?? []
  const before: readonly string[] = old.spec?.cidrs ?? []
  const changed = (i: number) => (now[i] === before[i] ? [] : [invalid(`${AT}[${i}]`, now[i], IMMUTABLE)])
  if (now.length === before.length) return now.flatMap((_, i) => changed(i))
  if (before.length === 1 && now.length === 2) return [...changed(0), ...validateServiceCIDR(object)]
  return [invalid(AT, now, IMMUTABLE)]
}

/** ValidateIPAddress: named by its address, and pointing to whoever has it. */
export function validateIPAddress(object: KubeObject): FieldError[] {
  const { name } = object.metadata
  const out = name ? strictIp('metadata.name', name) : []
  const parent = object.spec?.parentRef
  const at = 'spec.parentRef'
  if (parent === undefined) return [...out, required(at)]
  if (parent.group) for (const m of dns1123Subdomain(parent.group)) out.push(invalid(`${at}.group`, parent.group, m))
  for (const field of ['resource', 'name', 'namespace'] as const) {
    const value = parent[field]
    if (!value) {
      if (field !== 'namespace') out.push(required(`${at}.${field}`))
    } else for (const m of pathSegment(value)) out.push(invalid(`${at}.${field}`, value, m))
  }
  return out
}

export function validateIPAddressUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const parent = object.spec?.parentRef
  const same = JSON.stringify(sorted(parent)) === JSON.stringify(sorted(old.spec?.parentRef))
  return [...validateIPAddress(object), ...(same ? [] : [invalid('spec.parentRef', goReference(parent), IMMUTABLE)])]
}

type Reference = Readonly<Record<string, string>> | undefined

function sorted(value: Reference) {
  return Object.entries(value ?? {})
    .filter(([, v]) => v !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

/** networking.ParentReference in the server's own form. */
function goReference(value: Reference): unknown {
  if (value === undefined) return null
  const { group = '', resource = '', namespace = '', name = '' } = value
  return { Group: group, Resource: resource, Namespace: namespace, Name: name }
}
