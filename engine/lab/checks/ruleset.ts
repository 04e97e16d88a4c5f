import { z } from 'zod'
import type { Chain } from '../../net/netfilter/chain.ts'
import type { TableName } from '../../net/netfilter/env.ts'
import { type Rule, targetName } from '../../net/netfilter/rule.ts'
import { type CheckContext, defineCheck } from './check.ts'
import { fits } from './glob.ts'

interface Place {
  readonly chain: Chain
  readonly at: number
  readonly rule: Rule
}

/** xt_statistic keeps probabilities in units of 2^-31; texts show eleven digits. */
const PROBABILITY_SCALE = 0x80000000

const VALUES: Readonly<Record<string, (p: Place) => string>> = {
  chain: (p) => p.chain.name,
  target: (p) => targetName(p.rule.target),
  probability: (p) => probability(p.rule),
  packets: (p) => String(p.chain.packets[p.at] ?? 0),
  toDestination: (p) => toDestination(p.rule),
}

/**
 * Rules as the kernel of a node holds them, in order, and one value of each. `chain` and `target` may hold `*`; `counted` keeps
 * rules that a packet has met.
 */
export const ruleset = defineCheck({
  name: 'ruleset',
  parameters: z.strictObject({
    node: z.string(),
    table: z.enum(['raw', 'mangle', 'nat', 'filter', 'security']),
    chain: z.string(),
    target: z.string().optional(),
    destination: z.string().optional(),
    toDestination: z.string().optional(),
    counted: z.boolean().optional(),
    value: z.enum(Object.keys(VALUES) as [string, ...string[]]),
  }),
  read: (context, p) =>
    places(context, p.node, p.table, p.chain)
      .filter(({ rule }) => p.target === undefined || fits(p.target, targetName(rule.target)))
      .filter(({ rule }) => p.destination === undefined || withMask(rule.filter.dst) === p.destination)
      .filter(({ rule }) => p.toDestination === undefined || toDestination(rule) === p.toDestination)
      .filter(({ chain, at }) => p.counted !== true || (chain.packets[at] ?? 0) > 0)
      .map((place) => (VALUES[p.value] as (p: Place) => string)(place)),
})

function places({ cluster }: CheckContext, node: string, table: TableName, chain: string): Place[] {
  const netfilter = cluster.machine(node)?.netns.netfilter
  return (['nft', 'legacy'] as const)
    .flatMap((backend) => netfilter?.table(4, backend, table)?.sorted() ?? [])
    .filter((c) => fits(chain, c.name))
    .flatMap((c) => c.rules.map((rule, at) => ({ chain: c, at, rule })))
}

function withMask(address: string | undefined): string | undefined {
  return address === undefined || address.includes('/') ? address : `${address}/32`
}

function probability(rule: Rule): string {
  const statistic = rule.matches.find((m) => m.ext === 'statistic' && m['mode'] === 'random')
  return statistic === undefined ? '' : ((statistic['probability'] as number) / PROBABILITY_SCALE).toFixed(11)
}

function toDestination(rule: Rule): string {
  if (rule.target?.kind !== 'extension' || rule.target.data.ext !== 'DNAT') return ''
  const { to, ports } = rule.target.data as unknown as { readonly to?: readonly string[]; readonly ports?: readonly number[] }
  return `${to?.[0] ?? ''}${ports === undefined ? '' : `:${ports[0]}`}`
}
