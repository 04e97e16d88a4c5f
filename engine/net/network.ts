import { invariant } from '../base/invariant.ts'
import type { Json, Stateful } from '../base/json.ts'
import type { Clock } from '../clock/clock.ts'
import type { Dice } from '../clock/dice.ts'
import { Arp, type ArpPort } from './arp.ts'
import { BROADCAST, showArrival, showLeaving } from './captured.ts'
import type { Crossing } from './crossing.ts'
import { type ConnectionRecord, Flows } from './flows.ts'
import { NEWEST_KERNEL } from './kernel-release.ts'
import type { Link } from './link.ts'
import { Netns, type NetworkPort } from './netns.ts'
import { crossed, type Frame, scrub } from './path/frame.ts'
import { IpStack, type StackPort } from './path/stack.ts'
import { type Attached, endsOf } from './segment.ts'
import { Sockets } from './socket/client.ts'
import type { Program } from './socket/program.ts'
import { tcpFail } from './socket/tcp.ts'
import { acknowledgeLate, armTimers, retransmit } from './socket/timers.ts'
import type { Socket, TcpSocket } from './socket/types.ts'
import { Taps } from './taps.ts'
import { Trace } from './trace.ts'
import { BpfNotes } from './walk-bpf.ts'
import { noteCrossing } from './walk-path.ts'
import type { Values } from './walk-say.ts'
import type { DeviceProgram, Wire } from './wire.ts'

interface OnWire {
  readonly ns: Netns
  readonly link: Link
  readonly frame: Frame
  /** Bridge ports that it enters by, for those who capture. */
  readonly passed?: readonly Crossing[] | undefined
}

const MAC_LOCAL = 0x02

/**
 * All network namespaces and the wires between them: veth pairs, LAN segments, loopbacks. Packets travel at one virtual instant,
 * in the order they were sent; only timeouts use the clock.
 */
export class Network implements Stateful, NetworkPort, StackPort, Wire, ArpPort {
  readonly clock: Clock
  readonly dice: Dice
  /** The release that the nodes run ("5.15.0-127-generic"). */
  readonly kernel: string
  readonly flows = new Flows()
  /** The packet walks, keyed by a connection's id. */
  readonly walk: Trace
  readonly bpf: BpfNotes
  readonly taps = new Taps()
  readonly spaces = new Map<string, Netns>()
  private readonly stacks = new Map<string, IpStack>()
  private readonly programs = new Map<string, Program>()
  private readonly devicePrograms = new Map<string, DeviceProgram>()
  private queue: OnWire[] = []
  private readonly arp: Arp
  private depth = 0
  private waiting: [Netns, Socket][] = []

  constructor(clock: Clock, dice: Dice, kernel = NEWEST_KERNEL) {
    this.clock = clock
    this.dice = dice
    this.kernel = kernel
    this.walk = new Trace(() => clock.now, this.flows)
    this.bpf = new BpfNotes(this.walk, this.flows)
    clock.handle('net.tcp.rto', (args) => this.onSocket(args, retransmit))
    clock.handle('net.tcp.ack', (args) => this.onSocket(args, acknowledgeLate))
    clock.handle('net.tcp.timewait', (args) => this.onTimeWait(args))
    this.arp = new Arp(this)
    clock.handle('net.arp', (args) => this.arp.retry(args))
  }

  // -- namespaces and wires --------------------------------------------------------------------------------------------

  /** A new namespace with a loopback device that is up; `host` is the node that it lives on, if it is not a node's own. */
  createNetns(id: string, host?: Netns): Netns {
    invariant(!this.spaces.has(id), `two namespaces ${id}`)
    const ns = this.adopt(id)
    ns.host = host?.id
    ns.addLink({ name: 'lo', kind: 'loopback', mac: '00:00:00:00:00:00', mtu: 65536, up: true, addresses: [], qlen: 1000 })
    ns.addAddress('lo', '127.0.0.1/8', { scope: 'host', label: 'lo' })
    ns.addAddress('lo', '::1/128', { scope: 'host' })
    return ns
  }

  private adopt(id: string): Netns {
    const ns = new Netns(id, this)
    const stack = new IpStack(ns, this)
    ns.ip = new Sockets(stack, this.flows, (act) => this.run(act))
    this.spaces.set(id, ns)
    this.stacks.set(id, stack)
    this.changed()
    return ns
  }

  /** The namespace and its devices go, and the other ends of its veth pairs with them. */
  removeNetns(id: string): void {
    const ns = this.spaces.get(id)
    if (ns === undefined) return
    for (const s of ns.sockets.all()) if (s.proto === 'tcp') tcpFail(this.stackOf(ns), s, 'ECONNRESET')
    for (const link of ns.links) {
      const peer = link.peer === undefined ? undefined : this.spaces.get(link.peer.netns)
      const other = link.peer === undefined ? undefined : peer?.linkByIndex(link.peer.index)
      if (peer !== undefined && other !== undefined && peer !== ns) peer.removeLink(other.name)
    }
    this.spaces.delete(id)
    this.stacks.delete(id)
    this.changed()
  }

