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
import { type Frame, newFrame } from './frame.ts'
import { type HookResult, runHook } from './hooks.ts'
import { ICMP_ERROR, icmpError, rejectPacket } from './icmp-errors.ts'

/** What a stack needs of the network it is plugged into. */
export interface StackPort {
  readonly trace: TraceSink | undefined
  program(name: string): Program | undefined
  later(ns: Netns, socket: Socket): void
  accepted(ns: Netns, socket: Socket): void
  /** A connection's packet carries this mark at some hook (for the connection's record). */
  sawMark(flow: number, mark: number): void
}

/** The IP layer of one namespace: ip_output, ip_input and ip_forward with their hooks in the kernel's order. */
export class IpStack implements SocketHost {
  readonly ns: Netns
  private readonly port: StackPort

  constructor(ns: Netns, port: StackPort) {
    this.ns = ns
    this.port = port
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
    const route = this.ns.route(remote)
    return (route.kind === 'unicast' ? route.mtu : 65536) - (remote.includes(':') ? 72 : 52)
  }
  context(socket: Socket): ProgramContext {
    const listener = this.sockets.find(socket.proto, socket.local, socket.lport, '', 0)
    return { netns: this.ns.id, now: this.clock.now, dice: this.dice, config: listener?.app ?? null }
  }

  /** Sends a packet of this host (ip_queue_xmit, ip_send_skb): OUTPUT, then POSTROUTING, then the device. */
  send(packet: Packet, socket: Pick<Socket, 'uid' | 'flow' | 'device'>, mark = 0): Errno | undefined {
    const route = this.ns.route(packet.dst, { src: packet.src, ...(socket.device === undefined ? {} : { oif: socket.device }) })
    if (route.kind === 'error') return route.errno
    const frame = newFrame(packet, socket.flow)
    frame.mark = mark
    if (socket.uid !== NO_OWNER) {
      frame.uid = socket.uid
      frame.gid = socket.uid
    }
    this.aim(frame, route)
    const result = this.hook('OUTPUT', frame, () => {
      const again = this.ns.route(frame.packet.dst, { src: frame.packet.src })
      if (again.kind === 'error') return false
      this.aim(frame, again)
      return true
    })
    if (result.kind !== 'accept') return 'EPERM'
    return this.postrouting(frame) ? undefined : 'EPERM'
  }

  /** A packet arrives on a device (ip_rcv). */
  receive(link: Link, frame: Frame): void {
    frame.iif = link.name
    frame.oif = undefined
    const result = this.hook('PREROUTING', frame)
    if (result.kind !== 'accept') return
    const { dst } = frame.packet
    if (!this.sourceValid(link, frame)) return
    if (this.ns.isLocal(dst) || this.ns.isBroadcast(dst)) {
      this.deliver(frame)
      return
    }
    // Nobody here joins a group, and multicast is not routed.
    if (this.ns.addrType(dst) === 'MULTICAST') return
    this.forward(frame)
  }

  private aim(frame: Frame, route: RouteResult): void {
    if (route.kind === 'error') return
    frame.oif = route.dev
    frame.nexthop = route.kind === 'unicast' ? route.nexthop : undefined
  }

  private hook(name: HookName, frame: Frame, reroute?: () => boolean): HookResult {
    const result = runHook(this.ns, name, frame, this.port.trace, reroute)
    if (frame.flow !== undefined && frame.mark !== 0) this.port.sawMark(frame.flow, frame.mark)
    if (result.kind === 'reject') {
      const answer = rejectPacket(this.ns, frame.packet, result.with)
      if (answer !== undefined) this.send(answer, { uid: NO_OWNER, ...(frame.flow === undefined ? {} : { flow: frame.flow }) })
    }
    return result
  }

  private postrouting(frame: Frame): boolean {
    if (this.hook('POSTROUTING', frame).kind !== 'accept') return false
    const link = this.ns.link(frame.oif ?? '')
    if (link === undefined) return false
    this.ns.net.transmit(this.ns, link, frame, frame.nexthop ?? frame.packet.dst)
    return true
  }

  /** fib_validate_source and the martian checks of ip_route_input_slow. */
  private sourceValid(link: Link, frame: Frame): boolean {
    if (link.kind === 'loopback') return true
    const { src, dst } = frame.packet
    const martian = () => {
      if (this.ns.confMax(link.name, 'log_martians') > 0)
        this.ns.log(`IPv4: martian source ${dst} from ${src}, on dev ${link.name}`)
      this.port.trace?.note(this.ns.id, 'drop', frame, `martian source ${src}`)
      return false
    }
    const localnet = this.ns.confMax(link.name, 'route_localnet') > 0
    if (!localnet && (src.startsWith('127.') || dst.startsWith('127.'))) return martian()
    if (this.ns.isLocal(src) && this.ns.confMax(link.name, 'accept_local') === 0) return martian()
    const mode = this.ns.confMax(link.name, 'rp_filter')
    if (mode === 0 || frame.packet.family === 6) return true
    const back = this.ns.route(src)
    const reachable = back.kind === 'unicast' && (mode === 2 || back.dev === link.name)
    if (reachable) return true
    this.ns.count('IPReversePathFilter')
    return martian()
  }

  private deliver(frame: Frame): void {
    if (this.hook('INPUT', frame).kind !== 'accept') return
    this.port.trace?.note(this.ns.id, 'deliver', frame, 'local delivery')
    const { packet, flow } = frame
    if (packet.proto === PROTO.tcp) tcpReceive(this, packet, frame.iif, flow)
    else if (packet.proto === PROTO.udp) {
      if (!datagramReceive(this, packet, frame.iif, flow)) this.complain(frame, ICMP_ERROR.port)
    } else if (packet.proto === PROTO.icmp || packet.proto === PROTO.icmpv6) icmpReceive(this, packet, flow)
    else this.complain(frame, ICMP_ERROR.protocol)
  }

  private forward(frame: Frame): void {
    const family = frame.packet.family
    if (family === 4 && this.sysctl('net.ipv4.ip_forward') === 0) {
      this.ns.count('IpInAddrErrors')
      this.port.trace?.note(this.ns.id, 'drop', frame, 'net.ipv4.ip_forward is 0')
      return
    }
    const route = this.ns.route(frame.packet.dst)
    if (route.kind === 'error') {
      this.port.trace?.note(this.ns.id, 'drop', frame, `no way: ${route.type === 'none' ? 'no route' : route.type}`)
      if (route.errno === 'ENETUNREACH') this.complain(frame, ICMP_ERROR.net)
      else if (route.errno === 'EHOSTUNREACH') this.complain(frame, ICMP_ERROR.host)
      else if (route.errno === 'EACCES') this.complain(frame, ICMP_ERROR.filtered)
      return
    }
    if (route.kind !== 'unicast') return
    if (frame.packet.ttl <= 1) {
      this.complain(frame, ICMP_ERROR.ttl)
      return
    }
    frame.packet = { ...frame.packet, ttl: frame.packet.ttl - 1 }
    this.aim(frame, route)
    if (this.hook('FORWARD', frame).kind !== 'accept') return
    this.postrouting(frame)
  }

  /** Tells the sender by ICMP. */
  complain(frame: Frame, kind: { readonly 4: readonly [number, number]; readonly 6: readonly [number, number] }): void {
    const answer = icmpError(this.ns, frame.packet, kind[frame.packet.family])
    if (answer !== undefined) this.send(answer, { uid: NO_OWNER, ...(frame.flow === undefined ? {} : { flow: frame.flow }) })
  }
}
