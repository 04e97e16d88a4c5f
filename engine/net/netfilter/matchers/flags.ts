import type { Packet } from '../../packet.ts'
import { parameterProblem } from '../errors.ts'
import type { Matcher, OptionUse } from '../extension.ts'
import type { ExtensionData } from '../rule.ts'

/**
 * libxt_socket.c, xt_socket.c: a socket that would take the packet. One bound to any address counts only with --nowildcard, and none
 * here is transparent.
 */
export const socket: Matcher = {
  name: 'socket',
  options: [
    { name: 'transparent', type: { kind: 'none' } },
    { name: 'nowildcard', type: { kind: 'none' } },
    { name: 'restore-skmark', type: { kind: 'none' } },
  ],
  print: (d) => `socket${flags(d)}`,
  save: (d) => flags(d),
  refuse: (_, { hooks }) => (hooks.every((hook) => hook === 'PREROUTING' || hook === 'INPUT') ? undefined : 'EINVAL'),
  matches: (d, skb, { hook }) => {
    const { ct } = skb
    const packet = skb.packet.icmp?.inner === undefined ? skb.packet : answerTo(skb.packet.icmp.inner)
    if (d['transparent'] || packet.sport === undefined || packet.dport === undefined) return false
    // The answer to a masqueraded flow belongs to the socket that began it.
    const own = ct?.direction === 'reply' && ct.snat ? ct.original : undefined
    const ends = {
      proto: packet.proto,
      src: packet.src,
      dst: own?.src ?? packet.dst,
      sport: packet.sport,
      dport: own?.sport ?? packet.dport,
    }
    const found = hook.host?.socket(ends, skb.iif)
    return found === 'bound' || (found === 'wildcard' && d['nowildcard'] === true)
  },
}

/** What would come back for a packet of ours: the socket that an ICMP error speaks to (extract_icmp4_fields). */
function answerTo({ src, dst, sport, dport, ...rest }: Packet): Packet {
  return {
    ...rest,
    src: dst,
    dst: src,
    ...(dport === undefined ? {} : { sport: dport }),
    ...(sport === undefined ? {} : { dport: sport }),
  }
}

function flags(d: Readonly<Record<string, unknown>>): string {
  return ['transparent', 'nowildcard', 'restore-skmark'].map((name) => (d[name] ? ` --${name}` : '')).join('')
}

const RPFILTER = ['loose', 'validmark', 'accept-local', 'invert']

/** libxt_rpfilter.c, ipt_rpfilter.c: whether an answer to the source would leave by the device that the packet came in by. */
export const rpfilter: Matcher = {
  name: 'rpfilter',
  options: RPFILTER.map((name) => ({ name, type: { kind: 'none' } as const })),
  print: (d) => `rpfilter${RPFILTER.map((name) => (d[name] ? ` ${name}` : '')).join('')}`,
  save: (d) => RPFILTER.map((name) => (d[name] ? ` --${name}` : '')).join(''),
  refuse: (_, { hooks, table }) =>
    hooks.every((hook) => hook === 'PREROUTING') && (table === 'raw' || table === 'mangle') ? undefined : 'EINVAL',
  matches: (d, skb, { hook }) => {
    const inverted = d['invert'] === true
    if (hook.host === undefined || skb.iif === undefined || hook.host.isLoopback(skb.iif)) return !inverted
    const { src, dst } = skb.packet
    if (src === '0.0.0.0' && dst === '255.255.255.255') return !inverted
    const way = hook.host.wayTo(src)
    const known = way.kind === 'unicast' || (way.kind === 'local' && d['accept-local'] === true)
    return (known && (d['loose'] === true || way.device === skb.iif)) !== inverted
  },
}

const POLICY_PARTS = ['reqid', 'proto', 'mode'] as const

/** libxt_policy.c, with a single element and no tunnel addresses. No packet of the engine is IPsec. */
export const policy: Matcher = {
  name: 'policy',
  options: [
    {
      name: 'dir',
      arg: true,
      use: ({ draft, arg }) => {
        if (arg !== 'in' && arg !== 'out') parameterProblem(`policy_match: invalid dir "${arg}"`)
        draft['dir'] = arg
      },
    },
    {
      name: 'pol',
      arg: true,
      use: ({ draft, arg }) => {
        if (arg !== 'ipsec' && arg !== 'none') parameterProblem(`policy match: invalid policy "${arg}"`)
        draft['pol'] = arg
      },
    },
    { name: 'strict', type: { kind: 'none' } },
    { name: 'reqid', arg: true, type: { kind: 'uint' }, invert: true, multi: true, use: element },
    { name: 'proto', arg: true, type: { kind: 'protocol' }, invert: true, multi: true, use: element },
    { name: 'mode', arg: true, invert: true, multi: true, use: element },
  ],
  knownOptions: ['spi', 'tunnel-src', 'tunnel-dst', 'next'],
  finish: (draft) => {
    if (draft['dir'] === undefined) parameterProblem('policy match: neither --dir in nor --dir out specified')
    draft['pol'] ??= 'none'
    if (draft['pol'] === 'none' && draft['strict']) parameterProblem('policy match: policy none but --strict given')
    if (draft['strict'] && POLICY_PARTS.every((part) => draft[part] === undefined))
      parameterProblem(
        'policy match: empty policy element 0. --strict is in effect, but at least one of reqid, spi, tunnel-src, tunnel-dst, proto or mode is required.',
      )
  },
  print: (d) =>
    `policy match dir ${d['dir']} pol ${d['pol']}${d['strict'] ? ' strict' : ''}${policyParts(d, '', String(d['proto']))}`,
  save: (d) =>
    ` --dir ${d['dir']} --pol ${d['pol']}${d['strict'] ? ' --strict' : ''}${policyParts(d, '--', IPSEC[d['proto'] as number] ?? '')}`,
  refuse: (d, { hooks }) => {
    if (d['dir'] === 'out' && hooks.some((hook) => hook === 'PREROUTING' || hook === 'INPUT')) return 'EINVAL'
    return d['dir'] === 'in' && hooks.some((hook) => hook === 'POSTROUTING' || hook === 'OUTPUT') ? 'EINVAL' : undefined
  },
  matches: (d) => d['pol'] === 'none',
}

