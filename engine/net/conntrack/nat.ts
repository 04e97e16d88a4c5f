import { ipFromBigInt, ipToBigInt } from '../../base/ip.ts'
import type { Dice } from '../../clock/dice.ts'
import type { NatRequest } from '../netfilter/env.ts'
import { type Packet, PROTO, type Tuple } from '../packet.ts'
import type { Frame } from '../path/frame.ts'
import { type CtEntry, invertTuple } from './entry.ts'
import type { ConntrackTable } from './table.ts'
import { isIcmpError, sameTuple } from './track.ts'

export type Manip = 'src' | 'dst'

/**
 * Gives a flow its translation of one kind (nf_nat_setup_info). Without a request: a null binding, which keeps the address
 * and moves the source port only where another flow holds the tuple already.
 */
export function setupNat(entry: CtEntry, manip: Manip, request: NatRequest | undefined, table: ConntrackTable, dice: Dice): void {
  const current = invertTuple(entry.reply)
  const wanted = uniqueTuple(current, entry, manip, request, table, dice)
  if (!sameTuple(wanted, current)) {
    entry.reply = invertTuple(wanted)
    if (manip === 'src') entry.snat = true
    else entry.dnat = true
  }
  if (manip === 'src') entry.srcDone = true
  else entry.dstDone = true
}

/** A tuple in the asked range whose answer no other flow expects (get_unique_tuple). */
function uniqueTuple(
  from: Tuple,
  entry: CtEntry,
  manip: Manip,
  request: NatRequest | undefined,
  table: ConntrackTable,
  dice: Dice,
): Tuple {
  const free = (t: Tuple) => !table.used(invertTuple(t), entry)
  const all = request?.randomFully === true || request?.random === true
  const tuple = withAddress(from, manip, pickAddress(from, manip, request, dice))
  const hasPorts = tuple.proto === PROTO.tcp || tuple.proto === PROTO.udp || tuple.proto === PROTO.sctp
  const echo = tuple.proto === PROTO.icmp || tuple.proto === PROTO.icmpv6
  const port = manip === 'src' || echo ? tuple.sport : tuple.dport
  const { minPort, maxPort } = request ?? {}
  if (!all) {
    if (minPort !== undefined) {
      const max = maxPort ?? minPort
      if (port >= minPort && port <= max && (minPort === max || free(tuple))) return tuple
      if (minPort === max) return withPort(tuple, manip, minPort)
    } else if (free(tuple)) return tuple
  }
  if (!hasPorts && !echo) return tuple
  // nf_nat_l4proto_unique_tuple: a destination port changes only when asked to; source ports stay in their class.
  if (minPort === undefined && manip === 'dst') return tuple
  let min = minPort ?? 1024
  let max = maxPort ?? minPort ?? 65535
  if (minPort === undefined) {
    if (echo) [min, max] = [0, 65535]
    else if (port < 512) [min, max] = [1, 511]
    else if (port < 1024) [min, max] = [600, 1023]
  }
  const size = max - min + 1
  const offset = dice.int(size)
  for (let i = 0; i < Math.min(size, 128 * 16); i++) {
    const candidate = withPort(tuple, manip, min + ((offset + i) % size))
    if (free(candidate)) return candidate
  }
  return tuple
}

function pickAddress(from: Tuple, manip: Manip, request: NatRequest | undefined, dice: Dice): string {
  const now = manip === 'src' ? from.src : from.dst
  const min = request?.minAddress
  if (min === undefined) return now
  const max = request?.maxAddress ?? min
  if (min === max) return min
  const low = ipToBigInt(min)
  const span = Number(ipToBigInt(max) - low) + 1
  if (request?.randomFully || request?.random) return ipFromBigInt(low + BigInt(dice.int(span)), min.includes(':') ? 6 : 4)
  // find_best_ips_proto: a hash of both addresses (of the source alone with --persistent), so one client keeps one address.
  let h = 0x811c9dc5
  for (const ch of request?.persistent ? from.src : `${from.src}>${from.dst}`) h = Math.imul(h ^ ch.charCodeAt(0), 0x01000193)
  return ipFromBigInt(low + BigInt((h >>> 0) % span), min.includes(':') ? 6 : 4)
}

function withAddress(t: Tuple, manip: Manip, address: string): Tuple {
  return manip === 'src' ? { ...t, src: address } : { ...t, dst: address }
}

function withPort(t: Tuple, manip: Manip, port: number): Tuple {
  if (t.proto === PROTO.icmp || t.proto === PROTO.icmpv6) return { ...t, sport: port }
  return manip === 'src' ? { ...t, sport: port } : { ...t, dport: port }
}

/** Rewrites a packet of a translated flow at one hook (nf_nat_packet, nf_nat_icmp_reply_translation). */
export function applyNat(frame: Frame, manip: Manip): void {
  const entry = frame.entry
  if (entry === undefined) return
  const reply = frame.ctDir === 'reply'
  const touches = (manip === 'src') !== reply ? entry.snat : entry.dnat
  if (!touches) return
  const target = invertTuple(reply ? entry.original : entry.reply)
  const packet = frame.packet
  if (isIcmpError(packet)) {
    const icmp = packet.icmp
    const inner = icmp?.inner
    const outer = manip === 'src' ? { ...packet, src: target.src } : { ...packet, dst: target.dst }
    frame.packet =
      icmp === undefined || inner === undefined
        ? outer
        : { ...outer, icmp: { ...icmp, inner: rewrite(inner, manip === 'src' ? 'dst' : 'src', invertTuple(target)) } }
    return
  }
  frame.packet = rewrite(packet, manip, target)
}

function rewrite(packet: Packet, manip: Manip, target: Tuple): Packet {
  if (packet.icmp !== undefined) {
    const icmp = { ...packet.icmp, id: target.sport }
    return manip === 'src' ? { ...packet, src: target.src, icmp } : { ...packet, dst: target.dst, icmp }
  }
  if (packet.sport === undefined) return manip === 'src' ? { ...packet, src: target.src } : { ...packet, dst: target.dst }
  return manip === 'src'
    ? { ...packet, src: target.src, sport: target.sport }
    : { ...packet, dst: target.dst, dport: target.dport }
}
