import { Canceller, type Clock } from '../clock/clock.ts'
import { drive } from '../shell/drive.ts'
import type { Turns } from '../shell/host.ts'

/** Turns of the microtask queue that woken commands get before the event loop is asked. */
const QUICK_TURNS = 24

/** How a session's virtual time moves: as far as it is told, with a rest wherever a command that was woken has to act. */
export class Pace {
  paused = false
  private readonly clock: Clock
  private readonly turns: Turns
  private readonly running: () => boolean

  constructor(clock: Clock, turns: Turns, running: () => boolean) {
    this.clock = clock
    this.turns = turns
    this.running = running
  }

  /** Waits for a line that has begun; where nobody else moves the clock, its waits are skipped. */
  async run<T>(running: Promise<T>, interrupt: () => void): Promise<T> {
    if (this.turns.host.time !== 'virtual') return running
    const canceller = new Canceller()
    canceller.onAbort(interrupt)
    await drive(() => running.then(() => 0), this.clock, this.turns, canceller)
    return running
  }

  /** Returns whether anything was due on the way. */
  async advance(ms: number): Promise<boolean> {
    const { clock } = this
    // Whole milliseconds: a fraction would survive neither timestamps nor a replay.
    const target = clock.now + Math.floor(ms)
    const due = clock.nextDue()
    const somethingDue = due !== undefined && due <= target
    while (!clock.advanceTo(target)) await this.settle()
    if (somethingDue) await this.settle()
    return somethingDue
  }

  /** Lets commands that were woken go as far as they can. */
  async settle(): Promise<void> {
    for (let i = 0; i < QUICK_TURNS; i++) await undefined
    if (!this.running()) return
    const { host } = this.turns
    await host.yieldToHost()
    while (this.turns.busy) await host.yieldToHost()
  }
}
