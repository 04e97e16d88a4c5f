import type { Json, Stateful } from '../base/json.ts'
import type { HookName, RuleStep, TableName } from './netfilter/env.ts'
import type { Packet, Tuple } from './packet.ts'
import type { Frame } from './path/frame.ts'

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
  readonly before: Packet
  readonly after: Packet
  readonly mark: number
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

const WALKS = 50
const STEPS = 300

/** Keeps the walks of the last connections. The packet's payload is not kept: a walk is about headers. */
export class Trace implements TraceSink, Stateful {
  private walks = new Map<number, readonly TraceStep[]>()
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
    this.add(frame, { ...this.base(netns, frame, before), kind: 'rule', hook, ...step })
  }

  conntrack(netns: string, hook: HookName, frame: Frame): void {
    this.add(frame, { ...this.base(netns, frame), kind: 'conntrack', hook, text: frame.ctState ?? 'UNTRACKED' })
  }

  translated(netns: string, hook: HookName, frame: Frame, before: Packet): void {
    this.add(frame, { ...this.base(netns, frame, before), kind: 'nat', hook })
  }

  dropped(netns: string, hook: HookName, frame: Frame, table: TableName): undefined {
    this.add(frame, { ...this.base(netns, frame), kind: 'drop', hook, table, verdict: 'DROP' })
  }

  note(netns: string, kind: TraceStep['kind'], frame: Frame, text: string, before?: Packet, device?: string): void {
    this.add(frame, { ...this.base(netns, frame, before, device), kind, text })
  }

  save(): Json {
    return [...this.walks] as unknown as Json
  }

  load(state: Json): void {
    this.walks = new Map(state as unknown as [number, readonly TraceStep[]][])
  }

  private base(netns: string, frame: Frame, before?: Packet, device?: string) {
    const at = device ?? frame.oif ?? frame.iif
    const ct = frame.entry
    return {
      time: this.now(),
      netns,
      ...(at === undefined ? {} : { device: at }),
      before: header(before ?? frame.packet),
      after: header(frame.packet),
      mark: frame.mark,
      ...(ct === undefined
        ? {}
        : { ct: { state: frame.ctState ?? '', direction: frame.ctDir, original: ct.original, reply: ct.reply } }),
    }
  }

  private add(frame: Frame, step: TraceStep): void {
    if (frame.flow === undefined) return
    const steps = this.walks.get(frame.flow)
    if (steps === undefined) {
      if (this.walks.size >= WALKS) this.walks.delete(this.walks.keys().next().value as number)
      this.walks.set(frame.flow, [step])
    } else if (steps.length < STEPS) this.walks.set(frame.flow, [...steps, step])
  }
}

function header(packet: Packet): Packet {
  return packet.payload === '' ? packet : { ...packet, payload: '' }
}
