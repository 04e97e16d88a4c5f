import { ipFamily } from '../../../base/ip.ts'
import { dottedAddress } from '../address.ts'
import type { NatRequest } from '../env.ts'
import { parameterProblem } from '../errors.ts'
import type { CheckPlace, Draft, ExtensionOption, OptionUse, ParseEnv, Target } from '../extension.ts'
import { scanUint } from '../numbers.ts'
import type { ExtensionData } from '../rule.ts'

const WITH_PORTS = [1, 6, 17, 33, 132]

/** Whether the rule's protocol has ports (checked before a port may be named; "!" is not looked at). */
function needPorts(env: ParseEnv): void {
  if (!WITH_PORTS.includes(env.proto)) parameterProblem('Need TCP, UDP, SCTP or DCCP with port specification')
}

/** What is left behind a port or a range of them: nothing, or the reason to refuse it. */
function noGarbage(what: string, rest: string): void {
  if (rest.startsWith(':')) parameterProblem('Invalid port:port syntax - use dash')
  if (rest !== '') parameterProblem(`Garbage after port ${what}: \`${rest}'`)
}

/** "PORT[-PORT[/BASE]]" (parse_ports of libxt_NAT.c); a service may name a single port. */
function parsePorts(text: string, draft: Draft, env: ParseEnv, base: 'kept' | 'lost' | 'refused'): void {
  needPorts(env)
  const bad = (word: string) => parameterProblem(`Port \`${word}' not valid`)
  const first = scanUint(text, 65535) ?? { value: env.names.servicePort(text, undefined) ?? bad(text), rest: '' }
  draft['ports'] = [first.value, first.value]
  if (first.rest === '') return
  if (!first.rest.startsWith('-')) noGarbage('value', first.rest)
  const upper = first.rest.slice(1)
  const last = scanUint(upper, 65535) ?? bad(upper)
  if (last.value < first.value) parameterProblem(`Port range \`${upper}' funky`)
  draft['ports'] = [first.value, last.value]
  if (last.rest === '') return
  if (!last.rest.startsWith('/')) noGarbage('range', last.rest)
  const shift = scanUint(last.rest.slice(1), 65535)
  if (shift === undefined || shift.value === 0) {
    bad(last.rest.slice(1))
    return
  }
  noGarbage('base', shift.rest)
  if (base === 'refused') parameterProblem('Shifted portmap ranges not supported with this kernel')
  // Only DNAT has a place for it; the others keep the flag without the number.
  draft['base'] = base === 'kept' ? shift.value : 0
}

/** The same before 1.8.8, when each target read its ports by itself: --to-ports of MASQUERADE and REDIRECT. */
function parseOldToPorts({ arg, draft, env, ext }: OptionUse): void {
  needPorts(env)
  const bad = () => parameterProblem(`${ext}: Bad value for "--to-ports" option: "${arg}"`)
  const service = ext === 'REDIRECT' ? env.names.servicePort(arg, undefined) : undefined
  const first = scanUint(arg, 65535) ?? (service === undefined ? bad() : { value: service, rest: '' })
  const last = first.rest === '' ? first : first.rest.startsWith('-') ? scanUint(first.rest.slice(1), 65535) : undefined
  if (last === undefined || last.rest !== '' || last.value < first.value) bad()
  else draft['ports'] = [first.value, last.value]
}

/** ...and behind the address of DNAT and SNAT, where atoi(3) reads as far as it can. */
function parseOldPorts(text: string, { draft, env, ext }: OptionUse): void {
  needPorts(env)
  const port = (word: string) => {
    const number = Number(/^\d*/.exec(word)?.[0])
    return number > 0 && number < 65536 ? number : parameterProblem(`Port \`${word}' not valid\n`)
  }
  const low = port(text)
  if (text.includes(':')) parameterProblem('Invalid port:port syntax - use dash\n')
  const dash = text.indexOf('-')
  if (dash < 0) {
    draft['ports'] = [low, low]
    return
  }
  const high = port(text.slice(dash + 1))
  if (low > high) parameterProblem(`Port range \`${text}' funky\n`)
  draft['ports'] = [low, high]
  const slash = text.indexOf('/', dash)
  if (slash >= 0 && ext === 'DNAT') draft['base'] = port(text.slice(slash + 1))
}

function parseAddress(text: string, env: ParseEnv): string {
  const old = env.dialect.ownNatWords
  const found = old && env.family === 4 ? dottedAddress(text) : ipFamily(text) === env.family ? text : undefined
  return found ?? parameterProblem(`Bad IP address "${text}"${old ? '\n' : ''}`)
}

/** "ADDR[-ADDR][:PORT[-PORT[/BASE]]]", IPv6 in brackets where ports follow (parse_to of libxt_NAT.c). */
function parseTo(use: OptionUse): void {
  const { arg, draft, env, option, ext } = use
  const old = env.dialect.ownNatWords
  if (old && draft['to'] !== undefined) parameterProblem(`${ext}: Multiple --${option.name} not supported`)
  let addresses = arg
  let ports: string | undefined
  if (env.family === 6 && arg.startsWith('[')) {
    const close = arg.indexOf(']')
    addresses = arg.slice(1, close < 0 ? undefined : close)
    ports = arg[close + 1] === ':' ? arg.slice(close + 2) : undefined
    draft['brackets'] = true
  } else if (env.family === 4) {
    const colon = arg.indexOf(':')
    if (colon >= 0) {
      // The NAT extension that families share since 1.8.8 takes a second colon for an IPv6 address.
      if (!old && arg.includes(':', colon + 1))
        parameterProblem(colon === 0 ? `Bad IP address "${arg}"` : 'Invalid address format')
      addresses = arg.slice(0, colon)
      ports = arg.slice(colon + 1)
    }
  }
  if (ports !== undefined && old) parseOldPorts(ports, use)
  else if (ports !== undefined) parsePorts(ports, draft, env, ext === 'DNAT' ? 'kept' : 'lost')
  const [low = '', high] = addresses.split('-')
  if (addresses === '' && ports !== undefined) draft['to'] = []
  else {
    const from = parseAddress(low, env)
    draft['to'] = [from, high === undefined ? from : parseAddress(high, env)]
  }
}

