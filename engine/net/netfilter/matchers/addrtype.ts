import { parameterProblem } from '../errors.ts'
import type { Matcher, OptionUse } from '../extension.ts'
import type { ExtensionData } from '../rule.ts'
import { namedIn } from './states.ts'

const TYPES = [
  'UNSPEC',
  'UNICAST',
  'LOCAL',
  'BROADCAST',
  'ANYCAST',
  'MULTICAST',
  'BLACKHOLE',
  'UNREACHABLE',
  'PROHIBIT',
  'THROW',
  'NAT',
  'XRESOLVE',
]

function typeOption(key: string) {
  return ({ draft, arg, invert }: OptionUse) => {
    draft[key] = namedIn(arg, TYPES, (from, last) =>
      parameterProblem(last ? `addrtype: bad type "${from}"` : `addrtype: bad type \`${from}'`),
    )
    if (invert) draft[`${key}Inv`] = true
  }
}

const text = (d: ExtensionData, key: string) => (d[key] as readonly string[]).join(',')

/** libxt_addrtype.c, xt_addrtype.c (revision 1) */
export const addrtype: Matcher = {
  name: 'addrtype',
  options: [
    { name: 'src-type', arg: true, invert: true, use: typeOption('src-type') },
    { name: 'dst-type', arg: true, invert: true, use: typeOption('dst-type') },
    { name: 'limit-iface-in', type: { kind: 'none' }, exclusive: ['limit-iface-out'] },
    { name: 'limit-iface-out', type: { kind: 'none' }, exclusive: ['limit-iface-in'] },
  ],
  finish: (draft) => {
    if (draft['src-type'] === undefined && draft['dst-type'] === undefined)
      parameterProblem('addrtype: you must specify --src-type or --dst-type')
  },
  print: (d) => {
    let out = 'ADDRTYPE match'
    for (const key of ['src-type', 'dst-type'])
      if (d[key] !== undefined) out += ` ${key} ${d[`${key}Inv`] ? '!' : ''}${text(d, key)}`
    if (d['limit-iface-in']) out += ' limit-in'
    if (d['limit-iface-out']) out += ' limit-out'
    return out
  },
  save: (d) => {
    let out = ''
    for (const key of ['src-type', 'dst-type'])
      if (d[key] !== undefined) out += `${d[`${key}Inv`] ? ' !' : ''} --${key} ${text(d, key)}`
    if (d['limit-iface-in']) out += ' --limit-iface-in'
    if (d['limit-iface-out']) out += ' --limit-iface-out'
    return out
  },
  refuse: (d, { hooks }) => {
    if (d['limit-iface-out'] && hooks.some((h) => h === 'PREROUTING' || h === 'INPUT')) return 'EINVAL'
    if (d['limit-iface-in'] && hooks.some((h) => h === 'POSTROUTING' || h === 'OUTPUT')) return 'EINVAL'
    return undefined
  },
  matches: (d, skb, { hook }) => {
    const device = d['limit-iface-in'] ? skb.iif : d['limit-iface-out'] ? skb.oif : undefined
    const check = (key: string, address: string) =>
      d[key] === undefined || (d[key] as readonly string[]).includes(hook.addrType(address, device)) !== (d[`${key}Inv`] === true)
    return check('src-type', skb.packet.src) && check('dst-type', skb.packet.dst)
  },
}
