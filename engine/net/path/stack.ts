import type { Json } from '../../base/json.ts'
import type { Clock } from '../../clock/clock.ts'
import type { Dice } from '../../clock/dice.ts'
import type { RouteResult } from '../fib.ts'
import type { Link } from '../link.ts'
import type { HookName } from '../netfilter/env.ts'
import type { Netns } from '../netns.ts'
import { type Packet, PROTO } from '../packet.ts'
import { datagramReceive, icmpReceive } from '../socket/datagram.ts'
import type { SocketHost } from '../socket/host.ts'
import type { Program, ProgramContext } from '../socket/program.ts'
import type { SocketTable } from '../socket/table.ts'
import { tcpReceive } from '../socket/tcp.ts'
import { type Errno, NO_OWNER, type Socket } from '../socket/types.ts'
import type { TraceSink } from '../trace.ts'
import { noteDelivered, noteForward, noteMartian, noteNoRoute, noteRoute } from '../walk-path.ts'
import { CtView, type Frame, newFrame, noFlow } from './frame.ts'
import { type HookResult, Hooks } from './hooks.ts'
import { setDuplicator } from './host-view.ts'
import { ICMP_ERROR, icmpError, rejectPacket } from './icmp-errors.ts'

/** What a stack needs of the network it is plugged into. */
export interface StackPort {
  readonly walk: TraceSink
  program(name: string): Program | undefined
  later(ns: Netns, socket: Socket): void
  accepted(ns: Netns, socket: Socket): void
  /** A connection's packet carries this mark at some hook (for the connection's record). */
  sawMark(flow: number, mark: number): void
}

/** Where a program runs, asked only as far as it looks. */
class Context implements ProgramContext {
  private readonly stack: IpStack
  private readonly socket: Socket

  constructor(stack: IpStack, socket: Socket) {
    this.stack = stack
    this.socket = socket
  }

  get netns(): string {
    return this.stack.id
  }
  get now(): number {
    return this.stack.clock.now
  }
  get dice(): Dice {
    return this.stack.dice
  }
  get config(): Json {
    const { proto, local, lport } = this.socket
    return this.stack.sockets.find(proto, local, lport, '', 0)?.app ?? null
  }
}

/** The IP layer of one namespace: ip_output, ip_input and ip_forward with their hooks in the kernel's order. */
export class IpStack implements SocketHost {
  readonly ns: Netns
  private readonly port: StackPort
  private readonly hooks: Hooks
  private duplicating = false

  constructor(ns: Netns, port: StackPort) {
    this.ns = ns
    this.port = port
    this.hooks = new Hooks(ns)
    setDuplicator(ns, (packet, gateway, device) => this.duplicate(packet, gateway, device))
  }

  get id(): string {
    return this.ns.id
  }
  get clock(): Clock {
    return this.ns.net.clock
  }
  get dice(): Dice {
    return this.ns.net.dice
  }
  get sockets(): SocketTable {
    return this.ns.sockets
  }
  program(name: string): Program | undefined {
    return this.port.program(name)
  }
  later(socket: Socket): void {
    this.port.later(this.ns, socket)
  }
  accepted(socket: Socket): void {
    this.port.accepted(this.ns, socket)
  }
  sysctl(key: string): number {
    return this.ns.sysctlNumber(key)
  }
  nextIpId(): number {
    return this.ns.nextIpId()
  }
  mss(remote: string): number {
    const route = this.ns.lookup(remote)
    return Math.min(route.kind === 'unicast' ? route.mtu : 65535, 65535) - (remote.includes(':') ? 72 : 52)
  }
  context(socket: Socket): ProgramContext {
    return new Context(this, socket)
  }

  /** Sends a packet of this host (ip_queue_xmit, ip_send_skb): OUTPUT, then POSTROUTING, then the device. */
  send(packet: Packet, socket: Pick<Socket, 'uid' | 'flow' | 'device'>, mark = 0, answered?: Frame): Errno | undefined {
    const route = socket.device === undefined ? this.ns.lookup(packet.dst) : this.ns.route(packet.dst, { oif: socket.device })
    if (route.kind === 'error') return route.errno
    const frame = newFrame(packet, socket.flow)
    frame.mark = mark
    if (socket.uid !== NO_OWNER) {
      frame.uid = socket.uid
      frame.gid = socket.uid
    }
    this.aim(frame, route)
    if (answered !== undefined) this.attach(frame, answered)
    if (frame.flow !== undefined) this.port.walk.begin(this.ns.id, frame)
    const trace = this.traceOf(frame)
    if (trace !== undefined) noteRoute(trace, this.ns, frame, route, false)
    const result = this.hook('OUTPUT', frame, this.reroute)
    if (result.kind !== 'accept') return 'EPERM'
    return this.postrouting(frame) ? undefined : 'EPERM'
  }

