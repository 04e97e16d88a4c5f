import type { Json, Stateful } from '../base/json.ts'

/** One line of a kernel's ring buffer. `level` is syslog's: 0 emerg … 7 debug. */
export interface KernelLine {
  /** Virtual ms, with a fraction that keeps the lines of one instant in order. */
  readonly at: number
  readonly level: number
  readonly text: string
}

/** How many lines are kept: of the order of a 256 KiB ring (CONFIG_LOG_BUF_SHIFT=18) of packet lines. */
const KEPT = 1000
const STEP_MS = 0.013

/** The kernel log of one machine (printk): every network namespace of a node writes into its node's. */
export class KernelLog implements Stateful {
  private lines: readonly KernelLine[] = []
  /** What `dmesg -C` has cleared ends here; the lines stay in the ring. */
  private clearedAt = Number.NEGATIVE_INFINITY
  private readonly now: () => number

  constructor(now: () => number) {
    this.now = now
  }

  write(level: number, text: string): void {
    const last = this.lines.at(-1)?.at ?? Number.NEGATIVE_INFINITY
    const now = this.now()
    const at = last >= now ? Math.round((last + STEP_MS) * 1000) / 1000 : now
    this.lines = [...(this.lines.length >= KEPT ? this.lines.slice(1 - KEPT) : this.lines), { at, level, text }]
  }

  /** What dmesg shows, oldest first. */
  list(): readonly KernelLine[] {
    return this.lines.filter((line) => line.at > this.clearedAt)
  }

  /** SYSLOG_ACTION_CLEAR. */
  clear(): void {
    this.clearedAt = this.lines.at(-1)?.at ?? this.clearedAt
  }

  save(): Json {
    return { lines: this.lines, ...(Number.isFinite(this.clearedAt) ? { clearedAt: this.clearedAt } : {}) } as unknown as Json
  }

  load(state: Json): void {
    const saved = state as unknown as { lines: readonly KernelLine[]; clearedAt?: number }
    this.lines = saved.lines
    this.clearedAt = saved.clearedAt ?? Number.NEGATIVE_INFINITY
  }
}
