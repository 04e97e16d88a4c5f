import type { Command, Fidelity, Flag } from '../cli/command.ts'

const WEAKEST_LAST: readonly Fidelity[] = ['recorded', 'modelled', 'not emulated']

/** The weaker of two marks; an answer is as sure as its least sure part. */
export function weaker(a: Fidelity | undefined, b: Fidelity): Fidelity {
  return a !== undefined && WEAKEST_LAST.indexOf(a) > WEAKEST_LAST.indexOf(b) ? a : b
}

/** How sure the answer of a command is that does not say so itself: as its flags are, or where it was given none, as its best. */
export function fidelityOf(command: Command, argv: readonly string[]): Fidelity {
  const recorded = ({ suite }: Flag) => suite !== undefined && suite !== 'modelled'
  const used = command.flags.filter(({ long, short }) =>
    argv.some(
      (word) =>
        (long !== undefined && word.split('=')[0] === `--${long}`) || (short !== undefined && word.startsWith(`-${short}`)),
    ),
  )
  const sure = used.length > 0 ? used.every(recorded) : command.flags.some(recorded)
  return sure ? 'recorded' : 'modelled'
}
