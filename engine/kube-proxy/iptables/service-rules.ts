import { cidrContains, type IpFamily, parseCidr } from '../../base/ip.ts'
import { endpointChain } from '../chain-names.ts'
import type { Endpoint } from '../endpoints-map.ts'
import type { LocalDetector } from '../local-detector.ts'
import { externallyAccessible, type ServicePort, usesClusterEndpoints, usesLocalEndpoints } from '../service-map.ts'
import type { Categorized } from '../topology.ts'

/** What the rules of every Service depend on besides the Service itself. */
export interface RuleContext {
  readonly family: IpFamily
  readonly masqueradeAll: boolean
  /** Whether node ports answer on 127.0.0.1 (IPv4 only, and only if loopback is among the node port addresses). */
  readonly localhostNodePorts: boolean
  /** Whether packets are counted by nfacct objects. */
  readonly counters: boolean
  readonly detector: LocalDetector | undefined
  readonly nodeIP: string
}

/** The rules of one Service port as iptables-restore lines. */
export interface ServiceRules {
  /** nat KUBE-SERVICES and KUBE-NODEPORTS: written at every sync. */
  readonly portals: readonly string[]
  /** filter table: written at every sync. */
  readonly filter: readonly string[]
  /** The per-Service nat chains that it uses, and their rules: written only when something changed. */
  readonly chains: readonly string[]
  readonly rules: readonly string[]
}

/** nfacct object that counts node port packets to 127.0.0.0/8 (pkg/proxy/metrics). */
export const LOCALHOST_NODEPORT_COUNTER = 'localhost_nps_accepted_pkts'

const comment = (text: string) => `-m comment --comment "${text}"`

/**
 * All rules of one Service port on this node (pkg/proxy/iptables/proxier.go, syncProxyRules' loop body).
 * `named` is false in a large cluster: rules of endpoints then carry no comment.
 */
export function serviceRules(port: ServicePort, endpoints: Categorized, context: RuleContext, named = true): ServiceRules {
  const shape = shapeOf(port, endpoints)
  return {
    ...captureRules(port, shape, context),
    ...chainRules(port, endpoints, shape, context, named),
  }
}

interface Shape {
  readonly any: boolean
  readonly internal: boolean
  readonly external: boolean
  readonly internalChain: string
  readonly externalPolicyChain: string
  readonly usesExternal: boolean
  readonly usesFirewall: boolean
  readonly usesCluster: boolean
  readonly usesLocal: boolean
}

function shapeOf(port: ServicePort, { any, cluster, local }: Categorized): Shape {
  const policyChain = (isLocal: boolean) => (isLocal ? port.chains.local : port.chains.cluster)
  const reaches = (isLocal: boolean) => any && (!isLocal || local.length > 0)
  return {
    any,
    internal: reaches(port.internalPolicyLocal),
    external: reaches(port.externalPolicyLocal),
    internalChain: policyChain(port.internalPolicyLocal),
    externalPolicyChain: policyChain(port.externalPolicyLocal),
    // Even without an endpoint for outside traffic: the short circuit for local clients lives there.
    usesExternal: any && externallyAccessible(port),
    usesFirewall: any && port.loadBalancerVIPs.length > 0 && port.loadBalancerSourceRanges.length > 0,
    usesCluster: cluster.length > 0 && usesClusterEndpoints(port),
    usesLocal: local.length > 0 && usesLocalEndpoints(port),
  }
}

const transport = (port: ServicePort) => `-m ${port.protocol} -p ${port.protocol}`

function captureRules(port: ServicePort, shape: Shape, context: RuleContext): { portals: string[]; filter: string[] } {
  const { name, chains } = port
  const portals: string[] = []
  const filter: string[] = []
  const to = (address: string) => `${transport(port)} -d ${address} --dport ${port.port}`
  const refuse = shape.any
    ? { why: `${name} has no local endpoints`, target: 'DROP' }
    : { why: `${name} has no endpoints`, target: 'REJECT' }

  if (shape.internal) {
    portals.push(`-A KUBE-SERVICES ${comment(`${name} cluster IP`)} ${to(port.clusterIP)} -j ${shape.internalChain}`)
  } else filter.push(`-A KUBE-SERVICES ${comment(refuse.why)} ${to(port.clusterIP)} -j ${refuse.target}`)

  const balancerChain = shape.usesFirewall ? chains.firewall : chains.external
  for (const [addresses, what, chain] of [
    [port.externalIPs, 'external IP', chains.external],
    [port.loadBalancerVIPs, 'loadbalancer IP', balancerChain],
  ] as const) {
    for (const address of addresses) {
      if (shape.any) portals.push(`-A KUBE-SERVICES ${comment(`${name} ${what}`)} ${to(address)} -j ${chain}`)
      if (!shape.external) filter.push(`-A KUBE-EXTERNAL-SERVICES ${comment(refuse.why)} ${to(address)} -j ${refuse.target}`)
    }
  }
  if (shape.usesFirewall) {
    const why = comment(`${name} traffic not accepted by ${chains.firewall}`)
    for (const vip of port.loadBalancerVIPs) filter.push(`-A KUBE-PROXY-FIREWALL ${why} ${to(vip)} -j DROP`)
  }
  if (port.nodePort !== 0) {
    const toNode = `${transport(port)} --dport ${port.nodePort}`
    if (shape.any) {
      if (context.localhostNodePorts && context.counters) {
        portals.push(
          `-A KUBE-NODEPORTS ${comment(name)} ${toNode} -d 127.0.0.0/8 -m nfacct --nfacct-name ${LOCALHOST_NODEPORT_COUNTER} -j ${chains.external}`,
        )
      }
      portals.push(`-A KUBE-NODEPORTS ${comment(name)} ${toNode} -j ${chains.external}`)
    }
    if (!shape.external) {
      filter.push(`-A KUBE-EXTERNAL-SERVICES ${comment(refuse.why)} -m addrtype --dst-type LOCAL ${toNode} -j ${refuse.target}`)
    }
  }
  if (port.healthCheckNodePort !== 0) {
    const why = comment(`${name} health check node port`)
    filter.push(`-A KUBE-NODEPORTS ${why} -m tcp -p tcp --dport ${port.healthCheckNodePort} -j ACCEPT`)
  }
  return { portals, filter }
}

