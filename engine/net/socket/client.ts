import { ipFamily } from '../../base/ip.ts'
import type { Json } from '../../base/json.ts'
import { type Flows, type Origin, resultOf } from '../flows.ts'
import { icmpPacket } from '../path/build.ts'
import type { IpStack } from '../path/stack.ts'
import type { DialOptions, ListenOptions, PingEndpoint, SocketApi, TcpConnection, TcpListener, UdpEndpoint } from './api.ts'
import { Connection, type Runner } from './connection.ts'
import { datagramSend, takeError } from './datagram.ts'
import { newTcp } from './new-tcp.ts'
import { isAny } from './table.ts'
import { startConnect, tcpClose } from './tcp.ts'
import type { Errno, IcmpSocket, Socket, SocketOwner, TcpSocket, UdpSocket } from './types.ts'

/** The socket calls of one namespace. */
export class Sockets implements SocketApi {
  private readonly host: IpStack
  private readonly flows: Flows
  private readonly run: Runner

  constructor(host: IpStack, flows: Flows, run: Runner) {
    this.host = host
    this.flows = flows
    this.run = run
  }

  connectTcp(options: DialOptions): TcpConnection | Errno {
    const ends = this.dial(options, 'tcp')
    if (typeof ends === 'string') return ends
    const flow = options.unrecorded
      ? undefined
      : this.flows.open({
          at: this.host.clock.now,
          proto: 'tcp',
          from: { netns: this.host.id, address: ends.src, port: ends.sport },
          to: { address: options.dst, port: options.port },
          ...from(options.origin),
        })
    const s = newTcp(this.host, {
      family: ipFamily(options.dst) ?? 4,
      local: ends.src,
      lport: ends.sport,
      remote: options.dst,
      rport: options.port,
      uid: options.uid,
      mss: this.host.mss(options.dst),
      ...(flow === undefined ? {} : { flow }),
      ...owned(options),
    })
    this.host.sockets.add(s)
    // A SYN that netfilter drops on its way out is retransmitted like any other: connect(2) does not see EPERM.
    this.run(() => startConnect(this.host, s))
    return this.connection(s)
  }

  listenTcp(options: ListenOptions): TcpListener | Errno {
    const errno = this.mayBind('tcp', options)
    if (errno !== undefined) return errno
    const s = newTcp(this.host, { ...this.bound(options), state: 'LISTEN' })
    this.host.sockets.add(s)
    return {
      socket: s,
      accept: () => {
        const [first, ...rest] = Array.isArray(s.app) ? (s.app as number[]) : []
        if (first === undefined) return undefined
        s.app = rest
        const child = this.host.sockets.get(first)
        return child?.proto === 'tcp' ? this.connection(child) : undefined
      },
      close: () => this.run(() => tcpClose(this.host, s)),
      watch: (wake) => this.host.sockets.watch(s.id, wake),
    }
  }

  openUdp(options: Partial<DialOptions> & { readonly uid: number; readonly recverr?: boolean }): UdpEndpoint | Errno {
    const { dst, port } = options
    const connected = dst !== undefined && port !== undefined
    const ends = connected
      ? this.dial({ ...options, dst, port }, 'udp')
      : { src: options.src ?? '0.0.0.0', sport: options.sport ?? this.freePort('udp', '0.0.0.0', '', 0) }
    if (typeof ends === 'string') return ends
    return this.udp({
      ...this.datagramBase(options.uid, ends.src, ends.sport),
      ...owned(options),
      remote: connected ? dst : '',
      rport: connected ? port : 0,
      connected,
      ...(options.recverr ? { recverr: true } : {}),
      ...(connected ? { flow: this.openFlow('udp', ends, dst, port, options.origin) } : {}),
    })
  }

  listenUdp(options: ListenOptions): UdpEndpoint | Errno {
    const errno = this.mayBind('udp', options)
    if (errno !== undefined) return errno
    const { local, lport, uid, ...rest } = this.bound(options)
    return this.udp({ ...this.datagramBase(uid, local, lport), ...rest, connected: false })
  }

