import { packetBytes } from '../../bytes.ts'
import type { Dialect } from '../dialect.ts'
import { parameterProblem } from '../errors.ts'
import type { Matcher } from '../extension.ts'
import { hex, markText, parseUint } from '../numbers.ts'
import { TOS_NAMES } from '../option-types.ts'
import { u32Holds } from './u32-test.ts'

type Pair = readonly [number, number]
const not = (value: unknown, text = ' !') => (value ? text : '')

/** libxt_tos.c. Recorded: no blank behind "match" when the value has no name. */
export const tos: Matcher = {
  name: 'tos',
  options: [
    {
      name: 'tos',
      arg: true,
      mandatory: true,
      type: { kind: 'tosmask', named: 0x3f },
      invert: true,
    },
  ],
  print: (d, { numeric }) => {
    const [value, mask] = d['tos'] as Pair
    const name = Object.entries(TOS_NAMES).find(([, v]) => v === value)?.[0]
    if (!numeric && mask === 0x3f && name !== undefined) return `tos match${not(d['tosInv'], '!')} ${name}`
    return `tos match${not(d['tosInv'], '!')}0x${value.toString(16).padStart(2, '0')}/0x${mask.toString(16).padStart(2, '0')}`
  },
  save: (d) => {
    const [value, mask] = d['tos'] as Pair
    return `${not(d['tosInv'])} --tos 0x${value.toString(16).padStart(2, '0')}/0x${mask.toString(16).padStart(2, '0')}`
  },
  matches: (d, { packet }) => {
    const [value, mask] = d['tos'] as Pair
    return ((packet.tos & mask) === value) !== (d['tosInv'] === true)
  },
}

const CLASSES: Readonly<Record<string, number>> = {
  CS0: 0,
  CS1: 8,
  CS2: 16,
  CS3: 24,
  CS4: 32,
  CS5: 40,
  CS6: 48,
  CS7: 56,
  BE: 0,
  AF11: 10,
  AF12: 12,
  AF13: 14,
  AF21: 18,
  AF22: 20,
  AF23: 22,
  AF31: 26,
  AF32: 28,
  AF33: 30,
  AF41: 34,
  AF42: 36,
  AF43: 38,
  EF: 46,
}

/** A DiffServ class by name (dscp_helper.c). */
export function dscpClass(name: string, dialect: Dialect): number {
  return CLASSES[name.toUpperCase()] ?? parameterProblem(`Invalid DSCP value \`${name}'${dialect.trailingNewlines ? '\n' : ''}`)
}

/** libxt_dscp.c */
export const dscp: Matcher = {
  name: 'dscp',
  options: [
    { name: 'dscp', arg: true, type: { kind: 'uint', max: 63 }, invert: true, exclusive: ['dscp-class'] },
    {
      name: 'dscp-class',
      arg: true,
      invert: true,
      exclusive: ['dscp'],
      use: ({ draft, arg, invert, env }) => {
        draft['dscp'] = dscpClass(arg, env.dialect)
        if (invert) draft['dscpInv'] = true
      },
    },
  ],
  finish: (draft) => {
    if (draft['dscp'] === undefined) parameterProblem('DSCP match: Parameter --dscp is required')
  },
  print: (d) => `DSCP match ${not(d['dscpInv'], '!')}0x${(d['dscp'] as number).toString(16).padStart(2, '0')}`,
  save: (d) => `${not(d['dscpInv'])} --dscp 0x${(d['dscp'] as number).toString(16).padStart(2, '0')}`,
  matches: (d, { packet }) => (packet.tos >> 2 === d['dscp']) !== (d['dscpInv'] === true),
}

/** libxt_realm.c, xt_realm.c: routes of the engine carry no realm, which is realm 0. */
export const realm: Matcher = {
  name: 'realm',
  options: [{ name: 'realm', arg: true, type: { kind: 'mark' }, invert: true, mandatory: true }],
  print: (d) => `${not(d['realmInv'], '! ')}realm ${markText(...(d['realm'] as Pair))}`,
  save: (d) => `${not(d['realmInv'])} --realm ${markText(...(d['realm'] as Pair))}`,
  // A packet has a route from INPUT, FORWARD and OUTPUT on.
  refuse: (_, { hooks }) => (hooks.includes('PREROUTING') ? 'EINVAL' : undefined),
  matches: (d) => ((d['realm'] as Pair)[0] === 0) !== (d['realmInv'] === true),
}

