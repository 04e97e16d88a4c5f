import type { Packet } from '../packet.ts'
import { type CtEntry, newTcpTrack, type TcpCtState, type TcpTrack, UNSEEN } from './entry.ts'
import type { TrackSettings } from './timeouts.ts'

type Header = NonNullable<Packet['tcp']>

/** tcp_conntrack_names, in the kernel's order. */
export const TCP_STATES: readonly TcpCtState[] = [
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
const INDEX = Object.fromEntries(TCP_STATES.map((s, i) => [s, i])) as Readonly<Record<TcpCtState, number>>

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

const SYN = 0
const SYNACK = 1
const ACK = 3
const RST = 4
const NONE = 5

/** tcp_conntracks of net/netfilter/nf_conntrack_proto_tcp.c: by direction and kind of segment (syn, synack, fin, ack, rst), a column per TCP_STATES. */
const TABLE = [
  [
    'SS SS IG IG IG IG IG SS SS S2',
    'IV IV SR IV IV IV IV IV IV SR',
    'IV IV FW FW LA LA LA TW CL IV',
    'ES IV ES ES CW CW TW TW CL IV',
    'IV CL CL CL CL CL CL CL CL CL',
  ],
  [
    'IV S2 IV IV IV IV IV SS IV S2',
    'IV SR IG IG IG IG IG IG IG SR',
    'IV IV FW FW LA LA LA TW CL IV',
    'IV IG SR ES CW CW TW TW CL IG',
    'IV CL CL CL CL CL CL CL CL CL',
  ],
].map((rows) => rows.map((row) => row.split(' ').map((initials) => NEXT[initials] ?? 'IV')))

/** The kind of a segment; NONE also for flags that do not go together (tcp_valid_flags). */
function kindOf(t: Header): number {
  if (t.rst) return t.syn || t.fin ? NONE : RST
  if (t.syn) return t.fin ? NONE : t.ack ? SYNACK : SYN
  if (t.fin) return t.ack ? 2 : NONE
  return t.ack ? ACK : NONE
}

function after(a: number, b: number): boolean {
  return ((a - b) | 0) > 0
}

export type TcpOutcome = 'ok' | 'invalid' | 'ignored' | 'kill' | 'repeat'

/**
 * Moves a TCP flow by one segment (nf_conntrack_tcp_packet). 'repeat': an old flow made way for a new one, look again. Of
 * windows only what can be told without their sizes is checked: no stack here heeds them.
 */
export function trackTcp(entry: CtEntry, packet: Packet, dir: 0 | 1, now: number, settings: TrackSettings): TcpOutcome {
  const header = packet.tcp
  if (header === undefined) return 'invalid'
  const kind = kindOf(header)
  if (kind === NONE) return 'invalid'
  if (entry.tcp === undefined) {
    // tcp_new: a SYN, or whatever may be picked up in the middle.
    const first = TABLE[0]?.[kind]?.[0] ?? 'IV'
    if (first === 'IV' || first === 'IG' || (first !== 'SYN_SENT' && !settings.loose)) return 'invalid'
    entry.tcp = newTcpTrack('NONE')
    entry.tcp.liberal = first !== 'SYN_SENT'
  }
  const tcp = entry.tcp
  const old = tcp.state
  const end = (header.seq + packet.payload.length + (header.syn ? 1 : 0) + (header.fin ? 1 : 0)) >>> 0
  let next = TABLE[dir]?.[kind]?.[INDEX[old]] ?? 'IV'
  if (next === 'SYN_SENT' && INDEX[old] >= INDEX.TIME_WAIT) {
    if (tcp.seen[0].closeInit || tcp.seen[1].closeInit || (tcp.lastDir === dir && tcp.lastKind === RST)) return 'repeat'
    next = 'IG'
  }
  let before = old
  if (next === 'IG') {
    if (!resynced(tcp, kind, dir, header)) {
      tcp.lastKind = kind
      tcp.lastDir = dir
      tcp.lastSeq = header.seq
      tcp.lastEnd = end
      return 'ignored'
    }
    // The peer answers a SYN that was let through although this entry thought otherwise: both ends agree, so follow them.
    before = 'SYN_SENT'
    next = 'SYN_RECV'
    tcp.seen[tcp.lastDir].end = tcp.lastEnd
    tcp.seen[tcp.lastDir].limit = tcp.lastEnd
    Object.assign(tcp.seen[dir], UNSEEN)
  }
  if (next === 'IV') return 'invalid'
  if (next === 'SYN_SENT2') tcp.simultaneous = true
  else if (next === 'SYN_RECV' && dir === 1 && kind === ACK && tcp.simultaneous) next = 'ESTABLISHED'
  else if (next === 'CLOSE' && kind === RST) {
    const verdict = resets(entry, tcp, header, dir, settings)
    if (verdict === 'invalid') return 'invalid'
    if (verdict === 'keep') next = old
  }
  const fit = answersIgnored(entry, tcp, header, kind) ? 'in' : inWindow(tcp, header, end, dir)
  if (fit === 'invalid' && !tcp.liberal && !settings.beLiberal) return 'invalid'
  if (fit === 'early') {
    tcp.seen[dir].end = end
    tcp.seen[dir].unacked = true
    if (!tcp.liberal && !settings.beLiberal) return 'ignored'
  }
  if (fit === 'in') follow(tcp, header, end, dir, kind)
  if (next === 'FIN_WAIT' && before !== next) tcp.seen[dir].closeInit = true
  tcp.lastKind = kind
  tcp.lastDir = dir
  tcp.state = next
  return timed(entry, tcp, next, before, kind, now, settings)
}

/** Whether this SYN/ACK acknowledges the SYN that was ignored before. */
function resynced(tcp: TcpTrack, kind: number, dir: 0 | 1, header: Header): boolean {
  return kind === SYNACK && tcp.lastKind === SYN && tcp.lastDir !== dir && header.ackSeq === tcp.lastEnd
}

/** A RST in answer to what was let through although it did not fit is not held against the numbers. */
function answersIgnored(entry: CtEntry, tcp: TcpTrack, header: Header, kind: number): boolean {
  if (kind !== RST || header.ackSeq !== tcp.lastEnd) return false
  return (entry.seenReply && tcp.lastKind === SYN) || (!entry.assured && tcp.lastKind === ACK)
}

/** Where a segment lies (tcp_in_window): in its place, ahead of what the peer can take, or about things nobody has sent. */
function inWindow(tcp: TcpTrack, header: Header, last: number, dir: 0 | 1): 'in' | 'early' | 'invalid' {
  const sender = tcp.seen[dir]
  const receiver = tcp.seen[dir === 0 ? 1 : 0]
  const acks = header.ack === true && !(header.rst && header.ackSeq === 0)
  const unseen = acks && (receiver.end === undefined ? header.rst === true : after(header.ackSeq, receiver.end))
  if (!sender.sent) return header.syn && unseen ? 'invalid' : 'in'
  // A SYN before anything is settled starts over.
  const settled = !((tcp.state === 'SYN_SENT' && dir === 0) || (tcp.state === 'SYN_RECV' && dir === 1))
  const restarts = !settled && header.syn === true && after(last, sender.end ?? 0)
  const empty = header.seq === last && !header.rst
  if (!restarts && !sender.open && !empty && after(header.seq, sender.limit))
    return receiver.sent && !unseen ? 'early' : 'invalid'
  // What a RST acknowledges is not looked at.
  return unseen && !header.rst ? 'invalid' : 'in'
}

/** Whether a RST ends the flow, is out of place, or leaves the flow open for a challenge ACK (RFC 5961). */
function resets(
  entry: CtEntry,
  tcp: TcpTrack,
  header: Header,
  dir: 0 | 1,
  settings: TrackSettings,
): 'close' | 'invalid' | 'keep' {
  const maxack = tcp.seen[dir === 0 ? 1 : 0].maxack
  if (maxack === undefined) return 'close'
  const established = tcp.state === 'ESTABLISHED' && entry.assured
  if (header.seq === 0 && !established) return 'close'
  if (after(maxack, header.seq) && !settings.ignoreInvalidRst) return 'invalid'
  if (!established || header.seq === maxack) return 'close'
  // The last of a train of segments.
  return tcp.lastDir === dir && header.seq === tcp.lastEnd ? 'close' : 'keep'
}

/** Sets how long the flow lives now. */
function timed(
  entry: CtEntry,
  tcp: TcpTrack,
  next: TcpCtState,
  old: TcpCtState,
  kind: number,
  now: number,
  { timeouts, maxRetrans }: TrackSettings,
): TcpOutcome {
  let timeout = timeouts[next]
  if (tcp.retrans >= maxRetrans && timeout > timeouts.RETRANS) timeout = timeouts.RETRANS
  else if (kind === RST) timeout = timeouts.CLOSE
  else if ((tcp.seen[0].unacked || tcp.seen[1].unacked) && timeout > timeouts.UNACK) timeout = timeouts.UNACK
  if (!entry.seenReply) {
    // A RST as the only answer: the flow never was (the comment by RR in nf_conntrack_tcp_packet).
    if (kind === RST) return 'kill'
    // A SYN sent again does not renew it.
    if (kind === SYN && old === 'SYN_SENT') return 'ok'
    if (next === 'ESTABLISHED' && timeout > timeouts.UNACK) timeout = timeouts.UNACK
  } else if (!entry.assured && (old === 'SYN_RECV' || old === 'ESTABLISHED') && next === 'ESTABLISHED') entry.assured = true
  entry.expires = now + timeout * 1000
  return 'ok'
}

/** Remembers what each side sent, what was acknowledged, and whether a segment came again (tcp_in_window, without the window). */
function follow(tcp: TcpTrack, header: Header, last: number, dir: 0 | 1, kind: number): void {
  const sender = tcp.seen[dir]
  const receiver = tcp.seen[dir === 0 ? 1 : 0]
  let { seq } = header
  let end = last
  const fresh = !sender.sent
  if (fresh || sender.end === undefined) {
    sender.sent = true
    sender.end = end
    sender.limit = end
    if (!header.syn) {
      // In the middle of a connection: what it acknowledges must have been sent.
      sender.open = true
      if (!receiver.sent) receiver.end = header.ackSeq
    }
  }
  if (seq === end && !header.rst) {
    seq = sender.end
    end = sender.end
  }
  if (!fresh && !header.rst && after(end, sender.end)) {
    sender.end = end
    // A SYN starts over (RFC 793), data waits for its acknowledgement.
    if (header.syn) sender.limit = tcp.state === 'SYN_SENT2' ? sender.limit : end
    else sender.unacked = true
  }
  if (header.ack) {
    receiver.open = true
    if (sender.maxack === undefined || after(header.ackSeq, sender.maxack)) sender.maxack = header.ackSeq
    if (header.ackSeq === receiver.end) receiver.unacked = false
  }
  if (kind !== ACK) return
  if (tcp.lastDir === dir && tcp.lastSeq === seq && tcp.lastAck === header.ackSeq && tcp.lastEnd === end) tcp.retrans++
  else {
    tcp.lastSeq = seq
    tcp.lastAck = header.ackSeq
    tcp.lastEnd = end
    tcp.retrans = 0
  }
}