function chainRules(
  port: ServicePort,
  endpoints: Categorized,
  shape: Shape,
  context: RuleContext,
  named: boolean,
): { chains: string[]; rules: string[] } {
  const chains: string[] = []
  const rules: string[] = []
  if (shape.usesCluster) chains.push(port.chains.cluster)
  if (shape.usesLocal) chains.push(port.chains.local)
  if (shape.internal) rules.push(...masqueradeInternal(port, shape.internalChain, context))
  if (shape.usesExternal) {
    chains.push(port.chains.external)
    rules.push(...externalRules(port, shape, context))
  }
  if (shape.usesFirewall) {
    chains.push(port.chains.firewall)
    rules.push(...firewallRules(port, context))
  }
  if (shape.usesCluster) rules.push(...balanceRules(port, port.chains.cluster, endpoints.cluster, named))
  if (shape.usesLocal) rules.push(...balanceRules(port, port.chains.local, endpoints.local, named))
  for (const endpoint of endpoints.reachable) {
    const chain = endpointChain(port.name, port.protocol, endpoint.text)
    chains.push(chain)
    // A pod that reaches itself through its Service must not see its own address as the source.
    const why = named ? ` ${comment(port.name)}` : ''
    rules.push(`-A ${chain}${why} -s ${endpoint.ip} -j KUBE-MARK-MASQ`)
    const remember = port.affinitySeconds > 0 ? ` -m recent --name ${chain} --set` : ''
    rules.push(`-A ${chain}${why}${remember} ${transport(port)} -j DNAT --to-destination ${endpoint.text}`)
  }
  return { chains, rules }
}

function masqueradeInternal(port: ServicePort, chain: string, { masqueradeAll, detector }: RuleContext): string[] {
  if (!masqueradeAll && detector === undefined) return []
  const notLocal = masqueradeAll || detector === undefined ? '' : ` ${detector.ifNotLocal}`
  const what = `${comment(`${port.name} cluster IP`)} ${transport(port)} -d ${port.clusterIP} --dport ${port.port}`
  return [`-A ${chain} ${what}${notLocal} -j KUBE-MARK-MASQ`]
}

function externalRules(port: ServicePort, shape: Shape, { detector }: RuleContext): string[] {
  const { external, cluster } = port.chains
  const where = `for ${port.name} external destinations`
  const rules: string[] = []
  if (!port.externalPolicyLocal) rules.push(`-A ${external} ${comment(`masquerade traffic ${where}`)} -j KUBE-MARK-MASQ`)
  else {
    if (detector) rules.push(`-A ${external} ${comment(`pod traffic ${where}`)} ${detector.ifLocal} -j ${cluster}`)
    const fromNode = '-m addrtype --src-type LOCAL'
    rules.push(`-A ${external} ${comment(`masquerade LOCAL traffic ${where}`)} ${fromNode} -j KUBE-MARK-MASQ`)
    rules.push(`-A ${external} ${comment(`route LOCAL traffic ${where}`)} ${fromNode} -j ${cluster}`)
  }
  if (shape.external) rules.push(`-A ${external} -j ${shape.externalPolicyChain}`)
  return rules
}

function firewallRules(port: ServicePort, { nodeIP }: RuleContext): string[] {
  const { firewall, external } = port.chains
  const accept = (source: string) => `-A ${firewall} ${comment(`${port.name} loadbalancer IP`)} -s ${source} -j ${external}`
  const ranges = port.loadBalancerSourceRanges
  const fromNode = ranges.some((range) => {
    const cidr = parseCidr(range)
    return cidr !== undefined && cidrContains(cidr, nodeIP)
  })
  return [
    ...ranges.map(accept),
    // A node that holds the VIP itself loops back with the VIP as its source.
    ...(fromNode ? port.loadBalancerVIPs.map(accept) : []),
    `-A ${firewall} ${comment(`other traffic to ${port.name} will be dropped by KUBE-PROXY-FIREWALL`)}`,
  ]
}

function balanceRules(port: ServicePort, chain: string, endpoints: readonly Endpoint[], named: boolean): string[] {
  const jumps = endpoints.map((endpoint) => ({
    to: endpointChain(port.name, port.protocol, endpoint.text),
    why: named ? ` ${comment(`${port.name} -> ${endpoint.text}`)}` : '',
  }))
  const sticky = jumps.map(
    ({ to, why }) => `-A ${chain}${why} -m recent --name ${to} --rcheck --seconds ${port.affinitySeconds} --reap -j ${to}`,
  )
  const balanced = jumps.map(({ to, why }, i) => {
    const left = jumps.length - i
    const chance = left > 1 ? ` -m statistic --mode random --probability ${(1 / left).toFixed(10)}` : ''
    return `-A ${chain}${why}${chance} -j ${to}`
  })
  return port.affinitySeconds > 0 ? [...sticky, ...balanced] : balanced
}
