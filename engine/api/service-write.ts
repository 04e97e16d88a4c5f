// biome-ignore-all lint/suspicious/noExplicitAny: a Service in the making
import { NodePorts, ServiceAddresses } from './allocation.ts'
import { deepEqual } from './deep-equal.ts'
import type { KubeObject } from './object.ts'
import { type FieldError, internalError, invalid, invalidObject } from './status.ts'
import { isIPv6 } from './validation/ip.ts'
import { externallyAccessible, needsHealthCheck } from './validation/service.ts'
import { validateAddresses } from './validation/service-addresses.ts'
import type { WriteContext } from './write-context.ts'

const KIND = { group: '', kind: 'Service' }

const wantsIP = (spec: any) => spec.type !== 'ExternalName'
const mayHaveNodePorts = (spec: any) => spec.type === 'NodePort' || spec.type === 'LoadBalancer'
const wantsNodePorts = (spec: any) =>
  spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)
const listOf = (values: readonly string[] | undefined): readonly string[] => values ?? []
const same = (a: unknown, b: unknown) => deepEqual(a ?? null, b ?? null)
const nodePortsOf = (spec: any): readonly number[] => (spec.ports ?? []).map((p: any) => p.nodePort ?? 0).filter(Boolean)

/** Leaving a type drops what belonged to it, unless the client changed it as well (strategy.go dropTypeDependentFields). */
export function prepareServiceUpdate(object: KubeObject, stored: KubeObject): KubeObject {
  const old = stored.spec
  const spec = { ...object.spec }
  if (wantsIP(old) && !wantsIP(spec)) {
    const families = same(spec.ipFamilies, old.ipFamilies)
    const policy = same(spec.ipFamilyPolicy, old.ipFamilyPolicy)
    if (same(spec.clusterIP, old.clusterIP) && same(spec.clusterIPs, old.clusterIPs)) {
      delete spec.clusterIP
      delete spec.clusterIPs
    }
    if (families) delete spec.ipFamilies
    if (policy) delete spec.ipFamilyPolicy
  }
  if (mayHaveNodePorts(old) && !mayHaveNodePorts(spec) && nodePortsOf(spec).every((p) => nodePortsOf(old).includes(p)))
    spec.ports = spec.ports?.map(({ nodePort: _port, ...p }: any) => p)
  if (needsHealthCheck(old) && !needsHealthCheck(spec) && spec.healthCheckNodePort === old.healthCheckNodePort)
    delete spec.healthCheckNodePort
  if (old.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    if (spec.allocateLoadBalancerNodePorts === old.allocateLoadBalancerNodePorts) delete spec.allocateLoadBalancerNodePorts
    if (spec.loadBalancerClass === old.loadBalancerClass) delete spec.loadBalancerClass
  }
  if (externallyAccessible(old) && !externallyAccessible(spec) && spec.externalTrafficPolicy === old.externalTrafficPolicy)
    delete spec.externalTrafficPolicy
  // A load balancer that is none any longer has no addresses, however slowly it goes.
  const status = spec.type === 'LoadBalancer' ? object.status : { ...object.status, loadBalancer: {} }
  if (!wantsIP(spec)) delete spec.internalTrafficPolicy
  return { ...object, spec, ...(object.status === undefined ? {} : { status }) }
}

/** What the client left out and the old object has (storage.go patchAllocatedValues). */
function carryOver(given: any, old: any): any {
  const spec = { ...given }
  if (wantsIP(old) && wantsIP(spec)) {
    if (!spec.clusterIP) spec.clusterIP = old.clusterIP
    if (listOf(spec.clusterIPs).length === 0 && old.clusterIPs !== undefined) spec.clusterIPs = old.clusterIPs
  }
  if (wantsNodePorts(old) && wantsNodePorts(spec)) {
    const used = nodePortsOf(old).filter((p) => nodePortsOf(spec).includes(p))
    const named = new Map<string, number>((old.ports ?? []).map((p: any) => [p.name ?? '', p.nodePort ?? 0]))
    spec.ports = spec.ports?.map((p: any) => {
      const held = named.get(p.name ?? '') ?? 0
      return p.nodePort || held === 0 || used.includes(held) ? p : { ...p, nodePort: held }
    })
  }
  if (needsHealthCheck(old) && needsHealthCheck(spec) && !spec.healthCheckNodePort)
    spec.healthCheckNodePort = old.healthCheckNodePort
  return spec
}

/** clusterIP and clusterIPs are two names of one thing (normalizeClusterIPs). */
function normalise(given: any, old: any): any {
  const spec = { ...given }
  if (old === undefined) {
    if (spec.clusterIP && listOf(spec.clusterIPs).length === 0) spec.clusterIPs = [spec.clusterIP]
    return spec
  }
  if (same(old.clusterIP, spec.clusterIP)) {
    if (listOf(spec.clusterIPs).length === 0 && old.clusterIPs !== undefined) spec.clusterIPs = old.clusterIPs
    return spec
  }
  if (!same(listOf(old.clusterIPs), listOf(spec.clusterIPs))) return spec
  if (old.clusterIP && !spec.clusterIP) delete spec.clusterIPs
  else spec.clusterIPs = [spec.clusterIP]
  return spec
}

