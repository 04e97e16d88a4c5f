import type { IpFamily } from '../../base/ip.ts'
import type { Json } from '../../base/json.ts'

export type Errno =
  | 'ECONNREFUSED'
  | 'ECONNRESET'
  | 'EHOSTUNREACH'
  | 'ENETUNREACH'
  | 'ETIMEDOUT'
  | 'EPERM'
  | 'EACCES'
  | 'EINVAL'
  | 'EADDRINUSE'
  | 'EADDRNOTAVAIL'
  | 'ENOPROTOOPT'
  | 'EMSGSIZE'
  | 'ENODEV'
  | 'EPIPE'

/** What strerror(3) says. */
export const STRERROR: Readonly<Record<Errno, string>> = {
  ECONNREFUSED: 'Connection refused',
  ECONNRESET: 'Connection reset by peer',
  EHOSTUNREACH: 'No route to host',
  ENETUNREACH: 'Network is unreachable',
  ETIMEDOUT: 'Connection timed out',
  EPERM: 'Operation not permitted',
  EACCES: 'Permission denied',
  EINVAL: 'Invalid argument',
  EADDRINUSE: 'Address already in use',
  EADDRNOTAVAIL: 'Cannot assign requested address',
  ENOPROTOOPT: 'Protocol not available',
  EMSGSIZE: 'Message too long',
  ENODEV: 'No such device',
  EPIPE: 'Broken pipe',
}

/** Who holds a socket, for `ss -p` and `netstat -p`. */
export interface SocketOwner {
  readonly comm: string
  readonly pid: number
  readonly fd: number
}

/** The owner of what the kernel itself sends: a RST without a socket, an ICMP error (skb->sk is null). */
export const NO_OWNER = -1

export type TcpState =
  | 'LISTEN'
  | 'SYN_SENT'
  | 'SYN_RECV'
  | 'ESTABLISHED'
  | 'FIN_WAIT1'
  | 'FIN_WAIT2'
  | 'CLOSE_WAIT'
  | 'LAST_ACK'
  | 'CLOSING'
  | 'TIME_WAIT'
  | 'CLOSED'

interface SocketBase {
  readonly id: number
  readonly family: IpFamily
  /** "0.0.0.0" or "::" (which takes IPv4 too unless `v6only`) where bound to no address. */
  local: string
  lport: number
  remote: string
  rport: number
  readonly uid: number
  readonly inode: number
  readonly owner?: SocketOwner
  /** The program that serves it, by name, and its state. A socket without one belongs to a running command. */
  readonly program?: string
  app: Json
  readonly v6only?: boolean
  readonly device?: string
  errno?: Errno
  /** The connection attempt it belongs to. */
  flow?: number
}

/** A segment that was sent and not yet acknowledged. */
export interface Unacked {
  readonly seq: number
  readonly payload: string
  readonly syn?: boolean
  readonly fin?: boolean
}

export interface TcpSocket extends SocketBase {
  readonly proto: 'tcp'
  state: TcpState
  sndNxt: number
  sndUna: number
  rcvNxt: number
  unacked: readonly Unacked[]
  retries: number
  /** When the oldest unacknowledged segment goes again, and when an owed acknowledgement is due; undefined: timer off. */
  rtoAt?: number | undefined
  ackAt?: number | undefined
  /** Whether a clock task is under way that will look at them. A stopped timer leaves its task be: it finds nothing to do. */
  rtoTask?: boolean
  ackTask?: boolean
  /** An acknowledgement is owed and waits for data to ride on. */
  ackDue: boolean
  /** Interactive mode: acknowledgements are delayed (inet_csk_in_pingpong_mode). */
  pingpong: boolean
  /** Data came in since we last sent some. */
  heard: boolean
  received: string
  /** The peer has sent its FIN. */
  eof: boolean
  /** The owner has closed it: what still comes in is answered with RST. */
  orphan: boolean
  /** Whether the other side ever answered. */
  connected: boolean
  mss: number
  /** The next IP identification (inet_id), and the peer's newest timestamp (ts_recent). */
  ipId?: number
  tsRecent?: number
  readonly backlog?: number
  /** While half open: the listener that it came in by. */
  parent?: number
}

export interface Datagram {
  readonly from: string
  readonly fport: number
  readonly to: string
  readonly data: string
}

/** An ICMP error that reached a socket (IP_RECVERR). */
export interface IcmpNotice {
  readonly from: string
  readonly type: number
  readonly code: number
  readonly seq?: number
  readonly dport?: number
  readonly at: number
}

export interface UdpSocket extends SocketBase {
  readonly proto: 'udp'
  connected: boolean
  ipId?: number
  /** IP_RECVERR: every ICMP error is reported, not only the hard ones. */
  recverr?: boolean
  queue: readonly Datagram[]
  errors: readonly IcmpNotice[]
}

export interface EchoReply {
  readonly from: string
  readonly seq: number
  readonly ttl: number
  readonly length: number
  readonly at: number
}

/** ping's socket: lport is the echo identifier. */
export interface IcmpSocket extends SocketBase {
  readonly proto: 'icmp'
  replies: readonly EchoReply[]
  errors: readonly IcmpNotice[]
}

export type Socket = TcpSocket | UdpSocket | IcmpSocket
