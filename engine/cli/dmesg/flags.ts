import type { Flag } from '../command.ts'

const on = (short: string, long: string, value?: string): Flag => ({
  short,
  long,
  status: 'emulated',
  suite: 'modelled',
  ...(value === undefined ? {} : { value }),
})
const same = (short: string, long: string, reason: string, value?: string): Flag => ({
  ...on(short, long, value),
  status: 'accepted',
  reason,
})
const known = (long: string, short?: string, value?: string): Flag => ({
  long,
  status: 'known',
  ...(short === undefined ? {} : { short }),
  ...(value === undefined ? {} : { value }),
})

/** dmesg of util-linux 2.38.1. */
export const DMESG_FLAGS: readonly Flag[] = [
  on('C', 'clear'),
  on('c', 'read-clear'),
  on('f', 'facility', 'list'),
  on('J', 'json'),
  on('k', 'kernel'),
  { ...on('L', 'color', 'when'), valueOptional: true },
  on('l', 'level', 'list'),
  on('r', 'raw'),
  on('T', 'ctime'),
  on('t', 'notime'),
  on('d', 'show-delta'),
  on('u', 'userspace'),
  on('w', 'follow'),
  on('W', 'follow-new'),
  on('x', 'decode'),
  on('h', 'help'),
  on('V', 'version'),
  same('P', 'nopager', 'no pager is started here'),
  same('p', 'force-prefix', 'no line of the log here has a second one'),
  same('S', 'syslog', 'both ways to read the log show the same'),
  same('s', 'buffer-size', 'the whole log is always read', 'size'),
  { long: 'noescape', status: 'accepted', reason: 'nothing here needs escaping' },
  known('human', 'H'),
  known('console-off', 'D'),
  known('console-on', 'E'),
  known('console-level', 'n', 'level'),
  known('file', 'F', 'file'),
  known('reltime', 'e'),
  known('time-format', undefined, 'format'),
  known('since', undefined, 'time'),
  known('until', undefined, 'time'),
]
