import type { Json, Stateful } from '../base/json.ts'
import type { Errno } from './socket/types.ts'

/** The line that a learner typed, and the shell it was typed into. Absent where a machine's own program acts. */
export interface Origin {
  readonly command: string
  readonly shell: string
}

/** One attempt to reach somebody, and who really answered: what graded checks and the packet walk start from. */
export interface ConnectionRecord {
  readonly id: number
  readonly at: number
  readonly proto: 'tcp' | 'udp' | 'icmp'
  readonly from: { readonly netns: string; readonly address: string; readonly port: number }
  /** As dialled. */
  readonly to: { readonly address: string; readonly port: number }
  readonly backend?: { readonly address: string; readonly port: number; readonly netns: string }
  /** The source as the backend saw it. */
  readonly sourceSeen?: { readonly address: string; readonly port: number }
  readonly snat: boolean
  /** Whether a packet of it carried kube-proxy's masquerade mark. */
  readonly marked: boolean
  /** Translated by a BPF program at the pod's device, not by iptables. */
  readonly bpf: boolean
  readonly result: 'pending' | 'connected' | 'refused' | 'timeout' | 'unreachable' | 'reset' | 'denied'
  readonly bytes?: { readonly sent: number; readonly received: number }
  readonly origin?: Origin
}

const KEPT = 200
/** kube-proxy's masquerade bit, --iptables-masquerade-bit=14. */
const MASQUERADE_MARK = 0x4000

const RESULT: Readonly<Partial<Record<Errno, ConnectionRecord['result']>>> = {
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ECONNRESET: 'reset',
  EPERM: 'denied',
}

export function resultOf(errno: Errno): ConnectionRecord['result'] {
  return RESULT[errno] ?? 'unreachable'
}

/** A ring of the last connection attempts of the whole network. A record never changes; a change puts another in its place. */
export class Flows implements Stateful {
  private records = new Map<number, ConnectionRecord>()
  private listed: readonly ConnectionRecord[] | undefined = []
  private nextId = 1
  /** Hears of every new record: the packet walk decides there and then whether to keep its packets. */
  opened: ((record: ConnectionRecord) => void) | undefined

  /** Oldest first. */
  list(): readonly ConnectionRecord[] {
    this.listed ??= [...this.records.values()]
    return this.listed
  }

  open(record: Omit<ConnectionRecord, 'id' | 'snat' | 'marked' | 'bpf' | 'result'>): number {
    const id = this.nextId++
    if (this.records.size >= KEPT) this.records.delete(this.records.keys().next().value as number)
    const opened: ConnectionRecord = { id, snat: false, marked: false, bpf: false, result: 'pending', ...record }
    this.records.set(id, opened)
    this.listed = undefined
    this.opened?.(opened)
    return id
  }

  update(id: number, change: Partial<ConnectionRecord>): void {
    const known = this.records.get(id)
    if (known === undefined) return
    this.records.set(id, { ...known, ...change })
    this.listed = undefined
  }

  get(id: number): ConnectionRecord | undefined {
    return this.records.get(id)
  }

  mark(id: number, mark: number): void {
    if ((mark & MASQUERADE_MARK) === 0 || this.get(id)?.marked !== false) return
    this.update(id, { marked: true })
  }

  save(): Json {
    return { nextId: this.nextId, records: this.list() } as unknown as Json
  }

  load(state: Json): void {
    const saved = state as unknown as { nextId: number; records: readonly ConnectionRecord[] }
    this.nextId = saved.nextId
    this.records = new Map(saved.records.map((r) => [r.id, r]))
    this.listed = saved.records
  }
}
