const IDLE_MS = 1000
const AT_MOST_EVERY_MS = 5000

/** When to take a snapshot: a second after the last change, and at most every five (DESIGN section 8). */
export class SnapshotTimer {
  private readonly save: () => Promise<void>
  private timer: ReturnType<typeof setTimeout> | undefined
  private last = 0

  constructor(save: () => Promise<void>) {
    this.save = save
  }

  changed(): void {
    clearTimeout(this.timer)
    const wait = Math.max(IDLE_MS, this.last + AT_MOST_EVERY_MS - Date.now())
    this.timer = setTimeout(() => {
      this.last = Date.now()
      // The journal holds what this snapshot would have: a failure costs replay time, and the next one tries again.
      this.save().catch(() => {})
    }, wait)
  }

  stop(): void {
    clearTimeout(this.timer)
  }
}
