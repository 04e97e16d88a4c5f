import type { Stateful } from '../base/json.ts'
import type { Dice } from '../clock/dice.ts'
import type { Netns } from '../net/netns.ts'
import type { Network } from '../net/network.ts'

/** A node as a CNI plugin's daemon sees it. */
export interface CniNode {
  readonly name: string
  readonly netns: Netns
  /** Where its pods' addresses come from. */
  readonly podCIDR: string
  readonly internalIP: string
  /** Cilium: the address of cilium_host; the first free one of the pod CIDR if absent. */
  readonly hostAddress?: string
}

export interface CniPod {
  readonly node: string
  readonly namespace: string
  readonly name: string
  /** An address that the pod has already (recorded objects); else one is allocated. */
  readonly ip?: string
}

export type AddPodResult = { readonly netns: Netns; readonly ip: string } | { readonly error: string }

/** What kubelet asks of a CNI plugin, and what a cluster asks of its daemon. */
export interface CniPlugin extends Stateful {
  readonly name: string
  setupNode(node: CniNode): void
  removeNode(name: string): void
  addPod(pod: CniPod): AddPodResult
  removePod(namespace: string, name: string): void
  /** Cilium: whether pods' ClusterIP packets are translated at their device ('bpf') or left to kube-proxy ('none'). */
  setPodServiceLB?(mode: 'bpf' | 'none'): void
  readonly podServiceLB?: 'bpf' | 'none'
}

/** A ready endpoint behind a ClusterIP and port. */
export interface Backend {
  readonly address: string
  readonly port: number
}

/** What a plugin needs of the cluster around it. */
export interface CniEnv {
  readonly network: Network
  readonly dice: Dice
  /** Cluster-wide pod range: what Cilium calls the native routing CIDR. */
  readonly clusterPodCIDR: string
  /** Runs `iptables-restore --noflush` on a node with the plugin's own iptables. */
  writeRules(netns: Netns, restore: string): void
  /** Ready endpoints of a ClusterIP port; undefined where no such Service port exists. Wired from the EndpointSlices. */
  backends(address: string, port: number, protocol: 'tcp' | 'udp' | 'sctp'): readonly Backend[] | undefined
}

export function nodeNetns(name: string): string {
  return `nodes/${name}`
}

export function podNetns(namespace: string, name: string): string {
  return `pods/${namespace}/${name}`
}
