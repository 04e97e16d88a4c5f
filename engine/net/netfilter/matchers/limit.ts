import { parameterProblem } from '../errors.ts'
import type { Matcher, OptionUse } from '../extension.ts'

/** xt_limit counts in 1/10000 s. */
const SCALE = 10000
const UNITS: readonly (readonly [string, number])[] = [
  ['day', SCALE * 86400],
  ['hour', SCALE * 3600],
  ['min', SCALE * 60],
  ['sec', SCALE],
]

/** "5/min" to the interval between packets, or undefined (parse_rate of libxt_limit.c). */
export function parseRate(text: string): number | undefined {
  const [count, unit] = text.split('/')
  const n = Number(count)
  if (!/^\d+$/.test(count ?? '') || n === 0) return undefined
  const at =
    unit === undefined
      ? 0
      : ['second', 'minute', 'hour', 'day'].findIndex((name) => unit !== '' && name.startsWith(unit.toLowerCase()))
  if (at < 0) return undefined
  const seconds = [1, 60, 3600, 86400][at] as number
  if (n / seconds > SCALE) parameterProblem(`Rate too fast "${text}"\n`)
  return Math.floor((SCALE * seconds) / n)
}

/** The interval back as a rate, in the largest unit that divides it (print_rate). */
export function rateText(period: number): string {
  let chosen = 0
  for (let i = 1; i < UNITS.length; i++) {
    const [, size] = UNITS[i] as readonly [string, number]
    if (period > size || size / period < size % period) break
    chosen = i
  }
  const [name, size] = UNITS[chosen] as readonly [string, number]
  return `${Math.floor(size / period)}/${name}`
}

/** user2credits of xt_limit.c with HZ=250: 128 credits a jiffy, in 32 bits. */
function credits(user: number): number {
  const perSecond = 250 * 128
  const whole = user > Math.floor(0xffffffff / perSecond)
  return (whole ? Math.floor(user / SCALE) * perSecond : Math.floor((user * perSecond) / SCALE)) % 2 ** 32
}

/** libxt_limit.c, xt_limit.c. The nft backend has always stored it natively, in a form every version reads. */
export const limit: Matcher = {
  name: 'limit',
  options: [
    {
      name: 'limit',
      arg: true,
      use: ({ draft, arg }: OptionUse) => {
        const period = parseRate(arg)
        if (period === undefined) parameterProblem(`bad rate "${arg}"'`)
        draft['period'] = period as number
      },
    },
    { name: 'limit-burst', arg: true, type: { kind: 'uint', max: 10000 }, key: 'burst' },
  ],
  init: { period: (SCALE * 3600) / 3, burst: 5 },
  print: (d) => `limit: avg ${rateText(d['period'] as number)} burst ${d['burst']}`,
  save: (d) => ` --limit ${rateText(d['period'] as number)}${d['burst'] === 5 ? '' : ` --limit-burst ${d['burst']}`}`,
  // limit_mt_check: a burst whose credits overflow 32 bits.
  refuse: (d, { backend }) => {
    const period = d['period'] as number
    const burst = d['burst'] as number
    if (backend !== 'legacy') return undefined
    return burst === 0 || credits((period * burst) % 2 ** 32) < credits(period) ? 'ERANGE' : undefined
  },
  matches: (d, _, { hook, memory }) => {
    const period = (d['period'] as number) / 10
    const full = period * (d['burst'] as number)
    const [credit, at] = (memory.get() as readonly [number, number] | undefined) ?? [full, hook.now]
    const now = Math.min(full, credit + (hook.now - at))
    memory.set(now >= period ? [now - period, hook.now] : [now, hook.now])
    return now >= period
  },
}
