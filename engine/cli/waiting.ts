import { Canceller } from '../clock/clock.ts'
import type { CommandContext } from './command.ts'

/** Something that calls back at every change: a socket's end. */
export interface Watchable {
  watch(wake: () => void): () => void
}

/** One idle turn of a wait that nothing ends by itself. */
const IDLE_MS = 3_600_000

/**
 * Waits until `done`, the deadline (virtual ms, absolute) or Ctrl-C, whatever comes first; returns whether `done` holds. Wakes at
 * every change of what is watched, so that another terminal's command can end the wait.
 */
export async function waitFor(
  context: CommandContext,
  watched: readonly Watchable[],
  done: () => boolean,
  deadline?: number,
): Promise<boolean> {
  while (!done()) {
    if (context.signal.aborted) return false
    const left = deadline === undefined ? IDLE_MS : deadline - context.clock.now
    if (left <= 0) return false
    const turn = new Canceller()
    const stops = watched.map((w) => w.watch(() => turn.abort()))
    stops.push(context.signal.onAbort(() => turn.abort()))
    await context.clock.sleep(left, turn)
    for (const stop of stops) stop()
  }
  return true
}
