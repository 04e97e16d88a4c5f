import { parameterProblem } from '../errors.ts'
import type { OptionUse, Target } from '../extension.ts'

import { dscpClass } from '../matchers/fields.ts'
import { parseUint } from '../numbers.ts'
import { TOS_NAMES } from '../option-types.ts'

type Pair = readonly [number, number]
const byte = (value: number) => `0x${value.toString(16).padStart(2, '0')}`
const MANGLE = { refuse: (_: unknown, { table }: { table: string }) => (table === 'mangle' ? undefined : ('EINVAL' as const)) }

/** libxt_TOS.c, xt_DSCP.c */
export const TOS: Target = {
  name: 'TOS',
  options: [
    {
      name: 'set-tos',
      arg: true,
      type: { kind: 'tosmask', named: 0x3f },
      key: 'tos',
    },
    ...(['and-tos', 'or-tos', 'xor-tos'] as const).map((name) => ({
      name,
      arg: true,
      type: { kind: 'uint', max: 255 } as const,
      use: ({ draft, value: given }: OptionUse) => {
        const value = given as number
        draft['tos'] = name === 'and-tos' ? [0, ~value & 255] : name === 'or-tos' ? [value, value] : [value, 0]
      },
    })),
  ],
  finish: (draft) => {
    if (draft['tos'] === undefined) parameterProblem('TOS: An action is required')
  },
  print: (d, { numeric }) => {
    const [value, mask] = d['tos'] as Pair
    const name = Object.entries(TOS_NAMES).find(([, v]) => v === value)?.[0]
    if (numeric) return `TOS set ${byte(value)}/${byte(mask)}`
    // Recorded: the blank that belongs before the name stands before the words.
    if (mask === 0x3f && name !== undefined) return ` TOS set${name}`
    if (value === 0) return `TOS and ${byte(~mask & 255)}`
    if (value === mask) return `TOS or ${byte(value)}`
    return mask === 0 ? `TOS xor ${byte(value)}` : `TOS set ${byte(value)}/${byte(mask)}`
  },
  save: (d) => ` --set-tos ${byte((d['tos'] as Pair)[0])}/${byte((d['tos'] as Pair)[1])}`,
  ...MANGLE,
  act: (d, skb) => {
    const [value, mask] = d['tos'] as Pair
    skb.packet = { ...skb.packet, tos: (skb.packet.tos & ~mask) ^ value }
    return { kind: 'continue' }
  },
}

/** libxt_DSCP.c, xt_DSCP.c */
export const DSCP: Target = {
  name: 'DSCP',
  options: [
    { name: 'set-dscp', arg: true, type: { kind: 'uint', max: 63 }, key: 'dscp', exclusive: ['set-dscp-class'] },
    {
      name: 'set-dscp-class',
      arg: true,
      use: ({ draft, arg, env }) => {
        draft['dscp'] = dscpClass(arg, env.dialect)
      },
    },
  ],
  finish: (draft) => {
    if (draft['dscp'] === undefined) parameterProblem('DSCP target: Parameter --set-dscp is required')
  },
  print: (d) => `DSCP set ${byte(d['dscp'] as number)}`,
  save: (d) => ` --set-dscp ${byte(d['dscp'] as number)}`,
  ...MANGLE,
  act: (d, skb) => {
    skb.packet = { ...skb.packet, tos: (skb.packet.tos & 3) | ((d['dscp'] as number) << 2) }
    return { kind: 'continue' }
  },
}

const HOPS = ['set', 'dec', 'inc'] as const

function hopTarget(name: 'TTL' | 'HL', family: 4 | 6): Target {
  const lower = name.toLowerCase()
  const signs: Readonly<Record<string, string>> = { set: 'set to', dec: 'decrement by', inc: 'increment by' }
  return {
    name,
    families: [family],
    options: HOPS.map((mode) => ({
      name: `${lower}-${mode}`,
      arg: true,
      type: { kind: 'uint', min: mode === 'set' ? 0 : 1, max: 255 } as const,
      use: ({ draft, value }: OptionUse) => {
        if (draft['mode'] !== undefined) parameterProblem(`${name}: At most one action is possible`)
        draft['mode'] = mode
        draft['value'] = value as number
      },
    })),
    finish: (draft) => {
      if (draft['mode'] === undefined) parameterProblem(`${name}: You must specify an action`)
    },
    print: (d) => `${name} ${signs[d['mode'] as string]} ${d['value']}`,
    save: (d) => ` --${lower}-${d['mode']} ${d['value']}`,
    ...MANGLE,
    act: (d, skb) => {
      const value = d['value'] as number
      const old = skb.packet.ttl
      const next = d['mode'] === 'set' ? value : d['mode'] === 'inc' ? Math.min(255, old + value) : Math.max(0, old - value)
      skb.packet = { ...skb.packet, ttl: next }
      return { kind: 'continue' }
    },
  }
}

/** libipt_TTL.c */
export const TTL = hopTarget('TTL', 4)
/** libip6t_HL.c */
export const HL = hopTarget('HL', 6)

/** libxt_CHECKSUM.c: checksums are always right here. */
export const CHECKSUM: Target = {
  name: 'CHECKSUM',
  options: [{ name: 'checksum-fill', type: { kind: 'none' }, mandatory: true }],
  print: () => 'CHECKSUM fill',
  save: () => ' --checksum-fill',
  ...MANGLE,
  act: () => ({ kind: 'continue' }),
}

