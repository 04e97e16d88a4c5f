import type { Dice } from '../../clock/dice.ts'
import { olderThan } from '../kernel-release.ts'
import type { NatRequest } from '../netfilter/env.ts'
import { type Packet, PROTO, type Tuple } from '../packet.ts'
import type { Frame } from '../path/frame.ts'
import { type CtEntry, invertTuple, sameTuple } from './entry.ts'
import { addressInRange, bestAddress } from './nat-range.ts'
import type { ConntrackTable } from './table.ts'
import { isIcmpError } from './track.ts'

export type Manip = 'src' | 'dst'

/** How many ports are tried at most, and from how few tries left on a TIME_WAIT flow is given up for one (nf_nat_core.c). */
const MAX_ATTEMPTS = 128
const FEWEST_ATTEMPTS = 16
const HARDER_BELOW = 32
/** The release that began to give up flows for a port ("netfilter: snat: evict closing tcp entries on reply tuple collision"). */
const HARDER_SINCE = '6.5'

/** Chance, and the kernel whose ways are followed. */
export interface NatWays {
  readonly dice: Dice
  readonly kernel: string
}

/**
 * Gives a flow its translation of one kind (nf_nat_setup_info). Without a request: a null binding, which keeps the address
 * and moves the source port only where another flow holds the tuple already.
 */
export function setupNat(
  entry: CtEntry,
  manip: Manip,
  request: NatRequest | undefined,
  table: ConntrackTable,
  ways: NatWays,
): void {
  const current = invertTuple(entry.reply)
  const wanted = uniqueTuple(current, entry, manip, request, table, ways)
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
  ways: NatWays,
): Tuple {
  const free = (t: Tuple) => !table.used(invertTuple(t), entry)
  const anyPort = request?.randomFully === true || request?.random === true
  if (manip === 'src' && !anyPort) {
    // The same mapping as before for this source, where it is in the range.
    if (inRange(from, request)) {
      if (free(from)) return from
    } else {
      const known = table.translatedFrom(from)
      const reused = known === undefined ? undefined : { ...from, src: known.reply.dst, sport: known.reply.dport }
      if (reused !== undefined && inRange(reused, request) && free(reused)) return reused
    }
  }
  const tuple = withAddress(from, manip, bestAddress(from, manip, request))
  if (!anyPort) {
    const { minPort, maxPort = minPort } = request ?? {}
    if (minPort !== undefined && maxPort !== undefined) {
      const port = portOf(tuple, manip)
      if (port >= minPort && port <= maxPort && (minPort === maxPort || free(tuple))) return tuple
    } else if (free(tuple)) return tuple
  }
  return uniquePort(tuple, entry, manip, request, table, ways)
}

function inRange(tuple: Tuple, request: NatRequest | undefined): boolean {
  const { minAddress, maxAddress = minAddress, minPort, maxPort = minPort } = request ?? {}
  if (minAddress !== undefined && maxAddress !== undefined && !addressInRange(tuple.src, minAddress, maxAddress)) return false
  return minPort === undefined || maxPort === undefined || (tuple.sport >= minPort && tuple.sport <= maxPort)
}

/** Which field the translation may change: the echo id of ICMP is the same both ways. */
function portOf(tuple: Tuple, manip: Manip): number {
  return manip === 'src' || isEcho(tuple) ? tuple.sport : tuple.dport
}

function isEcho(tuple: Tuple): boolean {
  return tuple.proto === PROTO.icmp || tuple.proto === PROTO.icmpv6
}

/** Protocols whose ports nf_nat_l4proto_unique_tuple knows: tcp, udp, dccp, sctp, udplite. */
const PORTED: ReadonlySet<number> = new Set([PROTO.tcp, PROTO.udp, 33, PROTO.sctp, 136])

/** The ports that may be chosen: as asked, else of the class that the port is of already. */
function portRange(tuple: Tuple, manip: Manip, request: NatRequest | undefined): readonly [number, number] | undefined {
  const { minPort, maxPort = minPort } = request ?? {}
  if (!isEcho(tuple) && !PORTED.has(tuple.proto)) return undefined
  if (minPort !== undefined && maxPort !== undefined) return minPort <= maxPort ? [minPort, maxPort] : [maxPort, minPort]
  if (isEcho(tuple)) return [0, 65535]
  // A destination port changes only where somebody asked for it.
  if (manip === 'dst') return undefined
  const port = tuple.sport
  return port < 512 ? [1, 511] : port < 1024 ? [600, 1023] : [1024, 65535]
}

