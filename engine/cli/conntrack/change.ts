import { type CtEntry, invertTuple, newTcpTrack } from '../../net/conntrack/entry.ts'
import type { ConntrackTable, CreateOptions } from '../../net/conntrack/table.ts'
import { PROTO, type Tuple } from '../../net/packet.ts'
import { ConntrackError, ConntrackGap } from './error.ts'
import type { CtQuery } from './query.ts'

/** Both ends of one direction as asked for, or undefined where they are not all there. */
function tupleOf(q: CtQuery, reply: boolean): Tuple | undefined {
  const src = (reply ? q.replySrc : q.src)?.address
  const dst = (reply ? q.replyDst : q.dst)?.address
  if (src === undefined || dst === undefined) return undefined
  const proto = q.proto ?? 0
  if (proto === PROTO.icmp || proto === PROTO.icmpv6) {
    const tuple = { proto, src, dst, sport: q.icmpId ?? 0, dport: ((q.icmpType ?? 0) << 8) | (q.icmpCode ?? 0) }
    return reply ? invertTuple({ ...tuple, src: dst, dst: src }) : tuple
  }
  return { proto, src, dst, sport: (reply ? q.replySport : q.sport) ?? 0, dport: (reply ? q.replyDport : q.dport) ?? 0 }
}

/** The tuple that -G looks up. */
export function originalOf(q: CtQuery): Tuple | undefined {
  return tupleOf(q, false)
}

/** Makes the flow that -I or -A asks for; undefined where it is there already. */
export function createFlow(q: CtQuery, table: ConntrackTable, now: number, options: CreateOptions): CtEntry | undefined {
  const bad = () =>
    new ConntrackError(`Operation failed: ${q.command === 'add' ? 'Invalid argument' : 'invalid parameters'}`, false)
  if ((q.zone ?? 0) !== 0) throw new ConntrackGap('-w')
  const asked = tupleOf(q, false)
  const answer = tupleOf(q, true)
  if (asked === undefined && answer === undefined) throw bad()
  const half = (one: unknown, other: unknown) => (one === undefined) !== (other === undefined)
  if (half(q.src, q.dst) || half(q.replySrc, q.replyDst)) throw bad()
  const ported = q.sport !== undefined || q.replySport !== undefined
  if (asked !== undefined && answer !== undefined && ported && (q.replySport === undefined || q.replyDport === undefined))
    throw bad()
  const original = asked ?? invertTuple(answer as Tuple)
  const entry = table.create(original, options)
  entry.reply = answer ?? entry.reply
  translate(entry, q)
  if (q.proto === PROTO.tcp) entry.tcp = newTcpTrack(q.state ?? 'NONE')
  entry.assured = q.status?.names.includes('ASSURED') ?? false
  entry.seenReply = q.status?.names.includes('SEEN_REPLY') ?? false
  entry.mark = q.mark?.value ?? 0
  entry.expires = now + (q.timeout ?? 0) * 1000
  return table.insert(entry) ? entry : undefined
}

/** -g and -n: what replies come from, and go to (ctnetlink_setup_nat). */
function translate(entry: CtEntry, q: CtQuery): void {
  if (q.dstNat?.address !== undefined || q.dstNat?.port !== undefined) {
    const { address = entry.reply.src, port = entry.reply.sport } = q.dstNat
    entry.reply = { ...entry.reply, src: address, sport: port }
    entry.dnat = true
    entry.dstDone = true
  }
  if (q.srcNat?.address !== undefined || q.srcNat?.port !== undefined) {
    const { address = entry.reply.dst, port = entry.reply.dport } = q.srcNat
    entry.reply = { ...entry.reply, dst: address, dport: port }
    entry.snat = true
    entry.srcDone = true
  }
}

/** -U: what of the flow is to be another; false where nothing is. */
export function updateFlow(entry: CtEntry, q: CtQuery, now: number): boolean {
  const mark = q.mark === undefined ? entry.mark : ((entry.mark & ~q.mark.mask) ^ q.mark.value) >>> 0
  const assured = entry.assured || (q.status?.names.includes('ASSURED') ?? false)
  const seenReply = entry.seenReply || (q.status?.names.includes('SEEN_REPLY') ?? false)
  const state = entry.tcp === undefined ? undefined : (q.state ?? entry.tcp.state)
  const timed = q.timeout !== undefined
  if (!timed && mark === entry.mark && assured === entry.assured && seenReply === entry.seenReply && state === entry.tcp?.state)
    return false
  // Without an address or -f the message names no family, and the kernel refuses it.
  if (q.family === undefined) throw new ConntrackError('Operation failed: Operation not supported', false)
  entry.kept = undefined
  entry.mark = mark
  entry.assured = assured
  entry.seenReply = seenReply
  if (entry.tcp !== undefined && state !== undefined) entry.tcp.state = state
  if (timed) entry.expires = now + (q.timeout ?? 0) * 1000
  return true
}
