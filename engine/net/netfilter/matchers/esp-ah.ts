import type { Matcher } from '../extension.ts'

type Range = readonly [number, number]

function spiMatcher(name: 'esp' | 'ah', proto: number): Matcher {
  const option = `${name}spi`
  return {
    name,
    options: [
      {
        name: option,
        arg: true,
        type: { kind: 'range', max: 0xffffffff },
        invert: true,
        key: 'spi',
      },
    ],
    print: (d) => {
      if (d['spi'] === undefined) return name === 'ah' ? 'ah ' : name
      const [low, high] = d['spi'] as Range
      return `${name} spi${low === high ? `:${d['spiInv'] ? '!' : ''}${low}` : `s:${d['spiInv'] ? '!' : ''}${low}:${high}`}`
    },
    save: (d) => {
      if (d['spi'] === undefined) return ''
      const [low, high] = d['spi'] as Range
      return `${d['spiInv'] ? ' !' : ''} --${option} ${low === high ? low : `${low}:${high}`}`
    },
    refuse: (_, { rule }) => (rule.filter.proto === proto && !rule.filter.protoInv ? undefined : 'EINVAL'),
    // No packet of the engine is IPsec.
    matches: () => false,
  }
}

/** libxt_esp.c */
export const esp = spiMatcher('esp', 50)
/** libipt_ah.c */
export const ah = spiMatcher('ah', 51)
