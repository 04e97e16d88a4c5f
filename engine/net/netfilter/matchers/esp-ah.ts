import { parameterProblem } from '../errors.ts'
import type { Matcher } from '../extension.ts'
import { parseUint } from '../guided.ts'

type Range = readonly [number, number]

function spiMatcher(name: 'esp' | 'ah', proto: number): Matcher {
  const option = `${name}spi`
  return {
    name,
    options: [
      {
        name: option,
        arg: true,
        use: ({ draft, arg, invert }) => {
          const [low, high] = arg.split(':')
          const from = low === '' ? 0 : parseUint(low ?? '')
          const to = high === undefined ? from : high === '' ? 0xffffffff : parseUint(high)
          if (from === undefined || to === undefined)
            parameterProblem(`${name}: bad value for option "--${option}", or out of range (0-4294967295).\n`)
          draft['spi'] = [from as number, to as number]
          if (invert) draft['spiInv'] = true
        },
      },
    ],
    print: (d) => {
      if (d['spi'] === undefined) return name
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
