import { parameterProblem } from '../errors.ts'
import type { Matcher } from '../extension.ts'

/** libxt_socket.c. Printed; no socket of the engine is transparent. */
export const socket: Matcher = {
  name: 'socket',
  options: [
    { name: 'transparent', type: { kind: 'none' } },
    { name: 'nowildcard', type: { kind: 'none' } },
    { name: 'restore-skmark', type: { kind: 'none' } },
  ],
  print: (d) => `socket${flags(d)}`,
  save: (d) => flags(d),
}

function flags(d: Readonly<Record<string, unknown>>): string {
  return ['transparent', 'nowildcard', 'restore-skmark'].map((name) => (d[name] ? ` --${name}` : '')).join('')
}

const RPFILTER = ['loose', 'validmark', 'accept-local', 'invert']

/** libxt_rpfilter.c. Printed; the routing table cannot be asked backwards from here. */
export const rpfilter: Matcher = {
  name: 'rpfilter',
  options: RPFILTER.map((name) => ({ name, type: { kind: 'none' } as const })),
  print: (d) => `rpfilter${RPFILTER.map((name) => (d[name] ? ` ${name}` : '')).join('')}`,
  save: (d) => RPFILTER.map((name) => (d[name] ? ` --${name}` : '')).join(''),
  refuse: (_, { hooks, table }) =>
    hooks.every((hook) => hook === 'PREROUTING') && (table === 'raw' || table === 'mangle') ? undefined : 'EINVAL',
}

/** libxt_policy.c: direction and presence of IPsec only. No packet of the engine is IPsec. */
export const policy: Matcher = {
  name: 'policy',
  options: [
    {
      name: 'dir',
      arg: true,
      use: ({ draft, arg }) => {
        if (arg !== 'in' && arg !== 'out') parameterProblem(`policy_match: invalid dir \`${arg}'`)
        draft['dir'] = arg
      },
    },
    {
      name: 'pol',
      arg: true,
      use: ({ draft, arg }) => {
        if (arg !== 'ipsec' && arg !== 'none') parameterProblem(`policy_match: invalid policy \`${arg}'`)
        draft['pol'] = arg
      },
    },
    { name: 'strict', type: { kind: 'none' } },
    { name: 'reqid', arg: true, type: { kind: 'uint' } },
    { name: 'proto', arg: true, type: { kind: 'string' } },
    { name: 'mode', arg: true, type: { kind: 'string' } },
  ],
  finish: (draft) => {
    if (draft['dir'] === undefined) parameterProblem('policy match: neither --dir in nor --dir out specified')
    if (draft['pol'] === undefined) parameterProblem('policy match: neither --pol ipsec nor --pol none specified')
  },
  print: (d) =>
    `policy match dir ${d['dir']} pol ${d['pol']}${d['strict'] ? ' strict' : ''}${d['reqid'] === undefined ? '' : ` reqid ${d['reqid']}`}${
      d['proto'] === undefined ? '' : ` proto ${d['proto']}`
    }${d['mode'] === undefined ? '' : ` mode ${d['mode']}`}`,
  save: (d) =>
    ` --dir ${d['dir']} --pol ${d['pol']}${d['strict'] ? ' --strict' : ''}${d['reqid'] === undefined ? '' : ` --reqid ${d['reqid']}`}${
      d['proto'] === undefined ? '' : ` --proto ${d['proto']}`
    }${d['mode'] === undefined ? '' : ` --mode ${d['mode']}`}`,
  refuse: (d, { hooks }) => {
    if (d['dir'] === 'out' && hooks.some((hook) => hook === 'PREROUTING' || hook === 'INPUT')) return 'EINVAL'
    return d['dir'] === 'in' && hooks.some((hook) => hook === 'POSTROUTING' || hook === 'OUTPUT') ? 'EINVAL' : undefined
  },
  matches: (d) => d['pol'] === 'none',
}

const CB_MODES = ['packets', 'bytes', 'avgpkt']
const CB_DIRS = ['original', 'reply', 'both']

/** libxt_connbytes.c. Printed; conntrack accounting is off here as it is by default. */
export const connbytes: Matcher = {
  name: 'connbytes',
  options: [
    {
      name: 'connbytes',
      arg: true,
      type: { kind: 'range', max: Number.MAX_SAFE_INTEGER, maxText: '18446744073709551615' },
      invert: true,
      mandatory: true,
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
}

function count(value: unknown): string {
  const [low, high] = value as readonly [number, number]
  return high === Number.MAX_SAFE_INTEGER ? `${low}` : `${low}:${high}`
}
