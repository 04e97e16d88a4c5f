import type { WatchEvent } from '../../apiserver/client.ts'
import type { Invocation } from './invocation.ts'

/** How long a command sleeps between looks; events wake nobody, so this is how late it may notice one. */
const STEP_MS = 100

/**
 * Watches `path` on virtual time until `onEvent` returns true (then true), the deadline passes or the learner interrupts
 * (then false). Events are noted synchronously at the store's commit and handled here, outside of it.
 */
export async function waitForEvents(
  call: Invocation,
  path: string,
  accept: string,
  onEvent: (event: WatchEvent) => boolean,
  timeoutMs = Number.POSITIVE_INFINITY,
): Promise<boolean> {
  const queue: WatchEvent[] = []
  const deadline = call.now + timeoutMs
  const watch = call.rest.watch(path, (event) => queue.push(event), accept)
  try {
    for (;;) {
      for (let event = queue.shift(); event !== undefined; event = queue.shift()) if (onEvent(event)) return true
      const left = deadline - call.now
      if (left <= 0 || call.context.signal.aborted) return false
      await call.context.sleep(Math.min(STEP_MS, left))
    }
  } finally {
    watch.stop()
  }
}
