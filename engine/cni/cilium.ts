import { parseCidr } from '../base/ip.ts'
import type { Json } from '../base/json.ts'
import { showFrame } from '../net/captured.ts'
import { TABLE_MAIN } from '../net/fib.ts'
import type { Link } from '../net/link.ts'
import type { Netns } from '../net/netns.ts'
import { showTunnel } from '../net/overlay.ts'
import { icmpPacket } from '../net/path/build.ts'
import { type Frame, newFrame } from '../net/path/frame.ts'
import { placeOf, socketText } from '../net/walk-header.ts'
import { placeText } from '../net/walk-path.ts'
import type { Wire } from '../net/wire.ts'
import { Allocations } from './allocations.ts'
import { ciliumRules } from './cilium-rules.ts'
import { ServiceTranslator } from './cilium-services.ts'
import { firstFree, inRange } from './ipam.ts'
import { type AddPodResult, type CniEnv, type CniNode, type CniPlugin, type CniPod, podNetns } from './plugin.ts'

/** Reserved numbers end below this one (identity.MinimalNumericIdentity); what a node itself sends carries 6. */
const FIRST_IDENTITY = 256
const REMOTE_NODE = 6

const POD_MTU = 1500
const TUNNEL_MTU = 1450

interface CiliumNode {
  readonly name: string
  readonly netns: string
  readonly podCIDR: string
  readonly internalIP: string
  readonly hostAddress: string
}

/**
 * Cilium in tunnel mode beside kube-proxy. cilium_host carries the node's own traffic to pods; its BPF program delivers to local
 * pods and puts everything else into the tunnel. With `podServiceLB: none` packets of pods go up the node's IP stack, so that
 * kube-proxy's rules see them: a simplification. With `bpf` they are translated and delivered at the pod's device.
 */
export class Cilium implements CniPlugin {
  readonly name = 'cilium'
  private readonly env: CniEnv
  private mode: 'bpf' | 'none'
  private nodes = new Map<string, CiliumNode>()
  private readonly pods = new Allocations()
  private readonly services = new ServiceTranslator()

  constructor(env: CniEnv, podServiceLB: 'bpf' | 'none') {
    this.env = env
    this.mode = podServiceLB
    env.network.registerDeviceProgram({ name: 'cilium_host', egress: (ns, _link, frame, wire) => this.fromHost(ns, frame, wire) })
    env.network.registerDeviceProgram({
      name: 'cilium_lxc',
      ingress: (ns, link, frame, wire) => this.fromPod(ns, link, frame, wire),
    })
  }

  get podServiceLB(): 'bpf' | 'none' {
    return this.mode
  }

  setPodServiceLB(mode: 'bpf' | 'none'): void {
    this.mode = mode
  }

  setupNode(node: CniNode): void {
    const { netns: ns, podCIDR } = node
    const hostAddress = node.hostAddress ?? firstFree(podCIDR, new Set(), 1) ?? ''
    this.nodes.set(node.name, { name: node.name, netns: ns.id, podCIDR, internalIP: node.internalIP, hostAddress })
    const { network, dice } = this.env
    network.addVeth(ns, 'cilium_net', ns, 'cilium_host', { b: { egress: 'cilium_host' } })
    ns.addLink({
      name: 'cilium_vxlan',
      kind: 'vxlan',
      mac: network.newMac(),
      mtu: 1500,
      up: true,
      addresses: [],
      qlen: 1000,
      vxlan: { external: true, port: 8472 },
    })
    ns.addAddress('cilium_host', `${hostAddress}/32`, { scope: 'global' })
    this.route(ns, hostAddress, { scope: 'link' })
    ns.setSysctl('net.ipv4.ip_forward', '1')
    ns.setSysctl('net.ipv6.conf.all.forwarding', '1')
    ns.setSysctl('net.ipv4.conf.all.rp_filter', '0')
    for (const other of this.nodes.values()) this.joinNodes(node.name, other)
    const dnsProxyPort = 32_768 + dice.int(28_232)
    this.env.writeRules(ns, ciliumRules({ hostAddress, podCIDR, clusterPodCIDR: this.env.clusterPodCIDR, dnsProxyPort }))
  }

  /** Both nodes learn the way to each other's pods. */
  private joinNodes(name: string, other: CiliumNode): void {
    const own = this.nodes.get(name)
    const space = (n: CiliumNode) => this.env.network.namespace(n.netns)
    if (own === undefined) return
    const ns = space(own)
    if (ns === undefined) return
    if (other.name === name) {
      this.route(ns, own.podCIDR, { via: own.hostAddress, src: own.hostAddress })
      return
    }
    const peer = space(other)
    this.route(ns, other.podCIDR, { via: own.hostAddress, src: own.hostAddress, mtu: TUNNEL_MTU })
    if (peer !== undefined) this.route(peer, own.podCIDR, { via: other.hostAddress, src: other.hostAddress, mtu: TUNNEL_MTU })
  }

