import type { KubeObject } from '../object.ts'

/** Servers warn of fields that headless Services ignore from this minor version on. */
const HEADLESS = 34

/** Fields that are valid and do nothing (pkg/api/service/warnings.go). */
export function serviceWarnings({ spec }: KubeObject, minor: number): readonly string[] {
  const out: string[] = []
  const external = spec.type === 'ExternalName'
  const addresses = (spec.externalIPs ?? []).length > 0
  if (spec.type === 'ClusterIP' && spec.clusterIP === 'None' && minor >= HEADLESS) {
    if (spec.loadBalancerIP) out.push('spec.loadBalancerIP is ignored for headless services')
    if (addresses) out.push('spec.externalIPs is ignored for headless services')
    if (spec.sessionAffinity !== 'None') out.push('spec.SessionAffinity is ignored for headless services')
  }
  if (external && addresses) out.push('spec.externalIPs is ignored when spec.type is "ExternalName"')
  if (!external && spec.externalName) out.push('spec.externalName is ignored when spec.type is not "ExternalName"')
  return out
}
