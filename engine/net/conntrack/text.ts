import { PROTO, type Tuple } from '../packet.ts'
import type { CtEntry } from './entry.ts'
import type { CtEvent } from './table.ts'

const NAMES: Readonly<Record<number, string>> = {
  [PROTO.icmp]: 'icmp',
  [PROTO.tcp]: 'tcp',
  [PROTO.udp]: 'udp',
  [PROTO.icmpv6]: 'icmpv6',
  [PROTO.sctp]: 'sctp',
  33: 'dccp',
  47: 'gre',
  136: 'udplite',
}

export function protocolName(proto: number): string {
  return NAMES[proto] ?? 'unknown'
}

export function hasPorts(proto: number): boolean {
  return proto === PROTO.tcp || proto === PROTO.udp || proto === PROTO.sctp || proto === 33 || proto === 136
}

/**
 * Seconds left as the kernel counts them: jiffies pass between a packet and whoever reads the table, so a full period is never
 * seen ("119" right after TIME_WAIT began).
 */
export function remaining(entry: CtEntry, now: number): number {
  return Math.max(0, Math.ceil((entry.expires - now) / 1000) - 1)
}

/** Whole seconds since the flow began (nf_conntrack_timestamp). */
export function age(entry: CtEntry, now: number): number {
  return Math.floor((now - entry.since) / 1000)
}

export interface CtTextOptions {
  readonly now: number
  /** `-o extended`, and /proc: the layer 3 protocol in front. */
  readonly extended?: boolean
  readonly id?: boolean
  /** `-o ktimestamp`. */
  readonly stamps?: boolean
  readonly use?: number
  /** /proc/net/nf_conntrack has zone=0 too. */
  readonly zone?: boolean
  /** The whole timeout, as right after it was set. */
  readonly whole?: boolean
  /** An event: the whole timeout; no use count; counters at the end of the flow only. */
  readonly event?: CtEvent | boolean
  /** A mark shows in an event where it is not 0, or where a program set it. */
  readonly byProgram?: boolean
}

function tuple(t: Tuple, counters: string): string {
  const ends = `src=${t.src} dst=${t.dst}`
  if (t.proto === PROTO.icmp || t.proto === PROTO.icmpv6)
    return `${ends} type=${t.dport >> 8} code=${t.dport & 255} id=${t.sport} ${counters}`
  return hasPorts(t.proto) ? `${ends} sport=${t.sport} dport=${t.dport} ${counters}` : `${ends} ${counters}`
}

/** A line of `conntrack -L` (libnetfilter_conntrack snprintf_default.c), without its newline. */
export function entryText(entry: CtEntry, options: CtTextOptions): string {
  const { now, event } = options
  const v6 = entry.original.src.includes(':')
  const proto = entry.original.proto
  const counted = entry.acct && (event === undefined || event === 'DESTROY')
  const counters = (dir: 0 | 1) => (counted ? `packets=${entry.packets[dir]} bytes=${entry.bytes[dir]} ` : '')
  const whole = event !== undefined || options.whole === true
  const left = whole ? Math.max(0, Math.ceil((entry.expires - now) / 1000)) : remaining(entry, now)
  const state = proto === PROTO.tcp ? `${entry.tcp?.state ?? 'NONE'} ` : ''
  const parts = [
    options.extended ? `ipv${v6 ? 6 : 4}     ${v6 ? 10 : 2} ` : '',
    `${protocolName(proto).padEnd(8)} ${proto} ${left} ${state}`,
    tuple(entry.original, counters(0)),
    entry.seenReply ? '' : '[UNREPLIED] ',
    tuple(entry.reply, counters(1)),
    entry.assured ? '[ASSURED] ' : '',
  ]
  if (event === undefined || entry.mark !== 0 || (options.byProgram && event !== 'DESTROY')) parts.push(`mark=${entry.mark} `)
  if (options.zone) parts.push('zone=0 ')
  if (entry.stamped && (event === undefined || event === 'DESTROY')) {
    parts.push(`delta-time=${age(entry, now)} `)
    if (options.stamps) {
      parts.push(`[start=${ctime(entry.since)}] `)
      if (event === 'DESTROY') parts.push(`[stop=${ctime(now)}] `)
    }
  }
  if (event === undefined) parts.push(`use=${options.use ?? 1} `)
  if (options.id) parts.push(`id=${idOf(entry)} `)
  return parts.join('').trimEnd()
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** "Sun Nov 22 22:34:31 2026": ctime(3) without its newline, in UTC. */
function ctime(ms: number): string {
  const d = new Date(ms)
  const two = (n: number) => String(n).padStart(2, '0')
  const clock = `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`
  const day = String(d.getUTCDate()).padStart(2)
  return `${DAYS[d.getUTCDay()]} ${MONTHS[d.getUTCMonth()]} ${day} ${clock} ${d.getUTCFullYear()}`
}

/** nf_ct_get_id: a keyed hash of the entry; stable for its life. */
export function idOf(entry: CtEntry): number {
  let h = 0x9e3779b9 ^ entry.id
  for (const ch of `${entry.original.src}${entry.original.dst}${entry.original.sport}`)
    h = Math.imul(h ^ ch.charCodeAt(0), 0x85ebca6b)
  return h >>> 0
}
