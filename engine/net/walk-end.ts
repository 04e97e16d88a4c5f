import type { ConnectionSummary, WalkStep } from './walk.ts'
import { socketText } from './walk-header.ts'
import { placeText } from './walk-path.ts'
import { type Why, why } from './walk-say.ts'
import type { KeptPacket, KeptStep } from './walk-store.ts'

/** One sentence about the whole connection: what happened, and what made it so. */
export function conclude(connection: ConnectionSummary, packets: readonly KeptPacket[], bpf: boolean): Why {
  const lost = packets.find((p) => p.end !== 'delivered' && p.end !== 'cut' && p.direction === 'original')
  const lostReply = packets.find((p) => p.end !== 'delivered' && p.end !== 'cut' && p.direction === 'reply')
  const { result, proto } = connection
  const facts = factsOf(packets, bpf)
  if (result === 'connected') {
    const code = proto === 'icmp' ? 'end.echo' : proto === 'udp' ? 'end.answered' : 'end.connected'
    const later = packets.find((p) => p.end !== 'delivered' && p.end !== 'cut')
    const gone = later === undefined ? [] : [why('fact.lost', { packet: later.id, label: later.label }, [endOf(later, packets)])]
    return why(code, reached(connection, packets), [...facts, ...gone])
  }
  if (lost !== undefined) return failed(lost, packets)
  if (lostReply !== undefined) {
    const values = { ...reached(connection, packets), lost: placeText(lastOf(lostReply).place) }
    return why('end.reply.lost', values, [endOf(lostReply, packets), ...facts])
  }
  if (packets.length === 0 && result !== 'pending')
    return why('end.none', {}, [why('route.none', { dst: connection.to.address })])
  const waiting = packets.find((p) => p.end === 'cut')?.steps.at(-1)
  if (waiting !== undefined && result === 'timeout') return why('end.waiting', { place: placeText(waiting.place) }, [waiting.why])
  if (waiting !== undefined || packets.length === 0) return why('end.pending')
  if (result === 'refused') return why('end.refused', reached(connection, packets), facts)
  if (result === 'reset') return why('end.reset', {}, facts)
  if (proto === 'udp' && result === 'pending') return why('end.sent', reached(connection, packets), facts)
  return why('end.silent', reached(connection, packets), facts)
}

/** Who had the packets of the original direction in the end. */
function reached(connection: ConnectionSummary, packets: readonly KeptPacket[]) {
  const last = packets.findLast((p) => p.direction === 'original' && p.end === 'delivered')?.steps.at(-1)
  const { backend, to } = connection
  const address = backend?.address ?? last?.before.dst ?? to.address
  const port = backend?.port ?? last?.before.dport ?? to.port
  const place = backend?.place ?? last?.place ?? connection.from.place
  return { to: socketText(address, port), place: placeText(place), port }
}

/** "KUBE-POSTROUTING rule 3", or the policy of a base chain; with its backend where the packets met rules of both. */
function ruleName(step: WalkStep | KeptStep, packets: readonly KeptPacket[]): string {
  const name = step.rule === 0 ? `the policy of ${step.chain}` : `${step.chain} rule ${step.rule}`
  return besideEachOther(packets) ? `${name} (${step.backend})` : name
}

/** Whether rules of both backends were met: the same chain names then stand for different chains. */
export function besideEachOther(packets: readonly { readonly steps: readonly Pick<WalkStep, 'backend'>[] }[]): boolean {
  const met = (backend: WalkStep['backend']) => packets.some((p) => p.steps.some((s) => s.backend === backend))
  return met('legacy') && met('nft')
}

function lastOf(packet: KeptPacket): KeptStep {
  return packet.steps.at(-1) as KeptStep
}

/** What became of a packet that did not arrive. */
function endOf(packet: KeptPacket, packets: readonly KeptPacket[]): Why {
  const last = lastOf(packet)
  if (last.kind !== 'rule') return last.why
  return why(packet.end === 'rejected' ? 'fact.rejected' : 'fact.dropped', { rule: ruleName(last, packets) }, last.why.because)
}

function tries(packets: readonly KeptPacket[], lost: KeptPacket): Why[] {
  const same = packets.filter((p) => p.label === lost.label && p.end === lost.end && p.direction === lost.direction)
  return same.length < 2 ? [] : [why('fact.tries', { tries: same.length })]
}

function failed(packet: KeptPacket, packets: readonly KeptPacket[]): Why {
  const last = lastOf(packet)
  const facts = tries(packets, packet)
  const place = placeText(last.place)
  const reasons = [...(last.why.because ?? []), ...facts]
  if (packet.end === 'expired') return why('end.expired', { place }, facts)
  if (packet.end === 'unroutable') return why('end.unroutable', { place }, [last.why, ...facts])
  if (last.kind === 'rule') {
    if (packet.end === 'rejected')
      return why('end.rejected', { place, rule: ruleName(last, packets), with: last.why.values['with'] ?? '' }, reasons)
    return why('end.dropped', { place, rule: ruleName(last, packets) }, reasons)
  }
  return why('end.lost', { place }, [last.why, ...facts])
}

/** Which rules gave the connection its addresses: translations are made on its first packets. */
function factsOf(packets: readonly KeptPacket[], bpf: boolean): readonly Why[] {
  const facts: Why[] = []
  if (bpf) {
    const step = packets.flatMap((p) => p.steps).find((s) => s.why.code === 'bpf.service')
    if (step !== undefined) facts.push(why('fact.bpf', { to: step.why.values['to'] ?? '' }))
  }
  for (const packet of packets) {
    if (packet.direction !== 'original' || packet.answers !== undefined) continue
    for (const step of packet.steps) {
      const { before, after } = step
      if (step.kind !== 'rule' || step.table !== 'nat' || after === undefined) continue
      const rule = ruleName(step, packets)
      if (after.dst !== before.dst || after.dport !== before.dport)
        facts.push(why('fact.dnat', { rule, to: socketText(after.dst, after.dport) }))
      if (after.src !== before.src || after.sport !== before.sport) {
        facts.push(why('fact.snat', { rule, as: after.src }))
        const marker = markedBy(packet, step, packets)
        if (marker !== undefined) facts.push(marker)
      }
    }
  }
  return facts.length === 0 ? [why('fact.plain')] : facts
}

/**
 * Who had the packet marked for this translation, and why that rule matched. Only a mark that the translating chain looked at
 * counts: the rule asks for it, or the chain has just taken it off (KUBE-POSTROUTING returns what has no mark, then clears it).
 */
function markedBy(packet: KeptPacket, snat: KeptStep, packets: readonly KeptPacket[]): Why | undefined {
  const { steps } = packet
  const at = steps.indexOf(snat)
  let bits = 0
  for (const reason of snat.why.because ?? []) if (reason.code.startsWith('match.mark')) bits |= Number(reason.values['wanted'])
  for (const s of steps.slice(0, at)) {
    if (s.netns === snat.netns && s.hook === snat.hook && s.chain === snat.chain && s.after !== undefined)
      bits |= s.before.mark & ~s.after.mark
  }
  const marking = steps.findLastIndex((s, i) => {
    const set = (s.after?.mark ?? 0) & ~s.before.mark & bits
    return i < at && s.netns === snat.netns && s.kind === 'rule' && set !== 0
  })
  const mark = steps[marking]
  if (mark === undefined) return undefined
  const jump = steps.findLast((s, i) => i < marking && s.verdict === `JUMP ${mark.chain}`) ?? mark
  return why('fact.marked', { rule: ruleName(jump, packets) }, jump.why.because)
}
