import { cidrAddress, parseCidr } from '../base/ip.ts'
import type { Json } from '../base/json.ts'
import { TABLE_MAIN } from '../net/fib.ts'
import type { Netns } from '../net/netns.ts'
import { Allocations } from './allocations.ts'
import { type AddPodResult, type CniEnv, type CniNode, type CniPlugin, type CniPod, podNetns } from './plugin.ts'

interface PlainNode {
  readonly netns: string
  readonly podCIDR: string
  readonly internalIP: string
}

/**
 * Routed point-to-point pairs, as kindnet sets up with the ptp plugin: no bridge, no tunnel, no rules of its own. The first address
 * of a node's range is every local pod's gateway; nodes reach each other's ranges over their LAN.
 */
export class Plain implements CniPlugin {
  readonly name = 'none'
  private readonly env: CniEnv
  private nodes = new Map<string, PlainNode>()
  private readonly pods = new Allocations()

  constructor(env: CniEnv) {
    this.env = env
  }

  setupNode(node: CniNode): void {
    const { netns: ns, podCIDR, internalIP } = node
    ns.setSysctl('net.ipv4.ip_forward', '1')
    ns.setSysctl('net.ipv6.conf.all.forwarding', '1')
    for (const other of this.nodes.values()) {
      this.route(ns, other.podCIDR, other.internalIP)
      const peer = this.env.network.namespace(other.netns)
      if (peer !== undefined) this.route(peer, podCIDR, internalIP)
    }
    this.nodes.set(node.name, { netns: ns.id, podCIDR, internalIP })
  }

  private route(ns: Netns, to: string, via: string): void {
    const dst = parseCidr(to)
    const next = ns.route(via)
    if (dst === undefined || next.kind !== 'unicast') return
    ns.addRoute({ dst, type: 'unicast', via, dev: next.dev, scope: 'global', proto: 'boot', table: TABLE_MAIN })
  }

  removeNode(name: string): void {
    const gone = this.nodes.get(name)
    this.nodes.delete(name)
    for (const other of this.nodes.values()) {
      const ns = this.env.network.namespace(other.netns)
      ns?.setRoutes(ns.routes.filter((r) => r.via !== gone?.internalIP))
    }
  }

  addPod(pod: CniPod): AddPodResult {
    const node = this.nodes.get(pod.node)
    const host = node === undefined ? undefined : this.env.network.namespace(node.netns)
    const range = node === undefined ? undefined : parseCidr(node.podCIDR)
    if (node === undefined || host === undefined || range === undefined) return { error: `no network configured on ${pod.node}` }
    const gateway = cidrAddress(range, 1)
    const ip =
      pod.ip ?? this.pods.next({ name: pod.node, netns: host, podCIDR: node.podCIDR, internalIP: node.internalIP }, [gateway], 2)
    if (ip === undefined)
      return { error: `failed to allocate for range 0: no IP addresses available in range set: ${node.podCIDR}` }
    const { network, dice } = this.env
    const id = podNetns(pod.namespace, pod.name)
    network.removeNetns(id)
    const ns = network.createNetns(id, host)
    const device = `veth${dice.u32().toString(16).padStart(8, '0')}`
    network.addVeth(host, device, ns, 'eth0')
    host.addAddress(device, `${gateway}/32`)
    this.link(host, ip, device)
    ns.addAddress('eth0', `${ip}/${range.bits}`, { noprefixroute: true })
    const to = (text: string) => parseCidr(text) as NonNullable<ReturnType<typeof parseCidr>>
    const common = { type: 'unicast', dev: 'eth0', proto: 'boot', table: TABLE_MAIN } as const
    ns.addRoute({ ...common, dst: to('0.0.0.0/0'), via: gateway, scope: 'global' })
    ns.addRoute({ ...common, dst: to(gateway), src: ip, scope: 'link' })
    ns.addRoute({ ...common, dst: range, via: gateway, src: ip, scope: 'global' })
    this.pods.set(`${pod.namespace}/${pod.name}`, { node: pod.node, ip, device })
    return { netns: ns, ip }
  }

  private link(host: Netns, ip: string, device: string): void {
    const dst = parseCidr(ip)
    if (dst !== undefined) host.addRoute({ dst, type: 'unicast', dev: device, scope: 'link', proto: 'boot', table: TABLE_MAIN })
  }

  removePod(namespace: string, name: string): void {
    this.pods.delete(`${namespace}/${name}`)
    this.env.network.removeNetns(podNetns(namespace, name))
  }

  save(): Json {
    return { nodes: [...this.nodes], pods: this.pods.save() } as unknown as Json
  }

  load(state: Json): void {
    const saved = state as unknown as {
      nodes: [string, PlainNode][]
      pods: readonly (readonly [string, { node: string; ip: string; device: string }])[]
    }
    this.nodes = new Map(saved.nodes)
    this.pods.load(saved.pods)
  }
}
