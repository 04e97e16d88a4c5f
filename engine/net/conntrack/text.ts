import { PROTO, type Tuple } from '../packet.ts'
import type { CtEntry } from './entry.ts'

const NAMES: Readonly<Record<number, string>> = {
  [PROTO.icmp]: 'icmp',
  [PROTO.tcp]: 'tcp',
  [PROTO.udp]: 'udp',
  [PROTO.icmpv6]: 'icmpv6',
  [PROTO.sctp]: 'sctp',
}

export function protocolName(proto: number): string {
  return NAMES[proto] ?? 'unknown'
}

/**
 * Seconds left as the kernel counts them: jiffies pass between a packet and whoever reads the table, so a full period is never
 * seen ("119" right after TIME_WAIT began).
 */
export function remaining(entry: CtEntry, now: number): number {
  return Math.max(0, Math.ceil((entry.expires - now) / 1000) - 1)
}

export interface CtTextOptions {
  readonly now: number
  /** `-o extended`, and /proc: the layer 3 protocol in front. */
  readonly extended?: boolean
  readonly id?: boolean
  readonly acct?: boolean
  readonly use?: number
  /** /proc/net/nf_conntrack has zone=0 too. */
  readonly zone?: boolean
  /** Events show the whole timeout, and neither mark nor use count. */
  readonly event?: boolean
}

function tuple(t: Tuple, counters: string): string {
  const ends = `src=${t.src} dst=${t.dst}`
  if (t.proto === PROTO.icmp || t.proto === PROTO.icmpv6)
    return `${ends} type=${t.dport >> 8} code=${t.dport & 255} id=${t.sport} ${counters}`
  if (t.proto === PROTO.tcp || t.proto === PROTO.udp || t.proto === PROTO.sctp)
    return `${ends} sport=${t.sport} dport=${t.dport} ${counters}`
  return `${ends} ${counters}`
}

/** A line of `conntrack -L` (libnetfilter_conntrack snprintf_default.c), without its newline. */
export function entryText(entry: CtEntry, options: CtTextOptions): string {
  const v6 = entry.original.src.includes(':')
  const proto = entry.original.proto
  const counters = (dir: 0 | 1) => (options.acct ? `packets=${entry.packets[dir]} bytes=${entry.bytes[dir]} ` : '')
  const left = options.event ? Math.ceil((entry.expires - options.now) / 1000) : remaining(entry, options.now)
  const head = `${protocolName(proto).padEnd(8)} ${proto} ${left} `
  const state = proto === PROTO.tcp ? `${entry.tcp?.state ?? 'NONE'} ` : ''
  const front = options.extended ? `ipv${v6 ? 6 : 4}     ${v6 ? 10 : 2} ` : ''
  const unreplied = entry.seenReply ? '' : '[UNREPLIED] '
  const assured = entry.assured ? '[ASSURED] ' : ''
  const body = `${head}${state}${tuple(entry.original, counters(0))}${unreplied}${tuple(entry.reply, counters(1))}${assured}`
  if (options.event) return `${front}${body}`.trimEnd()
  const zone = options.zone ? 'zone=0 ' : ''
  const id = options.id ? ` id=${idOf(entry)}` : ''
  return `${front}${body}mark=${entry.mark} ${zone}use=${options.use ?? 1}${id}`
}

/** nf_ct_get_id: a keyed hash of the entry; stable for its life. */
export function idOf(entry: CtEntry): number {
  let h = 0x9e3779b9 ^ entry.id
  for (const ch of `${entry.original.src}${entry.original.dst}${entry.original.sport}`)
    h = Math.imul(h ^ ch.charCodeAt(0), 0x85ebca6b)
  return h >>> 0
}
