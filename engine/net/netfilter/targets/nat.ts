import { ipFamily } from '../../../base/ip.ts'
import type { NatRequest } from '../env.ts'
import { parameterProblem } from '../errors.ts'
import type { CheckPlace, Draft, ExtensionOption, OptionUse, ParseEnv, Target } from '../extension.ts'
import { parseUint } from '../numbers.ts'
import type { ExtensionData } from '../rule.ts'

const WITH_PORTS = [6, 17, 132, 33, 136]

/** Whether the rule's protocol has ports (checked before a port may be named). */
function needPorts(env: ParseEnv): void {
  if (!WITH_PORTS.includes(env.proto) || env.protoInv) parameterProblem('Need TCP, UDP, SCTP or DCCP with port specification')
}

function parsePorts(text: string, draft: Draft, env: ParseEnv, service: boolean): void {
  const [range = '', base] = text.split('/')
  const dash = range.indexOf('-')
  const port = (word: string) => {
    const number = parseUint(word, 65535) ?? (service ? env.names.servicePort(word, undefined) : undefined)
    return number === undefined || (number === 0 && !service) ? parameterProblem(`Port \`${word}' not valid\n`) : number
  }
  const low = port(dash < 0 ? range : range.slice(0, dash))
  const high = dash < 0 ? low : port(range.slice(dash + 1))
  if (low > high) parameterProblem(`Port range \`${range}' funky\n`)
  draft['ports'] = [low, high]
  if (base !== undefined) draft['base'] = port(base)
}

/** "ADDR[-ADDR][:PORT[-PORT[/BASE]]]", IPv6 in brackets where ports follow (parse_to of libxt_NAT.c). */
function parseTo({ arg, draft, env, option, ext }: OptionUse): void {
  if (draft['to'] !== undefined) parameterProblem(`${ext}: option "--${option.name}" can only be used once.\n`)
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
      // The NAT extension that families share since 1.8.9 takes a second colon for an IPv6 address.
      if (!env.dialect.trailingNewlines && arg.includes(':', colon + 1)) parameterProblem('Invalid address format')
      addresses = arg.slice(0, colon)
      ports = arg.slice(colon + 1)
    }
  }
  if (ports !== undefined) {
    needPorts(env)
    parsePorts(ports, draft, env, false)
  }
  const [low = '', high] = addresses.split('-')
  for (const address of addresses === '' ? [] : [low, high ?? low])
    if (ipFamily(address) !== env.family)
      parameterProblem(`Bad IP address "${address}"${env.dialect.trailingNewlines ? '\n' : ''}`)
  draft['to'] = addresses === '' ? [] : [low, high ?? low]
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
      { name: option, arg: true, mandatory: true, use: parseTo },
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
  use: ({ draft, arg, env }) => {
    needPorts(env)
    parsePorts(arg, draft, env, true)
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
