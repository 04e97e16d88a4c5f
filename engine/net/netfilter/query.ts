import { dialectOf } from './dialect.ts'
import type { Family, TableName } from './env.ts'
import { NO_NAMES } from './names.ts'
import { targetName } from './rule.ts'
import type { Backend, Ruleset } from './ruleset.ts'
import { ruleText } from './save.ts'

/** A rule with what lab checks and views ask of it, as its own writer would print it. */
export interface RuleFacts {
  readonly chain: string
  /** 1-based. */
  readonly number: number
  readonly target: string
  readonly destination?: string
  readonly source?: string
  readonly protocol?: number
  readonly comment?: string
  /** Of `statistic`, 0 to 1. */
  readonly probability?: number
  /** DNAT's "ADDR:PORT". */
  readonly toDestination?: string
  /** The -S form. */
  readonly text: string
  readonly packets: number
  readonly bytes: number
}

/** The names of a table's chains, base chains first. */
export function chains(ruleset: Ruleset, family: Family, backend: Backend, table: TableName): readonly string[] {
  return (
    ruleset
      .table(family, backend, table)
      ?.sorted()
      .map((chain) => chain.name) ?? []
  )
}

/** The rules of one chain, or of a whole table. */
export function rules(
  ruleset: Ruleset,
  family: Family,
  backend: Backend,
  table: TableName,
  chain?: string,
): readonly RuleFacts[] {
  const found = ruleset.table(family, backend, table)
  const list = chain === undefined ? found?.sorted() : [found?.chains.get(chain)].filter((c) => c !== undefined)
  return (list ?? []).flatMap((c) =>
    c.rules.map((rule, at): RuleFacts => {
      const match = (name: string) => rule.matches.find((data) => data.ext === name)
      const probability = match('statistic')?.['probability']
      const text = ruleText(c.name, rule, { dialect: dialectOf(rule.writer), family, names: NO_NAMES, numeric: true, proto: 0 })
      const to = / --to-destination (\S+)/.exec(text)?.[1]
      const comment = match('comment')?.['comment']
      return {
        chain: c.name,
        number: at + 1,
        target: targetName(rule.target),
        ...(rule.filter.dst === undefined ? {} : { destination: rule.filter.dst }),
        ...(rule.filter.src === undefined ? {} : { source: rule.filter.src }),
        ...(rule.filter.proto === undefined ? {} : { protocol: rule.filter.proto }),
        ...(typeof comment === 'string' ? { comment } : {}),
        ...(typeof probability === 'number' ? { probability: probability / 0x80000000 } : {}),
        ...(to === undefined ? {} : { toDestination: to }),
        text,
        packets: c.packetsOf(at),
        bytes: c.bytesOf(at),
      }
    }),
  )
}
