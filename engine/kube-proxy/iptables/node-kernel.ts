import { ipFamily } from '../../base/ip.ts'
import { restoreText } from '../../net/netfilter/restore.ts'
import type { Ruleset } from '../../net/netfilter/ruleset.ts'
import type { Netns } from '../../net/netns.ts'
import { PROTO } from '../../net/packet.ts'
import type { ProxyKernel } from './kernel.ts'

/** iptables of one version over a ruleset, as kube-proxy and kubelet use it: restore, chain names, `-C`. */
export function rulesKernel(
  ruleset: Ruleset,
  writer: string,
): Pick<ProxyKernel, 'restore' | 'chains' | 'hasRule' | 'ensureCounter'> {
  const backend = writer.endsWith('/legacy') ? 'legacy' : 'nft'
  const restore: ProxyKernel['restore'] = (family, text) => {
    const result = restoreText(ruleset, text, { family, writer, noflush: true, counters: true })
    return result.ok ? undefined : result.error
  }
  return {
    restore,
    chains: (family, table) => [...(ruleset.table(family, backend, table)?.chains.keys() ?? [])],
    hasRule: (family, table, chain, rule) => {
      if (ruleset.table(family, backend, table)?.chains.has(chain) !== true) return false
      return restore(family, `*${table}\n-C ${chain} ${rule}\nCOMMIT\n`) === undefined
    },
    ensureCounter: (name) => {
      ruleset.addAccounting(name)
    },
  }
}

/** The kernel of a node for kube-proxy, whose image carries iptables `writer` ("1.8.9/nft"). */
export function nodeKernel(netns: Netns, writer: string): ProxyKernel {
  return {
    ...rulesKernel(netns.netfilter, writer),
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
