import { type Packet, PROTO, type Tuple } from '../packet.ts'
import { CtView, type Frame, noFlow } from '../path/frame.ts'
import { type CtEntry, invertTuple } from './entry.ts'
import type { ConntrackTable } from './table.ts'
import { type Timeouts, trackTcp } from './tcp.ts'

/** What tracking needs of its namespace. */
export interface TrackEnv {
  readonly conntrack: ConntrackTable
  readonly now: number
  readonly timeouts: Timeouts
  readonly loose: boolean
  readonly max: number
  /** "nf_conntrack: table full" and the like. */
  log(line: string): void
}

/** The tuple of a packet (nf_ct_get_tuple), or undefined where its protocol's header is missing. */
export function tupleOf(packet: Packet): Tuple | undefined {
  const { proto, src, dst } = packet
  if (packet.icmp !== undefined) {
    return { proto, src, dst, sport: packet.icmp.id ?? 0, dport: (packet.icmp.type << 8) | packet.icmp.code }
  }
  return { proto, src, dst, sport: packet.sport ?? 0, dport: packet.dport ?? 0 }
}

const ICMP_REQUESTS = new Set([8, 13, 15, 17])

export function isIcmpError(packet: Packet): boolean {
  const type = packet.icmp?.type
  if (type === undefined) return false
  if (packet.proto === PROTO.icmpv6) return type < 128
  return type === 3 || type === 4 || type === 5 || type === 11 || type === 12
}

/** The conntrack hook of PREROUTING and OUTPUT (nf_conntrack_in). Returns false where the packet must be dropped. */
export function trackPacket(frame: Frame, env: TrackEnv): boolean {
  const packet = frame.packet
  if (isIcmpError(packet)) {
    relate(frame, env)
    return true
  }
  for (let again = 0; again < 2; again++) {
    const outcome = resolve(frame, env)
    if (outcome !== 'repeat') return outcome
  }
  return true
}

function resolve(frame: Frame, env: TrackEnv): boolean | 'repeat' {
  const packet = frame.packet
  const tuple = tupleOf(packet)
  if (tuple === undefined) return invalid(frame, env)
  let entry = env.conntrack.find(tuple)
  const reply = entry !== undefined && !sameTuple(entry.original, tuple)
  if (entry === undefined) {
    if (packet.proto === PROTO.icmp && !ICMP_REQUESTS.has(packet.icmp?.type ?? -1)) return invalid(frame, env)
    if (packet.proto === PROTO.icmpv6 && packet.icmp?.type !== 128) return invalid(frame, env)
    if (env.conntrack.size >= env.max) {
      env.conntrack.stats.drop++
      env.log('nf_conntrack: nf_conntrack: table full, dropping packet')
      return false
    }
    entry = env.conntrack.create(tuple)
  }
  const before = entry.tcp?.state
  const assured = entry.assured
  if (packet.proto === PROTO.tcp) {
    const outcome = trackTcp(entry, packet, reply, env.now, env.timeouts, env.loose)
    if (outcome === 'repeat') {
      env.conntrack.delete(entry)
      return 'repeat'
    }
    if (outcome === 'invalid') return invalid(frame, env)
    if (outcome === 'kill') env.conntrack.delete(entry)
  } else refresh(entry, packet, env)
  attach(frame, entry, reply, env.now)
  const index = reply ? 1 : 0
  entry.packets[index]++
  entry.bytes[index] += packet.length
  const firstReply = reply && !entry.seenReply
  if (reply) entry.seenReply = true
  if (entry.confirmed && !entry.dying && (firstReply || before !== entry.tcp?.state || assured !== entry.assured))
    env.conntrack.emit('UPDATE', entry)
  return true
}

/** Timeouts of the protocols without states: udp.c, icmp.c and generic.c of net/netfilter/nf_conntrack_proto_*. */
function refresh(entry: CtEntry, packet: Packet, env: TrackEnv): void {
  let seconds: number
  if (packet.proto === PROTO.udp) {
    entry.streamAt ??= env.now + 2000
    seconds = env.timeouts('UDP')
    if (entry.seenReply && env.now > entry.streamAt) {
      seconds = env.timeouts('UDP_STREAM')
      entry.assured = true
    }
  } else if (packet.proto === PROTO.icmp) seconds = env.timeouts('ICMP')
  else if (packet.proto === PROTO.icmpv6) seconds = env.timeouts('ICMPV6')
  else seconds = env.timeouts('GENERIC')
  entry.expires = env.now + seconds * 1000
}

/** An ICMP error belongs to the flow that its inner packet names (nf_conntrack_inet_error). */
function relate(frame: Frame, env: TrackEnv): void {
  const inner = frame.packet.icmp?.inner
  const tuple = inner === undefined ? undefined : tupleOf(inner)
  const answer = tuple === undefined ? undefined : invertTuple(tuple)
  const entry = answer === undefined ? undefined : env.conntrack.find(answer)
  if (entry === undefined || answer === undefined) {
    invalid(frame, env)
    return
  }
  frame.entry = entry
  frame.ctState = 'RELATED'
  frame.ctDir = sameTuple(entry.original, answer) ? 'original' : 'reply'
  frame.ct = new CtView(entry, 'RELATED', frame.ctDir, env.now)
}

function invalid(frame: Frame, env: TrackEnv): true {
  env.conntrack.stats.invalid++
  frame.entry = undefined
  frame.ctState = 'INVALID'
  frame.ct = noFlow('INVALID')
  return true
}

function attach(frame: Frame, entry: CtEntry, reply: boolean, now: number): void {
  frame.entry = entry
  frame.ctDir = reply ? 'reply' : 'original'
  frame.ctState = reply || entry.seenReply ? 'ESTABLISHED' : 'NEW'
  frame.ct = new CtView(entry, frame.ctState, frame.ctDir, now)
}

export function sameTuple(a: Tuple, b: Tuple): boolean {
  return a.src === b.src && a.dst === b.dst && a.sport === b.sport && a.dport === b.dport && a.proto === b.proto
}
