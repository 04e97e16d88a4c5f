import { parameterProblem } from '../errors.ts'
import type { Matcher } from '../extension.ts'
import { quoted } from '../quote.ts'

type Range = readonly [number, number]
const not = (value: unknown, text = ' !') => (value ? text : '')

/** libxt_pkttype.c, xt_pkttype.c: by the frame's destination; what loops back is classed by its address. */
export const pkttype: Matcher = {
  name: 'pkttype',
  options: [
    {
      name: 'pkt-type',
      arg: true,
      mandatory: true,
      invert: true,
      use: ({ draft, arg, invert }) => {
        const type =
          arg.toLowerCase() === 'bcast'
            ? 'broadcast'
            : arg.toLowerCase() === 'mcast'
              ? 'multicast'
              : arg.toLowerCase() === 'host'
                ? 'unicast'
                : arg.toLowerCase()
        if (!['unicast', 'broadcast', 'multicast'].includes(type)) parameterProblem(`Bad packet type '${arg}'`)
        draft['type'] = type
        if (invert) draft['typeInv'] = true
      },
    },
  ],
  print: (d) => `PKTTYPE ${d['typeInv'] ? '!' : ''}= ${d['type']}`,
  save: (d) => `${not(d['typeInv'])} --pkt-type ${d['type']}`,
  matches: (d, skb, { hook }) => {
    const { dst } = skb.packet
    const looped = skb.iif !== undefined && hook.host?.isLoopback(skb.iif) === true
    const cast = dst.startsWith('ff') || /^2(2[4-9]|3\d)\./.test(dst) ? 'multicast' : 'unicast'
    const type = skb.dstMac === 'ff:ff:ff:ff:ff:ff' ? 'broadcast' : looped ? cast : 'unicast'
    return (d['type'] === type) !== (d['typeInv'] === true)
  },
}

/** libxt_length.c */
export const length: Matcher = {
  name: 'length',
  options: [{ name: 'length', arg: true, type: { kind: 'range', max: 65535 }, invert: true, mandatory: true }],
  print: (d) => `length ${not(d['lengthInv'], '!')}${rangeText(d['length'] as Range)}`,
  save: (d) => `${not(d['lengthInv'])} --length ${rangeText(d['length'] as Range)}`,
  matches: (d, { packet }) => {
    const [low, high] = d['length'] as Range
    return (packet.length >= low && packet.length <= high) !== (d['lengthInv'] === true)
  },
}

function rangeText([low, high]: Range): string {
  return low === high ? `${low}` : `${low}:${high}`
}

const TTL_SIGNS: Readonly<Record<string, string>> = { eq: '==', ne: '!=', lt: '<', gt: '>' }

function hopMatcher(name: 'ttl' | 'hl', family: 4 | 6): Matcher {
  const option = (mode: string) =>
    ({
      name: `${name}-${mode}`,
      arg: true,
      type: { kind: 'uint', max: 255 },
      invert: mode === 'eq',
      use: ({ draft, value, invert }) => {
        if (draft['mode'] !== undefined)
          parameterProblem(`${name}: option "--${name}-${mode}" cannot be used together with "--${name}-${draft['mode']}".\n`)
        draft['mode'] = mode === 'eq' && invert ? 'ne' : mode
        draft['value'] = value as number
      },
    }) satisfies Matcher['options'][number]
  const upper = name.toUpperCase()
  return {
    name,
    families: [family],
    options: [option('eq'), option('lt'), option('gt')],
    finish: (draft) => {
      if (draft['mode'] === undefined)
        parameterProblem(`${upper} match: You must specify one of \`--${name}-eq', \`--${name}-lt', \`--${name}-gt`)
    },
    print: (d) => `${upper} match ${upper} ${TTL_SIGNS[d['mode'] as string]} ${d['value']}`,
    save: (d) => `${d['mode'] === 'ne' ? ' !' : ''} --${name}-${d['mode'] === 'ne' ? 'eq' : d['mode']} ${d['value']}`,
    matches: (d, { packet }) => {
      const value = d['value'] as number
      if (d['mode'] === 'eq') return packet.ttl === value
      if (d['mode'] === 'ne') return packet.ttl !== value
      return d['mode'] === 'lt' ? packet.ttl < value : packet.ttl > value
    },
  }
}

/** libipt_ttl.c */
export const ttl = hopMatcher('ttl', 4)
/** libip6t_hl.c */
export const hl = hopMatcher('hl', 6)

/** libxt_cpu.c: a node of the engine has one. */
export const cpu: Matcher = {
  name: 'cpu',
  options: [{ name: 'cpu', arg: true, type: { kind: 'uint' }, invert: true, mandatory: true }],
  print: (d) => `cpu ${not(d['cpuInv'], '! ')}${d['cpu']}`,
  save: (d) => `${not(d['cpuInv'])} --cpu ${d['cpu']}`,
  matches: (d) => (d['cpu'] === 0) !== (d['cpuInv'] === true),
}

/** libxt_quota.c, xt_quota.c */
export const quota: Matcher = {
  name: 'quota',
  options: [
    {
      name: 'quota',
      arg: true,
      type: { kind: 'uint', max: Number.MAX_SAFE_INTEGER, maxText: '18446744073709551615' },
      invert: true,
      mandatory: true,
    },
  ],
  print: (d) => `quota: ${d['quota']} bytes`,
  save: (d) => `${not(d['quotaInv'])} --quota ${d['quota']}`,
  matches: (d, { packet }, { memory }) => {
    const left = (memory.get() as number | undefined) ?? (d['quota'] as number)
    const within = left >= packet.length
    memory.set(within ? left - packet.length : 0)
    return within !== (d['quotaInv'] === true)
  },
}

/** libxt_cgroup.c, xt_cgroup.c: every process here has classid 0; where it sits in the hierarchy is not known. */
export const cgroup: Matcher = {
  name: 'cgroup',
  options: [
    { name: 'cgroup', arg: true, type: { kind: 'uint' }, invert: true, exclusive: ['path'] },
    { name: 'path', arg: true, type: { kind: 'string', max: 511 }, invert: true },
  ],
  finish: (draft) => {
    if (draft['cgroup'] === undefined && draft['path'] === undefined)
      parameterProblem('cgroup: option "--path" or "--cgroup" must be specified.')
  },
  print: (d) => `cgroup ${not(d['cgroupInv'] ?? d['pathInv'], '! ')}${d['cgroup'] ?? d['path']}`,
  save: (d) =>
    d['path'] === undefined
      ? `${not(d['cgroupInv'])} --cgroup ${d['cgroup']}`
      : `${not(d['pathInv'])} --path ${quoted(d['path'] as string)}`,
  acts: (d) => d['path'] === undefined || d['path'] === '/',
  matches: (d, skb) => {
    if ((skb.uid === undefined && skb.iif !== undefined) || (d['path'] !== undefined && d['path'] !== '/')) return false
    const inverted = d['cgroupInv'] === true || d['pathInv'] === true
    return (d['path'] === '/' || d['cgroup'] === 0) !== inverted
  },
}
