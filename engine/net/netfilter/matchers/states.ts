import type { CtInfo } from '../../packet.ts'
import { parameterProblem } from '../errors.ts'

/** Whether a packet is in one of the listed connection states; SNAT and DNAT are flags beside the state (xt_conntrack.c). */
export function inStates(ct: CtInfo | undefined, states: readonly string[]): boolean {
  if (ct === undefined) return states.includes('INVALID')
  if (states.includes(ct.state)) return true
  if (ct.state === 'UNTRACKED' || ct.state === 'INVALID') return false
  return (ct.snat && states.includes('SNAT')) || (ct.dnat && states.includes('DNAT'))
}

/** Refuses a list with an unknown word, naming it from that word on (parse_states). */
export function refuseUnknown(list: string, known: readonly string[], what: string): void {
  const words = list.split(',')
  const at = words.findIndex((word) => !known.includes(word.toUpperCase()))
  if (at >= 0) parameterProblem(`Bad ${what} "${words.slice(at).join(',')}"`)
}
