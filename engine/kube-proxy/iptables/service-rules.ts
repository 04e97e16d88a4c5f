import { cidrContains, type IpFamily, parseCidr } from '../../base/ip.ts'
import type { LocalDetector } from '../local-detector.ts'
import { externallyAccessible, type ServicePort, usesClusterEndpoints, usesLocalEndpoints } from '../service-map.ts'
import type { Categorized } from '../topology.ts'
import { balanceRules, endpointRules, type ServiceChain, transport } from './endpoint-rules.ts'
import { fixed, type RuleLine, rule } from './rule-line.ts'

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

/** The rules of one Service port. */
export interface ServiceRules {
  /** nat KUBE-SERVICES and KUBE-NODEPORTS: written at every sync. */
  readonly services: readonly RuleLine[]
  readonly nodePorts: readonly RuleLine[]
  /** filter table: written at every sync. */
  readonly filter: readonly RuleLine[]
  /** The per-Service chains of nat: written only when something changed. */
  readonly chains: readonly ServiceChain[]
  /** For the metrics: why traffic of a kind finds nothing here though the Service has endpoints elsewhere. */
  readonly noLocalInternal: boolean
  readonly noLocalExternal: boolean
}

/** nfacct object that counts node port packets to 127.0.0.0/8 (pkg/proxy/metrics). */
export const LOCALHOST_NODEPORT_COUNTER = 'localhost_nps_accepted_pkts'

const COUNTED = fixed(`-m nfacct --nfacct-name ${LOCALHOST_NODEPORT_COUNTER}`)

/**
 * All rules of one Service port on this node (pkg/proxy/iptables/proxier.go, syncProxyRules' loop body).
 * `named` is false in a large cluster: rules of endpoints then carry no comment.
 */
export function serviceRules(port: ServicePort, endpoints: Categorized, context: RuleContext, named = true): ServiceRules {
  const shape = shapeOf(port, endpoints)
  return {
    services: portals(port, shape),
    nodePorts: nodePortPortals(port, shape, context),
    filter: filterRules(port, shape),
    chains: chains(port, endpoints, shape, context, named),
    noLocalInternal: shape.any && !shape.internal,
    noLocalExternal: shape.any && !shape.external,
  }
}

