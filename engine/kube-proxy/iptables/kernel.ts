import type { IpFamily } from '../../base/ip.ts'
import type { TableName } from '../../net/netfilter/env.ts'

/** What kube-proxy's iptables mode asks of its node's kernel; `node-kernel.ts` gives it for a Netns. */
export interface ProxyKernel {
  /** iptables-restore --noflush --counters, with the version kube-proxy carries. Returns the tool's complaint if it failed. */
  restore(family: IpFamily, text: string): string | undefined
  chains(family: IpFamily, table: TableName): readonly string[]
  /** `iptables -C`: whether the chain holds this very rule (matches and target as on a command line). */
  hasRule(family: IpFamily, table: TableName, chain: string, rule: string): boolean
  /** Creates an nfacct object if it is not there. */
  ensureCounter(name: string): void
  /** Addresses of the node's own interfaces. */
  addresses(family: IpFamily): readonly string[]
  setSysctl(name: string, value: string): void
  /** Deletes conntrack entries of a protocol that `stale` picks; returns how many. */
  deleteFlows(family: IpFamily, protocol: 'udp', stale: (flow: ProxyFlow) => boolean): number
}

/** A flow as conntrack keeps it: where the client sent it, and where it went. */
export interface ProxyFlow {
  readonly destination: string
  readonly port: number
  readonly backend: string
  readonly backendPort: number
}
