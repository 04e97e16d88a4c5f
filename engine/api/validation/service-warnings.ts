import type { KubeObject } from '../object.ts'
import { cidrWarnings, ipWarnings } from './ip.ts'

/** Servers warn of fields that headless Services ignore from this minor version on. */
const HEADLESS = 34
/** And of PreferClose and of addresses in spellings of their own. */
const SPELLINGS = 34
const DISTRIBUTION = 35

const HINTS = 'service.kubernetes.io/topology-aware-hints'
const MODE = 'service.kubernetes.io/topology-mode'

/** Fields that are valid and do nothing, or soon will not be valid (pkg/api/service/warnings.go). */
export function serviceWarnings({ spec, metadata }: KubeObject, minor: number): readonly string[] {
  const out: string[] = []
  const external = spec.type === 'ExternalName'
  const headless = spec.type === 'ClusterIP' && spec.clusterIP === 'None'
  const externalIPs: readonly string[] = spec.externalIPs ?? []
  const spelt = (found: readonly string[]) => minor >= SPELLINGS && out.push(...found)
  if (metadata.annotations?.[HINTS] !== undefined) out.push(`annotation ${HINTS} is deprecated, please use ${MODE} instead`)
  if (!external && !headless)
    for (const [i, ip] of (spec.clusterIPs ?? []).entries()) spelt(ipWarnings(`spec.clusterIPs[${i}]`, ip))
  if (headless && minor >= HEADLESS) {
    if (spec.loadBalancerIP) out.push('spec.loadBalancerIP is ignored for headless services')
    if (externalIPs.length > 0) out.push('spec.externalIPs is ignored for headless services')
    if (spec.sessionAffinity !== 'None') out.push('spec.SessionAffinity is ignored for headless services')
  }
  for (const [i, ip] of externalIPs.entries()) spelt(ipWarnings(`spec.externalIPs[${i}]`, ip))
  if (spec.loadBalancerIP) spelt(ipWarnings('spec.loadBalancerIP', spec.loadBalancerIP))
  for (const [i, cidr] of (spec.loadBalancerSourceRanges ?? []).entries())
    spelt(cidrWarnings(`spec.loadBalancerSourceRanges[${i}]`, cidr))
  if (external && externalIPs.length > 0) out.push('spec.externalIPs is ignored when spec.type is "ExternalName"')
  if (!external && spec.externalName) out.push('spec.externalName is ignored when spec.type is not "ExternalName"')
  if (spec.trafficDistribution === 'PreferClose' && minor >= DISTRIBUTION)
    out.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"')
  return out
}
