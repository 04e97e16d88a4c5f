import type { Dialect } from '../dialect.ts'
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

/** Flags that a chunk type knows: capitals must be set, small letters must not (chunk_flags of libxt_sctp.c). */
const FLAGS: Readonly<Record<string, string>> = { DATA: 'IUBE', ABORT: 'T', SHUTDOWN_COMPLETE: 'T', I_DATA: '' }

/** "DATA:Be,INIT" as the list that prints: by number, each with its flags. */
function parseChunks(text: string, dialect: Dialect): string[] {
  if (text.toUpperCase() === 'ALL' || text.toUpperCase() === 'NONE') return [text.toUpperCase()]
  const found = new Map<number, string>()
  for (const word of text.split(',').filter((w) => w !== '')) {
    const [given = '', flags = ''] = word.split(':')
    const [name, number] = CHUNKS.find(([n]) => n === given.toUpperCase()) ?? parameterProblem(`Unknown sctp chunk \`${given}'`)
    const known = FLAGS[name] ?? ''
    if (name !== 'I_DATA' && [...flags].some((flag) => !known.includes(flag.toUpperCase())))
      parameterProblem(`Invalid flags for chunk type ${number}${dialect.trailingNewlines ? '\n' : ''}`)
    const shown = [...known].map((flag) =>
      flags.includes(flag) ? flag : flags.includes(flag.toLowerCase()) ? flag.toLowerCase() : '',
    )
    found.set(number, shown.join('') === '' ? name : `${name}:${shown.join('')}`)
  }
  return found.size === 0 ? ['NONE'] : [...found].sort(([a], [b]) => a - b).map(([, chunk]) => chunk)
}

/** -L -n names a chunk by its number. */
function chunkNumber(chunk: string): string {
  const [name = '', flags] = chunk.split(':')
  const number = CHUNKS.find(([n]) => n === name)?.[1]
  if (number === undefined) return chunk
  return `0x${number.toString(16).padStart(4, '0').toUpperCase()}${flags === undefined ? '' : `:${flags}`}`
}

/** libxt_sctp.c, xt_sctp.c. Chunk types print and compare by name; a packet of the engine carries one DATA chunk. */
export const sctp: Matcher = {
  name: 'sctp',
  options: [
    ...portOptions('sctp'),
    {
      name: 'chunk-types',
      arg: true,
      twoWords: true,
      ownChecks: true,
      use: ({ draft, invert, arg, second, env }) => {
        if (second === undefined) parameterProblem('--chunk-types requires two args')
        const mode = arg.toLowerCase()
        if (mode !== 'any' && mode !== 'all' && mode !== 'only')
          parameterProblem('Match type has to be one of "ALL", "ANY" or "ONLY"')
        draft['chunkMode'] = mode
        draft['chunks'] = parseChunks(second as string, env.dialect)
        if (invert) draft['chunksInv'] = true
      },
    },
  ],
  print: (d, env) => {
    const chunks = (d['chunks'] as readonly string[] | undefined)?.map((name) => (env.numeric ? chunkNumber(name) : name))
    return `sctp${portsText('spt', d['sport'] as PortRange, d['sportInv'] === true, 'sctp', env)}${portsText('dpt', d['dport'] as PortRange, d['dportInv'] === true, 'sctp', env)}${
      chunks ? ` ${d['chunksInv'] ? '! ' : ''}${d['chunkMode']} ${chunks.join(',')}` : ''
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
