import type { Flows } from './flows.ts'
import type { Netns } from './netns.ts'
import type { Frame } from './path/frame.ts'
import type { NoteMore, TraceSink } from './trace.ts'
import type { Values } from './walk-say.ts'
import type { WhyCode } from './walk-why.data.ts'

/** What the walk can say of a BPF program's doing. */
export type BpfCode = Extract<WhyCode, `bpf.${string}`>

/** What BPF programs at devices tell of the packets they take. */
export class BpfNotes {
  private readonly trace: TraceSink
  private readonly flows: Flows

  constructor(trace: TraceSink, flows: Flows) {
    this.trace = trace
    this.flows = flows
  }

  /** The program did this to the packet; that it was translated is remembered with its connection. */
  did(ns: Netns, frame: Frame, code: BpfCode, values: Values, more?: NoteMore): void {
    if (code === 'bpf.service' && frame.flow !== undefined) this.flows.update(frame.flow, { bpf: true })
    if (frame.nr !== undefined) this.trace.note(ns.id, frame, 'bpf', code, values, more)
  }

  /** It refuses the packet and makes an answer itself. */
  refused(ns: Netns, frame: Frame, answer: Frame, values: Values, more?: NoteMore): void {
    if (frame.nr !== undefined) this.trace.over(ns.id, frame, 'rejected', 'bpf.none', values, more)
    this.trace.begin(ns.id, answer)
  }

  /** It has nowhere to send the packet. */
  lost(ns: Netns, frame: Frame): void {
    if (frame.nr !== undefined) this.trace.over(ns.id, frame, 'dropped', 'bpf.drop')
  }
}