  namespace(id: string): Netns | undefined {
    return this.spaces.get(id)
  }

  namespaces(): readonly Netns[] {
    return [...this.spaces.values()]
  }

  /** A locally administered MAC address from the dice. */
  newMac(): string {
    const bytes = [MAC_LOCAL | (this.dice.int(64) << 2), ...Array.from({ length: 5 }, () => this.dice.int(256))]
    return bytes.map((b) => b.toString(16).padStart(2, '0')).join(':')
  }

  /** A veth pair with both ends up; each end may live anywhere. */
  addVeth(
    a: Netns,
    nameA: string,
    b: Netns,
    nameB: string,
    options: { readonly mtu?: number; readonly a?: Partial<Link>; readonly b?: Partial<Link> } = {},
  ): void {
    const common = { kind: 'veth', mtu: options.mtu ?? 1500, up: true, addresses: [], qlen: 1000 } as const
    const first = a.addLink({ ...common, name: nameA, mac: this.newMac(), ...options.a })
    const second = b.addLink({
      ...common,
      name: nameB,
      mac: this.newMac(),
      ...options.b,
      peer: { netns: a.id, index: first.index },
    })
    a.updateLink(nameA, { peer: { netns: b.id, index: second.index } })
  }

  /** A device on a LAN segment: every device of that name hears the others. */
  addEthernet(ns: Netns, name: string, segment: string, options: Partial<Link> = {}): void {
    ns.addLink({ name, kind: 'ether', mac: this.newMac(), mtu: 1500, up: true, addresses: [], qlen: 1000, ...options, segment })
  }

  // -- programs --------------------------------------------------------------------------------------------------------

  registerProgram(program: Program): void {
    this.programs.set(program.name, program)
  }

  registerDeviceProgram(program: DeviceProgram): void {
    this.devicePrograms.set(program.name, program)
  }

  program(name: string): Program | undefined {
    return this.programs.get(name)
  }

  // -- what was seen ---------------------------------------------------------------------------------------------------

  /** The last connection attempts of the whole network, oldest first. */
  connections(): readonly ConnectionRecord[] {
    return this.flows.list()
  }

  sawMark(flow: number, mark: number): void {
    this.flows.mark(flow, mark)
  }

  traceOf(frame: Frame): Trace | undefined {
    return frame.nr === undefined ? undefined : this.walk
  }

  accepted(ns: Netns, socket: Socket): void {
    const record = socket.flow === undefined ? undefined : this.flows.get(socket.flow)
    if (record === undefined || record.backend !== undefined) return
    this.flows.update(record.id, {
      backend: { address: socket.local, port: socket.lport, netns: ns.id },
      sourceSeen: { address: socket.remote, port: socket.rport },
      snat: socket.remote !== record.from.address || socket.rport !== record.from.port,
      result: 'connected',
    })
  }

  // -- moving packets --------------------------------------------------------------------------------------------------

  /** Runs `act`, and then whatever it put on the wires, until all is quiet. */
  run<T>(act: () => T): T {
    this.depth++
    try {
      const result = act()
      if (this.depth === 1) this.drain()
      return result
    } finally {
      this.depth--
    }
  }

  private drain(): void {
    let moved = 0
    while (this.queue.length > 0 || this.waiting.length > 0) {
      const batch = this.queue
      this.queue = []
      for (const item of batch) {
        if (moved++ > 1_000_000) invariant(false, 'packets go round and round')
        if (this.spaces.get(item.ns.id) === item.ns) this.arrive(item)
      }
      if (this.queue.length > 0) continue
      const sockets = this.waiting
      this.waiting = []
      for (const [owner, s] of sockets) if (s.proto === 'tcp') armTimers(this.stackOf(owner), s)
    }
  }

  later(ns: Netns, socket: Socket): void {
    this.waiting.push([ns, socket])
    if (this.depth === 0) this.run(() => {})
  }

  private arrive({ ns, link, frame, passed }: OnWire): void {
    const now = ns.linkByIndex(link.index)
    if (now?.up !== true) {
      this.lost(ns, frame, 'device.down', { dev: link.name })
      return
    }
    if (this.taps.active) showArrival(this.taps, passed, { ns, link: now }, frame)
    if (now.ingress !== undefined && this.devicePrograms.get(now.ingress)?.ingress?.(ns, now, frame, this)) return
    this.stackOf(ns).receive(now, frame)
  }

  inject(ns: Netns, device: string, frame: Frame): void {
    const link = ns.link(device)
    if (link?.up) this.queue.push({ ns, link, frame })
    else this.lost(ns, frame, 'device.down', { dev: device })
    if (this.depth === 0) this.run(() => {})
  }

  carrier(ns: Netns, link: Link): boolean {
    if (link.peer === undefined) return link.up
    const peer = this.spaces.get(link.peer.netns)?.linkByIndex(link.peer.index)
    return link.up && peer?.up === true && ns !== undefined
  }

