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
  private pending: Readonly<Record<string, Pending>> = {}
  private failures: Readonly<Record<string, number>> = {}

  /** `handler` returns false when the key should be tried again later. `name` is the task's name on the clock. */
  constructor(clock: Clock, name: string, handler: (key: string) => boolean) {
    this.clock = clock
    this.name = name
    clock.handle(name, (args) => {
      const key = args as string
      this.pending = without(this.pending, key)
      if (handler(key)) this.failures = without(this.failures, key)
      else this.retry(key)
    })
  }

  /** Puts the key's turn `delay` ms from now, unless it comes sooner already. */
  add(key: string, delay: number): void {
    const due = this.clock.now + delay
    const waiting = this.pending[key]
    if (waiting !== undefined) {
      if (waiting.due <= due) return
      this.clock.cancel(waiting.task)
    }
    this.pending = { ...this.pending, [key]: { task: this.clock.schedule(this.name, delay, key), due } }
  }

  save(): Json {
    return { pending: this.pending as unknown as Json, failures: this.failures }
  }

  load(state: Json): void {
    const { pending, failures } = state as unknown as { pending: Record<string, Pending>; failures: Record<string, number> }
    this.pending = pending
    this.failures = failures
  }

  private retry(key: string): void {
    const failed = this.failures[key] ?? 0
    this.failures = { ...this.failures, [key]: failed + 1 }
    this.add(key, Math.min(FIRST_RETRY * 2 ** failed, LONGEST_RETRY))
  }
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  if (!(key in record)) return record
  const { [key]: _gone, ...rest } = record
  return rest
}
