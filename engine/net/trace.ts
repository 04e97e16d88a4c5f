import type { Json, Stateful } from '../base/json.ts'
import { isIcmpError } from './conntrack/track.ts'
import type { ConnectionRecord, Flows } from './flows.ts'
import type { HookName, MatchFact, RuleStep } from './netfilter/env.ts'
import type { CtDirection, Packet } from './packet.ts'
import type { Frame } from './path/frame.ts'
import type { PacketEnd, WalkHeader, WalkStep } from './walk.ts'
import { entryOf, headerOf, labelOf, placeOf, socketText } from './walk-header.ts'
import { asksForNat, chainEndWhy, natWhy, ruleWhy } from './walk-rule.ts'
import { type Values, type Why, why } from './walk-say.ts'
import { matchedSpans } from './walk-spans.ts'
import { type KeptPacket, type KeptStep, type KeptWalk, WalkStore } from './walk-store.ts'
import type { WhyCode } from './walk-why.data.ts'

/** What else a note may say of its step. */
export interface NoteMore {
  readonly hook?: HookName
  readonly device?: string
  readonly before?: Packet
  readonly verdict?: string
}

/**
 * What the path tells while a packet moves. Ask it only of frames that have a number (`frame.nr`): of others nobody keeps a walk.
 */
export interface TraceSink {
  /** A packet is made: the frame gets its number. */
  begin(netns: string, frame: Frame): void
  rule(netns: string, hook: HookName, frame: Frame, step: RuleStep, before: Packet, markBefore: number): void
  tell(fact: MatchFact): void
  /** conntrack has looked at it (nf_conntrack_in). */
  conntrack(netns: string, hook: HookName, frame: Frame): void
  /** Its entry has gone into the table (nf_conntrack_confirm). */
  confirmed(netns: string, hook: HookName, frame: Frame): void
  translated(netns: string, hook: HookName, frame: Frame, before: Packet): void
  note(netns: string, frame: Frame, kind: WalkStep['kind'], code: WhyCode, values?: Values, more?: NoteMore): void
  /** The packet's end, with a step of its own. */
  over(netns: string, frame: Frame, end: PacketEnd, code: WhyCode, values?: Values, more?: NoteMore): void
  /** A hook ended it: by the rule or policy of the step before, or for the reason given. */
  stopped(netns: string, hook: HookName, frame: Frame, end: 'dropped' | 'rejected', code?: WhyCode): void
}

/** A step in the making. */
type Draft = { -readonly [K in keyof KeptStep]: KeptStep[K] }

/** A packet that a rule gives new life at every turn of a loop would fill the memory. */
const STEPS = 2000

const NOTHING: Why = { code: 'rule.count', values: {} }

/** Writes the walks of packets while they move. */
export class Trace implements TraceSink, Stateful {
  private readonly store = new WalkStore()
  private readonly now: () => number
  private readonly flows: Flows
  /** What matchers told since the last step. */
  private facts: MatchFact[] = []
  /** The packet that ended last. */
  private ended: Pick<Frame, 'flow' | 'nr'> = { flow: undefined, nr: undefined }

  constructor(now: () => number, flows: Flows) {
    this.now = now
    this.flows = flows
    flows.opened = (record) => this.store.open(record)
  }

  /** The kept packets of a connection. */
  of(flow: number): KeptWalk | undefined {
    return this.store.get(flow)
  }

  /** How many packets a connection has had, kept or not. */
  total(flow: number): number {
    return this.store.total(flow)
  }

  /** Connections whose walks are kept, oldest first. */
  kept(): readonly number[] {
    return this.store.kept()
  }

