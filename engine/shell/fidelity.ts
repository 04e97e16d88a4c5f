import type { Command, Fidelity, Flag } from '../cli/command.ts'

const WEAKEST_LAST: readonly Fidelity[] = ['recorded', 'modelled', 'not emulated']

/** The weaker of two marks; an answer is as sure as its least sure part. */
export function weaker(a: Fidelity | undefined, b: Fidelity): Fidelity {
  return a !== undefined && WEAKEST_LAST.indexOf(a) > WEAKEST_LAST.indexOf(b) ? a : b
}

/** The flags that a word gives: one long one, or short ones bundled up to the first that takes the rest as its value. */
function flagsIn(word: string, flags: readonly Flag[]): Flag[] {
  if (word.startsWith('--')) return flags.filter(({ long }) => long !== undefined && word.split('=')[0] === `--${long}`)
  if (!word.startsWith('-')) return []
  const found: Flag[] = []
  for (const letter of word.slice(1)) {
    const flag = flags.find(({ short }) => short === letter)
    if (flag === undefined) break
    found.push(flag)
    if (flag.value !== undefined) break
  }
  return found
}

/** How sure the answer of a command is that does not say so itself: as its flags are, or where it was given none, as its best. */
export function fidelityOf(command: Command, argv: readonly string[]): Fidelity {
  const recorded = ({ suite }: Flag) => suite !== undefined && suite !== 'modelled'
  const used = argv.slice(1).flatMap((word) => flagsIn(word, command.flags))
  const sure = used.length > 0 ? used.every(recorded) : command.flags.some(recorded)
  return sure ? 'recorded' : 'modelled'
}
