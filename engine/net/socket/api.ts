import type { Origin } from '../flows.ts'
import type { Datagram, EchoReply, Errno, IcmpNotice, IcmpSocket, SocketOwner, TcpSocket, UdpSocket } from './types.ts'

export interface DialOptions {
  readonly dst: string
  readonly port: number
  /** Source address and port; chosen by routing and dice where absent. */
  readonly src?: string
  readonly sport?: number
  readonly device?: string
  readonly uid: number
  readonly owner?: SocketOwner
  /** Who asked for it, for the record of the connection. */
  readonly origin?: Origin
  /** Left out of the ring of connections and their walks: a kubelet's probes would crowd everything else out of it. */
  readonly unrecorded?: boolean
}

export interface ListenOptions {
  /** "0.0.0.0" by default; "::" takes both families. */
  readonly address?: string
  /** IPV6_V6ONLY, for "::" beside a socket of "0.0.0.0". */
  readonly v6only?: boolean
  readonly port: number
  readonly uid?: number
  readonly owner?: SocketOwner
  /** The registered program that serves it, and its configuration. Without: the caller accepts by hand. */
  readonly program?: string
  readonly config?: unknown
}

/** The client's end of a TCP connection. Look at `state` after each wait. */
export interface TcpConnection {
  readonly socket: TcpSocket
  readonly state: 'connecting' | 'connected' | 'closed'
  /** Why it is closed, if it failed. */
  readonly errno: Errno | undefined
  /** Whether the peer has said that it sends no more. */
  readonly eof: boolean
  send(data: string): Errno | undefined
  /** Takes what has come in so far. */
  read(): string
  shutdown(): void
  close(): void
  reset(): void
  /** Calls `wake` at every change; returns how to stop. */
  watch(wake: () => void): () => void
}

export interface UdpEndpoint {
  readonly socket: UdpSocket
  /** Destination defaults to the connected one. */
  send(data: string, to?: string, port?: number, ttl?: number): Errno | undefined
  receive(): Datagram | undefined
  /** ICMP errors since the last call. */
  errors(): readonly IcmpNotice[]
  /** A pending error, read once (SO_ERROR). */
  error(): Errno | undefined
  close(): void
  watch(wake: () => void): () => void
}

export interface PingEndpoint {
  readonly socket: IcmpSocket
  send(dst: string, seq: number, payload: string, ttl?: number): Errno | undefined
  replies(): readonly EchoReply[]
  errors(): readonly IcmpNotice[]
  close(): void
  watch(wake: () => void): () => void
}

export interface TcpListener {
  readonly socket: TcpSocket
  /** The next connection that somebody made, for listeners without a program. */
  accept(): TcpConnection | undefined
  close(): void
  watch(wake: () => void): () => void
}

/** The socket calls of one namespace: what tools and workloads use. An errno means that nothing was opened. */
export interface SocketApi {
  connectTcp(options: DialOptions): TcpConnection | Errno
  listenTcp(options: ListenOptions): TcpListener | Errno
  /** A UDP socket; connected where `dst` is given. */
  openUdp(options: Partial<DialOptions> & { readonly uid: number; readonly recverr?: boolean }): UdpEndpoint | Errno
  listenUdp(options: ListenOptions): UdpEndpoint | Errno
  openPing(options: {
    readonly uid: number
    readonly src?: string
    readonly device?: string
    readonly dst?: string
    readonly origin?: Origin
  }): PingEndpoint | Errno
  /** Closes every socket that this program or owner holds. */
  closeAll(which: (socket: { readonly program?: string; readonly owner?: SocketOwner; readonly lport: number }) => boolean): void
}