/** nf_nat_l4proto_unique_tuple: a free port of the range, searched from a random one on, in ever smaller rounds. */
function uniquePort(
  tuple: Tuple,
  entry: CtEntry,
  manip: Manip,
  request: NatRequest | undefined,
  table: ConntrackTable,
  ways: NatWays,
): Tuple {
  const range = portRange(tuple, manip, request)
  if (range === undefined) return tuple
  const [min, max] = range
  const size = max - min + 1
  const anywhere = request?.randomFully === true || request?.random === true || manip === 'src'
  let offset = request?.basePort !== undefined ? portOf(tuple, manip) - request.basePort : anywhere ? ways.dice.int(65_536) : 0
  let candidate = tuple
  for (let attempts = Math.min(size, MAX_ATTEMPTS); ; attempts >>= 1, offset = ways.dice.int(65_536)) {
    for (let i = 0; i < attempts; i++, offset++) {
      candidate = withPort(tuple, manip, min + (((offset % size) + size) % size))
      if (!taken(candidate, entry, table, olderThan(ways.kernel, HARDER_SINCE) ? MAX_ATTEMPTS : attempts - i)) return candidate
    }
    // Out of ports: the last one tried, and the table will refuse the flow.
    if (attempts >= size || attempts < FEWEST_ATTEMPTS) return candidate
  }
}

/** Whether another flow expects these answers; with few tries left a closed TCP flow makes way (nf_nat_used_tuple_harder). */
function taken(tuple: Tuple, entry: CtEntry, table: ConntrackTable, left: number): boolean {
  const other = table.find(invertTuple(tuple))
  if (other === undefined || other === entry) return false
  if (left > HARDER_BELOW || tuple.proto !== PROTO.tcp || entry.tcp?.state !== 'SYN_SENT') return true
  if (sameTuple(other.original, invertTuple(tuple))) return true
  if (!other.snat) return true
  const state = other.tcp?.state
  if (state !== 'TIME_WAIT' && state !== 'CLOSE') return true
  const advanced = ((entry.tcp.seen[0].end ?? 0) - (other.tcp?.seen[0].end ?? 0)) | 0
  if (advanced <= 0) return true
  table.delete(other)
  return false
}

function withAddress(t: Tuple, manip: Manip, address: string): Tuple {
  return manip === 'src' ? { ...t, src: address } : { ...t, dst: address }
}

function withPort(t: Tuple, manip: Manip, port: number): Tuple {
  if (isEcho(t)) return { ...t, sport: port }
  return manip === 'src' ? { ...t, sport: port } : { ...t, dport: port }
}

/** Rewrites a packet of a translated flow at one hook (nf_nat_packet, nf_nat_icmp_reply_translation). */
export function applyNat(frame: Frame, manip: Manip): void {
  const entry = frame.entry
  if (entry === undefined) return
  const reply = frame.ctDir === 'reply'
  const touches = (manip === 'src') !== reply ? entry.snat : entry.dnat
  if (!touches) return
  const target = reply ? entry.original : entry.reply
  const packet = frame.packet
  if (packet.icmp !== undefined && isIcmpError(packet)) {
    const icmp = packet.icmp
    const inner = icmp.inner
    const outer = manip === 'src' ? { ...packet, src: target.dst } : { ...packet, dst: target.src }
    frame.packet =
      inner === undefined
        ? outer
        : { ...outer, icmp: { ...icmp, inner: rewrite(inner, manip === 'src' ? 'dst' : 'src', invertTuple(target)) } }
    return
  }
  frame.packet = rewrite(packet, manip, target)
}

/** `answer` is the tuple of the other direction: its source is the destination wanted here. */
function rewrite(packet: Packet, manip: Manip, answer: Tuple): Packet {
  if (packet.icmp !== undefined) {
    const icmp = { ...packet.icmp, id: answer.sport }
    return manip === 'src' ? { ...packet, src: answer.dst, icmp } : { ...packet, dst: answer.src, icmp }
  }
  if (packet.sport === undefined) return manip === 'src' ? { ...packet, src: answer.dst } : { ...packet, dst: answer.src }
  return manip === 'src'
    ? { ...packet, src: answer.dst, sport: answer.dport }
    : { ...packet, dst: answer.src, dport: answer.sport }
}
