import type { IpFamily } from '../../base/ip.ts'
import type { RulesWriter } from '../../net/netfilter/writer.ts'

/** What kube-proxy's iptables mode asks of its node's kernel; `node-kernel.ts` gives it for a Netns. */
export interface ProxyKernel extends RulesWriter {
  /** Addresses of the node's own interfaces. */
  addresses(family: IpFamily): readonly string[]
  /** A sysctl's value, undefined where there is none of that name. */
  sysctl(name: string): string | undefined
  setSysctl(name: string, value: string): void
  /** Packets that an nfacct object has counted; undefined where there is none of that name. */
  counter(name: string): number | undefined
  /** Opens a TCP port ("IP:PORT") whose requests KubeProxy.answer(site) answers; false where that fails. "" opens none. */
  listen(address: string, site: string): boolean
  closePort(port: number): void
  /** The process ends: all its ports close. */
  closePorts(): void
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
