import type { Json } from '../../base/json.ts'
import type { Packet, TcpFlags } from '../packet.ts'
import { tcpPacket } from '../path/build.ts'
import type { SocketHost } from './host.ts'
import { newTcp } from './new-tcp.ts'
import type { ProgramConnection } from './program.ts'
import { type Errno, NO_OWNER, type TcpSocket, type TcpState } from './types.ts'

const TIME_WAIT_MS = 60_000
/** A large send leaves the host as one packet of up to ten segments (generic segmentation offload). */
const BURST = 10

const NOTHING: TcpSocket['unacked'] = []

/** Serial number comparison (RFC 1982, as the kernel's before()). */
function before(a: number, b: number): boolean {
  return ((a - b) | 0) < 0
}

function add(a: number, n: number): number {
  return (a + n) >>> 0
}

function transmit(host: SocketHost, s: TcpSocket, flags: TcpFlags, seq: number, payload: string): Errno | undefined {
  const ends = { src: s.local, dst: s.remote, sport: s.lport, dport: s.rport }
  // A SYN-ACK is sent by the request socket, which counts no identifications; other segments do (ip_select_ident).
  const id = flags.syn && flags.ack ? 0 : (s.ipId ?? s.inode * 40_503) & 0xffff
  if (id !== 0) s.ipId = id + 1
  const options = {
    id,
    tsVal: host.clock.now + s.inode * 48_271,
    tsEcr: s.tsRecent ?? 0,
    mss: flags.syn ? host.mss(s.remote) + TIMESTAMP : 0,
  }
  const sender = s.orphan && !flags.fin && !flags.rst ? { uid: NO_OWNER, flow: s.flow, device: s.device } : s
  return host.send(tcpPacket(ends, flags, seq, flags.ack ? s.rcvNxt : 0, payload, options), sender)
}

/** What the timestamp option takes of every segment. */
const TIMESTAMP = 12

/** The peer's MSS bounds what we send (tcp_sync_mss); its timestamp is echoed from now on. */
function heardSyn(s: TcpSocket, packet: Packet): void {
  const announced = packet.tcp?.mss ?? 0
  if (announced > 0) s.mss = Math.min(s.mss, announced - TIMESTAMP)
  if (packet.tcp?.options) s.tsRecent = packet.tcp.tsVal
}

/** Sends something that takes sequence space, and keeps it until it is acknowledged. */
function push(host: SocketHost, s: TcpSocket, flags: TcpFlags, payload: string): Errno | undefined {
  const seq = s.sndNxt
  const sent = { seq, payload, syn: flags.syn === true, fin: flags.fin === true }
  s.unacked = s.unacked.length === 0 ? [sent] : [...s.unacked, sent]
  s.sndNxt = add(seq, payload.length + (flags.syn ? 1 : 0) + (flags.fin ? 1 : 0))
  s.ackDue = false
  host.later(s)
  return transmit(host, s, flags, seq, payload)
}

export function sendAck(host: SocketHost, s: TcpSocket): void {
  s.ackDue = false
  transmit(host, s, { ack: true }, s.sndNxt, '')
}

export function startConnect(host: SocketHost, s: TcpSocket): Errno | undefined {
  s.state = 'SYN_SENT'
  return push(host, s, { syn: true }, '')
}

/** Writes data to a connected socket. */
export function tcpSend(host: SocketHost, s: TcpSocket, data: string): Errno | undefined {
  if (s.state !== 'ESTABLISHED' && s.state !== 'CLOSE_WAIT') return s.errno ?? 'EPIPE'
  // Data in answer to data: an interactive flow (tcp_event_data_sent).
  if (s.heard) s.pingpong = true
  for (let at = 0; at < data.length; at += s.mss * BURST)
    push(host, s, { ack: true, psh: true }, data.slice(at, at + s.mss * BURST))
  return undefined
}

/** close(2): FIN, or RST where data was left unread. */
export function tcpClose(host: SocketHost, s: TcpSocket): void {
  s.orphan = true
  if (s.state === 'LISTEN' || s.state === 'SYN_SENT' || s.state === 'CLOSED') {
    finish(host, s)
    return
  }
  if (s.received !== '' && s.program === undefined && s.state !== 'TIME_WAIT') {
    tcpReset(host, s)
    return
  }
  tcpShutdown(host, s)
}

/** shutdown(SHUT_WR): our FIN, while the other direction stays open. */
export function tcpShutdown(host: SocketHost, s: TcpSocket): void {
  const next: TcpState | undefined =
    s.state === 'ESTABLISHED' || s.state === 'SYN_RECV' ? 'FIN_WAIT1' : s.state === 'CLOSE_WAIT' ? 'LAST_ACK' : undefined
  if (next === undefined) return
  s.state = next
  push(host, s, { fin: true, ack: true }, '')
}

/** An abortive close (SO_LINGER 0). */
export function tcpReset(host: SocketHost, s: TcpSocket): void {
  if (s.state !== 'TIME_WAIT') transmit(host, s, { rst: true, ack: true }, s.sndNxt, '')
  finish(host, s)
}

