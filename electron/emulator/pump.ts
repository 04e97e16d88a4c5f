import type { Session } from '../../engine/index.ts'

/** Longer than this between two looks means that the machine slept: the lab's clock does not make up for it. */
const LONGEST_STEP = 10_000
/** With nothing due, the clock still moves so that ages and `date` are right when asked through the view. */
const IDLE_STEP = 1000
const SHORTEST_STEP = 5

/** Lets virtual time follow real time, one step at a time; work that must not be interleaved with a step runs through `exclusive`. */
export class Pump {
  private readonly session: Session
  private readonly now: () => number
  private last: number
  private timer: ReturnType<typeof setTimeout> | undefined
  private tail: Promise<unknown> = Promise.resolve()
  private stopped = true

  constructor(session: Session, now: () => number) {
    this.session = session
    this.now = now
    this.last = now()
  }

  start(): void {
    this.stopped = false
    this.last = this.now()
    this.plan()
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
  }

  /** Runs `work` at the present moment of virtual time, after what is under way and before the next step. */
  exclusive<T>(work: () => Promise<T> | T): Promise<T> {
    const result = this.tail.then(async () => {
      await this.step()
      return await work()
    })
    this.tail = result.catch(() => {})
    result.finally(() => this.plan()).catch(() => {})
    return result
  }

  private async step(): Promise<void> {
    // Whole milliseconds: the engine's clock knows no others. What is left over belongs to the next step.
    const passed = Math.floor(this.now() - this.last)
    const elapsed = Math.min(passed, LONGEST_STEP)
    this.last += passed
    if (!this.stopped && elapsed > 0) await this.session.pump(elapsed)
  }

  private plan(): void {
    clearTimeout(this.timer)
    if (this.stopped) return
    const due = this.session.nextDueIn() ?? IDLE_STEP
    const delay = Math.min(Math.max(due, SHORTEST_STEP), IDLE_STEP)
    this.timer = setTimeout(() => void this.exclusive(() => {}), delay)
  }
}