  begin(netns: string, frame: Frame): void {
    const { packet, flow, mark } = frame
    if (flow === undefined || !this.store.wants(flow)) return
    const record = this.flows.get(flow)
    if (record === undefined) return
    // The kernel answers a packet while it handles it: the one that has just ended.
    const answered = isError(frame) && this.ended.flow === flow ? this.ended.nr : undefined
    const kept = this.store.packet(flow, {
      time: this.now(),
      direction: answered === undefined ? directionOf(record, packet) : opposite(this.store.live(flow, answered)?.direction),
      label: labelOf(packet),
      ...(answered === undefined ? {} : { answers: answered }),
    })
    if (kept === undefined) return
    frame.nr = kept.id
    const to = socketText(packet.dst, packet.dport)
    const said =
      answered === undefined
        ? why(frame.uid === undefined ? 'socket.kernel' : 'socket.sends', { label: kept.label, to })
        : why('socket.answers', { packet: answered, label: kept.label })
    const draft = this.draft(kept, netns, frame, 'socket', headerOf(packet, mark))
    draft.why = said
    this.add(kept, draft)
  }

  rule(netns: string, hook: HookName, frame: Frame, step: RuleStep, before: Packet, markBefore: number): void {
    const kept = this.store.live(frame.flow, frame.nr)
    if (kept === undefined) return
    const { source } = step
    const draft = this.draft(kept, netns, frame, 'rule', headerOf(before, markBefore))
    draft.hook = hook
    draft.table = step.table
    draft.chain = step.chain
    draft.rule = step.rule
    draft.backend = step.backend
    draft.verdict = step.verdict
    if ('rules' in source) {
      const { policy } = source
      if (policy !== undefined) {
        draft.text = step.text
        draft.counters = { packets: step.packets, bytes: step.bytes }
      }
      draft.why = chainEndWhy(step, source.rules.length, policy, kept.steps, netns)
    } else {
      draft.text = step.text
      draft.matched = matchedSpans(step.chain, source, before.family)
      draft.counters = { packets: step.packets, bytes: step.bytes }
      const { iif, oif, ctState } = frame
      const seen = { hook, packet: before, mark: markBefore, iif, oif, ctState, facts: this.facts }
      draft.why = ruleWhy(step, source, seen, frame.mark)
    }
    this.add(kept, draft)
  }

  tell(fact: MatchFact): void {
    this.facts.push(fact)
  }

  conntrack(netns: string, hook: HookName, frame: Frame): void {
    const kept = this.store.live(frame.flow, frame.nr)
    if (kept === undefined) return
    this.looked(kept, netns, hook, frame, lookedUp(frame))
  }

  confirmed(netns: string, hook: HookName, frame: Frame): void {
    const kept = this.store.live(frame.flow, frame.nr)
    if (kept === undefined) return
    this.looked(kept, netns, hook, frame, why('ct.confirmed'))
  }

  translated(netns: string, hook: HookName, frame: Frame, before: Packet): void {
    const kept = this.store.live(frame.flow, frame.nr)
    if (kept === undefined) return
    const { packet, mark, entry } = frame
    const after = headerOf(packet, mark)
    const last = kept.steps.at(-1)
    if (last !== undefined && last.hook === hook && last.netns === netns && asksForNat(last)) {
      const entry = entryOf(frame, last.entry)
      const amended = { ...last, after, why: natWhy(last, last.why, after) }
      kept.steps[kept.steps.length - 1] = entry === undefined ? amended : { ...amended, entry }
      return
    }
    const source = packet.src !== before.src || packet.sport !== before.sport
    const values = {
      what: source ? 'its source' : 'its destination',
      to: source ? socketText(packet.src, packet.sport) : socketText(packet.dst, packet.dport),
    }
    const code: WhyCode =
      frame.ctState === 'RELATED'
        ? 'nat.error'
        : frame.ctDir === 'reply'
          ? 'nat.reply'
          : entry?.confirmed === false
            ? 'nat.port'
            : 'nat.entry'
    const draft = this.draft(kept, netns, frame, 'nat', headerOf(before, mark))
    draft.hook = hook
    draft.table = 'nat'
    draft.why = why(code, values)
    this.add(kept, draft)
  }

  note(netns: string, frame: Frame, kind: WalkStep['kind'], code: WhyCode, values: Values = {}, more: NoteMore = {}): void {
    const kept = this.store.live(frame.flow, frame.nr)
    if (kept === undefined) return
    const { before, device, hook, verdict } = more
    const draft = this.draft(kept, netns, frame, kind, headerOf(before ?? frame.packet, frame.mark))
    if (device !== undefined) draft.device = device
    if (hook !== undefined) draft.hook = hook
    if (verdict !== undefined) draft.verdict = verdict
    draft.why = why(code, values)
    this.add(kept, draft)
  }