function portsText(d: ExtensionData): string {
  const ports = d['ports'] as readonly [number, number] | undefined
  if (ports === undefined) return ''
  return `${ports[0]}${ports[0] === ports[1] ? '' : `-${ports[1]}`}${d['base'] === undefined ? '' : `/${d['base']}`}`
}

function toText(d: ExtensionData): string {
  const [low, high] = d['to'] as readonly string[]
  const addresses = low === undefined ? '' : low === high ? low : `${low}-${high}`
  const ports = portsText(d)
  if (ports === '') return addresses
  return d['brackets'] ? `[${addresses}]:${ports}` : `${addresses}:${ports}`
}

const RANDOM: readonly ExtensionOption[] = [
  { name: 'random', type: { kind: 'none' } },
  { name: 'random-fully', type: { kind: 'none' } },
]
const PERSISTENT: ExtensionOption = { name: 'persistent', type: { kind: 'none' } }

function flagsText(d: ExtensionData, dashes: string): string {
  return ['random', 'random-fully', 'persistent'].map((flag) => (d[flag] ? ` ${dashes}${flag}` : '')).join('')
}

function request(d: ExtensionData, manip: 'src' | 'dst', extra: Partial<NatRequest> = {}): NatRequest {
  const [low, high] = (d['to'] as readonly string[] | undefined) ?? []
  const ports = d['ports'] as readonly [number, number] | undefined
  return {
    manip,
    ...(low === undefined ? {} : { minAddress: low, maxAddress: high ?? low }),
    ...(ports === undefined ? {} : { minPort: ports[0], maxPort: ports[1] }),
    ...(d['base'] === undefined ? {} : { basePort: d['base'] as number }),
    ...(d['random'] ? { random: true } : {}),
    ...(d['random-fully'] ? { randomFully: true } : {}),
    ...(d['persistent'] ? { persistent: true } : {}),
    ...extra,
  }
}

function only(place: CheckPlace, hooks: readonly string[]) {
  return place.table === 'nat' && place.hooks.every((hook) => hooks.includes(hook)) ? undefined : ('EINVAL' as const)
}

function addressTarget(name: 'DNAT' | 'SNAT', option: string, manip: 'src' | 'dst', hooks: readonly string[]): Target {
  return {
    name,
    options: [
      { name: option, arg: true, mandatory: true, multi: 'ownNatWords', use: parseTo },
      ...RANDOM.filter((flag) => name === 'SNAT' || flag.name === 'random'),
      PERSISTENT,
    ],
    print: (d) => `to:${toText(d)}${flagsText(d, '')}`,
    save: (d) => ` --${option} ${toText(d)}${flagsText(d, '--')}`,
    refuse: (_, place) => only(place, hooks),
    act: (d) => ({ kind: 'nat', request: request(d, manip) }),
    verdictText: (d) => `${name} ${toText(d)}`,
  }
}

/** libxt_NAT.c (libipt_DNAT.c before 1.8.9), xt_nat.c */
export const DNAT = addressTarget('DNAT', 'to-destination', 'dst', ['PREROUTING', 'OUTPUT'])
export const SNAT = addressTarget('SNAT', 'to-source', 'src', ['POSTROUTING', 'INPUT'])

const toPorts: ExtensionOption = {
  name: 'to-ports',
  arg: true,
  use: (use) => {
    if (use.env.dialect.ownNatWords) parseOldToPorts(use)
    else parsePorts(use.arg, use.draft, use.env, use.ext === 'REDIRECT' ? 'refused' : 'lost')
  },
}

/** libipt_MASQUERADE.c, xt_MASQUERADE.c */
export const MASQUERADE: Target = {
  name: 'MASQUERADE',
  options: [toPorts, ...RANDOM],
  print: (d) => `${d['ports'] === undefined ? '' : ` masq ports: ${portsText(d)}`}${flagsText(d, '')}`.trimStart(),
  save: (d) => `${d['ports'] === undefined ? '' : ` --to-ports ${portsText(d)}`}${flagsText(d, '--')}`,
  refuse: (_, place) => only(place, ['POSTROUTING']),
  act: (d) => ({ kind: 'nat', request: request(d, 'src', { masquerade: true }) }),
  verdictText: () => 'MASQUERADE',
}

/** libipt_REDIRECT.c, xt_REDIRECT.c */
export const REDIRECT: Target = {
  name: 'REDIRECT',
  options: [toPorts, RANDOM[0] as ExtensionOption],
  print: (d) => `${d['ports'] === undefined ? '' : ` redir ports ${portsText(d)}`}${flagsText(d, '')}`.trimStart(),
  save: (d) => `${d['ports'] === undefined ? '' : ` --to-ports ${portsText(d)}`}${flagsText(d, '--')}`,
  refuse: (_, place) => only(place, ['PREROUTING', 'OUTPUT']),
  act: (d) => ({ kind: 'nat', request: request(d, 'dst', { redirect: true }) }),
  verdictText: (d) => `REDIRECT ${portsText(d)}`.trimEnd(),
}
