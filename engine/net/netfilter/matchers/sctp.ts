import { parameterProblem } from '../errors.ts'
import type { Matcher } from '../extension.ts'
import { type PortRange, portMatches, portOptions, portsSave, portsText } from './ports.ts'

const CHUNKS: readonly (readonly [string, number])[] = [
  ['DATA', 0],
  ['INIT', 1],
  ['INIT_ACK', 2],
  ['SACK', 3],
  ['HEARTBEAT', 4],
  ['HEARTBEAT_ACK', 5],
  ['ABORT', 6],
  ['SHUTDOWN', 7],
  ['SHUTDOWN_ACK', 8],
  ['ERROR', 9],
  ['COOKIE_ECHO', 10],
  ['COOKIE_ACK', 11],
  ['ECN_ECNE', 12],
  ['ECN_CWR', 13],
  ['SHUTDOWN_COMPLETE', 14],
  ['I_DATA', 64],
  ['ASCONF_ACK', 128],
  ['RE_CONFIG', 130],
  ['PAD', 132],
  ['ASCONF', 193],
  ['I_FORWARD_TSN', 194],
]

/** libxt_sctp.c, xt_sctp.c. Chunk types print and compare by name; a packet of the engine carries one DATA chunk. */
export const sctp: Matcher = {
  name: 'sctp',
  options: [
    ...portOptions('sctp'),
    {
      name: 'chunk-types',
      arg: true,
      use: ({ draft, invert, arg }) => {
        const [mode, list = ''] = arg.split(' ')
        if (mode !== 'any' && mode !== 'all' && mode !== 'only')
          parameterProblem('Match type has to be one of "ALL", "ANY" or "ONLY"')
        draft['chunkMode'] = mode as string
        draft['chunks'] = list.split(',').map((name) => {
          const chunk = CHUNKS.find(([n]) => n === name.split(':')[0]?.toUpperCase())
          if (chunk === undefined) parameterProblem('Unknown sctp chunk type')
          return (chunk as readonly [string, number])[0]
        })
        if (invert) draft['chunksInv'] = true
      },
    },
  ],
  print: (d, env) => {
    const chunks = (d['chunks'] as readonly string[] | undefined)?.map((name) =>
      env.numeric ? `0x${(CHUNKS.find(([n]) => n === name)?.[1] ?? 0).toString(16).padStart(4, '0').toUpperCase()}` : name,
    )
    return `sctp${portsText('spt', d['sport'] as PortRange, d['sportInv'] === true, 'sctp', env)}${portsText('dpt', d['dport'] as PortRange, d['dportInv'] === true, 'sctp', env)}${
      chunks ? ` ${d['chunksInv'] ? '!' : ''}${d['chunkMode']} ${chunks.join(',')}` : ''
    }`
  },
  save: (d) =>
    portsSave('sport', d['sport'] as PortRange, d['sportInv'] === true) +
    portsSave('dport', d['dport'] as PortRange, d['dportInv'] === true) +
    (d['chunks']
      ? `${d['chunksInv'] ? ' !' : ''} --chunk-types ${d['chunkMode']} ${(d['chunks'] as readonly string[]).join(',')}`
      : ''),
  refuse: (_, { rule }) => (rule.filter.proto === 132 && !rule.filter.protoInv ? undefined : 'EINVAL'),
  matches: (d, { packet }) =>
    packet.proto === 132 &&
    d['chunks'] === undefined &&
    portMatches(packet.sport, d['sport'] as PortRange, d['sportInv'] === true) &&
    portMatches(packet.dport, d['dport'] as PortRange, d['dportInv'] === true),
}
