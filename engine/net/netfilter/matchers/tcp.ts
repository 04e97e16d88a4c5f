import type { TcpHeader } from '../../packet.ts'
import { parameterProblem } from '../errors.ts'
import type { Draft, Matcher, OptionUse } from '../extension.ts'
import { parseUint } from '../numbers.ts'
import {
  type PortRange,
  portMatches,
  portNativeForm,
  portOptions,
  portsRefuse,
  portsSave,
  portsText,
  turnInverted,
} from './ports.ts'

const FLAGS: readonly (readonly [string, number])[] = [
  ['FIN', 1],
  ['SYN', 2],
  ['RST', 4],
  ['PSH', 8],
  ['ACK', 16],
  ['URG', 32],
]

function parseFlags(text: string): number {
  let bits = 0
  for (const word of text.split(',').filter((w) => w !== '')) {
    const upper = word.toUpperCase()
    const flag = FLAGS.find(([name]) => name === upper)
    if (flag !== undefined) bits |= flag[1]
    else if (upper === 'ALL') bits |= 63
    else if (upper !== 'NONE') parameterProblem(`Unknown TCP flag \`${word}'`)
  }
  return bits
}

function flagNames(bits: number): string {
  const names = FLAGS.filter(([, bit]) => bits & bit).map(([name]) => name)
  return names.length === 0 ? 'NONE' : names.join(',')
}

function setFlags(draft: Draft, mask: number, compare: number, invert: boolean): void {
  if (draft['_flags']) parameterProblem("Only one of `--syn' or `--tcp-flags'  allowed")
  draft['_flags'] = true
  draft['flags'] = [mask, compare]
  if (invert) draft['flagsInv'] = true
}

/** Options of our segments: MSS (2), window scale (3) and SACK-permitted (4) on a SYN, timestamps (8) on all that a socket sends. */
function hasOption(header: TcpHeader | undefined, option: number): boolean {
  if (!header?.options) return false
  return option === 8 || (header.syn === true && [1, 2, 3, 4].includes(option)) || (option === 1 && !header.syn)
}

/** libxt_tcp.c, xt_tcpudp.c */
export const tcp: Matcher = {
  name: 'tcp',
  options: [
    ...portOptions('tcp'),
    { name: 'syn', ownChecks: true, use: ({ draft, invert }) => setFlags(draft, 0x17, 0x02, invert) },
    {
      name: 'tcp-flags',
      arg: true,
      twoWords: true,
      ownChecks: true,
      use: ({ draft, arg, second, invert }: OptionUse) => {
        if (draft['_flags']) parameterProblem("Only one of `--syn' or `--tcp-flags'  allowed")
        if (second === undefined) parameterProblem('--tcp-flags requires two args.')
        setFlags(draft, parseFlags(arg), parseFlags(second as string), invert)
      },
    },
    {
      name: 'tcp-option',
      arg: true,
      ownChecks: true,
      use: ({ draft, invert, arg }) => {
        if (draft['option'] !== undefined) parameterProblem("Only one `--tcp-option' allowed")
        const option = parseUint(arg, 255)
        if (option === undefined || option < 1) parameterProblem(`Bad TCP option "${arg}"`)
        draft['option'] = option as number
        if (invert) draft['optionInv'] = true
      },
    },
  ],
  finish: turnInverted,
  print: (d, env) => {
    let text = 'tcp'
    text += portsText('spt', d['sport'] as PortRange, d['sportInv'] === true, 'tcp', env)
    text += portsText('dpt', d['dport'] as PortRange, d['dportInv'] === true, 'tcp', env)
    if (d['option'] !== undefined) text += ` option=${d['optionInv'] ? '!' : ''}${d['option']}`
    if (d['flags'] !== undefined) {
      const [mask, compare] = d['flags'] as readonly [number, number]
      const two = (n: number) => `0x${n.toString(16).toUpperCase().padStart(2, '0')}`
      text += ` flags:${d['flagsInv'] ? '!' : ''}`
      text += env.numeric ? `${two(mask)}/${two(compare)}` : `${flagNames(mask)}/${flagNames(compare)}`
    }
    return text
  },
  save: (d) => {
    let text = portsSave('sport', d['sport'] as PortRange, d['sportInv'] === true)
    text += portsSave('dport', d['dport'] as PortRange, d['dportInv'] === true)
    if (d['option'] !== undefined) text += `${d['optionInv'] ? ' !' : ''} --tcp-option ${d['option']}`
    if (d['flags'] !== undefined) {
      const [mask, compare] = d['flags'] as readonly [number, number]
      text += `${d['flagsInv'] ? ' !' : ''} --tcp-flags ${flagNames(mask)} ${flagNames(compare)}`
    }
    return text
  },
  refuse: (d, { rule }) => portsRefuse(d, rule, 6, tcp.nativeForm),
  nativeForm: (d) => {
    if (d['option'] !== undefined) return 'blob'
    const ports = [portNativeForm(d['sport'] as PortRange), portNativeForm(d['dport'] as PortRange)]
    if (ports.includes('unreadable')) return 'unreadable'
    return ports.includes('native') || d['flags'] !== undefined ? 'native' : 'blob'
  },
  matches: (d, { packet }) => {
    if (packet.proto !== 6) return false
    if (d['flags'] !== undefined) {
      const [mask, compare] = d['flags'] as readonly [number, number]
      const f = packet.tcp
      const bits =
        (f?.fin ? 1 : 0) | (f?.syn ? 2 : 0) | (f?.rst ? 4 : 0) | (f?.psh ? 8 : 0) | (f?.ack ? 16 : 0) | (f?.urg ? 32 : 0)
      if (((bits & mask) === compare) === (d['flagsInv'] === true)) return false
    }
    if (d['option'] !== undefined && hasOption(packet.tcp, d['option'] as number) === (d['optionInv'] === true)) return false
    return (
      portMatches(packet.sport, d['sport'] as PortRange, d['sportInv'] === true) &&
      portMatches(packet.dport, d['dport'] as PortRange, d['dportInv'] === true)
    )
  },
}