interface Shape {
  /** Some endpoint could be used from somewhere in the cluster. */
  readonly any: boolean
  /** Traffic to the ClusterIP finds an endpoint from here. */
  readonly internal: boolean
  /** Traffic from outside finds one. */
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

/** What catches packets for the Service: "capture the clusterIP", external IPs, load balancer ingress. */
function portals(port: ServicePort, shape: Shape): RuleLine[] {
  if (!shape.any) return []
  const { name, chains } = port
  const capture = (what: string, address: string, chain: string) =>
    rule`-A ${'KUBE-SERVICES'} -m comment --comment "${`${name} ${what}`}" ${transport(port)} -d ${address} --dport ${port.port} -j ${chain}`
  const lines: RuleLine[] = []
  if (shape.internal) lines.push(capture('cluster IP', port.clusterIP, shape.internalChain))
  for (const address of port.externalIPs) lines.push(capture('external IP', address, chains.external))
  const balancerChain = shape.usesFirewall ? chains.firewall : chains.external
  for (const address of port.loadBalancerVIPs) lines.push(capture('loadbalancer IP', address, balancerChain))
  return lines
}

/** "Capture nodeports", for which loadBalancerSourceRanges do not hold; those on loopback are counted. */
function nodePortPortals({ nodePort, name, chains, protocol }: ServicePort, { any }: Shape, context: RuleContext): RuleLine[] {
  if (nodePort === 0 || !any) return []
  const { external } = chains
  const carried = transport({ protocol })
  const lines: RuleLine[] = []
  if (context.localhostNodePorts && context.counters) {
    lines.push(
      rule`-A ${'KUBE-NODEPORTS'} -m comment --comment ${name} ${carried} -d 127.0.0.0/8 --dport ${nodePort} ${COUNTED} -j ${external}`,
    )
  }
  lines.push(rule`-A ${'KUBE-NODEPORTS'} -m comment --comment ${name} ${carried} --dport ${nodePort} -j ${external}`)
  return lines
}

/** What refuses packets that nothing catches, and what lets health checks in. */
function filterRules(port: ServicePort, shape: Shape): RuleLine[] {
  const { name, chains } = port
  const lines: RuleLine[] = []
  const why = `${name} has no ${shape.any ? 'local ' : ''}endpoints`
  const target = shape.any ? DROP : REJECT
  const refuse = (chain: string, address: string) =>
    rule`-A ${chain} -m comment --comment "${why}" ${transport(port)} -d ${address} --dport ${port.port} ${target}`

  if (!shape.internal) lines.push(refuse('KUBE-SERVICES', port.clusterIP))
  if (!shape.external) {
    for (const address of [...port.externalIPs, ...port.loadBalancerVIPs]) lines.push(refuse('KUBE-EXTERNAL-SERVICES', address))
    if (port.nodePort !== 0) {
      lines.push(
        rule`-A ${'KUBE-EXTERNAL-SERVICES'} -m comment --comment "${why}" -m addrtype --dst-type LOCAL ${transport(port)} --dport ${port.nodePort} ${target}`,
      )
    }
  }
  if (shape.usesFirewall) {
    const unaccepted = `${name} traffic not accepted by ${chains.firewall}`
    for (const vip of port.loadBalancerVIPs) {
      lines.push(
        rule`-A ${'KUBE-PROXY-FIREWALL'} -m comment --comment "${unaccepted}" ${transport(port)} -d ${vip} --dport ${port.port} -j DROP`,
      )
    }
  }
  if (port.healthCheckNodePort !== 0) {
    const check = `${name} health check node port`
    lines.push(
      rule`-A ${'KUBE-NODEPORTS'} -m comment --comment "${check}" -m tcp -p tcp --dport ${port.healthCheckNodePort} -j ACCEPT`,
    )
  }
  return lines
}

const DROP = fixed('-j DROP')
const REJECT = fixed('-j REJECT')

function chains(
  port: ServicePort,
  endpoints: Categorized,
  shape: Shape,
  context: RuleContext,
  named: boolean,
): readonly ServiceChain[] {
  const { cluster, local, external, firewall } = port.chains
  const masquerade = shape.internal ? masqueradeInternal(port, shape.internalChain, context) : []
  const policyChain = (name: string, list: Categorized['cluster']) => ({
    name,
    lines: [...(name === shape.internalChain ? masquerade : []), ...balanceRules(port, name, list, named)],
  })
  return [
    ...(shape.usesExternal ? [{ name: external, lines: externalRules(port, shape, context) }] : []),
    ...(shape.usesFirewall ? [{ name: firewall, lines: firewallRules(port, context) }] : []),
    ...(shape.usesCluster ? [policyChain(cluster, endpoints.cluster)] : []),
    ...(shape.usesLocal ? [policyChain(local, endpoints.local)] : []),
    ...endpoints.reachable.map((endpoint) => endpointRules(port, endpoint, named)),
  ]
}

function masqueradeInternal(port: ServicePort, chain: string, { masqueradeAll, detector }: RuleContext): RuleLine[] {
  const what = `${port.name} cluster IP`
  if (masqueradeAll) {
    return [
      rule`-A ${chain} -m comment --comment "${what}" ${transport(port)} -d ${port.clusterIP} --dport ${port.port} -j KUBE-MARK-MASQ`,
    ]
  }
  if (detector === undefined) return []
  return [
    rule`-A ${chain} -m comment --comment "${what}" ${transport(port)} -d ${port.clusterIP} --dport ${port.port} ${fixed(detector.ifNotLocal)} -j KUBE-MARK-MASQ`,
  ]
}

function externalRules(port: ServicePort, shape: Shape, { detector }: RuleContext): RuleLine[] {
  const { external, cluster } = port.chains
  const where = `for ${port.name} external destinations`
  const lines: RuleLine[] = []
  if (!port.externalPolicyLocal) {
    lines.push(rule`-A ${external} -m comment --comment "${`masquerade traffic ${where}`}" -j KUBE-MARK-MASQ`)
  } else {
    if (detector) {
      lines.push(rule`-A ${external} -m comment --comment "${`pod traffic ${where}`}" ${fixed(detector.ifLocal)} -j ${cluster}`)
    }
    lines.push(
      rule`-A ${external} -m comment --comment "${`masquerade LOCAL traffic ${where}`}" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ`,
      rule`-A ${external} -m comment --comment "${`route LOCAL traffic ${where}`}" -m addrtype --src-type LOCAL -j ${cluster}`,
    )
  }
  if (shape.external) lines.push(rule`-A ${external} -j ${shape.externalPolicyChain}`)
  return lines
}

function firewallRules(port: ServicePort, { nodeIP }: RuleContext): RuleLine[] {
  const { firewall, external } = port.chains
  const what = `${port.name} loadbalancer IP`
  // Two forms, because a range and an address read differently.
  const acceptRange = (range: string) => rule`-A ${firewall} -m comment --comment "${what}" -s ${range} -j ${external}`
  const acceptVIP = (vip: string) => rule`-A ${firewall} -m comment --comment "${what}" -s ${vip} -j ${external}`
  const ranges = port.loadBalancerSourceRanges
  const fromNode = ranges.some((range) => {
    const cidr = parseCidr(range)
    return cidr !== undefined && cidrContains(cidr, nodeIP)
  })
  const other = `other traffic to ${port.name} will be dropped by KUBE-PROXY-FIREWALL`
  return [
    ...ranges.map(acceptRange),
    // A node that holds the VIP itself loops back with the VIP as its source.
    ...(fromNode ? port.loadBalancerVIPs.map(acceptVIP) : []),
    rule`-A ${firewall} -m comment --comment "${other}"`,
  ]
}