  private route(ns: Netns, to: string, options: { via?: string; src?: string; mtu?: number; scope?: 'link' }): void {
    const dst = parseCidr(to)
    if (dst === undefined) return
    const { scope, ...rest } = options
    ns.addRoute({
      dst,
      type: 'unicast',
      dev: 'cilium_host',
      scope: scope ?? 'global',
      proto: 'kernel',
      table: TABLE_MAIN,
      ...rest,
    })
  }

  removeNode(name: string): void {
    const gone = this.nodes.get(name)
    this.nodes.delete(name)
    if (gone === undefined) return
    for (const other of this.nodes.values()) {
      const ns = this.env.network.namespace(other.netns)
      const dst = parseCidr(gone.podCIDR)
      ns?.setRoutes(ns.routes.filter((r) => !(r.dev === 'cilium_host' && r.dst.base === dst?.base && r.dst.bits === dst.bits)))
    }
  }

  addPod(pod: CniPod): AddPodResult {
    const node = this.nodes.get(pod.node)
    const host = node === undefined ? undefined : this.env.network.namespace(node.netns)
    if (node === undefined || host === undefined) return { error: `unable to connect to Cilium daemon on ${pod.node}` }
    const key = `${pod.namespace}/${pod.name}`
    const range = { name: node.name, netns: host, podCIDR: node.podCIDR, internalIP: node.internalIP }
    const ip = pod.ip ?? this.pods.next(range, [node.hostAddress], 2)
    if (ip === undefined) return { error: 'unable to allocate IP via local cilium agent: No more IPs available' }
    const { network, dice } = this.env
    const id = podNetns(pod.namespace, pod.name)
    network.removeNetns(id)
    const ns = network.createNetns(id, host)
    const device = `lxc${dice.u32().toString(16).padStart(8, '0')}${dice.int(0xffff).toString(16).padStart(4, '0')}`
    network.addVeth(host, device, ns, 'eth0', { mtu: POD_MTU, a: { ingress: 'cilium_lxc' } })
    ns.addAddress('eth0', `${ip}/32`)
    const to = (text: string) => parseCidr(text) as NonNullable<ReturnType<typeof parseCidr>>
    const common = { type: 'unicast', dev: 'eth0', proto: 'boot', table: TABLE_MAIN } as const
    ns.addRoute({ ...common, dst: to('0.0.0.0/0'), via: node.hostAddress, scope: 'global', mtu: TUNNEL_MTU })
    ns.addRoute({ ...common, dst: to(node.hostAddress), scope: 'link' })
    this.pods.set(key, { node: pod.node, ip, device })
    return { netns: ns, ip }
  }

  removePod(namespace: string, name: string): void {
    this.pods.delete(`${namespace}/${name}`)
    this.env.network.removeNetns(podNetns(namespace, name))
  }

  /** from-host: what leaves cilium_host is for a pod here, or for another node. */
  private fromHost(ns: Netns, frame: Frame, wire: Wire): boolean {
    this.toEndpoint(ns, frame, wire)
    return true
  }

  /** from-container: what a pod sends, at its node's end of the veth pair. */
  private fromPod(ns: Netns, link: Link, frame: Frame, wire: Wire): boolean {
    if (this.mode === 'none') return false
    const { network, dice } = this.env
    const backends = (address: string, port: number, protocol: 'tcp' | 'udp' | 'sctp') =>
      this.env.backends(address, port, protocol)
    const translated = this.services.translate(frame.packet, network.clock.now, dice, backends)
    if (translated === 'none') {
      // service-no-backend-response=reject: port unreachable in the name of the ClusterIP.
      const { packet } = frame
      const pod = network.namespace(podNetns(...this.split(packet.src)))
      const answer = newFrame(icmpPacket(packet.dst, packet.src, { type: 3, code: 3, inner: packet }, ''), frame.flow)
      wire.bpf.refused(ns, frame, answer, { vip: socketText(packet.dst, packet.dport) }, { device: link.name })
      if (pod !== undefined) wire.inject(pod, 'eth0', answer)
      return true
    }
    if (translated !== undefined) {
      const before = frame.packet
      frame.packet = translated
      const ends = { vip: socketText(before.dst, before.dport), to: socketText(translated.dst, translated.dport) }
      wire.bpf.did(ns, frame, 'bpf.service', ends, { device: link.name, before })
    }
    const known = this.pods.keyOf(frame.packet.dst) !== undefined || this.nodeOfPodRange(frame.packet.dst) !== undefined
    if (!known || ns.isLocal(frame.packet.dst)) return false
    this.toEndpoint(ns, frame, wire)
    return true
  }

