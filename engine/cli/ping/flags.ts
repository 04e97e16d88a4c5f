import type { Flag } from '../command.ts'

const on = (short: string, value?: string): Flag => ({
  short,
  status: 'emulated',
  // Nobody recorded -h.
  suite: short === 'h' ? 'modelled' : 'node-tools',
  ...(value === undefined ? {} : { value }),
})
const known = (short: string, value?: string): Flag => ({ short, status: 'known', ...(value === undefined ? {} : { value }) })
const same = (short: string, reason: string, value?: string): Flag => ({ ...on(short, value), status: 'accepted', reason })

/** ping of iputils 20221126. */
export const PING_FLAGS: readonly Flag[] = [
  on('c', 'count'),
  on('i', 'interval'),
  on('W', 'timeout'),
  on('w', 'deadline'),
  on('s', 'size'),
  on('t', 'ttl'),
  on('I', 'interface'),
  on('q'),
  on('n'),
  on('D'),
  on('4'),
  on('6'),
  on('M', 'pmtud opt'),
  on('V'),
  on('h'),
  same('a', 'no bell here'),
  same('U', 'time of the reply is the same either way'),
  same('r', 'every destination here is reached the same way'),
  same('B', 'sources never change here'),
  same('Q', 'no queueing discipline looks at it', 'tclass'),
  same('m', 'no policy routing looks at it', 'mark'),
  same('e', 'the echo identifier shows nowhere', 'identifier'),
  known('A'),
  known('b'),
  known('d'),
  known('f'),
  known('F', 'flowlabel'),
  known('l', 'preload'),
  known('L'),
  known('N', 'nodeinfo opt'),
  known('O'),
  known('p', 'pattern'),
  known('R'),
  known('S', 'size'),
  known('T', 'timestamp'),
  known('v'),
]
