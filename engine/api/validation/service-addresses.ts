// biome-ignore-all lint/suspicious/noExplicitAny: a Service's spec
import { duplicate, type FieldError, invalid, notSupported, required } from '../status.ts'
import { isIPv6, legacyIp } from './ip.ts'

const FAMILIES = ['IPv4', 'IPv6']
const POLICIES = ['SingleStack', 'PreferDualStack', 'RequireDualStack']

export const isHeadless = (spec: any): boolean => spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === 'None'

/** ValidateServiceClusterIPsRelatedFields: clusterIP, clusterIPs, ipFamilies and ipFamilyPolicy among themselves. */
export function validateAddresses(spec: any, old: any): FieldError[] {
  if (spec.type === 'ExternalName') return []
  const out: FieldError[] = []
  const ips: readonly string[] = spec.clusterIPs ?? []
  const families: readonly string[] = spec.ipFamilies ?? []
  const at = 'spec.clusterIPs'
  if (spec.clusterIP) {
    if (ips.length === 0) out.push(required(at))
    else if (ips[0] !== spec.clusterIP) out.push(invalid(at, ips, 'first value must match `clusterIP`'))
  } else if (ips.length > 0) out.push(invalid(at, ips, 'must be empty when `clusterIP` is not specified'))
  families.forEach((family, i) => {
    if (!FAMILIES.includes(family)) out.push(notSupported(`spec.ipFamilies[${i}]`, family, FAMILIES))
    if (families.indexOf(family) < i) out.push(duplicate(`spec.ipFamilies[${i}]`, family))
  })
  if (spec.ipFamilyPolicy !== undefined && !POLICIES.includes(spec.ipFamilyPolicy))
    out.push(notSupported('spec.ipFamilyPolicy', spec.ipFamilyPolicy, POLICIES))
  let wrong = false
  for (const [i, ip] of ips.entries()) {
    if (i === 0 && ip === 'None') {
      if (ips.length > 1) {
        wrong = true
        out.push(invalid(at, ips, "'None' must be the first and only value"))
      }
      continue
    }
    const found = legacyIp(`${at}[${i}]`, ip, old?.clusterIPs)
    wrong ||= found.length > 0
    out.push(...found)
  }
  if (ips.length > 2) out.push(invalid(at, ips, 'may only hold up to 2 values'))
  if (wrong) return out
  const dual = ips.some((ip) => isIPv6(ip)) && ips.some((ip) => !isIPv6(ip))
  if (ips.length > 1 && !dual) out.push(invalid(at, ips, 'may specify no more than one IP for each IP family'))
  if (isHeadless(spec)) return out
  for (const [i, ip] of ips.slice(0, families.length).entries()) {
    const expected = families[i] as string
    if ((expected === 'IPv4' && isIPv6(ip)) || (expected === 'IPv6' && !isIPv6(ip)))
      out.push(invalid(`${at}[${i}]`, ip, `expected an ${expected} value as indicated by \`ipFamilies[${i}]\``))
  }
  return out
}

/** validateUpgradeDowngradeClusterIPs: the first address stays; a second one may come, and go under SingleStack. */
function addressChange(now: any, old: any): FieldError[] {
  if (isHeadless(now) && isHeadless(old)) return []
  const ips: readonly string[] = now.clusterIPs ?? []
  const before: readonly string[] = old.clusterIPs ?? []
  const at = 'spec.clusterIPs'
  const changed = (i: number) => invalid(`${at}[${i}]`, ips.length === 0 ? null : ips, 'may not change once set')
  if (before.length === ips.length) return before.flatMap((ip, i) => (ip === ips[i] ? [] : [changed(i)]))
  const out: FieldError[] = []
  if (ips.length === 0) out.push(invalid(`${at}[0]`, null, 'primary clusterIP can not be unset'))
  else if (before.length > 0 && ips[0] !== before[0]) out.push(changed(0))
  if (before.length > ips.length && ips.length === 1 && now.ipFamilyPolicy !== 'SingleStack') {
    const words = "must be set to 'SingleStack' when releasing the secondary clusterIP"
    out.push(invalid('spec.ipFamilyPolicy', now.ipFamilyPolicy ?? null, words))
  }
  return out
}

/** validateUpgradeDowngradeIPFamilies. */
function familyChange(now: any, old: any): FieldError[] {
  if (isHeadless(now) || isHeadless(old)) return []
  const families: readonly string[] = now.ipFamilies ?? []
  const before: readonly string[] = old.ipFamilies ?? []
  const at = 'spec.ipFamilies[0]'
  const list = (values: readonly string[] | undefined) => (values === undefined || values.length === 0 ? null : values)
  if (before.length === families.length) {
    return before.flatMap((f, i) => (f === families[i] ? [] : [invalid(at, list(families), 'may not change once set')]))
  }
  const out: FieldError[] = []
  if (before.length > families.length && (now.clusterIPs ?? []).length === 0)
    out.push(invalid(at, list(families), 'primary ipFamily can not be unset'))
  if (before.length > 0 && families.length > 0 && families[0] !== before[0])
    out.push(invalid(at, list(now.clusterIPs), 'may not change once set'))
  if (before.length > families.length && families.length === 1 && now.ipFamilyPolicy !== 'SingleStack') {
    const words = "must be set to 'SingleStack' when releasing the secondary ipFamily"
    out.push(invalid('spec.ipFamilyPolicy', now.ipFamilyPolicy ?? null, words))
  }
  return out
}

/** What an update may change of addresses and families; ExternalName has none. */
export function validateAddressChange(now: any, old: any): FieldError[] {
  if (now.type === 'ExternalName' || old.type === 'ExternalName') return []
  return [...addressChange(now, old), ...familyChange(now, old)]
}