  /** Delivers to a pod of this node, or into the tunnel to the node whose pod range it is. */
  private toEndpoint(ns: Netns, frame: Frame, wire: Wire): void {
    const { dst } = frame.packet
    const key = this.pods.keyOf(dst)
    const allocation = key === undefined ? undefined : this.pods.get(key)
    const home = allocation === undefined ? undefined : this.nodes.get(allocation.node)
    if (allocation !== undefined && home?.netns === ns.id) {
      this.toPod(ns, allocation.device, dst, frame, wire)
      return
    }
    const remote = this.nodeOfPodRange(dst)
    if (remote === undefined || remote.netns === ns.id) {
      wire.bpf.lost(ns, frame)
      return
    }
    const there = this.env.network.namespace(remote.netns)
    const up = (n: Netns) => n.links.some((l) => l.kind === 'ether' && l.up) && n.link('cilium_vxlan')?.up === true
    if (there === undefined || !up(ns) || !up(there)) {
      wire.bpf.lost(ns, frame)
      return
    }
    wire.bpf.did(ns, frame, 'bpf.tunnel', { place: placeText(placeOf(there.id)) }, { device: 'cilium_vxlan' })
    const { taps } = this.env.network
    if (taps.active)
      showTunnel(taps, ns, there, 'cilium_vxlan', frame.packet, this.identity(frame.packet.src), this.mode === 'bpf')
    this.fromOverlay(there, frame, wire)
  }

  /** from-overlay: a packet comes out of the tunnel. */
  private fromOverlay(ns: Netns, frame: Frame, wire: Wire): void {
    const fresh = newFrame(frame.packet, frame.flow, frame.nr)
    if (ns.isLocal(fresh.packet.dst)) {
      wire.inject(ns, 'cilium_net', fresh)
      return
    }
    if (this.mode === 'bpf') {
      this.toEndpoint(ns, fresh, wire)
      return
    }
    wire.inject(ns, 'cilium_vxlan', fresh)
  }

  private toPod(ns: Netns, device: string, ip: string, frame: Frame, wire: Wire): void {
    const pod = this.env.network.namespace(podNetns(...this.split(ip)))
    if (pod === undefined || ns.link(device)?.up !== true) {
      wire.bpf.lost(ns, frame)
      return
    }
    const before = frame.packet
    frame.packet = this.services.restore(before)
    const { src, sport } = frame.packet
    if (frame.packet !== before) wire.bpf.did(ns, frame, 'bpf.reply', { to: socketText(src, sport) }, { device, before })
    wire.bpf.did(ns, frame, 'bpf.redirect', { device: 'eth0', place: placeText(placeOf(pod.id)) }, { device })
    const fresh = newFrame(frame.packet, frame.flow, frame.nr)
    const link = ns.link(device)
    if (link !== undefined) {
      // Without BPF host routing, which kube-proxy's rules rule out, the packet leaves by the pod's device (redirect_ep).
      fresh.srcMac = link.mac
      fresh.dstMac = pod.link('eth0')?.mac
      const { taps } = this.env.network
      if (taps.active) showFrame(taps, { ns, link }, 'Out', fresh)
    }
    wire.inject(pod, 'eth0', fresh)
  }

  /** The number that stands for a packet's source in the tunnel: one for all pods of a workload, 6 for hosts (REMOTE_NODE_ID). */
  private identity(src: string): number {
    const key = this.pods.keyOf(src)
    if (key === undefined) return REMOTE_NODE
    let sum = 0
    for (const char of key.replace(/(-[0-9a-f]{6,10})?-[a-z0-9]{5}$/, '')) sum = (sum * 31 + char.charCodeAt(0)) >>> 0
    return FIRST_IDENTITY + (sum % (65_536 - FIRST_IDENTITY))
  }

  private split(ip: string): [string, string] {
    const [namespace = '', name = ''] = (this.pods.keyOf(ip) ?? '').split('/')
    return [namespace, name]
  }

  private nodeOfPodRange(ip: string): CiliumNode | undefined {
    for (const node of this.nodes.values()) if (inRange(node.podCIDR, ip)) return node
    return undefined
  }

  save(): Json {
    const state = { mode: this.mode, nodes: [...this.nodes], pods: this.pods.save(), services: this.services.save() }
    return state as unknown as Json
  }

  load(state: Json): void {
    const saved = state as unknown as {
      mode: 'bpf' | 'none'
      nodes: [string, CiliumNode][]
      pods: readonly (readonly [string, { node: string; ip: string; device: string }])[]
      services: Json
    }
    this.mode = saved.mode
    this.nodes = new Map(saved.nodes)
    this.pods.load(saved.pods)
    this.services.load(saved.services)
  }
}
