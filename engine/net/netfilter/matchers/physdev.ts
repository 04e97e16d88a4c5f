import { deviceMatches } from '../device.ts'
import { parameterProblem } from '../errors.ts'
import type { Matcher } from '../extension.ts'

const DEVICES = ['physdev-in', 'physdev-is-in', 'physdev-out', 'physdev-is-out', 'physdev-is-bridged']

/** libxt_physdev.c, xt_physdev.c */
export const physdev: Matcher = {
  name: 'physdev',
  options: [
    { name: 'physdev-in', arg: true, type: { kind: 'string', max: 15 }, invert: true },
    { name: 'physdev-out', arg: true, type: { kind: 'string', max: 15 }, invert: true },
    { name: 'physdev-is-in', type: { kind: 'none' }, invert: true },
    { name: 'physdev-is-out', type: { kind: 'none' }, invert: true },
    { name: 'physdev-is-bridged', type: { kind: 'none' }, invert: true },
  ],
  finish: (draft) => {
    if (!DEVICES.some((key) => draft[key] !== undefined)) parameterProblem('PHYSDEV: no physdev option specified')
  },
  print: (d) => `PHYSDEV match${list(d)}`,
  save: (d) => list(d),
  // xt_physdev.c: out-going bridge ports are known only where the packet is bridged.
  refuse: (d, { hooks }) =>
    (d['physdev-out'] !== undefined || d['physdev-is-out']) && hooks.includes('OUTPUT') ? 'EINVAL' : undefined,
  matches: (d, skb) => {
    const not = (key: string) => d[`${key}Inv`] === true
    if (d['physdev-is-bridged'] && (skb.physin !== undefined && skb.physout !== undefined) === not('physdev-is-bridged'))
      return false
    if (d['physdev-is-in'] && (skb.physin !== undefined) === not('physdev-is-in')) return false
    if (d['physdev-is-out'] && (skb.physout !== undefined) === not('physdev-is-out')) return false
    if (d['physdev-in'] !== undefined && deviceMatches(d['physdev-in'] as string, skb.physin) === not('physdev-in')) return false
    return d['physdev-out'] === undefined || deviceMatches(d['physdev-out'] as string, skb.physout) !== not('physdev-out')
  },
}

function list(d: Readonly<Record<string, unknown>>): string {
  let text = ''
  for (const key of DEVICES)
    if (d[key] !== undefined) text += `${d[`${key}Inv`] ? ' !' : ''} --${key}${typeof d[key] === 'string' ? ` ${d[key]}` : ''}`
  return text
}
