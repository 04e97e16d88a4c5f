import { StatusError } from '../api/status.ts'
import type { Json, Stateful } from '../base/json.ts'
import { WorkQueue } from '../clock/work-queue.ts'
import type { ControlLoop, ControllerEnv } from './env.ts'

/** Time from an event to the loop's turn, ms: watch delivery and queue. */
const LATENCY = 4

/** Runs a {@link ControlLoop}: store events in, keys through a work queue, sync on the clock. */
export class LoopRunner implements Stateful {
  private readonly loop: ControlLoop
  private readonly queue: WorkQueue
  private running = false

  constructor(env: ControllerEnv, loop: ControlLoop) {
    this.loop = loop
    this.queue = new WorkQueue(env.clock, `controllers/${loop.name}`, (key) => this.attempt(key))
    env.store.watch((event) => {
      if (!this.running) return
      const keys = loop.keys(event)
      if (keys.length === 0) return
      const delay = LATENCY + (loop.patience?.(event) ?? 0)
      for (const key of keys) this.queue.add(key, delay)
    })
  }

  /** Looks at everything there is once, then follows events. */
  start(): void {
    this.running = true
    for (const key of this.loop.all()) this.queue.add(key, LATENCY)
  }

  stop(): void {
    this.running = false
  }

  /** Looks at a key again after `delay` ms without any event (deadlines). */
  later(key: string, delay: number): void {
    this.queue.add(key, delay)
  }

  save(): Json {
    return { running: this.running, queue: this.queue.save() }
  }

  load(state: Json): void {
    const { running, queue } = state as { running: boolean; queue: Json }
    this.running = running
    this.queue.load(queue)
  }

  private attempt(key: string): boolean {
    if (!this.running) return true
    try {
      this.loop.sync(key)
      return true
    } catch (error) {
      // A refusal by the API (a conflict, a quota, a namespace going away) is tried again; anything else is our bug.
      if (error instanceof StatusError) return false
      throw error
    }
  }
}
