import type { Flag } from '../command.ts'

/** Options whose answers recordings show (node/tools, group tcpdump). */
const RECORDED = 'i c n e v x X A q t l K D L V'
const on = (short: string, value?: string): Flag => ({
  short,
  status: 'emulated',
  suite: RECORDED.split(' ').includes(short) ? 'node-tools' : 'modelled',
  ...(value === undefined ? {} : { value }),
})
const same = (short: string, reason: string, value?: string): Flag => ({ ...on(short, value), status: 'accepted', reason })
const known = (short: string, value?: string): Flag => ({ short, status: 'known', ...(value === undefined ? {} : { value }) })
const longKnown = (long: string, value?: string): Flag => ({ long, status: 'known', ...(value === undefined ? {} : { value }) })

/** tcpdump 4.99.3's options. */
export const TCPDUMP_FLAGS: readonly Flag[] = [
  { ...on('i', 'interface'), long: 'interface' },
  on('c', 'count'),
  on('n'),
  on('e'),
  on('v'),
  on('x'),
  on('X'),
  on('A'),
  on('q'),
  on('t'),
  { ...on('S'), long: 'absolute-tcp-sequence-numbers' },
  { ...on('K'), long: 'dont-verify-checksums' },
  { ...on('#'), long: 'number' },
  { ...on('Q', 'in|out|inout'), long: 'direction' },
  { ...on('D'), long: 'list-interfaces' },
  { ...on('L'), long: 'list-data-link-types' },
  { ...on('h'), long: 'help', suite: 'node-tools' },
  { long: 'version', status: 'emulated', suite: 'node-tools' },
  { ...on('l'), status: 'accepted', reason: 'every line is written at once here' },
  { ...same('p', 'no device here hears frames for others'), long: 'no-promiscuous-mode' },
  { ...same('U', 'nothing is buffered here'), long: 'packet-buffered' },
  { ...same('s', 'every packet here is shorter than the default', 'snaplen'), long: 'snapshot-length' },
  { ...same('B', 'nothing is lost for want of a buffer here', 'size'), long: 'buffer-size' },
  { ...same('Z', 'the user it drops to shows nowhere', 'user'), long: 'relinquish-privileges' },
  { long: 'immediate-mode', status: 'accepted', reason: 'nothing is buffered here' },
  { ...same('O', 'the filter means the same without its optimiser'), long: 'no-optimize' },
  ...['b', 'd', 'f', 'H', 'N', 'u'].map((short) => known(short)),
  { ...known('I'), long: 'monitor-mode' },
  { ...known('J'), long: 'list-time-stamp-types' },
  { ...known('j', 'tstamptype'), long: 'time-stamp-type' },
  { ...known('y', 'datalinktype'), long: 'linktype' },
  ...['C', 'E', 'F', 'G', 'M', 'm', 'r', 'T', 'V', 'w', 'W', 'z'].map((short) => known(short, 'value')),
  longKnown('count'),
  longKnown('print'),
  longKnown('micro'),
  longKnown('nano'),
  longKnown('lengths'),
  longKnown('time-stamp-precision', 'precision'),
]
