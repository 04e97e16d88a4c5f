import type { Json, Stateful } from '../base/json.ts'
import type { HookName, RuleStep, TableName } from './netfilter/env.ts'
import type { Packet, Tuple } from './packet.ts'
import type { Frame } from './path/frame.ts'

/** What a walk keeps of a packet: headers, and of those what rules and translations speak of. */
export type PacketHeader = Pick<Packet, 'src' | 'dst' | 'proto' | 'ttl' | 'length' | 'sport' | 'dport'> & {
  readonly flags?: string
}

/** One thing that happened to one packet of a connection: a rule, a translation, a routing decision, a device crossed. */
export interface TraceStep {
  readonly time: number
  readonly netns: string
  readonly device?: string
  readonly kind: 'rule' | 'conntrack' | 'nat' | 'route' | 'device' | 'drop' | 'deliver' | 'bpf'
  readonly hook?: HookName
  readonly table?: TableName
  readonly chain?: string
  readonly rule?: number
  readonly text?: string
  readonly verdict?: string
  readonly before: PacketHeader
  /** Absent where nothing changed. */
  readonly after?: PacketHeader
  readonly mark: number
  /** With what was found or translated only. */
  readonly ct?: { readonly state: string; readonly direction: string; readonly original: Tuple; readonly reply: Tuple }
}

/** The walk of one connection's packets. */
export interface Walk {
  /** The id of its ConnectionRecord. */
  readonly flow: number
  readonly steps: readonly TraceStep[]
}

/** What the path tells while a packet moves. Absent (undefined) when tracing is off. */
export interface TraceSink {
  rule(netns: string, hook: HookName, frame: Frame, step: RuleStep, before: Packet): void
  conntrack(netns: string, hook: HookName, frame: Frame): void
  translated(netns: string, hook: HookName, frame: Frame, before: Packet): void
  dropped(netns: string, hook: HookName, frame: Frame, table: TableName): undefined
  note(netns: string, kind: TraceStep['kind'], frame: Frame, text: string, before?: Packet, device?: string): void
}

const WALKS = 20
const STEPS = 160

/** Keeps the walks of the last connections. The packet's payload is not kept: a walk is about headers. */
export class Trace implements TraceSink, Stateful {
  private walks = new Map<number, TraceStep[]>()
  private saved: readonly (readonly [number, readonly TraceStep[]])[] | undefined
  private readonly now: () => number

  constructor(now: () => number) {
    this.now = now
  }

  list(): readonly Walk[] {
    return [...this.walks].map(([flow, steps]) => ({ flow, steps }))
  }

  of(flow: number): readonly TraceStep[] {
    return this.walks.get(flow) ?? []
  }

  rule(netns: string, hook: HookName, frame: Frame, step: RuleStep, before: Packet): void {
    if (!this.wants(frame)) return
    const { table, chain, rule: number, text, verdict } = step
    this.add(frame, { ...this.base(netns, frame, before), kind: 'rule', hook, table, chain, rule: number, text, verdict })
  }

  conntrack(netns: string, hook: HookName, frame: Frame): void {
    if (!this.wants(frame)) return
    const text = frame.ctState ?? 'UNTRACKED'
    this.add(frame, { ...this.base(netns, frame), ...this.tracked(frame), kind: 'conntrack', hook, text })
  }

  translated(netns: string, hook: HookName, frame: Frame, before: Packet): void {
    if (this.wants(frame)) this.add(frame, { ...this.base(netns, frame, before), ...this.tracked(frame), kind: 'nat', hook })
  }

  dropped(netns: string, hook: HookName, frame: Frame, table: TableName): undefined {
    if (this.wants(frame)) this.add(frame, { ...this.base(netns, frame), kind: 'drop', hook, table, verdict: 'DROP' })
  }

  note(netns: string, kind: TraceStep['kind'], frame: Frame, text: string, before?: Packet, device?: string): void {
    if (this.wants(frame)) this.add(frame, { ...this.base(netns, frame, before, device), kind, text })
  }

  save(): Json {
    this.saved ??= [...this.walks].map(([flow, steps]) => [flow, [...steps]] as const)
    return this.saved as unknown as Json
  }

  load(state: Json): void {
    const saved = state as unknown as readonly (readonly [number, readonly TraceStep[]])[]
    this.walks = new Map(saved.map(([flow, steps]) => [flow, [...steps]]))
    this.saved = saved
  }

  private wants(frame: Frame): boolean {
    return frame.flow !== undefined && (this.walks.get(frame.flow)?.length ?? 0) < STEPS
  }

  private base(netns: string, frame: Frame, before: Packet = frame.packet, device: string | undefined = frame.oif ?? frame.iif) {
    return {
      time: this.now(),
      netns,
      ...(device === undefined ? {} : { device }),
      before: header(before),
      ...(before === frame.packet ? {} : { after: header(frame.packet) }),
      mark: frame.mark,
    }
  }

  private tracked(frame: Frame): Pick<TraceStep, 'ct'> {
    const ct = frame.entry
    if (ct === undefined) return {}
    return { ct: { state: frame.ctState ?? '', direction: frame.ctDir, original: ct.original, reply: ct.reply } }
  }

  private add(frame: Frame, step: TraceStep): void {
    if (frame.flow === undefined) return
    this.saved = undefined
    const steps = this.walks.get(frame.flow)
    if (steps !== undefined) {
      steps.push(step)
      return
    }
    if (this.walks.size >= WALKS) this.walks.delete(this.walks.keys().next().value as number)
    this.walks.set(frame.flow, [step])
  }
}

const headers = new WeakMap<Packet, PacketHeader>()

function header(packet: Packet): PacketHeader {
  const known = headers.get(packet)
  if (known !== undefined) return known
  const { src, dst, proto, ttl, length, sport, dport, tcp } = packet
  const flags = tcp === undefined ? '' : (['syn', 'fin', 'rst', 'psh', 'ack'] as const).filter((f) => tcp[f]).join(',')
  const made: PacketHeader = {
    src,
    dst,
    proto,
    ttl,
    length,
    ...(sport === undefined ? {} : { sport }),
    ...(dport === undefined ? {} : { dport }),
    ...(flags === '' ? {} : { flags }),
  }
  headers.set(packet, made)
  return made
}
