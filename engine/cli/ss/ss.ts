import { isAny } from '../../net/socket/table.ts'
import type { Socket } from '../../net/socket/types.ts'
import { type Command, type CommandContext, type Flag, notEmulated } from '../command.ts'
import { getopt, notEmulatedOption, optionValue } from '../getopt.ts'
import { serviceName } from '../services.ts'
import { parseFilter, SsError, type SsFilter } from './filter.ts'
import { type Row, table } from './table.ts'

const on = (long: string, short?: string, value?: string): Flag => ({
  long,
  status: 'emulated',
  // The recordings of ss name processes of the recorder's own: none is compared.
  suite: 'modelled',
  ...(short === undefined ? {} : { short }),
  ...(value === undefined ? {} : { value }),
})
const known = (long: string, short?: string, value?: string): Flag => ({ ...on(long, short, value), status: 'known' })

/** ss of iproute2 6.1.0. */
const FLAGS: readonly Flag[] = [
  on('numeric', 'n'),
  on('all', 'a'),
  on('listening', 'l'),
  on('processes', 'p'),
  on('tcp', 't'),
  on('udp', 'u'),
  on('ipv4', '4'),
  on('ipv6', '6'),
  on('no-header', 'H'),
  on('oneline', 'O'),
  on('version', 'V'),
  known('help', 'h'),
  known('resolve', 'r'),
  known('options', 'o'),
  known('extended', 'e'),
  known('memory', 'm'),
  known('info', 'i'),
  known('summary', 's'),
  known('raw', 'w'),
  known('unix', 'x'),
  known('packet', '0'),
  known('dccp', 'd'),
  known('sctp', 'S'),
  known('vsock'),
  known('kill', 'K'),
  known('net', 'N', 'NAME'),
  known('family', 'f', 'FAMILY'),
  known('query', 'A', 'QUERY'),
  known('bpf'),
  known('context', 'Z'),
]

const STATE: Readonly<Record<string, string>> = {
  LISTEN: 'LISTEN',
  SYN_SENT: 'SYN-SENT',
  SYN_RECV: 'SYN-RECV',
  ESTABLISHED: 'ESTAB',
  FIN_WAIT1: 'FIN-WAIT-1',
  FIN_WAIT2: 'FIN-WAIT-2',
  CLOSE_WAIT: 'CLOSE-WAIT',
  LAST_ACK: 'LAST-ACK',
  CLOSING: 'CLOSING',
  TIME_WAIT: 'TIME-WAIT',
  CLOSED: 'UNCONN',
}

function stateOf(s: Socket): string {
  if (s.proto === 'tcp') return STATE[s.state] ?? s.state
  return s.remote === '' ? 'UNCONN' : 'ESTAB'
}

function run(context: CommandContext): number {
  const { stderr, stdout } = context
  const given = getopt(context.argv.slice(1), FLAGS)
  if (given.error !== undefined) return notEmulated(context, given.error)
  const unknown = notEmulatedOption(given)
  if (unknown !== undefined) return notEmulated(context, unknown)
  const has = (name: string) => optionValue(given, name) !== undefined
  if (has('version')) {
    stdout.write('ss utility, iproute2-6.1.0\n')
    return 0
  }
  let filter: SsFilter
  try {
    filter = parseFilter(given.operands, context.machine)
  } catch (error) {
    if (!(error instanceof SsError)) throw error
    stderr.write(error.message)
    return error.exit
  }
  if (!has('tcp') && !has('udp')) return notEmulated(context, 'sockets of every kind (name -t or -u)')
  const wanted = (s: Socket) => {
    if (s.proto === 'icmp' || !has(s.proto)) return false
    const state = stateOf(s)
    const listening = state === 'LISTEN' || state === 'UNCONN'
    if (filter.states !== undefined ? !filter.states.includes(state) : !has('all') && has('listening') !== listening) return false
    if (has('ipv4') !== has('ipv6') && (s.family === 4) !== has('ipv4')) return false
    return filter.test(s)
  }
  const both = has('tcp') && has('udp')
  const ordered = [...context.machine.netns.sockets.all().filter(wanted)].sort((a, b) => placeOf(a) - placeOf(b))
  const rows = ordered.map((s) => rowOf(context, s, has('numeric'), has('processes')))
  const columns = { netid: both, state: filter.states?.length !== 1, header: !has('no-header') }
  stdout.write(table(rows, columns, context.tty?.columns))
  return 0
}

/** The dumps that ss asks for, one after the other: udp, tcp; of each AF_INET, then AF_INET6; the kernel tells of listeners first. */
function placeOf(s: Socket): number {
  return (s.proto === 'tcp' ? 4 : 0) + (s.family === 6 ? 2 : 0) + (s.proto === 'tcp' && s.state !== 'LISTEN' ? 1 : 0)
}

function rowOf(context: CommandContext, s: Socket, numeric: boolean, processes: boolean): Row {
  const port = (n: number) => {
    if (n === 0) return '*'
    return numeric || s.proto === 'icmp' ? String(n) : (serviceName(context.machine, n, s.proto) ?? String(n))
  }
  const address = (a: string) => {
    if (a === '' || a === '0.0.0.0') return s.family === 6 ? (s.v6only ? '[::]' : '*') : '0.0.0.0'
    if (isAny(a)) return s.v6only ? '[::]' : '*'
    return a.includes(':') ? `[${a}]` : a
  }
  const listening = s.proto === 'tcp' && s.state === 'LISTEN'
  const pending = listening && Array.isArray(s.app) && s.program === undefined ? s.app.length : 0
  const received = s.proto === 'tcp' ? s.received.length : 0
  const unsent = s.proto === 'tcp' ? s.unacked.reduce((n, u) => n + u.payload.length, 0) : 0
  const owner = s.owner
  return {
    netid: s.proto,
    state: stateOf(s),
    recvQ: String(listening ? pending : received),
    sendQ: String(listening ? (s.backlog ?? (s.program === undefined ? 1 : 4096)) : unsent),
    local: `${address(s.local)}${s.device === undefined ? '' : `%${s.device}`}`,
    lport: port(s.lport),
    peer: address(s.remote),
    pport: port(s.rport),
    process: processes && owner !== undefined ? `users:(("${owner.comm}",pid=${owner.pid},fd=${owner.fd}))` : '',
  }
}

export const ss: Command = { name: 'ss', path: '/usr/bin/ss', flags: FLAGS, on: 'both', run }
