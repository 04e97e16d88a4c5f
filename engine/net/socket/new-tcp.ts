import type { SocketHost } from './host.ts'
import type { TcpSocket } from './types.ts'

/** A TCP socket of this host, closed unless `base` says otherwise. */
export function newTcp(
  host: SocketHost,
  base: Partial<TcpSocket> & Pick<TcpSocket, 'family' | 'local' | 'lport' | 'uid'>,
): TcpSocket {
  const iss = host.dice.u32()
  // Every field in the same order, always (see tcpPacket).
  const s: TcpSocket = {
    id: host.sockets.newId(),
    proto: 'tcp',
    family: base.family,
    state: 'CLOSED',
    local: base.local,
    lport: base.lport,
    remote: '',
    rport: 0,
    uid: base.uid,
    inode: 10_000 + host.dice.int(90_000),
    owner: undefined,
    program: undefined,
    app: null,
    v6only: undefined,
    device: undefined,
    errno: undefined,
    flow: undefined,
    sndNxt: iss,
    sndUna: iss,
    rcvNxt: 0,
    unacked: [],
    retries: 0,
    rtoAt: undefined,
    ackAt: undefined,
    rtoTask: false,
    ackTask: false,
    ackDue: false,
    pingpong: false,
    heard: false,
    received: '',
    eof: false,
    orphan: false,
    connected: false,
    mss: 1448,
    ipId: undefined,
    tsRecent: undefined,
    parent: undefined,
  }
  return Object.assign(s, base)
}
