import type { CtInfo } from '../../packet.ts'

/** Whether a packet is in one of the listed connection states; SNAT and DNAT are flags beside the state (xt_conntrack.c). */
export function inStates(ct: CtInfo | undefined, states: readonly string[]): boolean {
  if (ct === undefined) return states.includes('INVALID')
  if (states.includes(ct.state)) return true
  if (ct.state === 'UNTRACKED' || ct.state === 'INVALID') return false
  return (ct.snat && states.includes('SNAT')) || (ct.dnat && states.includes('DNAT'))
}
