import type { Packet } from '../packet.ts'
import type { CtEntry, TcpCtState } from './entry.ts'

const STATES: readonly TcpCtState[] = [
  'NONE',
  'SYN_SENT',
  'SYN_RECV',
  'ESTABLISHED',
  'FIN_WAIT',
  'CLOSE_WAIT',
  'LAST_ACK',
  'TIME_WAIT',
  'CLOSE',
  'SYN_SENT2',
]

/** IG: packet ignored. IV: packet is INVALID. Else the state that follows, by its initials. */
const NEXT: Readonly<Record<string, TcpCtState | 'IG' | 'IV'>> = {
  SS: 'SYN_SENT',
  SR: 'SYN_RECV',
  ES: 'ESTABLISHED',
  FW: 'FIN_WAIT',
  CW: 'CLOSE_WAIT',
  LA: 'LAST_ACK',
  TW: 'TIME_WAIT',
  CL: 'CLOSE',
  S2: 'SYN_SENT2',
  IG: 'IG',
  IV: 'IV',
}

/** tcp_conntracks of net/netfilter/nf_conntrack_proto_tcp.c: by direction and kind of segment, one column per STATES. */
const TABLE: readonly Readonly<Record<string, readonly string[]>>[] = [
  {
    syn: 'SS SS IG IG IG IG IG SS SS S2'.split(' '),
    synack: 'IV IV SR IV IV IV IV IV IV SR'.split(' '),
    fin: 'IV IV FW FW LA LA LA TW CL IV'.split(' '),
    ack: 'ES IV ES ES CW CW TW TW CL IV'.split(' '),
    rst: 'IV CL CL CL CL CL CL CL CL CL'.split(' '),
    none: 'IV IV IV IV IV IV IV IV IV IV'.split(' '),
  },
  {
    syn: 'IV S2 IV IV IV IV IV SS IV S2'.split(' '),
    synack: 'IV SR IG IG IG IG IG IG IG SR'.split(' '),
    fin: 'IV IV FW FW LA LA LA TW CL IV'.split(' '),
    ack: 'IV IG SR ES CW CW TW TW CL IG'.split(' '),
    rst: 'IV CL CL CL CL CL CL CL CL CL'.split(' '),
    none: 'IV IV IV IV IV IV IV IV IV IV'.split(' '),
  },
]

function kindOf(packet: Packet): string {
  const t = packet.tcp
  if (t?.rst) return 'rst'
  if (t?.syn) return t.ack ? 'synack' : 'syn'
  if (t?.fin) return 'fin'
  return t?.ack ? 'ack' : 'none'
}

export type Timeouts = (name: string) => number
export type TcpOutcome = 'ok' | 'invalid' | 'ignored' | 'kill' | 'repeat'

/** Moves a TCP flow by one segment (nf_conntrack_tcp_packet). 'repeat': an old flow made way for a new one, look again. */
export function trackTcp(
  entry: CtEntry,
  packet: Packet,
  reply: boolean,
  now: number,
  timeouts: Timeouts,
  loose: boolean,
): TcpOutcome {
  const kind = kindOf(packet)
  const dir = reply ? 1 : 0
  const fresh = entry.tcp === undefined
  entry.tcp ??= {
    state: 'NONE',
    seen: [
      { end: undefined, unacked: false },
      { end: undefined, unacked: false },
    ],
  }
  const tcp = entry.tcp
  const old = tcp.state
  const next = NEXT[TABLE[dir]?.[kind]?.[STATES.indexOf(old)] ?? 'IV'] ?? 'IV'
  if (next === 'IV') return 'invalid'
  if (fresh && kind === 'ack' && !loose) return 'invalid'
  if (next === 'IG') return 'ignored'
  if (next === 'SYN_SENT' && (old === 'TIME_WAIT' || old === 'CLOSE') && entry.confirmed) return 'repeat'
  follow(entry, packet, dir)
  tcp.state = next
  let timeout = timeouts(next)
  const unack = timeouts('UNACK')
  if (kind === 'rst') timeout = timeouts('CLOSE')
  else if ((tcp.seen[0].unacked || tcp.seen[1].unacked) && timeout > unack) timeout = unack
  if (!entry.seenReply) {
    // A RST as the only answer: the flow never was (the comment by RR in nf_conntrack_tcp_packet).
    if (kind === 'rst') return 'kill'
    if (kind === 'syn' && old === 'SYN_SENT') return 'ok'
    if (next === 'ESTABLISHED' && timeout > unack) timeout = unack
  } else if (!entry.assured && (old === 'SYN_RECV' || old === 'ESTABLISHED') && next === 'ESTABLISHED') entry.assured = true
  entry.expires = now + timeout * 1000
  return 'ok'
}

/** Remembers what each side sent and what was acknowledged (tcp_in_window, no more of it than the timeouts need). */
function follow(entry: CtEntry, packet: Packet, dir: 0 | 1): void {
  const header = packet.tcp
  const seen = entry.tcp?.seen
  if (header === undefined || seen === undefined) return
  const end = (header.seq + packet.payload.length + (header.syn ? 1 : 0) + (header.fin ? 1 : 0)) >>> 0
  const sender = seen[dir]
  const receiver = seen[dir === 0 ? 1 : 0]
  if (sender.end === undefined) sender.end = end
  else if ((end - sender.end) | 0) {
    if (((end - sender.end) | 0) > 0) {
      sender.end = end
      sender.unacked = true
    }
  }
  if (header.ack && header.ackSeq === receiver.end) receiver.unacked = false
}
