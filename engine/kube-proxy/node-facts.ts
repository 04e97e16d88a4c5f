import type { KubeObject } from '../api/object.ts'
import type { Cidr, IpFamily } from '../base/ip.ts'
import { ipFamily } from '../base/ip.ts'
import { isLoopback, sloppyIp } from './addresses.ts'
import type { ProxyConfig } from './proxy-config.ts'
import type { NodePlace } from './topology.ts'

interface NodeAddress {
  readonly type: string
  readonly address: string
}

/** What kube-proxy reads of its own Node when it starts. */
export interface NodeFacts {
  readonly nodeIPs: Readonly<Record<IpFamily, string>>
  readonly podCIDRs: readonly string[]
  /** --nodeport-addresses, with the node's own addresses in place of "primary". */
  readonly nodePortRanges: readonly Cidr[]
  readonly cpus: number
}

/** The node's addresses: the first internal one, else the first external, and the first of the other family (GetNodeHostIPs, detectNodeIPs). */
function nodeIPs(node: KubeObject | undefined, bindAddress: string): Record<IpFamily, string> {
  const all: readonly NodeAddress[] = node?.status?.addresses ?? []
  const sorted = ['InternalIP', 'ExternalIP'].flatMap((type) =>
    all.filter((a) => a.type === type).map((a) => sloppyIp(a.address)),
  )
  const found: Record<IpFamily, string> = { 4: '127.0.0.1', 6: '::1' }
  for (const family of [4, 6] as const) {
    const own = sorted.find((ip) => ip !== undefined && ipFamily(ip) === family)
    if (own !== undefined) found[family] = own
  }
  const bind = sloppyIp(bindAddress)
  if (bind !== undefined && bind !== '0.0.0.0' && bind !== '::') found[ipFamily(bind) as IpFamily] = bind
  return found
}

export function nodeFacts(node: KubeObject | undefined, config: ProxyConfig): NodeFacts {
  const ips = nodeIPs(node, config.bindAddress)
  const primary: Cidr[] = ([4, 6] as const)
    .filter((family) => !isLoopback(ips[family]))
    .map((family) => ({ family, base: ips[family], bits: family === 4 ? 32 : 128 }))
  return {
    nodeIPs: ips,
    podCIDRs: node?.spec?.podCIDRs ?? (node?.spec?.podCIDR ? [node.spec.podCIDR] : []),
    nodePortRanges: config.nodePortAddresses === 'primary' ? primary : config.nodePortAddresses,
    cpus: Math.max(1, Number.parseInt(node?.status?.capacity?.cpu ?? '2', 10) || 1),
  }
}

/** Where the node is, for hints. */
export function nodePlace(name: string, node: KubeObject | undefined): NodePlace {
  return { name, zone: node?.metadata.labels?.['topology.kubernetes.io/zone'] }
}