  /** Some device, address or sysctl changed somewhere: who answers ARP for what is asked anew. */
  changed(): void {
    this.arp.forget()
  }

  transmit(ns: Netns, link: Link, frame: Frame, nexthop: string): void {
    if (link.kind === 'loopback') {
      frame.srcMac = frame.dstMac = link.mac
      // Its socket is forgotten (loopback_xmit: skb_orphan), and as the route stays no early demux finds another (ip_rcv_finish_core).
      frame.uid = frame.gid = undefined
      this.traceOf(frame)?.note(ns.id, frame, 'device', 'device.loopback', {}, { device: link.name })
      this.enqueue({ ns, link, frame })
      return
    }
    if (!link.up) {
      this.lost(ns, frame, 'device.down', { dev: link.name })
      return
    }
    if (link.egress !== undefined && this.devicePrograms.get(link.egress)?.egress?.(ns, link, frame, this)) return
    if (nexthop === '255.255.255.255' || ns.isBroadcast(nexthop)) {
      this.broadcast(ns, link, frame)
      return
    }
    const known = ns.neighbour(link.name, nexthop)
    const owner = this.arp.ownerOf(ns, link, nexthop)
    if (known?.state === 'PERMANENT' && known.mac !== owner?.link.mac) {
      this.lost(ns, frame, 'device.mac', { nexthop })
      return
    }
    if (owner === undefined) {
      this.arp.wait(ns, link, frame, nexthop)
      return
    }
    this.arp.heard(ns, link, frame, nexthop, known, owner)
    this.cross({ ns, link }, owner, frame, owner.link.mac)
  }

  /** A frame goes from one device to another, with the Ethernet header it then has. */
  private cross(from: Attached, to: Attached, frame: Frame, dstMac: string): void {
    const trace = this.traceOf(frame)
    if (trace !== undefined) noteCrossing(trace, from.ns, from.link.name, to.ns, to.link.name, frame)
    const fresh = dstMac === BROADCAST ? crossed(frame, from.ns === to.ns) : scrub(frame, from.ns === to.ns)
    fresh.srcMac = from.link.mac
    fresh.dstMac = dstMac
    const passed = this.taps.active ? showLeaving(this.taps, this.spaces, from, to, fresh) : undefined
    this.enqueue({ ns: to.ns, link: to.link, frame: fresh, passed })
  }

  private enqueue(item: OnWire): void {
    this.queue.push(item)
    if (this.depth === 0) this.run(() => {})
  }

  private lost(ns: Netns, frame: Frame, code: 'device.down' | 'device.mac', values: Values): void {
    this.traceOf(frame)?.over(ns.id, frame, 'dropped', code, values)
  }

  private broadcast(ns: Netns, link: Link, frame: Frame): void {
    for (const end of endsOf(this.spaces, ns, link)) this.cross({ ns, link }, end, frame, BROADCAST)
  }

  private onTimeWait(args: Json): void {
    const { netns } = args as { netns: string }
    const ns = this.spaces.get(netns)
    if (ns === undefined) return
    const { over, next } = ns.sockets.lingered(this.clock.now)
    for (const id of over) {
      const s = ns.sockets.get(id)
      if (s?.proto === 'tcp' && s.state === 'TIME_WAIT') tcpFail(this.stackOf(ns), s, 'EPIPE')
    }
    if (next !== undefined) this.clock.schedule('net.tcp.timewait', next - this.clock.now, { netns })
  }

  private onSocket(args: Json, act: (host: IpStack, s: TcpSocket) => void): void {
    const { netns, socket } = args as { netns: string; socket: number }
    const ns = this.spaces.get(netns)
    const s = ns?.sockets.get(socket)
    if (ns !== undefined && s?.proto === 'tcp') this.run(() => act(this.stackOf(ns), s))
  }

  stackOf(ns: Netns): IpStack {
    const stack = this.stacks.get(ns.id)
    invariant(stack !== undefined, `no stack for ${ns.id}`)
    return stack
  }

  // -- state -----------------------------------------------------------------------------------------------------------

  save(): Json {
    return {
      spaces: [...this.spaces.values()].map((ns) => [ns.id, ns.save()]),
      flows: this.flows.save(),
      walks: this.walk.save(),
    } as unknown as Json
  }

  load(state: Json): void {
    const saved = state as unknown as { spaces: [string, Json][]; flows: Json; walks: Json }
    const wanted = new Set(saved.spaces.map(([id]) => id))
    for (const id of [...this.spaces.keys()]) {
      if (wanted.has(id)) continue
      this.spaces.delete(id)
      this.stacks.delete(id)
    }
    // Namespaces that exist on both sides keep their identity: machines hold on to them.
    for (const [id, state] of saved.spaces) (this.spaces.get(id) ?? this.adopt(id)).load(state)
    this.flows.load(saved.flows)
    this.walk.load(saved.walks)
    this.queue = []
    this.waiting = []
  }
}