/** The socket is gone for the kernel; its owner may still read why. */
function finish(host: SocketHost, s: TcpSocket, errno?: Errno): void {
  s.unacked = []
  s.state = 'CLOSED'
  if (errno !== undefined) s.errno = errno
  host.sockets.remove(s)
}

export function tcpFail(host: SocketHost, s: TcpSocket, errno: Errno): void {
  finish(host, s, errno)
}

/** A segment for this host (tcp_v4_rcv). */
export function tcpReceive(host: SocketHost, packet: Packet, device: string | undefined, flow: number | undefined): void {
  const header = packet.tcp
  if (header === undefined) return
  const found = host.sockets.find('tcp', packet.dst, packet.dport ?? 0, packet.src, packet.sport ?? 0, device)
  if (found === undefined || found.proto !== 'tcp') {
    refuse(host, packet, flow)
    return
  }
  if (found.state === 'LISTEN') {
    listening(host, found, packet, flow)
    return
  }
  if (found.state === 'TIME_WAIT' && header.syn && !header.ack) {
    finish(host, found)
    tcpReceive(host, packet, device, flow)
    return
  }
  segment(host, found, packet)
}

/** No socket: RST, unless the segment is one itself (tcp_v4_send_reset). */
function refuse(host: SocketHost, packet: Packet, flow: number | undefined): void {
  const header = packet.tcp
  if (header === undefined || header.rst) return
  const ends = { src: packet.dst, dst: packet.src, sport: packet.dport ?? 0, dport: packet.sport ?? 0 }
  const end = add(header.seq, packet.payload.length + (header.syn ? 1 : 0) + (header.fin ? 1 : 0))
  const reset = header.ack
    ? tcpPacket(ends, { rst: true }, header.ackSeq, 0, '', { bare: true })
    : tcpPacket(ends, { rst: true, ack: true }, 0, end, '', { bare: true })
  host.send(reset, { uid: NO_OWNER, ...(flow === undefined ? {} : { flow }) })
}

function listening(host: SocketHost, listener: TcpSocket, packet: Packet, flow: number | undefined): void {
  const header = packet.tcp
  if (header === undefined || header.rst) return
  if (header.ack || !header.syn) {
    refuse(host, packet, flow)
    return
  }
  const child = newTcp(host, {
    family: packet.family,
    local: packet.dst,
    lport: packet.dport ?? 0,
    remote: packet.src,
    rport: packet.sport ?? 0,
    uid: listener.uid,
    state: 'SYN_RECV',
    rcvNxt: add(header.seq, 1),
    mss: host.mss(packet.src),
    app: null,
    parent: listener.id,
    ...(listener.program === undefined ? {} : { program: listener.program }),
    ...(listener.owner === undefined ? {} : { owner: listener.owner }),
    ...(flow === undefined ? {} : { flow }),
  })
  heardSyn(child, packet)
  host.sockets.add(child)
  push(host, child, { syn: true, ack: true }, '')
}

/** A connection as its program sees it. */
class Connection implements ProgramConnection {
  private readonly host: SocketHost
  private readonly socket: TcpSocket

  constructor(host: SocketHost, socket: TcpSocket) {
    this.host = host
    this.socket = socket
  }

  get id(): number {
    return this.socket.id
  }
  get local(): string {
    return this.socket.local
  }
  get lport(): number {
    return this.socket.lport
  }
  get remote(): string {
    return this.socket.remote
  }
  get rport(): number {
    return this.socket.rport
  }
  get app(): Json {
    return this.socket.app
  }
  set app(value: Json) {
    this.socket.app = value
  }
  send(data: string): void {
    tcpSend(this.host, this.socket, data)
  }
  close(): void {
    tcpClose(this.host, this.socket)
  }
  reset(): void {
    tcpReset(this.host, this.socket)
  }
}

export function connectionOf(host: SocketHost, s: TcpSocket): ProgramConnection {
  return new Connection(host, s)
}

function segment(host: SocketHost, s: TcpSocket, packet: Packet): void {
  const header = packet.tcp
  if (header === undefined) return
  if (s.state === 'SYN_SENT') {
    answered(host, s, packet)
    return
  }
  if (header.rst) {
    // Outside the window: not for us (RFC 5961).
    if (before(header.seq, s.rcvNxt)) return
    finish(host, s, s.state === 'TIME_WAIT' ? undefined : 'ECONNRESET')
    return
  }
  if (header.syn) {
    if (s.state === 'SYN_RECV') resend(host, s)
    else sendAck(host, s)
    return
  }
  if (header.options) s.tsRecent = header.tsVal
  if (header.ack) acknowledge(host, s, header.ackSeq)
  if ((s.state as TcpState) === 'CLOSED') return
  if (s.state === 'SYN_RECV') {
    s.state = 'ESTABLISHED'
    s.connected = true
    accept(host, s)
  }
  if (packet.payload !== '' || header.fin) take(host, s, packet)
}

