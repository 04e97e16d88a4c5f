import type { Json, Stateful } from '../base/json.ts'
import type { Clock } from './clock.ts'

interface Pending {
  readonly task: number
  readonly due: number
}

/** First wait after a failure and the longest, ms (client-go's exponential failure rate limiter). */
const FIRST_RETRY = 5
const LONGEST_RETRY = 1_000_000

/**
 * A queue of keys that one handler works off on the clock, each key at most once at a time (client-go util/workqueue).
 * A key added again before its turn moves forward if the new turn is sooner.
 */
export class WorkQueue implements Stateful {
  private readonly clock: Clock
  private readonly name: string
  private readonly pending = new Map<string, Pending>()
  private readonly failures = new Map<string, number>()

  /** `handler` returns false when the key should be tried again later. `name` is the task's name on the clock. */
  constructor(clock: Clock, name: string, handler: (key: string) => boolean) {
    this.clock = clock
    this.name = name
    clock.handle(name, (args) => {
      const key = args as string
      this.pending.delete(key)
      if (handler(key)) this.failures.delete(key)
      else this.retry(key)
    })
  }

  /** Puts the key's turn `delay` ms from now, unless it comes sooner already. */
  add(key: string, delay: number): void {
    const due = this.clock.now + delay
    const waiting = this.pending.get(key)
    if (waiting !== undefined) {
      if (waiting.due <= due) return
      this.clock.cancel(waiting.task)
    }
    this.pending.set(key, { task: this.clock.schedule(this.name, delay, key), due })
  }

  save(): Json {
    return { pending: Object.fromEntries(this.pending) as unknown as Json, failures: Object.fromEntries(this.failures) }
  }

  load(state: Json): void {
    const { pending, failures } = state as unknown as { pending: Record<string, Pending>; failures: Record<string, number> }
    this.pending.clear()
    this.failures.clear()
    for (const [key, waiting] of Object.entries(pending)) this.pending.set(key, waiting)
    for (const [key, failed] of Object.entries(failures)) this.failures.set(key, failed)
  }

  private retry(key: string): void {
    const failed = this.failures.get(key) ?? 0
    this.failures.set(key, failed + 1)
    this.add(key, Math.min(FIRST_RETRY * 2 ** failed, LONGEST_RETRY))
  }
}
