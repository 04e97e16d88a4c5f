import { type Packet, PROTO, type Tuple } from '../packet.ts'
import { CtView, type Frame, noFlow } from '../path/frame.ts'
import { type CtEntry, invertTuple } from './entry.ts'
import type { ConntrackTable } from './table.ts'
import { trackTcp } from './tcp.ts'
import type { TrackSettings } from './timeouts.ts'

/** What tracking needs of its namespace. */
export interface TrackEnv {
  readonly conntrack: ConntrackTable
  readonly now: number
  readonly settings: TrackSettings
  /** The table is full: the kernel's warning. */
  full(): void
}

/** The tuple of a packet (nf_ct_get_tuple). */
export function tupleOf(packet: Packet): Tuple {
  const { proto, src, dst, icmp } = packet
  if (icmp !== undefined) return { proto, src, dst, sport: icmp.id ?? 0, dport: (icmp.type << 8) | icmp.code }
  return { proto, src, dst, sport: packet.sport ?? 0, dport: packet.dport ?? 0 }
}

const ICMP_REQUESTS: ReadonlySet<number | undefined> = new Set([8, 13, 15, 17])

export function isIcmpError(packet: Packet): boolean {
  const type = packet.icmp?.type
  if (type === undefined) return false
  if (packet.proto === PROTO.icmpv6) return type < 128
  return type === 3 || type === 4 || type === 5 || type === 11 || type === 12
}

/** The conntrack hook of PREROUTING and OUTPUT (nf_conntrack_in). Returns false where the packet must be dropped. */
export function trackPacket(frame: Frame, env: TrackEnv): boolean {
  if (frame.packet.icmp !== undefined && isIcmpError(frame.packet)) {
    relate(frame, env)
    return true
  }
  const outcome = resolve(frame, env)
  return outcome === 'repeat' ? resolve(frame, env) !== false : outcome
}

/** Whether a packet of this entry goes the original way. */
function isOriginal(entry: CtEntry, packet: Packet): boolean {
  const o = entry.original
  if (o.src !== packet.src || o.dst !== packet.dst) return false
  if (packet.icmp !== undefined) return o.dport === ((packet.icmp.type << 8) | packet.icmp.code)
  return o.sport === (packet.sport ?? 0) && o.dport === (packet.dport ?? 0)
}

function resolve(frame: Frame, env: TrackEnv): boolean | 'repeat' {
  const { packet } = frame
  const { conntrack } = env
  let entry =
    packet.icmp === undefined
      ? conntrack.lookup(packet.proto, packet.src, packet.dst, packet.sport ?? 0, packet.dport ?? 0)
      : conntrack.find(tupleOf(packet))
  const dir = entry === undefined || isOriginal(entry, packet) ? 0 : 1
  if (entry === undefined) {
    if (packet.icmp !== undefined && !startsFlow(packet)) return invalid(frame, env)
    const tuple = tupleOf(packet)
    if (!conntrack.makeRoom(tuple, env.settings.max, env.settings.buckets)) {
      conntrack.stats.drop++
      env.full()
      return false
    }
    entry = conntrack.create(tuple, env.settings)
  } else entry.kept = undefined
  const before = entry.tcp?.state
  const assured = entry.assured
  if (packet.proto === PROTO.tcp) {
    const outcome = trackTcp(entry, packet, dir, env.now, env.settings)
    if (outcome === 'repeat') {
      conntrack.delete(entry)
      return 'repeat'
    }
    if (outcome === 'invalid') return invalid(frame, env)
    if (outcome === 'kill') conntrack.delete(entry)
    if (outcome !== 'ignored') account(entry, packet, dir)
  } else {
    refresh(entry, packet, env)
    account(entry, packet, dir)
  }
  const firstReply = dir === 1 && !entry.seenReply
  if (dir === 1) entry.seenReply = true
  frame.entry = entry
  frame.ctDir = dir === 1 ? 'reply' : 'original'
  frame.ctState = entry.seenReply ? 'ESTABLISHED' : 'NEW'
  frame.ct = new CtView(entry, frame.ctState, frame.ctDir, env.now)
  if (entry.confirmed && !entry.dying && (firstReply || before !== entry.tcp?.state || assured !== entry.assured))
    conntrack.emit('UPDATE', entry)
  return true
}

function startsFlow(packet: Packet): boolean {
  return packet.proto === PROTO.icmp ? ICMP_REQUESTS.has(packet.icmp?.type) : packet.icmp?.type === 128
}

function account(entry: CtEntry, packet: Packet, dir: 0 | 1): void {
  entry.packets[dir]++
  entry.bytes[dir] += packet.length
}

/** Timeouts of the protocols without states: udp.c, icmp.c and generic.c of net/netfilter/nf_conntrack_proto_*. */
function refresh(entry: CtEntry, packet: Packet, env: TrackEnv): void {
  const { timeouts } = env.settings
  let seconds: number
  if (packet.proto === PROTO.udp) {
    entry.streamAt ??= env.now + 2000
    seconds = timeouts.UDP
    if (entry.seenReply && env.now > entry.streamAt) {
      seconds = timeouts.UDP_STREAM
      entry.assured = true
    }
  } else if (packet.proto === PROTO.icmp) seconds = timeouts.ICMP
  else if (packet.proto === PROTO.icmpv6) seconds = timeouts.ICMPV6
  else seconds = timeouts.GENERIC
  entry.expires = env.now + seconds * 1000
}

/** An ICMP error belongs to the flow that its inner packet names (nf_conntrack_inet_error). */
function relate(frame: Frame, env: TrackEnv): void {
  const inner = frame.packet.icmp?.inner
  const answer = inner === undefined ? undefined : invertTuple(tupleOf(inner))
  const entry = answer === undefined ? undefined : env.conntrack.find(answer)
  if (inner === undefined || entry === undefined || answer === undefined) {
    invalid(frame, env)
    return
  }
  const original = entry.original.src === answer.src && entry.original.dst === answer.dst && entry.original.sport === answer.sport
  frame.ctDir = original ? 'original' : 'reply'
  // Sent to somebody who is not in the flow: not about it.
  if ((original ? entry.original : entry.reply).dst !== frame.packet.dst) {
    invalid(frame, env)
    return
  }
  frame.entry = entry
  frame.ctState = 'RELATED'
  frame.ct = new CtView(entry, 'RELATED', frame.ctDir, env.now)
}

function invalid(frame: Frame, env: TrackEnv): true {
  env.conntrack.stats.invalid++
  frame.entry = undefined
  frame.ctState = 'INVALID'
  frame.ct = noFlow('INVALID')
  return true
}
