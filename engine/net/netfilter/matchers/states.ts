import type { CtInfo } from '../../packet.ts'
import { parameterProblem } from '../errors.ts'

/** Whether a packet is in one of the listed connection states; SNAT and DNAT are flags beside the state (xt_conntrack.c). */
export function inStates(ct: CtInfo | undefined, states: readonly string[]): boolean {
  if (ct === undefined) return states.includes('INVALID')
  if (states.includes(ct.state)) return true
  if (ct.state === 'UNTRACKED' || ct.state === 'INVALID') return false
  return (ct.snat && states.includes('SNAT')) || (ct.dnat && states.includes('DNAT'))
}

/**
 * The names of a list, in the order of `known`; a beginning of a name is enough (strncasecmp with the word's length). A word that
 * begins none is handed to `refuse` with all behind it.
 */
export function namedIn(list: string, known: readonly string[], refuse: (from: string, last: boolean) => never): string[] {
  const words = list.split(',')
  const chosen = words.map((word, at) => {
    const upper = word.toUpperCase()
    const found = word === '' ? undefined : known.find((name) => name.startsWith(upper))
    return found ?? refuse(words.slice(at).join(','), at === words.length - 1)
  })
  return known.filter((name) => chosen.includes(name))
}

/** The same in the words of libxt_conntrack.c. */
export function statesIn(list: string, known: readonly string[], what: string): string[] {
  return namedIn(list, known, (from) => parameterProblem(`Bad ${what} "${from}"`))
}
