import type { Matcher } from '../extension.ts'
import { markText } from '../numbers.ts'

type Mark = readonly [number, number]

/** libxt_mark.c, xt_mark.c */
export const mark: Matcher = {
  name: 'mark',
  options: [{ name: 'mark', arg: true, type: { kind: 'mark' }, invert: true, mandatory: true }],
  print: (d) => `mark match${d['markInv'] ? ' !' : ''} ${markText(...(d['mark'] as Mark))}`,
  save: (d) => `${d['markInv'] ? ' !' : ''} --mark ${markText(...(d['mark'] as Mark))}`,
  nativeForm: () => 'native',
  matches: (d, skb) => {
    const [value, mask] = d['mark'] as Mark
    return (((skb.mark & mask) >>> 0 === value) as boolean) !== (d['markInv'] === true)
  },
}
