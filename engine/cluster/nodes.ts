import type { KubeObject } from '../api/object.ts'
import { ipFamily } from '../base/ip.ts'

/** What the cluster reads of a Node object to make a machine of it. */
export interface NodeInfo {
  readonly name: string
  readonly internalIPs: readonly string[]
  readonly podCIDR: string | undefined
  readonly controlPlane: boolean
  /** When it joined the cluster, virtual ms; undefined where the Node does not say. */
  readonly joinedAt: number | undefined
}

interface NodeAddress {
  readonly type: string
  readonly address: string
}

export function nodeInfo(node: KubeObject): NodeInfo {
  const addresses: readonly NodeAddress[] = node.status?.addresses ?? []
  const joinedAt = Date.parse(node.metadata.creationTimestamp ?? '')
  return {
    joinedAt: Number.isNaN(joinedAt) ? undefined : joinedAt,
    name: node.metadata.name,
    internalIPs: addresses.filter((a) => a.type === 'InternalIP').map((a) => a.address),
    podCIDR: node.spec?.podCIDR ?? node.spec?.podCIDRs?.[0],
    controlPlane: node.metadata.labels?.['node-role.kubernetes.io/control-plane'] !== undefined,
  }
}

/** The node's first IPv4 address, else its first. */
export function primaryIP(node: NodeInfo): string | undefined {
  return node.internalIPs.find((ip) => ipFamily(ip) === 4) ?? node.internalIPs[0]
}
