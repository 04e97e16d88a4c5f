import { ipFamily } from '../../base/ip.ts'
import type { CtEntry } from '../../net/conntrack/entry.ts'
import { sameSubnet } from '../../net/subnet.ts'
import type { AddressQuery, CtQuery, NatQuery } from './query.ts'

function inNet(wanted: AddressQuery | undefined, have: string): boolean {
  if (wanted === undefined || wanted.address === have) return true
  return ipFamily(wanted.address) === ipFamily(have) && sameSubnet(wanted.address, have, wanted.bits)
}

/** One translation of a flow: only flows that went through nat's hooks (or were made so) have any (NFCT_GOPT_IS_SNAT and so on). */
function natMatches(wanted: NatQuery, done: boolean, to: string, was: string, port: number, portWas: number): boolean {
  if (!done) return false
  const moved = to !== was
  const portMoved = port !== portWas
  if (wanted.address === undefined && wanted.port === undefined) return moved || portMoved
  if (wanted.address !== undefined && !(moved && wanted.address === to)) return false
  return wanted.port === undefined || (portMoved && wanted.port === port)
}

/** The fields that tell one flow from others: ends, protocol, family. */
export function matchesTuple(entry: CtEntry, q: CtQuery): boolean {
  const { original: o, reply: r } = entry
  const same = <T>(wanted: T | undefined, have: T) => wanted === undefined || wanted === have
  const icmp = q.icmpType !== undefined || q.icmpCode !== undefined || q.icmpId !== undefined
  return (
    inNet(q.src, o.src) &&
    inNet(q.dst, o.dst) &&
    inNet(q.replySrc, r.src) &&
    inNet(q.replyDst, r.dst) &&
    same(q.proto, o.proto) &&
    same(q.family, ipFamily(o.src) ?? 4) &&
    same(q.sport, o.sport) &&
    same(q.dport, o.dport) &&
    same(q.replySport, r.sport) &&
    same(q.replyDport, r.dport) &&
    (!icmp || (same(q.icmpType, o.dport >> 8) && same(q.icmpCode, o.dport & 255) && same(q.icmpId, o.sport)))
  )
}

function natWanted(entry: CtEntry, q: CtQuery): boolean {
  const { original: o, reply: r } = entry
  // The tool compares ports as the two tuples hold them; for ICMP those are an id and a type, which always differ.
  const icmp = o.proto === 1 || o.proto === 58
  const snat = (w: NatQuery) => natMatches(w, entry.srcDone, r.dst, o.src, icmp ? -1 : r.dport, o.sport)
  const dnat = (w: NatQuery) => natMatches(w, entry.dstDone, r.src, o.dst, icmp ? -1 : r.sport, o.dport)
  if (q.anyNat !== undefined) return snat(q.anyNat) || dnat(q.anyNat)
  return (q.srcNat === undefined || snat(q.srcNat)) && (q.dstNat === undefined || dnat(q.dstNat))
}

export function matchesQuery(entry: CtEntry, q: CtQuery): boolean {
  const { status, mark } = q
  if (!matchesTuple(entry, q) || !natWanted(entry, q)) return false
  if (q.state !== undefined && q.state !== entry.tcp?.state) return false
  if (mark !== undefined && (entry.mark & mark.mask) >>> 0 !== mark.value) return false
  if (q.zone !== undefined && q.zone !== 0) return false
  if (status === undefined) return true
  if (status.unreplied) return !entry.seenReply
  return status.names.every((name) => (name === 'ASSURED' ? entry.assured : name === 'SEEN_REPLY' ? entry.seenReply : false))
}
