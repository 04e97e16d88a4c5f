// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks
import { type FieldError, forbiddenField, invalid, required } from '../../status.ts'
import { complaints, ipAddress, label, subdomain, unsupported } from '../fields.ts'

const POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']
const WITH_UNDERSCORE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')"

export function dnsPolicy(policy: string | undefined, at: string): FieldError[] {
  if (!policy) return [required(at)]
  return POLICIES.includes(policy) ? [] : [unsupported(at, policy, POLICIES)]
}

function search(value: string, at: string): FieldError[] {
  if (value === '.') return []
  const name = value.replace(/\.$/, '')
  const fine = /^_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*$/.test(name)
  return complaints(at, name, fine ? [] : [WITH_UNDERSCORE])
}

/** validatePodDNSConfig. */
export function dnsConfig(config: any, policy: string | undefined, at: string): FieldError[] {
  if (policy === 'None') {
    if (config === undefined) return [required(at, 'must provide `dnsConfig` when `dnsPolicy` is None')]
    if ((config.nameservers ?? []).length === 0)
      return [required(`${at}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None')]
  }
  if (config === undefined) return []
  const { nameservers = [], searches = [], options = [] } = config
  const out: FieldError[] = []
  if (nameservers.length > 3) out.push(invalid(`${at}.nameservers`, nameservers, 'must not have more than 3 nameservers'))
  for (const [i, ns] of nameservers.entries()) out.push(...ipAddress(ns, `${at}.nameservers[${i}]`))
  if (searches.length > 32) out.push(invalid(`${at}.searches`, searches, 'must not have more than 32 search paths'))
  if (searches.join(' ').length > 2048)
    out.push(invalid(`${at}.searches`, searches, 'must not have more than 2048 characters (including spaces) in the search list'))
  for (const [i, s] of searches.entries()) out.push(...search(s, `${at}.searches[${i}]`))
  for (const [i, o] of options.entries()) if (!o.name) out.push(required(`${at}.options[${i}]`, 'must not be empty'))
  return out
}

/** ValidateHostAliases. */
export function hostAliases(list: readonly any[], at: string): FieldError[] {
  return list.flatMap((a, i) => [
    ...ipAddress(a.ip ?? '', `${at}[${i}].ip`),
    ...(a.hostnames ?? []).flatMap((h: string, j: number) => subdomain(h, `${at}[${i}].hostnames[${j}]`)),
  ])
}

/** validatePodHostName. */
export function hostnameOverride(spec: any, at: string): FieldError[] {
  const name = spec.hostnameOverride
  if (name === undefined) return []
  const field = `${at}.hostnameOverride`
  const out: FieldError[] = []
  if (spec.setHostnameAsFQDN === true) out.push(forbiddenField(field, 'may not be specified when setHostnameAsFQDN is true'))
  if (spec.hostNetwork === true) out.push(forbiddenField(field, 'may not be specified when hostNetwork is true'))
  if (name.length > 64) out.push({ type: 'FieldValueTooLong', field, detail: 'may not be more than 64 bytes' })
  return [...out, ...subdomain(name, field)]
}

/** The pod's names in DNS. */
export function hostnames(spec: any, at: string): FieldError[] {
  return ['hostname', 'subdomain'].flatMap((n) => (spec[n] ? label(spec[n], `${at}.${n}`) : []))
}
