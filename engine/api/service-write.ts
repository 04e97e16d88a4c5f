// biome-ignore-all lint/suspicious/noExplicitAny: a Service in the making
import type { Cidr } from '../base/ip.ts'
import { ipFamily } from '../base/ip.ts'
import type { Dice } from '../clock/dice.ts'
import { clusterIPTaken, NodePorts, nextClusterIP } from './allocation.ts'
import type { KubeObject } from './object.ts'
import { type FieldError, invalid, invalidObject } from './status.ts'
import type { Store } from './store.ts'

const KIND = { group: '', kind: 'Service' }

/** What allocation needs. */
export interface AllocationContext {
  readonly store: Store
  readonly dice: Dice
  readonly minor: number
  readonly ranges: readonly Cidr[]
}

const familyName = (cidr: Cidr) => (cidr.family === 4 ? 'IPv4' : 'IPv6')
const wantsIP = (spec: any) => spec.type !== 'ExternalName' && spec.clusterIP !== 'None'
const wantsNodePorts = (spec: any) =>
  spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)
const mayHaveNodePorts = (spec: any) => spec.type === 'NodePort' || spec.type === 'LoadBalancer'
const wantsHealthPort = (spec: any) => spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'

/** clusterIP and clusterIPs are two names of one thing (normalizeClusterIPs). */
function normalise(spec: any, old?: any): any {
  const out = { ...spec }
  if (old === undefined) {
    if (out.clusterIP && !(out.clusterIPs ?? []).length) out.clusterIPs = [out.clusterIP]
    if (!out.clusterIP && (out.clusterIPs ?? []).length > 0) out.clusterIP = out.clusterIPs[0]
    return out
  }
  const cleared = !out.clusterIP && old.clusterIP
  const same = JSON.stringify(out.clusterIPs ?? []) === JSON.stringify(old.clusterIPs ?? [])
  if (out.clusterIP !== old.clusterIP && same) {
    if (cleared) delete out.clusterIPs
    else out.clusterIPs = [out.clusterIP, ...(out.clusterIPs ?? []).slice(1)]
  }
  return out
}

/** Leaving a type drops what belonged to it, unless the client set it anew (dropTypeDependentFields). */
function dropDependent(spec: any, old: any): any {
  const out = { ...spec }
  if (old.type !== 'ExternalName' && out.type === 'ExternalName') {
    if (out.clusterIP === old.clusterIP) delete out.clusterIP
    if (JSON.stringify(out.clusterIPs) === JSON.stringify(old.clusterIPs)) delete out.clusterIPs
    delete out.ipFamilies
    delete out.ipFamilyPolicy
  }
  if (old.type === 'ExternalName' && out.type !== 'ExternalName' && out.externalName === old.externalName) delete out.externalName
  if (mayHaveNodePorts(old) && !mayHaveNodePorts(out)) {
    const before = new Set((old.ports ?? []).map((p: any) => p.nodePort))
    out.ports = (out.ports ?? []).map(({ nodePort, ...p }: any) => (nodePort && !before.has(nodePort) ? { ...p, nodePort } : p))
  }
  if (wantsHealthPort(old) && !wantsHealthPort(out) && out.healthCheckNodePort === old.healthCheckNodePort)
    delete out.healthCheckNodePort
  if (old.type === 'LoadBalancer' && out.type !== 'LoadBalancer') {
    if (out.allocateLoadBalancerNodePorts === old.allocateLoadBalancerNodePorts) delete out.allocateLoadBalancerNodePorts
    if (out.loadBalancerClass === old.loadBalancerClass) delete out.loadBalancerClass
  }
  const external = (s: any) => mayHaveNodePorts(s) || (s.type === 'ClusterIP' && (s.externalIPs ?? []).length > 0)
  if (external(old) && !external(out) && out.externalTrafficPolicy === old.externalTrafficPolicy) delete out.externalTrafficPolicy
  return out
}

/** What the client left out and the old object has (patchAllocatedValues). */
function carryOver(spec: any, old: any): any {
  const out = { ...spec }
  if (wantsIP(old) && wantsIP(out)) {
    if (!out.clusterIP && !(out.clusterIPs ?? []).length) {
      out.clusterIP = old.clusterIP
      out.clusterIPs = old.clusterIPs
    }
  }
  if (old.type !== 'ExternalName' && out.type !== 'ExternalName') {
    out.ipFamilies ??= old.ipFamilies
    out.ipFamilyPolicy ??= old.ipFamilyPolicy
  }
  if (wantsNodePorts(old) && wantsNodePorts(out)) {
    const before = new Map((old.ports ?? []).map((p: any) => [`${p.protocol}/${p.port}`, p.nodePort]))
    const taken = new Set((out.ports ?? []).map((p: any) => p.nodePort).filter(Boolean))
    out.ports = (out.ports ?? []).map((p: any) => {
      const held = before.get(`${p.protocol}/${p.port}`)
      if (p.nodePort || !held || taken.has(held)) return p
      taken.add(held)
      return { ...p, nodePort: held }
    })
  }
  if (wantsHealthPort(old) && wantsHealthPort(out) && !out.healthCheckNodePort) out.healthCheckNodePort = old.healthCheckNodePort
  return out
}