function refuse(context: WriteContext, object: KubeObject, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalidObject(KIND, object.metadata.name ?? '', errors, context.minor)
}

/** A PreferDualStack Service is not moved between one stack and two by an update of something else. */
function keepsFamilies(spec: any, old: any): boolean {
  return (
    old !== undefined &&
    spec.ipFamilyPolicy === 'PreferDualStack' &&
    (old.ipFamilyPolicy ?? 'PreferDualStack') === 'PreferDualStack' &&
    old.type === spec.type &&
    ['ClusterIP', 'NodePort', 'LoadBalancer'].includes(spec.type) &&
    same(listOf(old.clusterIPs), listOf(spec.clusterIPs)) &&
    same(listOf(old.ipFamilies), listOf(spec.ipFamilies))
  )
}

function defaultPolicy(spec: any, old: any): string {
  if (old?.ipFamilyPolicy !== undefined) return old.ipFamilyPolicy
  return selectorless(spec) ? 'RequireDualStack' : 'SingleStack'
}

const selectorless = (spec: any) => spec.clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0
const otherFamily = (family: string) => (family === 'IPv4' ? 'IPv6' : 'IPv4')

/** Families and policy of a Service from its addresses and the cluster's ranges (alloc.go initIPFamilyFields). */
function initFamilies(context: WriteContext, pool: ServiceAddresses, object: KubeObject, old: any): any {
  const spec = { ...object.spec }
  if (spec.type === 'ExternalName' || keepsFamilies(spec, old)) return spec
  spec.ipFamilyPolicy ??= defaultPolicy(spec, old)
  refuse(context, object, validateAddresses(spec, old))
  const errors: FieldError[] = []
  const wrongPolicy = (why: string) => errors.push(invalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy, why))
  const single = spec.ipFamilyPolicy === 'SingleStack'
  const fewer = (now: readonly string[] | undefined, before: readonly string[] | undefined) =>
    listOf(now).length > 0 && listOf(now).length < listOf(before).length
  if (old !== undefined && single) {
    if (same(listOf(old.clusterIPs), listOf(spec.clusterIPs)) && spec.clusterIPs?.length > 1)
      spec.clusterIPs = spec.clusterIPs.slice(0, 1)
    if (same(listOf(old.ipFamilies), listOf(spec.ipFamilies)) && spec.ipFamilies?.length > 1)
      spec.ipFamilies = spec.ipFamilies.slice(0, 1)
  } else if (old !== undefined) {
    if (fewer(spec.clusterIPs, old.clusterIPs)) wrongPolicy("must be 'SingleStack' to release the secondary cluster IP")
    if (fewer(spec.ipFamilies, old.ipFamilies)) wrongPolicy("must be 'SingleStack' to release the secondary IP family")
  }
  const dual = "must be 'RequireDualStack' or 'PreferDualStack' when multiple"
  if (single && listOf(spec.clusterIPs).length === 2) wrongPolicy(`${dual} cluster IPs are specified`)
  if (single && listOf(spec.ipFamilies).length === 2) wrongPolicy(`${dual} IP families are specified`)
  const families = [...listOf(spec.ipFamilies)]
  for (const [i, ip] of listOf(spec.clusterIPs).entries()) {
    if (ip === 'None') break
    const family = isIPv6(ip) ? 'IPv6' : 'IPv4'
    if (i < families.length) continue
    if (pool.has(family)) families.push(family)
    else errors.push(invalid(`spec.clusterIPs[${i}]`, spec.clusterIPs, `${family} is not configured on this cluster`))
  }
  refuse(context, object, errors)
  if (selectorless(spec)) {
    if (families.length === 0) families.push(pool.primary)
    if (families.length < 2 && !single) families.push(otherFamily(families[0] as string))
    return { ...spec, ipFamilies: families }
  }
  if (spec.ipFamilyPolicy === 'RequireDualStack' && !pool.dual)
    wrongPolicy('this cluster is not configured for dual-stack services')
  for (const [i, family] of families.entries())
    if (!pool.has(family)) errors.push(invalid(`spec.ipFamilies[${i}]`, family, 'not configured on this cluster'))
  refuse(context, object, errors)
  if (families.length === 0) families.push(pool.primary)
  if (!single && families.length === 1 && pool.dual) families.push(otherFamily(families[0] as string))
  return { ...spec, ipFamilies: families }
}

