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
/** How long before anything happens here a machine was switched on, unless somebody knows better. */
export const BOOT_MS = 60_000

/** The microseconds of a virtual instant, as part of a millisecond: the clock here counts no finer, a log's readers do. */
export function withinMs(at: number): number {
  return ((Math.imul(Math.floor(at / 7) ^ at, 0x9e3779b1) >>> 0) % 700) / 1000
}

/** The kernel log of one machine (printk): every network namespace of a node writes into its node's. */
export class KernelLog implements Stateful {
  private lines: readonly KernelLine[] = []
  /** What `dmesg -C` has cleared ends here; the lines stay in the ring. */
  private clearedAt = Number.NEGATIVE_INFINITY
  private readonly now: () => number
  private readonly listeners = new Set<(line: KernelLine) => void>()
  /** When the kernel started, virtual ms: what the times in brackets count from. */
  bootedAt: number

  constructor(now: () => number) {
    this.now = now
    this.bootedAt = now() - BOOT_MS - withinMs(now() + 1)
  }

  /** Hears every new line; belongs to a running command, so it is no part of the state. */
  on(listener: (line: KernelLine) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  write(level: number, text: string): void {
    const last = this.lines.at(-1)?.at ?? Number.NEGATIVE_INFINITY
    const now = this.now() + withinMs(this.now())
    const at = last >= now ? Math.round((last + STEP_MS) * 1000) / 1000 : now
    const line = { at, level, text }
    this.lines = [...(this.lines.length >= KEPT ? this.lines.slice(1 - KEPT) : this.lines), line]
    for (const listener of [...this.listeners]) listener(line)
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
    return {
      lines: this.lines,
      bootedAt: this.bootedAt,
      ...(Number.isFinite(this.clearedAt) ? { clearedAt: this.clearedAt } : {}),
    } as unknown as Json
  }

  load(state: Json): void {
    const saved = state as unknown as { lines: readonly KernelLine[]; bootedAt: number; clearedAt?: number }
    this.lines = saved.lines
    this.bootedAt = saved.bootedAt
    this.clearedAt = saved.clearedAt ?? Number.NEGATIVE_INFINITY
  }
}
