import type { Json, Stateful } from '../base/json.ts'

/** net.core.message_cost and message_burst. */
const INTERVAL_MS = 5000
const BURST = 10

/** net_ratelimit: ten lines in five seconds, and afterwards how many were left out (lib/ratelimit.c). */
export class RateLimit implements Stateful {
  private begin = 0
  private printed = 0
  private missed = 0

  /** The lines to print now where `line` came up: none, or the line, with a count of those left out before it. */
  lines(line: string, now: number): readonly string[] {
    if (now - this.begin > INTERVAL_MS) {
      const missed = this.missed
      this.begin = now
      this.printed = 1
      this.missed = 0
      return missed === 0 ? [line] : [`net_ratelimit: ${missed} callbacks suppressed`, line]
    }
    if (this.printed >= BURST) {
      this.missed++
      return []
    }
    this.printed++
    return [line]
  }

  save(): Json {
    return [this.begin, this.printed, this.missed]
  }

  load(state: Json): void {
    const [begin = 0, printed = 0, missed = 0] = state as readonly number[]
    this.begin = begin
    this.printed = printed
    this.missed = missed
  }
}
