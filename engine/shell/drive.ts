import type { Canceller, Clock } from '../clock/clock.ts'
import type { Turns } from './host.ts'

/** How long a command may wait before it counts as waiting for ever: ten virtual minutes. */
export const LIMIT_MS = 600_000

/** Turns of the microtask queue that a command gets before the host's event loop is asked. */
const QUICK_TURNS = 24
/** Turns of the event loop for a command that waits for nothing we know of: it may wait for the host (a hash computed in a thread). */
const PATIENT_TURNS = 500
/** Turns of the event loop an aborted command gets to wind up. */
const GRACE_TURNS = 8

export type Driven = { readonly exit: number } | { readonly timedOut: true }

/**
 * Runs a command to its end on virtual time alone: whenever it waits, time jumps to what is due next. What nothing can end is
 * aborted after `limit` ms.
 */
export async function drive(
  start: () => Promise<number>,
  clock: Clock,
  turns: Turns,
  canceller: Canceller,
  limit = LIMIT_MS,
): Promise<Driven> {
  let result: { exit: number } | { error: unknown } | undefined
  start().then(
    (exit) => {
      result = { exit }
    },
    (error: unknown) => {
      result = { error }
    },
  )
  const end = clock.now + limit
  let grace = GRACE_TURNS
  let late = false
  let patience = PATIENT_TURNS
  while (true) {
    for (let i = 0; i < QUICK_TURNS && result === undefined; i++) await undefined
    if (result === undefined) await turns.host.yieldToHost()
    if (result !== undefined) {
      if ('error' in result) throw result.error
      return late ? { timedOut: true } : result
    }
    if (turns.busy) continue
    if (late) {
      if (grace-- === 0) return { timedOut: true }
      continue
    }
    if (clock.nextWake() === undefined && patience-- > 0) continue
    patience = PATIENT_TURNS
    const due = clock.nextDue()
    if (due !== undefined && due < end) clock.advanceTo(due)
    else if (clock.advanceTo(end)) {
      late = true
      canceller.abort()
    }
  }
}
