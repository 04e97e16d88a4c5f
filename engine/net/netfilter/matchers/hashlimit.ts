import { formatCidr, parseCidr } from '../../../base/ip.ts'
import type { Packet } from '../../packet.ts'
import { NotEmulatedError, parameterProblem } from '../errors.ts'
import type { Matcher, OptionUse } from '../extension.ts'
import { parseUint } from '../numbers.ts'
import type { ExtensionData } from '../rule.ts'
import { parseRate, rateText } from './limit.ts'

const MODES = ['srcip', 'srcport', 'dstip', 'dstport']

function rateOption(action: 'upto' | 'above') {
  return ({ draft, arg, invert, option }: OptionUse) => {
    // Rates in bytes ("512kb/s").
    if (/^\d+[km]?b(\/|$)/.test(arg)) throw new NotEmulatedError(`-m hashlimit --${option.name} ${arg}`)
    const period = parseRate(arg)
    if (period === undefined) parameterProblem(`hashlimit: Bad value for "--${option.name}" option: "${arg}"`)
    if (draft['action'] !== undefined)
      parameterProblem('hashlimit: option "--hashlimit-upto" cannot be used together with "--hashlimit-above".\n')
    draft['action'] = (action === 'above') !== invert ? 'above' : 'upto'
    draft['period'] = period as number
  }
}

/** libxt_hashlimit.c: rates in packets only. */
export const hashlimit: Matcher = {
  name: 'hashlimit',
  options: [
    { name: 'hashlimit-upto', arg: true, invert: true, use: rateOption('upto') },
    { name: 'hashlimit-above', arg: true, invert: true, use: rateOption('above') },
    { name: 'hashlimit', same: 'hashlimit-upto', arg: true, invert: true, use: rateOption('upto') },
    { name: 'hashlimit-srcmask', arg: true, type: { kind: 'uint', max: 128 }, key: 'srcmask' },
    { name: 'hashlimit-dstmask', arg: true, type: { kind: 'uint', max: 128 }, key: 'dstmask' },
    {
      name: 'hashlimit-burst',
      arg: true,
      use: ({ draft, arg }) => {
        const burst = parseUint(arg, 1_000_000)
        if (burst === undefined || burst === 0)
          parameterProblem('bad value for option "--hashlimit-burst", or out of range (1-1000000).')
        draft['burst'] = burst as number
      },
    },
    {
      name: 'hashlimit-mode',
      arg: true,
      use: ({ draft, arg }) => {
        const given = arg.split(',')
        for (const mode of given)
          if (!MODES.includes(mode)) parameterProblem(`hashlimit: Bad value for "--hashlimit-mode" option: "${arg}"`)
        draft['mode'] = MODES.filter((mode) => given.includes(mode))
      },
    },
    { name: 'hashlimit-htable-size', arg: true, type: { kind: 'uint' }, key: 'size' },
    { name: 'hashlimit-htable-max', arg: true, type: { kind: 'uint' }, key: 'max' },
    { name: 'hashlimit-htable-gcinterval', arg: true, type: { kind: 'uint' }, key: 'gc' },
    { name: 'hashlimit-htable-expire', arg: true, type: { kind: 'uint' }, key: 'expire' },
    { name: 'hashlimit-name', arg: true, type: { kind: 'string', min: 1, max: 254 }, key: 'name', mandatory: true },
  ],
  knownOptions: ['hashlimit-rate-match', 'hashlimit-rate-interval'],
  init: { burst: 5 },
  finish: (draft) => {
    if (draft['action'] === undefined) parameterProblem('You have to specify --hashlimit')
  },
  print: (d) => {
    const mode = d['mode'] === undefined ? '' : ` mode ${(d['mode'] as readonly string[]).join('-')}`
    const tail = (['size', 'max', 'gc', 'expire'] as const)
      .filter((key) => d[key] !== undefined)
      .map(
        (key) =>
          ` ${{ size: 'htable-size', max: 'htable-max', gc: 'htable-gcinterval', expire: 'htable-expire' }[key]} ${d[key]}`,
      )
    const masks = `${d['srcmask'] === undefined ? '' : ` srcmask ${d['srcmask']}`}${d['dstmask'] === undefined ? '' : ` dstmask ${d['dstmask']}`}`
    return `limit: ${d['action'] === 'upto' ? 'up to' : 'above'} ${rateText(d['period'] as number)} burst ${d['burst']}${mode}${tail.join('')}${masks}`
  },
  save: (d) => {
    const optional = (key: string, option: string) => (d[key] === undefined ? '' : ` --hashlimit-${option} ${d[key]}`)
    const mode = d['mode'] === undefined ? '' : ` --hashlimit-mode ${(d['mode'] as readonly string[]).join(',')}`
    return `${` --hashlimit-${d['action']} ${rateText(d['period'] as number)} --hashlimit-burst ${d['burst']}`}${mode} --hashlimit-name ${d['name']}${optional('size', 'htable-size')}${optional('max', 'htable-max')}${optional('gc', 'htable-gcinterval')}${optional('expire', 'htable-expire')}${optional('srcmask', 'srcmask')}${optional('dstmask', 'dstmask')}`
  },
  matches: (d, { packet }, { hook, shared }) => {
    const period = (d['period'] as number) / 10
    const full = period * (d['burst'] as number)
    // Rules of one name share their buckets; one left alone for long enough is forgotten (htable_gc).
    const table = shared.limits(d['name'] as string)
    const key = bucketOf(d, packet)
    const known = table.get(key)
    const [credit, at] = known === undefined || hook.now - known[1] >= lifetime(d) ? [full, hook.now] : known
    const now = Math.min(full, credit + (hook.now - at))
    const under = now >= period
    table.set(key, [under ? now - period : now, hook.now])
    return under === (d['action'] === 'upto')
  },
}

/** What a packet is counted under: the parts of --hashlimit-mode, addresses masked. */
function bucketOf(d: ExtensionData, packet: Packet): string {
  const masked = (address: string, bits: unknown) => {
    const cidr = bits === undefined ? undefined : parseCidr(`${address}/${bits}`)
    return cidr === undefined ? address : formatCidr(cidr)
  }
  const parts: Record<string, unknown> = {
    srcip: masked(packet.src, d['srcmask']),
    srcport: packet.sport,
    dstip: masked(packet.dst, d['dstmask']),
    dstport: packet.dport,
  }
  return ((d['mode'] as readonly string[] | undefined) ?? []).map((mode) => parts[mode]).join('|')
}

const UNIT_MS: Readonly<Record<string, number>> = { sec: 1000, min: 60_000, hour: 3_600_000, day: 86_400_000 }

/** --hashlimit-htable-expire, by default the unit that the rate was given in (hashlimit_mt_check of libxt_hashlimit.c). */
function lifetime(d: ExtensionData): number {
  return (d['expire'] as number | undefined) ?? UNIT_MS[rateText(d['period'] as number).split('/')[1] as string] ?? 10_000
}