/** Which of the families need an address now: all of a new headful Service, the second one of an upgraded one. */
function addressesWanted(spec: any, old: any): readonly number[] {
  if (spec.type === 'ExternalName') return []
  const families = listOf(spec.ipFamilies).map((_, i) => i)
  if (old === undefined || old.type === 'ExternalName') return spec.clusterIPs?.[0] === 'None' ? [] : families
  if (keepsFamilies(spec, old) || old.clusterIPs?.[0] === 'None') return []
  return listOf(old.ipFamilies).length === 1 && families.length === 2 ? [1] : []
}

function allocateAddresses(context: WriteContext, pool: ServiceAddresses, object: KubeObject, given: any, old: any): any {
  const wanted = addressesWanted(given, old)
  if (wanted.length === 0) return given
  const ips = [...listOf(given.clusterIPs)]
  for (const i of wanted) {
    while (ips.length <= i) ips.push('')
    const family = given.ipFamilies[i]
    if (ips[i] === '') {
      ips[i] = pool.next(family)
      // the address is an object that names its Service, before the Service's own name is judged
      const nameless = `failed to allocate IP: IPAddress.networking.k8s.io "${ips[i]}" is invalid: spec.parentRef.name: Required value`
      if (!object.metadata.name)
        refuse(context, object, [
          invalid(
            'spec.clusterIPs',
            ips.map(() => ''),
            nameless,
          ),
        ])
    } else {
      const why = pool.take(ips[i] as string)
      const words = `failed to allocate IP ${ips[i]}: ${why}`
      if (why !== undefined) refuse(context, object, [invalid('spec.clusterIPs', ips, words)])
    }
  }
  return { ...given, clusterIPs: ips, clusterIP: ips[0] }
}

function allocateNodePorts(context: WriteContext, object: KubeObject, given: any, stored: KubeObject | undefined): any {
  if (!mayHaveNodePorts(given)) return healthPort(context, given, stored)
  const old = stored?.spec
  const ports = new NodePorts(context.store, context.dice, stored)
  const wrong = (i: number, port: number, why: string | undefined) => {
    if (why !== undefined) refuse(context, object, [invalid(`spec.ports[${i}].nodePort`, port, why)])
  }
  const held = new Set(old === undefined ? [] : nodePortsOf(old))
  for (const port of held) ports.hold(port)
  if (old?.healthCheckNodePort) ports.hold(old.healthCheckNodePort)
  // one number serves a port of a Service over every protocol (alloc.go initNodePorts)
  const byPort = new Map<number, number>()
  const list: any[] = []
  for (const [i, p] of (given.ports ?? []).entries()) {
    if (!p.nodePort && !wantsNodePorts(given)) {
      list.push(p)
      continue
    }
    if (old !== undefined) {
      if (p.nodePort && !held.has(p.nodePort)) {
        wrong(i, p.nodePort, ports.take(p.nodePort))
        held.add(p.nodePort)
      }
      list.push(p.nodePort ? p : { ...p, nodePort: ports.next() })
      continue
    }
    const shared = byPort.get(p.port)
    if (shared === undefined) {
      const asked: number | undefined = (given.ports as any[]).find((q) => q.port === p.port && q.nodePort)?.nodePort
      if (asked !== undefined) wrong(i, asked, ports.take(asked))
      const port = asked ?? ports.next()
      byPort.set(p.port, port)
      list.push({ ...p, nodePort: port })
    } else {
      if (p.nodePort && p.nodePort !== shared) wrong(i, p.nodePort, ports.take(p.nodePort))
      list.push({ ...p, nodePort: p.nodePort || shared })
    }
  }
  return healthPort(context, given.ports === undefined ? given : { ...given, ports: list }, stored, ports)
}

function healthPort(context: WriteContext, spec: any, stored: KubeObject | undefined, held?: NodePorts): any {
  if (!needsHealthCheck(spec) || (stored !== undefined && needsHealthCheck(stored.spec))) return spec
  const ports = held ?? new NodePorts(context.store, context.dice, stored)
  const asked: number = spec.healthCheckNodePort ?? 0
  if (asked === 0) return { ...spec, healthCheckNodePort: ports.next() }
  const why = ports.take(asked)
  if (why !== undefined) throw internalError(`failed to allocate requested HealthCheck NodePort ${asked}: ${why}`)
  return spec
}

/** Addresses, families and node ports, before anything is validated (storage.go beginCreate and beginUpdate). */
export function allocateService(context: WriteContext, object: KubeObject, old?: KubeObject): KubeObject {
  const before = old?.spec
  const carried = before === undefined ? object.spec : carryOver(object.spec, before)
  const settled = { ...object, spec: normalise(carried, before) }
  const pool = new ServiceAddresses(context)
  const families = initFamilies(context, pool, settled, before)
  const addressed = allocateAddresses(context, pool, object, families, before)
  const spec = allocateNodePorts(context, object, addressed, old)
  // readers never see it on an ExternalName (storage.go defaultOnRead)
  if (old === undefined && !wantsIP(spec)) delete spec.internalTrafficPolicy
  return { ...object, spec }
}
