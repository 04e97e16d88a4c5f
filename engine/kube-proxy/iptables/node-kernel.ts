import { ipFamily } from '../../base/ip.ts'
import { rulesWriter } from '../../net/netfilter/writer.ts'
import type { Netns } from '../../net/netns.ts'
import { PROTO } from '../../net/packet.ts'
import type { ProxyKernel } from './kernel.ts'

/** The kernel of a node for kube-proxy, whose image carries iptables `writer` ("1.8.9/nft"). */
export function nodeKernel(netns: Netns, writer: string): ProxyKernel {
  return {
    ...rulesWriter(netns.netfilter, writer),
    addresses: (family) =>
      netns.links.flatMap((link) => link.addresses.map((a) => a.address)).filter((address) => ipFamily(address) === family),
    setSysctl: (name, value) => {
      netns.setSysctl(name, value)
    },
    deleteFlows: (family, _protocol, stale) => {
      let deleted = 0
      for (const entry of netns.conntrack.list()) {
        const { proto, dst, dport } = entry.original
        if (proto !== PROTO.udp || ipFamily(dst) !== family) continue
        if (!stale({ destination: dst, port: dport, backend: entry.reply.src, backendPort: entry.reply.sport })) continue
        netns.conntrack.delete(entry)
        deleted++
      }
      return deleted
    },
  }
}