/** libxt_devgroup.c: devices of the engine are all in group 0. */
export const devgroup: Matcher = {
  name: 'devgroup',
  options: [
    { name: 'src-group', arg: true, type: { kind: 'mark' }, invert: true },
    { name: 'dst-group', arg: true, type: { kind: 'mark' }, invert: true },
  ],
  finish: (draft) => {
    if (draft['src-group'] === undefined && draft['dst-group'] === undefined)
      parameterProblem("devgroup match: You must specify either '--src-group' or '--dst-group'")
  },
  // xt_devgroup.c: a packet has each device only at some hooks.
  refuse: (d, { hooks }) => {
    const within = (key: string, ...known: readonly string[]) =>
      d[key] === undefined || hooks.every((hook) => known.includes(hook))
    const placed =
      within('src-group', 'PREROUTING', 'INPUT', 'FORWARD') && within('dst-group', 'FORWARD', 'OUTPUT', 'POSTROUTING')
    return placed ? undefined : 'EINVAL'
  },
  print: (d) => groups(d).join(' '),
  save: (d) =>
    groups(d)
      .map((text) => (text.startsWith('! ') ? ` ! --${text.slice(2)}` : ` --${text}`))
      .join(''),
  matches: (d) =>
    ['src-group', 'dst-group'].every((key) => {
      if (d[key] === undefined) return true
      const [value] = d[key] as Pair
      return (value === 0) !== (d[`${key}Inv`] === true)
    }),
}

function groups(d: Readonly<Record<string, unknown>>): string[] {
  return ['src-group', 'dst-group']
    .filter((key) => d[key] !== undefined)
    .map((key) => `${not(d[`${key}Inv`], '! ')}${key} ${markText(...(d[key] as Pair))}`)
}

/** libxt_ecn.c, xt_ecn.c: no segment here speaks of congestion. */
export const ecn: Matcher = {
  name: 'ecn',
  options: [
    { name: 'ecn-tcp-cwr', type: { kind: 'none' }, invert: true, key: 'cwr' },
    { name: 'ecn-tcp-ece', type: { kind: 'none' }, invert: true, key: 'ece' },
    { name: 'ecn-ip-ect', arg: true, type: { kind: 'uint', max: 3 }, invert: true, key: 'ect' },
  ],
  finish: (draft) => {
    if (draft['cwr'] === undefined && draft['ece'] === undefined && draft['ect'] === undefined)
      parameterProblem('ECN match: some option required')
  },
  print: (d) =>
    `ECN match${d['ece'] ? ` ${not(d['eceInv'], '!')}ECE` : ''}${d['cwr'] ? ` ${not(d['cwrInv'], '!')}CWR` : ''}${d['ect'] === undefined ? '' : ` ${not(d['ectInv'], '!')}ECT=${d['ect']}`}`,
  save: (d) =>
    `${d['ece'] ? `${not(d['eceInv'])} --ecn-tcp-ece` : ''}${d['cwr'] ? `${not(d['cwrInv'])} --ecn-tcp-cwr` : ''}${d['ect'] === undefined ? '' : `${not(d['ectInv'])} --ecn-ip-ect ${d['ect']}`}`,
  matches: (d, { packet }) => {
    if (d['ect'] !== undefined && ((packet.tos & 3) === d['ect']) === (d['ectInv'] === true)) return false
    return (['cwr', 'ece'] as const).every((flag) => d[flag] === undefined || d[`${flag}Inv`] === true)
  },
}

/** libxt_tcpmss.c, xt_tcpmss.c: the MSS that a SYN announces. */
export const tcpmss: Matcher = {
  name: 'tcpmss',
  options: [{ name: 'mss', arg: true, type: { kind: 'range', max: 65535 }, invert: true, mandatory: true }],
  print: (d) => `tcpmss match ${not(d['mssInv'], '!')}${span(d['mss'] as Pair)}`,
  save: (d) => `${not(d['mssInv'])} --mss ${span(d['mss'] as Pair)}`,
  refuse: (_, { rule }) => (rule.filter.proto === 6 && !rule.filter.protoInv ? undefined : 'EINVAL'),
  matches: (d, { packet }) => {
    const mss = packet.tcp?.mss ?? 0
    const [low, high] = d['mss'] as Pair
    return (mss > 0 && mss >= low && mss <= high) !== (d['mssInv'] === true)
  },
}

function span([low, high]: Pair): string {
  return low === high ? `${low}` : `${low}:${high}`
}

/** libxt_u32.c, xt_u32.c: a test over the packet's bytes. */
export const u32: Matcher = {
  name: 'u32',
  options: [
    {
      name: 'u32',
      arg: true,
      invert: true,
      mandatory: true,
      use: ({ draft, arg, invert }) => {
        draft['test'] = arg.replace(/\s+/g, '').replace(/0[xX][0-9a-fA-F]+|\d+/g, (n) => {
          const value = parseUint(n)
          return value === undefined ? parameterProblem('u32: at char 0: expected number') : hex(value)
        })
        if (invert) draft['testInv'] = true
      },
    },
  ],
  print: (d) => `u32${not(d['testInv'])} ${u32Text(d['test'] as string)}`,
  save: (d) => `${not(d['testInv'])} --u32 ${u32Text(d['test'] as string)}`,
  matches: (d, { packet }) => u32Holds(d['test'] as string, packetBytes(packet)) !== (d['testInv'] === true),
}

function u32Text(test: string): string {
  return `"${test}"`
}
