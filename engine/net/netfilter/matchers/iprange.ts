import { ipFamily, ipToBigInt } from '../../../base/ip.ts'
import { parameterProblem } from '../errors.ts'
import type { Matcher, OptionUse } from '../extension.ts'

type Span = readonly [string, string]

function take({ draft, arg, invert, option, env }: OptionUse): void {
  const dash = arg.indexOf('-')
  const low = dash < 0 ? arg : arg.slice(0, dash)
  const high = dash < 0 ? arg : arg.slice(dash + 1)
  for (const address of [low, high])
    if (ipFamily(address) !== env.family) parameterProblem(`iprange: Bad value for "--${option.name}" option: "${address}"`)
  if (ipToBigInt(low) > ipToBigInt(high)) env.warn?.(`xt_iprange: range ${low}-${high} is reversed and will never match\n`)
  draft[option.name] = [low, high]
  if (invert) draft[`${option.name}Inv`] = true
}

const SIDES = [
  ['src-range', 'source'],
  ['dst-range', 'destination'],
] as const

/** libxt_iprange.c, xt_iprange.c */
export const iprange: Matcher = {
  name: 'iprange',
  options: SIDES.map(([name]) => ({ name, arg: true, invert: true, use: take })),
  finish: (draft) => {
    if (draft['src-range'] === undefined && draft['dst-range'] === undefined)
      parameterProblem("iprange match: You must specify `--src-range' or `--dst-range'")
  },
  print: (d) =>
    SIDES.filter(([key]) => d[key] !== undefined)
      .map(([key, side]) => `${side} IP range${d[`${key}Inv`] ? ' !' : ''} ${(d[key] as Span).join('-')}`)
      .join(' '),
  save: (d) =>
    SIDES.filter(([key]) => d[key] !== undefined)
      .map(([key]) => `${d[`${key}Inv`] ? ' !' : ''} --${key} ${(d[key] as Span).join('-')}`)
      .join(''),
  matches: (d, { packet }) =>
    SIDES.every(([key]) => {
      if (d[key] === undefined) return true
      const [low, high] = (d[key] as Span).map(ipToBigInt)
      const address = ipToBigInt(key === 'src-range' ? packet.src : packet.dst)
      return (address >= (low as bigint) && address <= (high as bigint)) !== (d[`${key}Inv`] === true)
    }),
}
