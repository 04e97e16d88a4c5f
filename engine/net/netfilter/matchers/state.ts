import type { Matcher } from '../extension.ts'
import { inStates, statesIn } from './states.ts'

/** The order in which libxt_conntrack.c prints them (state_print_state). */
const STATES = ['INVALID', 'NEW', 'RELATED', 'ESTABLISHED', 'UNTRACKED']

/** "-m state": today an alias that libxt_conntrack.c keeps under its old name. */
export const state: Matcher = {
  name: 'state',
  options: [
    {
      name: 'state',
      arg: true,
      mandatory: true,
      invert: true,
      use: ({ draft, arg, invert }) => {
        draft['state'] = statesIn(arg, STATES, 'state')
        if (invert) draft['stateInv'] = true
      },
    },
  ],
  print: (d) => `${d['stateInv'] ? '! ' : ''}state ${(d['state'] as readonly string[]).join(',')}`,
  save: (d) => `${d['stateInv'] ? ' !' : ''} --state ${(d['state'] as readonly string[]).join(',')}`,
  matches: (d, skb) => inStates(skb.ct, d['state'] as readonly string[]) !== (d['stateInv'] === true),
}