  /** Sends a copy of a packet to another host, whatever its own destination; it is not tracked, nor copied again (nf_dup_ipv4). */
  private duplicate(packet: Packet, gateway: string, device: string | undefined): void {
    const route = this.ns.route(gateway, device === undefined ? {} : { oif: device })
    if (this.duplicating || route.kind !== 'unicast') return
    const frame = newFrame(packet)
    frame.ctState = 'UNTRACKED'
    frame.ct = noFlow('UNTRACKED')
    this.aim(frame, route)
    this.duplicating = true
    if (this.hook('OUTPUT', frame).kind === 'accept') this.postrouting(frame)
    this.duplicating = false
  }

  /** A packet arrives on a device (ip_rcv). */
  receive(link: Link, frame: Frame): void {
    frame.iif = link.name
    frame.oif = undefined
    const result = this.hook('PREROUTING', frame)
    if (result.kind !== 'accept') return
    if (!this.sourceValid(link, frame)) return
    const { dst } = frame.packet
    const type = this.ns.addrType(dst)
    if (type === 'LOCAL' || type === 'BROADCAST') {
      this.traceOf(frame)?.note(this.ns.id, frame, 'route', 'route.input', { dst })
      this.deliver(frame)
    } else if (type === 'MULTICAST') {
      // Nobody here joins a group, and multicast is not routed.
      this.traceOf(frame)?.over(this.ns.id, frame, 'dropped', 'drop.multicast', { dst })
    } else this.forward(frame)
  }

  /** Who keeps this packet's walk, if anybody does. */
  private traceOf(frame: Frame): TraceSink | undefined {
    return frame.nr === undefined ? undefined : this.port.walk
  }

  private readonly reroute = (frame: Frame): boolean => {
    const again = this.ns.lookup(frame.packet.dst)
    const trace = this.traceOf(frame)
    if (trace !== undefined) noteRoute(trace, this.ns, frame, again, true)
    this.aim(frame, again)
    return again.kind !== 'error'
  }

  private aim(frame: Frame, route: RouteResult): void {
    if (route.kind === 'error') return
    frame.oif = route.dev
    frame.nexthop = route.kind === 'unicast' ? route.nexthop : undefined
  }

  private hook(name: HookName, frame: Frame, reroute?: (frame: Frame) => boolean): HookResult {
    const result = this.hooks.run(name, frame, this.traceOf(frame), reroute)
    if (frame.flow !== undefined && frame.mark !== 0) this.port.sawMark(frame.flow, frame.mark)
    if (result.kind === 'reject') {
      const answer = rejectPacket(this.ns, frame.packet, result.with)
      if (answer !== undefined) this.send(answer, { uid: NO_OWNER, flow: frame.flow }, 0, frame)
    }
    return result
  }

  private postrouting(frame: Frame): boolean {
    if (this.hook('POSTROUTING', frame).kind !== 'accept') return false
    const link = this.ns.link(frame.oif ?? '')
    if (link === undefined) {
      this.traceOf(frame)?.over(this.ns.id, frame, 'dropped', 'device.gone', { dev: frame.oif ?? '' })
      return false
    }
    this.ns.net.transmit(this.ns, link, frame, frame.nexthop ?? frame.packet.dst)
    return true
  }

  /** fib_validate_source and the martian checks of ip_route_input_slow. */
  private sourceValid(link: Link, frame: Frame): boolean {
    if (link.kind === 'loopback') return true
    const { src, dst } = frame.packet
    const conf = this.ns.conf(link.name)
    const martian = (why: 'drop.localnet' | 'drop.martian' | 'drop.rpfilter') => {
      if (conf.logMartians) this.ns.log(`IPv4: martian source ${dst} from ${src}, on dev ${link.name}`)
      const trace = this.traceOf(frame)
      if (trace !== undefined) noteMartian(trace, this.ns, frame, link.name, why)
      return false
    }
    if (!conf.routeLocalnet && (src.startsWith('127.') || dst.startsWith('127.'))) return martian('drop.localnet')
    if (!conf.acceptLocal && this.ns.isLocal(src)) return martian('drop.martian')
    const mode = conf.rpFilter
    if (mode === 0 || frame.packet.family === 6) return true
    const back = this.ns.lookup(src)
    const reachable = back.kind === 'unicast' && (mode === 2 || back.dev === link.name)
    if (reachable) return true
    this.ns.count('IPReversePathFilter')
    return martian('drop.rpfilter')
  }

