import type { Flag } from '../command.ts'

const SUITE = 'behaviour'
/** Nobody recorded these. */
const MODELLED =
  'create event src dst reply-dst proto timeout event-mask mark orig-port-src orig-port-dst reply-port-src reply-port-dst'.split(
    ' ',
  )
const on = (long: string, short?: string, value?: string, valueOptional = false): Flag => ({
  long,
  status: 'emulated',
  suite: MODELLED.includes(long) ? 'modelled' : SUITE,
  ...(short === undefined ? {} : { short }),
  ...(value === undefined ? {} : { value }),
  ...(valueOptional ? { valueOptional } : {}),
})
const known = (long: string, short?: string, value?: string): Flag => ({ ...on(long, short, value), status: 'known' })

/** conntrack 1.4.7's options. */
export const CONNTRACK_FLAGS: readonly Flag[] = [
  on('dump', 'L'),
  on('get', 'G'),
  on('delete', 'D'),
  on('create', 'I'),
  on('event', 'E'),
  on('flush', 'F'),
  on('count', 'C'),
  on('stats', 'S'),
  on('version', 'V'),
  on('help', 'h'),
  on('orig-src', 's', 'ip'),
  on('src', undefined, 'ip'),
  on('orig-dst', 'd', 'ip'),
  on('dst', undefined, 'ip'),
  on('reply-src', 'r', 'ip'),
  on('reply-dst', 'q', 'ip'),
  on('protonum', 'p', 'proto'),
  on('proto', undefined, 'proto'),
  on('family', 'f', 'proto'),
  on('timeout', 't', 'timeout'),
  on('status', 'u', 'status'),
  on('event-mask', 'e', 'eventmask'),
  on('output', 'o', 'type'),
  on('src-nat', 'n', 'ip', true),
  on('dst-nat', 'g', 'ip', true),
  on('any-nat', 'j', 'ip', true),
  on('mark', 'm', 'mark'),
  on('sport', undefined, 'port'),
  on('orig-port-src', undefined, 'port'),
  on('dport', undefined, 'port'),
  on('orig-port-dst', undefined, 'port'),
  on('reply-port-src', undefined, 'port'),
  on('reply-port-dst', undefined, 'port'),
  on('state', undefined, 'state'),
  known('update', 'U'),
  known('zero', 'z'),
  known('secmark', 'c', 'secmark'),
  known('label', 'l', 'label'),
  known('zone', 'w', 'value'),
  known('orig-zone', undefined, 'value'),
  known('reply-zone', undefined, 'value'),
  known('buffer-size', 'b', 'size'),
  known('mask-src', undefined, 'ip'),
  known('mask-dst', undefined, 'ip'),
  known('tuple-src', undefined, 'ip'),
  known('tuple-dst', undefined, 'ip'),
  known('label-add', undefined, 'label'),
  known('label-del', undefined, 'label'),
  known('icmp-type', undefined, 'type'),
  known('icmp-code', undefined, 'code'),
  known('icmp-id', undefined, 'id'),
]