/** libxt_CLASSIFY.c: classes matter to traffic control only, which is not emulated. */
export const CLASSIFY: Target = {
  name: 'CLASSIFY',
  options: [
    {
      name: 'set-class',
      arg: true,
      mandatory: true,
      use: ({ draft, arg }) => {
        const [major, minor] = arg.split(':').map((part) => Number.parseInt(part, 16))
        if (major === undefined || minor === undefined || Number.isNaN(major) || Number.isNaN(minor))
          parameterProblem(`Bad class value "${arg}"`)
        draft['class'] = [major as number, minor as number]
      },
    },
  ],
  print: (d) => `CLASSIFY set ${(d['class'] as Pair).map((n) => n.toString(16)).join(':')}`,
  save: (d) => ` --set-class ${(d['class'] as Pair).map((n) => n.toString(16).padStart(4, '0')).join(':')}`,
  refuse: (_, { table, hooks }) =>
    table === 'mangle' && hooks.every((hook) => hook === 'FORWARD' || hook === 'OUTPUT' || hook === 'POSTROUTING')
      ? undefined
      : 'EINVAL',
  act: () => ({ kind: 'continue' }),
}

/** libxt_TCPMSS.c, xt_TCPMSS.c: the MSS that a SYN announces, which bounds what the other side sends. */
export const TCPMSS: Target = {
  name: 'TCPMSS',
  options: [
    {
      name: 'set-mss',
      arg: true,
      exclusive: ['clamp-mss-to-pmtu'],
      use: ({ draft, arg, env }) => {
        // A packet's 65,535 bytes less its headers.
        const max = env.family === 4 ? 65515 : 65495
        draft['mss'] =
          parseUint(arg, max) ?? parameterProblem(`TCPMSS: bad value for option "--set-mss", or out of range (0-${max}).\n`)
      },
    },
    { name: 'clamp-mss-to-pmtu', type: { kind: 'none' }, key: 'clamp' },
  ],
  finish: (draft) => {
    if (draft['mss'] === undefined && draft['clamp'] === undefined)
      parameterProblem('TCPMSS target: At least one parameter is required')
  },
  print: (d) => (d['clamp'] ? 'TCPMSS clamp to PMTU' : `TCPMSS set ${d['mss']}`),
  save: (d) => (d['clamp'] ? ' --clamp-mss-to-pmtu' : ` --set-mss ${d['mss']}`),
  refuse: (d, { rule, hooks, backend }) => {
    if (rule.filter.proto !== 6 || rule.filter.protoInv) return 'EINVAL'
    // A rule of nft's is not searched for its other matches (nft_compat).
    const syn =
      backend === 'nft' ||
      rule.matches.some(
        (m) => m.ext === 'tcp' && m['flags'] !== undefined && ((m['flags'] as Pair)[1] & 2) !== 0 && !m['flagsInv'],
      )
    if (!syn) return 'EINVAL'
    return d['clamp'] && !hooks.every((hook) => hook === 'FORWARD' || hook === 'OUTPUT' || hook === 'POSTROUTING')
      ? 'EINVAL'
      : undefined
  },
  act: (d, skb, { hook }) => {
    const { packet } = skb
    const header = packet.tcp
    if (header === undefined || header.mss === 0) return { kind: 'continue' }
    const headers = packet.family === 4 ? 40 : 60
    // The smaller of both ways' path MTUs (tcpmss_mangle_packet).
    const ways = [packet.dst, packet.src].map((address) => hook.host?.mtu(address) ?? 65535)
    const mss = d['clamp'] ? Math.min(...ways) - headers : (d['mss'] as number)
    // Never upwards: some hosts send what they are told.
    if (mss > 0 && mss < header.mss) skb.packet = { ...packet, tcp: { ...header, mss } }
    return { kind: 'continue' }
  },
}

/** libxt_TPROXY.c, xt_TPROXY.c: no socket here is transparent, and a packet that finds none is dropped (tproxy_tg4). */
export const TPROXY: Target = {
  name: 'TPROXY',
  options: [
    { name: 'on-port', arg: true, type: { kind: 'port' }, key: 'port', mandatory: true },
    { name: 'on-ip', arg: true, type: { kind: 'host' }, key: 'ip' },
    { name: 'tproxy-mark', arg: true, type: { kind: 'mark' }, key: 'mark' },
  ],
  init: { mark: [0, 0] },
  finish: (draft, { family }) => {
    draft['ip'] ??= family === 4 ? '0.0.0.0' : '::'
  },
  print: (d) => {
    const [value, mask] = d['mark'] as Pair
    return `TPROXY redirect ${d['ip']}:${d['port']} mark 0x${value.toString(16)}/0x${mask.toString(16)}`
  },
  save: (d) => {
    const [value, mask] = d['mark'] as Pair
    return ` --on-port ${d['port']} --on-ip ${d['ip']} --tproxy-mark 0x${value.toString(16)}/0x${mask.toString(16)}`
  },
  refuse: (_, { table, hooks, rule }) =>
    table === 'mangle' &&
    hooks.every((hook) => hook === 'PREROUTING') &&
    (rule.filter.proto === 6 || rule.filter.proto === 17) &&
    !rule.filter.protoInv
      ? undefined
      : 'EINVAL',
  act: () => ({ kind: 'drop' }),
}