const IPSEC: Readonly<Record<number, string>> = { 50: 'esp', 51: 'ah', 108: 'ipcomp' }

function element({ draft, option, arg, value, invert }: OptionUse): void {
  const { name } = option
  if (draft[name] !== undefined) parameterProblem(`policy match: double --${name} option`)
  if (name === 'proto' && IPSEC[value as number] === undefined) parameterProblem('policy match: protocol must be ah/esp/ipcomp')
  if (name === 'mode' && arg !== 'transport' && arg !== 'tunnel') parameterProblem(`policy match: invalid mode "${arg}"`)
  draft[name] = value ?? arg
  if (invert) draft[`${name}Inv`] = true
}

/** -L names the protocol by its number, -S by its name. */
function policyParts(d: ExtensionData, dashes: string, proto: string): string {
  return POLICY_PARTS.filter((part) => d[part] !== undefined)
    .map((part) => `${d[`${part}Inv`] ? ' !' : ''} ${dashes}${part} ${part === 'proto' ? proto : d[part]}`)
    .join('')
}

const CB_MODES = ['packets', 'bytes', 'avgpkt']
const CB_DIRS = ['original', 'reply', 'both']

/** libxt_connbytes.c, xt_connbytes.c: what a flow has carried so far, this packet included. */
export const connbytes: Matcher = {
  name: 'connbytes',
  options: [
    {
      name: 'connbytes',
      arg: true,
      type: { kind: 'range', max: Number.MAX_SAFE_INTEGER, maxText: '18446744073709551615' },
      invert: true,
      mandatory: true,
      // One number alone has no upper end.
      use: ({ draft, arg, value, invert }) => {
        const [low, high] = value as readonly [number, number]
        draft['connbytes'] = [low, arg.includes(':') ? high : Number.MAX_SAFE_INTEGER]
        if (invert) draft['connbytesInv'] = true
      },
    },
    {
      name: 'connbytes-dir',
      arg: true,
      mandatory: true,
      use: ({ draft, arg }) => {
        if (!CB_DIRS.includes(arg)) parameterProblem(`Unknown --connbytes-dir \`${arg}'`)
        draft['dir'] = arg
      },
    },
    {
      name: 'connbytes-mode',
      arg: true,
      mandatory: true,
      use: ({ draft, arg }) => {
        if (!CB_MODES.includes(arg)) parameterProblem(`Unknown --connbytes-mode \`${arg}'`)
        draft['mode'] = arg
      },
    },
  ],
  print: (d) =>
    `${d['connbytesInv'] ? '! ' : ''}connbytes ${count(d['connbytes'])} connbytes mode ${d['mode']} connbytes direction ${d['dir']}`,
  save: (d) =>
    `${d['connbytesInv'] ? ' !' : ''} --connbytes ${count(d['connbytes'])} --connbytes-mode ${d['mode']} --connbytes-dir ${d['dir']}`,
  refuse: (_, { shared }) => {
    shared.forceCounting?.()
    return undefined
  },
  matches: (d, { ct }) => {
    if (ct?.packets === undefined || ct.bytes === undefined) return false
    const of = (both: readonly [number, number]) =>
      d['dir'] === 'original' ? both[0] : d['dir'] === 'reply' ? both[1] : both[0] + both[1]
    const packets = of(ct.packets)
    const bytes = of(ct.bytes)
    const what =
      d['mode'] === 'packets' ? packets : d['mode'] === 'bytes' ? bytes : packets === 0 ? 0 : Math.floor(bytes / packets)
    const [low, high] = d['connbytes'] as readonly [number, number]
    return (what >= low && what <= high) !== (d['connbytesInv'] === true)
  },
}

function count(value: unknown): string {
  const [low, high] = value as readonly [number, number]
  return high === Number.MAX_SAFE_INTEGER ? `${low}` : `${low}:${high}`
}
