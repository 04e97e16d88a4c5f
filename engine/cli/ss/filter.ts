import { cidrContains, ipFamily, parseCidr } from '../../base/ip.ts'
import type { Machine } from '../../cluster/machine.ts'
import type { Socket } from '../../net/socket/types.ts'
import { servicePort } from '../services.ts'

export class SsError extends Error {
  readonly exit: number
  constructor(message: string, exit: number) {
    super(message)
    this.exit = exit
  }
}

export interface SsFilter {
  /** States as ss prints them; undefined: what -a and -l say. */
  readonly states: readonly string[] | undefined
  test(s: Socket): boolean
}

const STATES: Readonly<Record<string, readonly string[]>> = {
  established: ['ESTAB'],
  'syn-sent': ['SYN-SENT'],
  'syn-recv': ['SYN-RECV'],
  'fin-wait-1': ['FIN-WAIT-1'],
  'fin-wait-2': ['FIN-WAIT-2'],
  'time-wait': ['TIME-WAIT'],
  closed: ['UNCONN'],
  'close-wait': ['CLOSE-WAIT'],
  'last-ack': ['LAST-ACK'],
  listening: ['LISTEN'],
  closing: ['CLOSING'],
}
const ALL = Object.values(STATES).flat()
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  all: ALL,
  connected: ALL.filter((s) => s !== 'LISTEN' && s !== 'UNCONN'),
  synchronized: ALL.filter((s) => s !== 'LISTEN' && s !== 'UNCONN' && s !== 'SYN-SENT'),
  bucket: ['SYN-RECV', 'TIME-WAIT'],
  big: ALL.filter((s) => s !== 'SYN-RECV' && s !== 'TIME-WAIT'),
}

/** ss's filter language as far as it is used: `state NAME`, `exclude NAME`, sport and dport comparisons, src and dst prefixes, and. */
export function parseFilter(words: readonly string[], machine: Machine): SsFilter {
  const tokens = words
    .join(' ')
    .replace(/([()=<>!]+)/g, ' $1 ')
    .split(/\s+/)
    .filter((w) => w !== '')
  let states: readonly string[] | undefined
  const tests: ((s: Socket) => boolean)[] = []
  for (let i = 0; i < tokens.length; i++) {
    const word = tokens[i] as string
    if (word === '(' || word === ')' || word === 'and') continue
    if (word === 'state' || word === 'exclude') {
      const name = tokens[++i] ?? ''
      const named = GROUPS[name] ?? STATES[name]
      if (named === undefined) throw new SsError(`ss: wrong state name: ${name}\n`, 255)
      states = word === 'state' ? [...(states ?? []), ...named] : ALL.filter((s) => !named.includes(s))
    } else if (word === 'sport' || word === 'dport') {
      const operator = /^([=!<>]+|eq|neq|ge|le|gt|lt)$/.test(tokens[i + 1] ?? '') ? (tokens[++i] as string) : '='
      const text = (tokens[++i] ?? '').replace(/^:/, '')
      const port = servicePort(machine, text, 'tcp') ?? servicePort(machine, text, 'udp')
      if (port === undefined) throw new SsError(`Error: "${text}" does not look like a port.\nCannot parse dst/src address.\n`, 1)
      tests.push((s) => compare(word === 'sport' ? s.lport : s.rport, operator, port))
    } else if (word === 'src' || word === 'dst') tests.push(prefix(tokens[++i] ?? '', word))
    else tests.push(prefix(word, 'dst'))
  }
  return { states, test: (s) => tests.every((t) => t(s)) }
}

function compare(a: number, operator: string, b: number): boolean {
  if (operator === '=' || operator === '==' || operator === 'eq') return a === b
  if (operator === '!=' || operator === 'neq') return a !== b
  if (operator === '>' || operator === 'gt') return a > b
  if (operator === '<' || operator === 'lt') return a < b
  return operator === '>=' || operator === 'ge' ? a >= b : a <= b
}

function prefix(text: string, which: 'src' | 'dst'): (s: Socket) => boolean {
  const [host = '', port] = text.includes(':') && ipFamily(text) === undefined ? text.split(':') : [text]
  const cidr = parseCidr(host)
  if (host !== '' && cidr === undefined)
    throw new SsError(`Error: an inet prefix is expected rather than "${host}".\nCannot parse dst/src address.\n`, 1)
  return (s) => {
    const [address, number] = which === 'src' ? [s.local, s.lport] : [s.remote, s.rport]
    return (cidr === undefined || cidrContains(cidr, address)) && (port === undefined || Number(port) === number)
  }
}
