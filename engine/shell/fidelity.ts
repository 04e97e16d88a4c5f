import type { Fidelity } from '../cli/command.ts'

const WEAKEST_LAST: readonly Fidelity[] = ['recorded', 'modelled', 'not emulated']

/** The weaker of two marks; an answer is as sure as its least sure part. */
export function weaker(a: Fidelity | undefined, b: Fidelity): Fidelity {
  return a !== undefined && WEAKEST_LAST.indexOf(a) > WEAKEST_LAST.indexOf(b) ? a : b
}
