import type { SocketHost } from './host.ts'
import { resend, sendAck, tcpFail } from './tcp.ts'
import type { TcpSocket } from './types.ts'

/** tcp_delack_min, and the first timeouts of a SYN (RFC 6298) and of data. */
const DELAYED_ACK_MS = 40
const SYN_TIMEOUT_MS = 1000
const DATA_TIMEOUT_MS = 200
const MAX_TIMEOUT_MS = 120_000

/** Sets the timers that a socket needs once no packet is on its way any more. */
export function armTimers(host: SocketHost, s: TcpSocket): void {
  if (s.state === 'CLOSED') return
  if (s.unacked.length > 0 && s.rtoAt === undefined) {
    const syn = s.unacked[0]?.syn === true
    s.rtoAt = host.clock.now + Math.min((syn ? SYN_TIMEOUT_MS : DATA_TIMEOUT_MS) * 2 ** s.retries, MAX_TIMEOUT_MS)
  }
  if (s.rtoAt !== undefined && s.rtoTask !== true) {
    s.rtoTask = true
    host.clock.schedule('net.tcp.rto', s.rtoAt - host.clock.now, { netns: host.id, socket: s.id })
  }
  if (!s.ackDue) s.ackAt = undefined
  else s.ackAt ??= host.clock.now + DELAYED_ACK_MS
  if (s.ackAt !== undefined && s.ackTask !== true) {
    s.ackTask = true
    host.clock.schedule('net.tcp.ack', s.ackAt - host.clock.now, { netns: host.id, socket: s.id })
  }
}

/** The retransmission timer's task: too early where the timer was set anew meanwhile. */
export function retransmit(host: SocketHost, s: TcpSocket): void {
  s.rtoTask = false
  if (s.unacked.length === 0 || s.state === 'CLOSED') return
  if (s.rtoAt === undefined || s.rtoAt > host.clock.now) {
    host.later(s)
    return
  }
  s.rtoAt = undefined
  const limit =
    s.state === 'SYN_SENT'
      ? host.sysctl('net.ipv4.tcp_syn_retries')
      : s.state === 'SYN_RECV'
        ? 5
        : host.sysctl('net.ipv4.tcp_retries2')
  if (s.retries >= limit) {
    tcpFail(host, s, 'ETIMEDOUT')
    return
  }
  s.retries++
  resend(host, s)
  host.later(s)
}

/** The delayed acknowledgement's task. */
export function acknowledgeLate(host: SocketHost, s: TcpSocket): void {
  s.ackTask = false
  if (!s.ackDue || s.state === 'CLOSED') return
  if (s.ackAt !== undefined && s.ackAt > host.clock.now) {
    host.later(s)
    return
  }
  s.ackAt = undefined
  sendAck(host, s)
}
