import { cidrContains, parseCidr } from '../../../base/ip.ts'
import type { CtInfo } from '../../packet.ts'
import { addressText, saveAddress } from '../address.ts'
import { parameterProblem } from '../errors.ts'
import type { Matcher, OptionUse, PrintEnv } from '../extension.ts'
import type { ExtensionData } from '../rule.ts'
import { inStates, statesIn } from './states.ts'

const STATES = ['INVALID', 'NEW', 'RELATED', 'ESTABLISHED', 'UNTRACKED', 'SNAT', 'DNAT']
const STATUSES = ['NONE', 'EXPECTED', 'SEEN_REPLY', 'ASSURED', 'CONFIRMED']
const ADDRESSES = ['ctorigsrc', 'ctorigdst', 'ctreplsrc', 'ctrepldst']
const PORTS = ['ctorigsrcport', 'ctorigdstport', 'ctreplsrcport', 'ctrepldstport']

function listOption(known: readonly string[], words: string) {
  return ({ draft, arg, invert, option }: OptionUse) => {
    const kept = statesIn(arg, known, words)
    // NONE is no bit: beside others it is nothing.
    draft[option.name] = kept.length > 1 ? kept.filter((s) => s !== 'NONE') : kept
    if (invert) draft[`${option.name}Inv`] = true
  }
}

function bang(d: ExtensionData, key: string, text: string): string {
  return `${d[`${key}Inv`] ? '! ' : ''}${text}`
}

function render(d: ExtensionData, prefix: string, env: PrintEnv | undefined): string {
  const parts: string[] = []
  const add = (key: string, text: string) => parts.push(bang(d, key, `${prefix}${key} ${text}`))
  if (d['ctstate'] !== undefined) add('ctstate', (d['ctstate'] as readonly string[]).join(','))
  if (d['ctproto'] !== undefined) add('ctproto', String(d['ctproto']))
  for (const key of ADDRESSES) {
    const at = ADDRESSES.indexOf(key)
    if (d[key] !== undefined) add(key, env === undefined ? saveAddress(d[key] as string) : addressText(d[key] as string, env))
    const port = PORTS[at] as string
    if (at % 2 === 1) {
      for (const p of [PORTS[at - 1] as string, port]) {
        if (d[p] === undefined) continue
        const [low, high] = d[p] as readonly [number, number]
        add(p, low === high ? `${low}` : `${low}:${high}`)
      }
    }
  }
  if (d['ctstatus'] !== undefined) add('ctstatus', (d['ctstatus'] as readonly string[]).join(','))
  if (d['ctexpire'] !== undefined) {
    const [low, high] = d['ctexpire'] as readonly [number, number]
    add('ctexpire', low === high ? `${low}` : `${low}:${high}`)
  }
  if (d['ctdir'] !== undefined) parts.push(`${prefix}ctdir ${d['ctdir']}`)
  return parts.join(' ')
}

function tupleValue(ct: CtInfo, key: string): string | number {
  const tuple = key.startsWith('ctorig') ? ct.original : ct.reply
  const source = key.slice(6).startsWith('src')
  if (key.endsWith('port')) return source ? tuple.sport : tuple.dport
  return source ? tuple.src : tuple.dst
}

function statusMatches(ct: CtInfo, wanted: readonly string[]): boolean {
  // NONE sets no bit, so it never matches; no flow here was expected by a helper.
  const has: Record<string, boolean> = {
    ASSURED: ct.assured,
    SEEN_REPLY: ct.seenReply,
    CONFIRMED: ct.confirmed ?? ct.state !== 'NEW',
  }
  return wanted.some((status) => has[status] === true)
}

/** libxt_conntrack.c, xt_conntrack.c (revision 3) */
export const conntrack: Matcher = {
  name: 'conntrack',
  options: [
    { name: 'ctstate', arg: true, invert: true, use: listOption(STATES, 'ctstate') },
    {
      name: 'ctproto',
      arg: true,
      type: { kind: 'protocol' },
      invert: true,
      use: ({ draft, value: number, invert }) => {
        if (number === 0 && invert) parameterProblem('conntrack: rule would never match protocol')
        draft['ctproto'] = number as number
        if (invert) draft['ctprotoInv'] = true
      },
    },
    ...ADDRESSES.map((name) => ({
      name,
      arg: true,
      type: { kind: 'hostmask' } as const,
      invert: true,
    })),
    ...PORTS.map((name) => ({ name, arg: true, type: { kind: 'ports' }, invert: true }) as const),
    { name: 'ctstatus', arg: true, invert: true, use: listOption(STATUSES, 'ctstatus') },
    { name: 'ctexpire', arg: true, type: { kind: 'range', max: 0xffffffff }, invert: true },
    {
      name: 'ctdir',
      arg: true,
      use: ({ draft, arg }) => {
        if (arg.toUpperCase() !== 'ORIGINAL' && arg.toUpperCase() !== 'REPLY')
          parameterProblem(`conntrack: Bad value for "--ctdir" option: "${arg}"`)
        draft['ctdir'] = arg.toUpperCase()
      },
    },
  ],
  finish: (draft) => {
    if (Object.keys(draft).length === 1) parameterProblem('conntrack: At least one option is required')
  },
  print: (d, env) => render(d, '', env),
  save: (d) => ` ${render(d, '--', undefined)}`,
  matches: (d, skb) => {
    const ct = skb.ct
    const not = (key: string) => d[`${key}Inv`] === true
    if (d['ctstate'] !== undefined && inStates(ct, d['ctstate'] as readonly string[]) === not('ctstate')) return false
    // Without a flow the state alone decides, whatever else the rule asks (conntrack_mt).
    if (ct === undefined || ct.state === 'UNTRACKED' || ct.state === 'INVALID') return d['ctstate'] !== undefined
    if (d['ctdir'] !== undefined && (d['ctdir'] === 'REPLY') !== (ct.direction === 'reply')) return false
    if (d['ctproto'] !== undefined && (ct.original.proto === d['ctproto']) === not('ctproto')) return false
    for (const key of ADDRESSES) {
      const cidr = d[key] === undefined ? undefined : parseCidr(d[key] as string)
      if (cidr !== undefined && cidrContains(cidr, tupleValue(ct, key) as string) === not(key)) return false
    }
    for (const key of PORTS) {
      if (d[key] === undefined) continue
      const [low, high] = d[key] as readonly [number, number]
      const port = tupleValue(ct, key) as number
      if ((port >= low && port <= high) === not(key)) return false
    }
    if (d['ctstatus'] !== undefined && statusMatches(ct, d['ctstatus'] as readonly string[]) === not('ctstatus')) return false
    if (d['ctexpire'] !== undefined) {
      const [low, high] = d['ctexpire'] as readonly [number, number]
      if ((ct.expires >= low && ct.expires <= high) === not('ctexpire')) return false
    }
    return true
  },
}