  /**
   * Early demux: a packet of an open connection has its socket, and so an owner, before INPUT (tcp_v4_early_demux). Listeners are not
   * looked for, and what came over lo brought its route along and is not asked about (ip_rcv_finish_core).
   */
  private demux(frame: Frame): void {
    const { proto, dst, src, dport, sport } = frame.packet
    if (proto !== PROTO.tcp || dport === undefined || sport === undefined || frame.iif === 'lo') return
    const s = this.sockets.find('tcp', dst, dport, src, sport, frame.iif)
    if (s?.proto !== 'tcp' || s.remote === '' || s.state === 'TIME_WAIT' || s.orphan) return
    if (this.sysctl('net.ipv4.ip_early_demux') === 0 || this.sysctl('net.ipv4.tcp_early_demux') === 0) return
    frame.uid = frame.gid = s.uid
  }

  private deliver(frame: Frame): void {
    this.demux(frame)
    if (this.hook('INPUT', frame).kind !== 'accept') return
    const trace = this.traceOf(frame)
    if (trace !== undefined) noteDelivered(trace, this.ns, frame)
    const { packet, flow } = frame
    if (packet.proto === PROTO.tcp) tcpReceive(this, packet, frame.iif, flow)
    else if (packet.proto === PROTO.udp) {
      if (!datagramReceive(this, packet, frame.iif, flow)) this.complain(frame, ICMP_ERROR.port)
    } else if (packet.proto === PROTO.icmp || packet.proto === PROTO.icmpv6) icmpReceive(this, packet, flow)
    else this.complain(frame, ICMP_ERROR.protocol)
  }

  private forward(frame: Frame): void {
    const { family } = frame.packet
    if (!this.ns.forwards(family)) {
      this.ns.count(family === 4 ? 'IpInAddrErrors' : 'Ip6InAddrErrors')
      this.traceOf(frame)?.over(this.ns.id, frame, 'dropped', 'drop.forward')
      return
    }
    const route = this.ns.lookup(frame.packet.dst)
    if (route.kind === 'error') {
      const trace = this.traceOf(frame)
      if (trace !== undefined) noteNoRoute(trace, this.ns, frame, route.type)
      if (route.errno === 'ENETUNREACH') this.complain(frame, ICMP_ERROR.net)
      else if (route.errno === 'EHOSTUNREACH') this.complain(frame, ICMP_ERROR.host)
      else if (route.errno === 'EACCES') this.complain(frame, ICMP_ERROR.filtered)
      return
    }
    if (route.kind !== 'unicast') return
    if (frame.packet.ttl <= 1) {
      this.traceOf(frame)?.over(this.ns.id, frame, 'expired', 'drop.ttl')
      this.complain(frame, ICMP_ERROR.ttl)
      return
    }
    const before = frame.packet
    frame.packet = { ...before, ttl: before.ttl - 1 }
    this.aim(frame, route)
    const trace = this.traceOf(frame)
    if (trace !== undefined) noteForward(trace, this.ns, frame, route, before)
    if (this.hook('FORWARD', frame).kind !== 'accept') return
    this.postrouting(frame)
  }

  /** Tells the sender by ICMP. */
  complain(frame: Frame, kind: { readonly 4: readonly [number, number]; readonly 6: readonly [number, number] }): void {
    const answer = icmpError(this.ns, frame.packet, kind[frame.packet.family])
    if (answer !== undefined) this.send(answer, { uid: NO_OWNER, flow: frame.flow }, 0, frame)
  }

  /**
   * The kernel's own answer to a packet belongs to that packet's flow (nf_conntrack_attach): without this, a flow whose first packet
   * was refused is in no table yet, and its answer would be nobody's.
   */
  private attach(frame: Frame, answered: Frame): void {
    const { entry } = answered
    if (entry === undefined) return
    frame.entry = entry
    frame.ctState = 'RELATED'
    frame.ctDir = answered.ctDir === 'original' ? 'reply' : 'original'
    frame.ct = new CtView(entry, 'RELATED', frame.ctDir, this.clock.now)
  }
}
