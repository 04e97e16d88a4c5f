import { ipFamily } from '../../base/ip.ts'
import { rulesWriter } from '../../net/netfilter/writer.ts'
import type { Netns } from '../../net/netns.ts'
import { PROTO } from '../../net/packet.ts'
import type { ProxyKernel } from './kernel.ts'

/** The program behind kube-proxy's ports; whoever makes the network registers it. */
export const PROXY_PROGRAM = 'kube-proxy'

/** The configuration of such a listener: whose port it is, and which of its servers. */
export interface ProxyListener {
  readonly node: string
  readonly site: string
}

/** "0.0.0.0:10256", "[::1]:10249" */
function splitAddress(text: string): { readonly address: string; readonly port: number } {
  const colon = text.lastIndexOf(':')
  const address = text.slice(0, colon).replace(/^\[|\]$/g, '')
  // Go listens on both families where the address is unspecified.
  return { address: address === '0.0.0.0' ? '::' : address, port: Number(text.slice(colon + 1)) }
}

/** The kernel of a node for kube-proxy, whose image carries iptables `writer` ("1.8.9/nft"). */
export function nodeKernel(netns: Netns, node: string, writer: string): ProxyKernel {
  const owner = { comm: 'kube-proxy', pid: 1093, fd: 9 }
  return {
    ...rulesWriter(netns.netfilter, writer),
    addresses: (family) =>
      netns.links.flatMap((link) => link.addresses.map((a) => a.address)).filter((address) => ipFamily(address) === family),
    sysctl: (name) => netns.sysctl(name),
    setSysctl: (name, value) => {
      netns.setSysctl(name, value)
    },
    counter: (name) => netns.netfilter.accounting().get(name)?.packets,
    listen: (text, site) => {
      if (text === '') return false
      const config: ProxyListener = { node, site }
      return typeof netns.ip.listenTcp({ ...splitAddress(text), program: PROXY_PROGRAM, config, owner }) !== 'string'
    },
    closePort: (port) => {
      netns.ip.closeAll((socket) => socket.program === PROXY_PROGRAM && socket.lport === port)
    },
    closePorts: () => {
      netns.ip.closeAll((socket) => socket.program === PROXY_PROGRAM)
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
