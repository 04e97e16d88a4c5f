import { formatIPv4, parseIPv4 } from '../../../base/ip.ts'
import { maskOf } from '../address.ts'
import { parameterProblem } from '../errors.ts'
import type { ExtensionOption, Matcher, OptionUse } from '../extension.ts'
import type { ExtensionData } from '../rule.ts'

/** XT_RECENT_MAX_NSTAMPS - 1 of kernels since 6.11 */
const MAX_STAMPS = 65_535

const ACTIONS = ['set', 'rcheck', 'update', 'remove']

function action(name: string): ExtensionOption {
  return {
    name,
    exclusive: ACTIONS.filter((other) => other !== name),
    invert: true,
    use: ({ draft, invert }: OptionUse) => {
      draft['action'] = name
      if (invert) draft['inv'] = true
    },
  }
}

const fullMask = (family: number) => (family === 4 ? '255.255.255.255' : 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff')

function maskText(d: ExtensionData, family: number): string {
  return (d['mask'] as string | undefined) ?? fullMask(family)
}

const HEADS: Readonly<Record<string, string>> = { set: 'SET', rcheck: 'CHECK', update: 'UPDATE', remove: 'REMOVE' }

/** libxt_recent.c, xt_recent.c (revision 1) */
export const recent: Matcher = {
  name: 'recent',
  options: [
    action('set'),
    action('rcheck'),
    action('update'),
    action('remove'),
    { name: 'seconds', arg: true, type: { kind: 'uint', min: 1 } },
    { name: 'reap', type: { kind: 'none' }, also: ['seconds'] },
    { name: 'hitcount', arg: true, type: { kind: 'uint' } },
    { name: 'rttl', type: { kind: 'none' }, exclusive: ['set', 'remove'] },
    { name: 'name', arg: true, type: { kind: 'string', size: 199 } },
    {
      name: 'rsource',
      use: ({ draft }) => {
        delete draft['dest']
      },
    },
    {
      name: 'rdest',
      use: ({ draft }) => {
        draft['dest'] = true
      },
    },
    {
      name: 'mask',
      arg: true,
      type: { kind: 'host' },
      use: ({ draft, value, env }) => {
        if (value !== fullMask(env.family)) draft['mask'] = value as string
      },
    },
  ],
  init: { name: 'DEFAULT' },
  finish: (draft) => {
    if (draft['action'] === undefined)
      parameterProblem("recent: you must specify one of `--set', `--rcheck' `--update' or `--remove'")
  },
  print: (d, { family }) => {
    let text = `${d['inv'] ? '! ' : ''}recent: ${HEADS[d['action'] as string]}`
    if (d['seconds']) text += ` seconds: ${d['seconds']}`
    if (d['reap']) text += ' reap'
    if (d['hitcount']) text += ` hit_count: ${d['hitcount']}`
    if (d['rttl']) text += ' TTL-Match'
    return `${text} name: ${d['name']} side: ${d['dest'] ? 'dest' : 'source'} mask: ${maskText(d, family)}`
  },
  save: (d, { family }) => {
    let text = `${d['inv'] ? ' !' : ''} --${d['action']}`
    if (d['seconds']) text += ` --seconds ${d['seconds']}`
    if (d['reap']) text += ' --reap'
    if (d['hitcount']) text += ` --hitcount ${d['hitcount']}`
    if (d['rttl']) text += ' --rttl'
    return `${text} --name ${d['name']} --mask ${maskText(d, family)} ${d['dest'] ? '--rdest' : '--rsource'}`
  },
  // recent_mt_check: a stamp count fits a byte, and only checks may be qualified.
  refuse: (d) => {
    if ((d['hitcount'] as number) > MAX_STAMPS || d['name'] === '') return 'EINVAL'
    const plain = d['action'] === 'set' || d['action'] === 'remove'
    return plain && (d['seconds'] || d['hitcount'] || d['rttl'] || d['reap']) ? 'EINVAL' : undefined
  },
  matches: (d, skb, { hook, shared }) => {
    const { packet } = skb
    const list = shared.recent(d['name'] as string)
    const address = maskAddress(d['dest'] ? packet.dst : packet.src, d['mask'] as string | undefined)
    // The TTL as it was before forwarding took one off.
    const ttl = skb.oif !== undefined && skb.uid === undefined ? packet.ttl + 1 : packet.ttl
    const seen = list.get(address)
    const inverted = d['inv'] === true
    if (seen === undefined || (d['rttl'] === true && seen.ttl !== 0 && seen.ttl !== ttl)) {
      if (d['action'] !== 'set') return inverted
      list.put(address, ttl, [hook.now])
      return !inverted
    }
    if (d['action'] === 'remove') {
      list.remove(address)
      return !inverted
    }
    const since = d['seconds'] === undefined ? Number.NEGATIVE_INFINITY : hook.now - (d['seconds'] as number) * 1000
    const wanted = (d['hitcount'] as number | undefined) || 1
    const hit = d['action'] === 'set' || seen.stamps.filter((at) => at >= since).length >= wanted
    const matched = hit !== inverted
    if (hook.tell !== undefined) {
      const ago = Math.floor((hook.now - (seen.stamps.at(-1) ?? hook.now)) / 1000)
      hook.tell({ ext: 'recent', values: { list: d['name'] as string, address, seen: ago }, matched })
    }
    const renews = d['action'] === 'set' || (d['action'] === 'update' && matched)
    // The entry in hand stays where it is about to be renewed; otherwise the oldest one may go.
    if (d['reap'] === true) list.reap(since, renews ? address : undefined)
    if (renews) list.put(address, ttl, [...seen.stamps, hook.now])
    return matched
  },
}

function maskAddress(address: string, mask: string | undefined): string {
  const value = mask === undefined ? undefined : parseIPv4(address)
  return value === undefined ? address : formatIPv4((value & (parseIPv4(mask as string) ?? maskOf(32))) >>> 0)
}