/** Before validation: one form for addresses, nothing left of a former type, and what was allocated before. */
export function prepareService(object: KubeObject, old?: KubeObject): KubeObject {
  let spec = object.spec
  if (old !== undefined) {
    spec = dropDependent(carryOver(normalise(spec, old.spec), old.spec), old.spec)
  } else spec = normalise(spec)
  return { ...object, spec }
}

/** Families and policy of a Service from its addresses and the cluster's ranges (alloc.go defaultOnWrite). */
function families(spec: any, ranges: readonly Cidr[]): any {
  if (spec.type === 'ExternalName') return spec
  const primary = ranges[0]
  const given: string[] = (spec.clusterIPs ?? [])
    .filter((ip: string) => ip !== 'None')
    .map((ip: string) => (ipFamily(ip) === 6 ? 'IPv6' : 'IPv4'))
  const policy =
    spec.ipFamilyPolicy ?? (given.length > 1 || (spec.ipFamilies ?? []).length > 1 ? 'RequireDualStack' : 'SingleStack')
  const headlessWithoutSelector = spec.clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0
  let list: string[] = spec.ipFamilies?.length ? [...spec.ipFamilies] : given
  if (list.length === 0) list = [primary === undefined ? 'IPv4' : familyName(primary)]
  const dual = policy !== 'SingleStack' || (headlessWithoutSelector && spec.ipFamilyPolicy === undefined)
  if (dual && list.length === 1) {
    const other = list[0] === 'IPv4' ? 'IPv6' : 'IPv4'
    const available = ranges.some((r) => familyName(r) === other)
    if (available || headlessWithoutSelector) list = [list[0] as string, other]
  }
  const settled = spec.ipFamilyPolicy ?? (headlessWithoutSelector ? 'RequireDualStack' : policy)
  return { ...spec, ipFamilies: list, ipFamilyPolicy: settled }
}

/** Addresses and node ports for a Service that passed validation; throws what the server answers when they cannot be had. */
export function allocateService(context: AllocationContext, object: KubeObject, old?: KubeObject): KubeObject {
  const before = old?.spec
  let spec = families(object.spec, context.ranges)
  if (wantsIP(spec)) {
    const held = before !== undefined && wantsIP(before) ? (before.clusterIPs ?? []) : []
    const ips: string[] = []
    for (const [i, family] of (spec.ipFamilies as readonly string[]).entries()) {
      const range = context.ranges.find((r) => familyName(r) === family)
      const asked = spec.clusterIPs?.[i]
      if (range === undefined) {
        const words = 'not configured on this cluster'
        throw invalidObject(KIND, object.metadata.name, [invalid(`spec.ipFamilies[${i}]`, family, words)], context.minor)
      }
      if (asked && held[i] !== asked) {
        const why = clusterIPTaken(context.store, range, asked)
        const words = `failed to allocate IP ${asked}: ${why}`
        if (why !== undefined)
          throw invalidObject(KIND, object.metadata.name, [invalid('spec.clusterIPs', spec.clusterIPs, words)], context.minor)
      }
      ips.push(asked || nextClusterIP(context.store, context.dice, range))
    }
    spec = { ...spec, clusterIP: ips[0], clusterIPs: ips }
  } else if (spec.clusterIP === 'None') spec = { ...spec, clusterIPs: ['None'] }
  return { ...object, spec: nodePorts(context, object.metadata.name, spec, old) }
}

function nodePorts(context: AllocationContext, name: string, given: any, old: KubeObject | undefined): any {
  if (!mayHaveNodePorts(given)) return given
  const ports = new NodePorts(context.store, context.dice, old)
  const held = new Set<number>((old?.spec.ports ?? []).map((p: any) => p.nodePort).filter(Boolean))
  const errors: FieldError[] = []
  const taken = new Set<number>()
  const list = (given.ports ?? []).map((p: any, i: number) => {
    if (!p.nodePort) return p
    // one number may serve two protocols of one Service (portsToNodePorts)
    if (held.has(p.nodePort) || taken.has(p.nodePort)) ports.hold(p.nodePort)
    else {
      const error = ports.take(p.nodePort, `spec.ports[${i}].nodePort`)
      if (error !== undefined) errors.push(error)
    }
    taken.add(p.nodePort)
    return p
  })
  if (errors.length > 0) throw invalidObject(KIND, name, errors.slice(0, 1), context.minor)
  const spec = {
    ...given,
    ports: wantsNodePorts(given) ? list.map((p: any) => (p.nodePort ? p : { ...p, nodePort: ports.next() })) : list,
  }
  if (wantsHealthPort(spec) && !spec.healthCheckNodePort) spec.healthCheckNodePort = ports.next()
  return spec
}