  over(netns: string, frame: Frame, end: PacketEnd, code: WhyCode, values: Values = {}, more: NoteMore = {}): void {
    const kept = this.store.live(frame.flow, frame.nr)
    if (kept === undefined) return
    this.note(netns, frame, end === 'delivered' ? 'deliver' : 'drop', code, values, more)
    this.end(kept, frame, end)
  }

  stopped(netns: string, hook: HookName, frame: Frame, end: 'dropped' | 'rejected', code?: WhyCode): void {
    if (code === 'nat.failed') this.unsay(frame)
    if (code !== undefined) this.over(netns, frame, end, code, {}, { hook, verdict: 'DROP' })
    else {
      const kept = this.store.live(frame.flow, frame.nr)
      if (kept !== undefined) this.end(kept, frame, end)
    }
  }

  /** The translation that the last rule asked for was not made: it has changed nothing, and not because there was nothing to change. */
  private unsay(frame: Frame): void {
    const kept = this.store.live(frame.flow, frame.nr)
    const last = kept?.steps.at(-1)
    if (kept === undefined || last === undefined || !asksForNat(last)) return
    kept.steps[kept.steps.length - 1] = { ...last, why: why('rule.nat', { target: last.verdict ?? '' }, last.why.because) }
  }

  private end(kept: KeptPacket, frame: Frame, end: PacketEnd): void {
    if (kept.steps.length < STEPS) kept.end = end
    this.ended = { flow: frame.flow, nr: frame.nr }
  }

  save(): Json {
    return this.store.save()
  }

  load(state: Json): void {
    this.store.load(state)
  }

  private add(kept: KeptPacket, step: KeptStep): void {
    this.facts = []
    if (kept.steps.length < STEPS) kept.steps.push(step)
  }

  private looked(kept: KeptPacket, netns: string, hook: HookName, frame: Frame, said: Why): void {
    const draft = this.draft(kept, netns, frame, 'conntrack', headerOf(frame.packet, frame.mark))
    draft.hook = hook
    draft.why = said
    this.add(kept, draft)
  }

  /** A step as far as all kinds are alike. */
  private draft(kept: KeptPacket, netns: string, frame: Frame, kind: WalkStep['kind'], before: WalkHeader): Draft {
    const draft: Draft = { time: this.now(), place: placeOf(netns), netns, kind, before, why: NOTHING }
    const device = frame.oif ?? frame.iif
    const after = headerOf(frame.packet, frame.mark)
    const entry = entryOf(frame, kept.steps.at(-1)?.entry)
    if (device !== undefined) draft.device = device
    if (after !== before) draft.after = after
    if (entry !== undefined) draft.entry = entry
    return draft
  }
}

function directionOf({ from, proto }: ConnectionRecord, packet: Packet): CtDirection {
  if (packet.src !== from.address) return 'reply'
  if (proto !== 'icmp') return packet.sport === from.port ? 'original' : 'reply'
  return packet.icmp?.type === 8 || packet.icmp?.type === 128 ? 'original' : 'reply'
}

/** An ICMP error, or a RST that no socket sent. */
function isError({ packet, uid }: Frame): boolean {
  return isIcmpError(packet) || (packet.tcp?.rst === true && uid === undefined)
}

function opposite(direction: CtDirection | undefined): CtDirection {
  return direction === 'reply' ? 'original' : 'reply'
}

/** What conntrack said when it looked the packet up. */
function lookedUp(frame: Frame): Why {
  const { ctState, ctDir, entry } = frame
  if (ctState === 'UNTRACKED') return why('ct.untracked')
  if (entry === undefined || ctState === 'INVALID') return why('ct.invalid')
  const { original } = entry
  const ends = { src: socketText(original.src, original.sport), dst: socketText(original.dst, original.dport) }
  if (ctState === 'RELATED') return why('ct.related', ends)
  if (ctDir === 'reply') return why('ct.reply', ends)
  if (ctState === 'ESTABLISHED') return why('ct.known')
  return why(entry.confirmed ? 'ct.again' : 'ct.new')
}