  openPing(options: {
    readonly uid: number
    readonly src?: string
    readonly device?: string
    readonly dst?: string
    readonly origin?: Origin
  }): PingEndpoint | Errno {
    const s: IcmpSocket = {
      ...this.datagramBase(options.uid, options.src ?? '0.0.0.0', 1 + this.host.dice.int(65_535)),
      proto: 'icmp',
      replies: [],
      errors: [],
      ...(options.device === undefined ? {} : { device: options.device }),
    }
    this.host.sockets.add(s)
    return {
      socket: s,
      send: (dst, seq, payload, ttl) => this.run(() => this.echo(s, options.origin, dst, seq, payload, ttl)),
      replies: () => {
        const all = s.replies
        s.replies = []
        if (all.length > 0 && s.flow !== undefined) this.flows.update(s.flow, { result: 'connected' })
        return all
      },
      errors: () => {
        const all = drainErrors(s)
        if (all.length > 0) this.settleEcho(s, 'unreachable')
        return all
      },
      close: () => {
        this.settleEcho(s, 'timeout')
        this.host.sockets.remove(s)
      },
      watch: (wake) => this.host.sockets.watch(s.id, wake),
    }
  }

  /** What became of echo requests that nobody has answered so far. */
  private settleEcho({ flow }: IcmpSocket, result: 'unreachable' | 'timeout'): void {
    if (flow !== undefined && this.flows.get(flow)?.result === 'pending') this.flows.update(flow, { result })
  }

  closeAll(
    which: (socket: { readonly program?: string; readonly owner?: SocketOwner; readonly lport: number }) => boolean,
  ): void {
    this.run(() => {
      for (const s of this.host.sockets.all()) {
        if (!which(s)) continue
        if (s.proto === 'tcp') tcpClose(this.host, s)
        else this.host.sockets.remove(s)
      }
    })
  }

  private connection(s: TcpSocket): TcpConnection {
    return new Connection(s, this.host, this.flows, this.run)
  }

  private udp(s: UdpSocket): UdpEndpoint {
    this.host.sockets.add(s)
    return {
      socket: s,
      send: (data, to = s.remote, port = s.rport, ttl) => this.run(() => this.sendTo(s, to, port, data, ttl)),
      receive: () => {
        const [first, ...rest] = s.queue
        s.queue = rest
        if (first !== undefined && s.flow !== undefined) this.flows.update(s.flow, { result: 'connected' })
        return first
      },
      errors: () => drainErrors(s),
      error: () => {
        const errno = takeError(s)
        if (errno !== undefined && s.flow !== undefined) this.flows.update(s.flow, { result: resultOf(errno) })
        return errno
      },
      close: () => this.host.sockets.remove(s),
      watch: (wake) => this.host.sockets.watch(s.id, wake),
    }
  }

  private sendTo(s: UdpSocket, to: string, port: number, data: string, ttl?: number): Errno | undefined {
    if (!isAny(s.local)) return datagramSend(this.host, s, to, port, data, ttl)
    const route = this.host.ns.route(to)
    if (route.kind === 'error') return route.errno
    const pending = takeError(s)
    if (pending !== undefined) return pending
    return datagramSend(this.host, { ...s, local: route.src }, to, port, data, ttl)
  }

  private echo(
    s: IcmpSocket,
    origin: Origin | undefined,
    dst: string,
    seq: number,
    payload: string,
    ttl?: number,
  ): Errno | undefined {
    const route = this.host.ns.route(dst, {
      ...(isAny(s.local) ? {} : { src: s.local }),
      ...(s.device === undefined ? {} : { oif: s.device }),
    })
    if (route.kind === 'error') return route.errno
    s.flow ??= this.openFlow('icmp', { src: route.src, sport: s.lport }, dst, 0, origin)
    const type = ipFamily(dst) === 6 ? 128 : 8
    return this.host.send(
      icmpPacket(route.src, dst, { type, code: 0, id: s.lport, seq }, payload, ttl ?? 64, 0, this.host.nextIpId()),
      s,
    )
  }

