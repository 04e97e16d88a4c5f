import type { CommandPart, Flag } from '../command.ts'

/** What `chainwalk trace` and its neighbours take. */
export const FROM: Flag = { long: 'from', value: 'WHERE', status: 'emulated', help: 'where the packet starts' }
export const TO: Flag = { long: 'to', value: 'WHERE', status: 'emulated', help: 'where it is to go' }
export const UDP: Flag = { long: 'udp', status: 'emulated', help: 'a datagram instead of a TCP connection' }
export const COUNT: Flag = { long: 'count', value: 'N', status: 'emulated', help: 'so many connections, one after another' }
export const TIMEOUT: Flag = { long: 'timeout', value: 'SECONDS', status: 'emulated', help: 'how long to wait for an answer (5)' }
export const OUTPUT: Flag = {
  long: 'output',
  short: 'o',
  value: 'text|json',
  status: 'emulated',
  help: 'words, or the walk as data',
}
export const ALL: Flag = { long: 'all', status: 'emulated', help: 'every packet kept, not only the first each way' }
export const NODE: Flag = { long: 'node', value: 'NAME', status: 'emulated', help: 'the node whose rules are meant' }
export const HELP: Flag = { long: 'help', short: 'h', status: 'emulated', help: 'this text' }

export const TRACE_FLAGS: readonly Flag[] = [FROM, TO, UDP, COUNT, TIMEOUT, OUTPUT, ALL, HELP]
export const CONNECTIONS_FLAGS: readonly Flag[] = [ALL, OUTPUT, HELP]
export const HITS_FLAGS: readonly Flag[] = [NODE, OUTPUT, HELP]

export const PARTS: readonly CommandPart[] = [
  { name: 'trace', status: 'emulated', flags: TRACE_FLAGS, suite: 'modelled' },
  { name: 'connections', status: 'emulated', flags: CONNECTIONS_FLAGS, suite: 'modelled' },
  { name: 'hits', status: 'emulated', flags: HITS_FLAGS, suite: 'modelled' },
]
