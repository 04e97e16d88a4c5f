import { isIcmpError } from '../conntrack/track.ts'
import { type Packet, PROTO } from '../packet.ts'
import { icmpPacket, udpPacket } from '../path/build.ts'
import { errnoOfIcmp, isHardError } from '../path/icmp-errors.ts'
import type { SocketHost } from './host.ts'
import { tcpFail } from './tcp.ts'
import { type Errno, type IcmpNotice, NO_OWNER, type UdpSocket } from './types.ts'

/** A datagram for this host; false where nobody listens (the caller answers "port unreachable"). */
export function datagramReceive(host: SocketHost, packet: Packet, device: string | undefined, flow: number | undefined): boolean {
  const s = host.sockets.find('udp', packet.dst, packet.dport ?? 0, packet.src, packet.sport ?? 0, device)
  if (s === undefined || s.proto !== 'udp') return false
  if (s.program === undefined) {
    s.queue = [...s.queue, { from: packet.src, fport: packet.sport ?? 0, to: packet.dst, data: packet.payload }]
    host.sockets.notify(s.id)
    return true
  }
  host.accepted({
    ...s,
    local: packet.dst,
    remote: packet.src,
    rport: packet.sport ?? 0,
    ...(flow === undefined ? {} : { flow }),
  })
  const answers = host
    .program(s.program)
    ?.datagram?.(packet.payload, { address: packet.src, port: packet.sport ?? 0 }, host.context(s))
  const ends = { src: packet.dst, dst: packet.src, sport: packet.dport ?? 0, dport: packet.sport ?? 0 }
  for (const data of answers ?? []) host.send(udpPacket(ends, data), { uid: s.uid, ...(flow === undefined ? {} : { flow }) })
  return true
}

/** Sends a datagram; reports (and clears) an error that came in before, as the kernel does. */
export function datagramSend(
  host: SocketHost,
  s: UdpSocket,
  to: string,
  port: number,
  data: string,
  ttl = 64,
): Errno | undefined {
  const pending = takeError(s)
  if (pending !== undefined) return pending
  // Only a connected socket numbers what it sends with DF set (ip_select_ident).
  const id = s.connected ? (s.ipId ?? s.inode * 40_503) & 0xffff : 0
  if (s.connected) s.ipId = id + 1
  return host.send(udpPacket({ src: s.local, dst: to, sport: s.lport, dport: port }, data, ttl, id), s)
}

/** SO_ERROR: read once. */
export function takeError(s: { errno?: Errno }): Errno | undefined {
  const errno = s.errno
  delete s.errno
  return errno
}

/** An ICMP message for this host (icmp_rcv). */
export function icmpReceive(host: SocketHost, packet: Packet, flow: number | undefined): void {
  const icmp = packet.icmp
  if (icmp === undefined) return
  if (isIcmpError(packet)) {
    errorReceive(host, packet)
    return
  }
  const request = packet.proto === PROTO.icmp ? 8 : 128
  if (icmp.type === request) {
    if (packet.proto === PROTO.icmp && host.sysctl('net.ipv4.icmp_echo_ignore_all') !== 0) return
    const answer = { ...icmp, type: request === 8 ? 0 : 129 }
    const reply = icmpPacket(packet.dst, packet.src, answer, packet.payload, 64, packet.tos & 0xfc, host.nextIpId())
    host.send(reply, { uid: NO_OWNER, ...(flow === undefined ? {} : { flow }) })
    return
  }
  if (icmp.type !== 0 && icmp.type !== 129) return
  for (const s of host.sockets.all()) {
    if (s.proto !== 'icmp' || s.lport !== icmp.id) continue
    const reply = { from: packet.src, seq: icmp.seq ?? 0, ttl: packet.ttl, length: packet.payload.length + 8, at: host.clock.now }
    s.replies = [...s.replies, reply]
    host.sockets.notify(s.id)
  }
}

/** An ICMP error goes to the socket that sent the packet it quotes (tcp_v4_err, udp_err, ping_err). */
function errorReceive(host: SocketHost, packet: Packet): void {
  const inner = packet.icmp?.inner
  if (inner === undefined) return
  const notice: IcmpNotice = {
    from: packet.src,
    type: packet.icmp?.type ?? 3,
    code: packet.icmp?.code ?? 0,
    at: host.clock.now,
    ...(inner.icmp?.seq === undefined ? {} : { seq: inner.icmp.seq }),
    ...(inner.dport === undefined ? {} : { dport: inner.dport }),
  }
  if (inner.proto === PROTO.icmp || inner.proto === PROTO.icmpv6) {
    for (const s of host.sockets.all()) {
      if (s.proto !== 'icmp' || s.lport !== inner.icmp?.id) continue
      s.errors = [...s.errors, notice]
      host.sockets.notify(s.id)
    }
    return
  }
  const proto = inner.proto === PROTO.tcp ? 'tcp' : inner.proto === PROTO.udp ? 'udp' : undefined
  if (proto === undefined) return
  const s = host.sockets.find(proto, inner.src, inner.sport ?? 0, inner.dst, inner.dport ?? 0)
  if (s === undefined) return
  const errno = errnoOfIcmp(packet)
  if (s.proto === 'tcp') {
    if (s.state === 'SYN_SENT' && packet.icmp?.type !== 11) tcpFail(host, s, errno)
  } else if (s.proto === 'udp') {
    s.errors = [...s.errors, notice]
    if (s.connected && (s.recverr === true || isHardError(packet))) s.errno = errno
    host.sockets.notify(s.id)
  }
}