  private openFlow(
    proto: 'udp' | 'icmp',
    ends: { src: string; sport: number },
    dst: string,
    port: number,
    origin: Origin | undefined,
  ): number {
    const source = { netns: this.host.id, address: ends.src, port: ends.sport }
    return this.flows.open({ at: this.host.clock.now, proto, from: source, to: { address: dst, port }, ...from(origin) })
  }

  /** Chooses source address and port (ip_route_connect, inet_hash_connect). */
  private dial(options: DialOptions, proto: 'tcp' | 'udp'): { src: string; sport: number } | Errno {
    const { dst, port, src, device } = options
    if (src !== undefined && !this.host.ns.isLocal(src)) return 'EADDRNOTAVAIL'
    const route = this.host.ns.route(dst, {
      ...(src === undefined ? {} : { src }),
      ...(device === undefined ? {} : { oif: device }),
    })
    if (route.kind === 'error') {
      this.recordFailure(options, proto, route.errno)
      return route.errno
    }
    const sport = options.sport ?? this.freePort(proto, route.src, dst, port)
    if (this.host.sockets.connected(proto, route.src, sport, dst, port)) return 'EADDRINUSE'
    return { src: route.src, sport }
  }

  /** An attempt that no packet came of is one all the same. */
  private recordFailure(options: DialOptions, proto: 'tcp' | 'udp', errno: Errno): void {
    if (options.unrecorded) return
    const source = { netns: this.host.id, address: options.src ?? '0.0.0.0', port: options.sport ?? 0 }
    const to = { address: options.dst, port: options.port }
    const flow = this.flows.open({ at: this.host.clock.now, proto, from: source, to, ...from(options.origin) })
    this.flows.update(flow, { result: resultOf(errno) })
  }

  private freePort(proto: 'tcp' | 'udp', src: string, dst: string, port: number): number {
    const [low, high] = this.host.ns.portRange
    for (let i = 0; i < 1000; i++) {
      const candidate = low + this.host.dice.int(high - low + 1)
      if (!this.host.sockets.taken(proto, src, candidate) && !this.host.sockets.connected(proto, src, candidate, dst, port))
        return candidate
    }
    return low
  }

  private mayBind(proto: 'tcp' | 'udp', options: ListenOptions): Errno | undefined {
    const address = options.address ?? '0.0.0.0'
    if (!isAny(address) && !this.host.ns.isLocal(address)) return 'EADDRNOTAVAIL'
    if ((options.uid ?? 0) !== 0 && options.port < this.host.sysctl('net.ipv4.ip_unprivileged_port_start')) return 'EACCES'
    return this.host.sockets.taken(proto, address, options.port, options.v6only) ? 'EADDRINUSE' : undefined
  }

  private bound(options: ListenOptions) {
    const local = options.address ?? '0.0.0.0'
    return {
      family: ipFamily(local) ?? (4 as const),
      local,
      lport: options.port,
      uid: options.uid ?? 0,
      app: (options.config ?? null) as Json,
      ...(options.v6only === undefined ? {} : { v6only: options.v6only }),
      ...(options.program === undefined ? {} : { program: options.program }),
      ...owned(options),
    }
  }

  private datagramBase(uid: number, local: string, lport: number): UdpSocket {
    return {
      id: this.host.sockets.newId(),
      proto: 'udp',
      family: ipFamily(local) ?? 4,
      local,
      lport,
      remote: '',
      rport: 0,
      uid,
      inode: 10_000 + this.host.dice.int(90_000),
      app: null,
      connected: false,
      queue: [],
      errors: [],
    }
  }
}

function owned(options: { readonly owner?: SocketOwner; readonly device?: string }): Pick<Socket, 'owner' | 'device'> {
  return {
    ...(options.owner === undefined ? {} : { owner: options.owner }),
    ...(options.device === undefined ? {} : { device: options.device }),
  }
}

function from(origin: Origin | undefined): { readonly origin?: Origin } {
  return origin === undefined ? {} : { origin }
}

function drainErrors<T>(s: { errors: readonly T[] }): readonly T[] {
  const all = s.errors
  s.errors = []
  return all
}