function accept(host: SocketHost, s: TcpSocket): void {
  host.accepted(s)
  const listener = s.parent === undefined ? undefined : host.sockets.get(s.parent)
  s.parent = undefined
  if (s.program !== undefined) {
    const program = host.program(s.program)
    if (listener !== undefined) s.app = null
    program?.accept?.(connectionOf(host, s), host.context(s))
  } else if (listener !== undefined) {
    const queue = Array.isArray(listener.app) ? (listener.app as number[]) : []
    listener.app = [...queue, s.id]
    host.sockets.notify(listener.id)
  }
}

/** A segment in SYN_SENT (tcp_rcv_synsent_state_process). */
function answered(host: SocketHost, s: TcpSocket, packet: Packet): void {
  const header = packet.tcp
  if (header === undefined) return
  if (header.ack && header.ackSeq !== s.sndNxt) {
    refuse(host, packet, s.flow)
    return
  }
  if (header.rst) {
    header.ack ? finish(host, s, 'ECONNREFUSED') : undefined
    return
  }
  if (!header.syn || !header.ack) return
  heardSyn(s, packet)
  acknowledge(host, s, header.ackSeq)
  s.rcvNxt = add(header.seq, 1)
  s.state = 'ESTABLISHED'
  s.connected = true
  sendAck(host, s)
  host.sockets.notify(s.id)
}

function acknowledge(host: SocketHost, s: TcpSocket, ack: number): void {
  if (!before(s.sndUna, ack) || before(s.sndNxt, ack)) return
  s.sndUna = ack
  s.unacked =
    ack === s.sndNxt
      ? NOTHING
      : s.unacked.filter((u) => before(ack, add(u.seq, u.payload.length + (u.syn ? 1 : 0) + (u.fin ? 1 : 0))))
  s.retries = 0
  s.rtoAt = undefined
  if (s.unacked.length > 0) {
    host.later(s)
    return
  }
  if (s.state === 'FIN_WAIT1') s.state = 'FIN_WAIT2'
  else if (s.state === 'CLOSING') timeWait(host, s)
  else if (s.state === 'LAST_ACK') finish(host, s)
}

function timeWait(host: SocketHost, s: TcpSocket): void {
  s.state = 'TIME_WAIT'
  // All wait equally long, so one task a namespace is enough: for the one that has waited longest.
  if (host.sockets.linger(s, host.clock.now + TIME_WAIT_MS))
    host.clock.schedule('net.tcp.timewait', TIME_WAIT_MS, { netns: host.id })
  host.sockets.notify(s.id)
}

/** Data and FIN in order; anything else is answered with what we already have. */
function take(host: SocketHost, s: TcpSocket, packet: Packet): void {
  const header = packet.tcp
  if (header === undefined) return
  if (header.seq !== s.rcvNxt) {
    sendAck(host, s)
    return
  }
  const data = packet.payload
  if (data !== '' && s.orphan) {
    tcpReset(host, s)
    return
  }
  s.rcvNxt = add(s.rcvNxt, data.length)
  if (data !== '') {
    s.heard = true
    if (s.pingpong) owe(host, s)
    else if (!header.fin) sendAck(host, s)
  }
  if (header.fin) ended(host, s)
  const program = s.program === undefined ? undefined : host.program(s.program)
  if (program === undefined) {
    s.received += data
    host.sockets.notify(s.id)
  } else if (data !== '') program.data?.(connectionOf(host, s), data, host.context(s))
  if (header.fin && s.program !== undefined && s.state === 'CLOSE_WAIT') {
    if (program?.eof !== undefined) program.eof(connectionOf(host, s), host.context(s))
    else tcpClose(host, s)
  }
}

/** The peer's FIN (tcp_fin): in ESTABLISHED its acknowledgement waits for our own FIN, later it goes at once. */
function ended(host: SocketHost, s: TcpSocket): void {
  s.rcvNxt = add(s.rcvNxt, 1)
  s.eof = true
  if (s.state === 'ESTABLISHED') {
    s.state = 'CLOSE_WAIT'
    s.pingpong = true
    owe(host, s)
  } else if (s.state === 'FIN_WAIT1') {
    s.state = 'CLOSING'
    sendAck(host, s)
  } else if (s.state === 'FIN_WAIT2') {
    sendAck(host, s)
    timeWait(host, s)
  }
}

function owe(host: SocketHost, s: TcpSocket): void {
  s.ackDue = true
  host.later(s)
}

/** Sends the oldest unacknowledged segment again. */
export function resend(host: SocketHost, s: TcpSocket): void {
  const oldest = s.unacked[0]
  if (oldest === undefined) return
  const ack = !(oldest.syn && s.state === 'SYN_SENT')
  const flags: TcpFlags = { ...(oldest.syn ? { syn: true } : {}), ...(oldest.fin ? { fin: true } : {}), ...(ack ? { ack } : {}) }
  transmit(host, s, oldest.payload === '' ? flags : { ...flags, psh: true }, oldest.seq, oldest.payload)
}
