import { parameterProblem } from '../errors.ts'
import type { Matcher } from '../extension.ts'

const SCALE = 0x80000000

const texts = new Map<number, string>()

/** The probability with the eleven digits that -L and -S print. */
function probabilityText(units: number): string {
  let text = texts.get(units)
  if (text === undefined) {
    text = (units / SCALE).toFixed(11)
    if (texts.size < 1000) texts.set(units, text)
  }
  return text
}

/** A share of 2^31 as the packet walk says it. */
const share = (units: number) => (units / SCALE).toFixed(4)

/** libxt_statistic.c, xt_statistic.c: probabilities are kept as the kernel does, in units of 2^-31. */
export const statistic: Matcher = {
  name: 'statistic',
  options: [
    {
      name: 'mode',
      arg: true,
      use: ({ draft, arg }) => {
        if (arg !== 'random' && arg !== 'nth') parameterProblem(`Bad mode "${arg}"`)
        draft['mode'] = arg
      },
    },
    {
      name: 'probability',
      arg: true,
      type: { kind: 'double', min: 0, max: 1 },
      invert: true,
      use: ({ draft, value, invert }) => {
        draft['probability'] = Math.round((value as number) * SCALE)
        if (invert) draft['probabilityInv'] = true
      },
    },
    {
      name: 'every',
      arg: true,
      type: { kind: 'uint', min: 1 },
      invert: true,
      also: ['packet'],
    },
    { name: 'packet', arg: true, type: { kind: 'uint' }, also: ['every'] },
  ],
  init: { mode: 'random' },
  finish: (draft) => {
    if (draft['mode'] === 'random' && draft['probability'] === undefined)
      parameterProblem('--probability must be specified when using random mode')
    if (draft['mode'] !== 'nth') return
    if (draft['every'] === undefined && draft['packet'] === undefined)
      parameterProblem('--every and --packet must be specified when using nth mode')
    if (draft['packet'] !== undefined && (draft['packet'] as number) >= ((draft['every'] as number | undefined) ?? 0))
      parameterProblem('the --packet p must be 0 <= p <= n-1')
  },
  print: (d) =>
    d['mode'] === 'random'
      ? `statistic mode random${d['probabilityInv'] ? ' !' : ''} probability ${probabilityText(d['probability'] as number)}`
      : `statistic mode nth${d['everyInv'] ? ' !' : ''} every ${d['every']}${d['packet'] ? ` packet ${d['packet']}` : ''}`,
  save: (d) =>
    d['mode'] === 'random'
      ? ` --mode random${d['probabilityInv'] ? ' !' : ''} --probability ${probabilityText(d['probability'] as number)}`
      : ` --mode nth${d['everyInv'] ? ' !' : ''} --every ${d['every']} --packet ${d['packet'] ?? 0}`,
  matches: (d, _, { hook, memory }) => {
    if (d['mode'] === 'random') {
      const drawn = hook.dice.u32() & 0x7fffffff
      const inverted = d['probabilityInv'] === true
      const matched = drawn < (d['probability'] as number) !== inverted
      hook.tell?.({
        ext: 'statistic',
        values: { drawn: share(drawn), probability: share(d['probability'] as number), ...(inverted ? { inverted: 1 } : {}) },
        matched,
      })
      return matched
    }
    // xt_statistic.c keeps a count that starts so that packet p is the first to match.
    const every = d['every'] as number
    const first = every - 1 - ((d['packet'] as number | undefined) ?? 0)
    const count = (memory.get() as number | undefined) ?? first
    memory.set(count === every - 1 ? 0 : count + 1)
    return (count === every - 1) !== (d['everyInv'] === true)
  },
}
