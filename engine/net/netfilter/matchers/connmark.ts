import type { Matcher } from '../extension.ts'
import { markText } from '../numbers.ts'

type Mark = readonly [number, number]

/** libxt_connmark.c */
export const connmark: Matcher = {
  name: 'connmark',
  options: [{ name: 'mark', arg: true, type: { kind: 'mark' }, invert: true, mandatory: true }],
  print: (d) => `connmark match ${d['markInv'] ? '!' : ''} ${markText(...(d['mark'] as Mark))}`,
  save: (d) => `${d['markInv'] ? ' !' : ''} --mark ${markText(...(d['mark'] as Mark))}`,
  matches: (d, skb) => {
    if (skb.ct === undefined || skb.ct.state === 'UNTRACKED' || skb.ct.state === 'INVALID') return false
    const [value, mask] = d['mark'] as Mark
    return ((skb.ct.mark & mask) >>> 0 === value) !== (d['markInv'] === true)
  },
}
