import type { TableName } from '../../net/netfilter/env.ts'
import { connectionList, ruleHits } from '../../net/walk-read.ts'
import type { CommandContext, SessionPort } from '../command.ts'
import { getopt } from '../getopt.ts'
import { ALL, CONNECTIONS_FLAGS, HELP, HITS_FLAGS, NODE } from './flags.ts'
import { BadPlace } from './places.ts'
import { bad, lastValue, outputOf, print } from './say.ts'
import { CONNECTIONS_USAGE, HITS_USAGE } from './usage.ts'
import { connectionsText } from './walk-text.ts'

/** `chainwalk connections`: what has been dialled, newest first. */
export function connections(context: CommandContext, session: SessionPort, words: readonly string[]): number {
  const given = getopt(words, CONNECTIONS_FLAGS)
  if (given.error !== undefined) return bad(context, `connections: ${given.error}`)
  if (given.operands.length > 0) return bad(context, `connections: ${given.operands[0]}: not expected`)
  if (given.options.some((o) => o.flag === HELP)) {
    context.stdout.write(CONNECTIONS_USAGE)
    return 0
  }
  return guarded(context, 'connections', () => {
    const json = outputOf(given) === 'json'
    const which = given.options.some((o) => o.flag === ALL) ? 'all' : 'learner'
    const list = connectionList(session.cluster.network, which)
    if (json) return print(context, [JSON.stringify(list, null, 2)])
    return print(context, list.length === 0 ? ['no connection has been made yet'] : connectionsText(list))
  })
}

const TABLES: readonly TableName[] = ['raw', 'mangle', 'nat', 'filter', 'security']

/** `chainwalk hits`: which remembered packets matched a rule. */
export function hits(context: CommandContext, session: SessionPort, words: readonly string[]): number {
  const given = getopt(words, HITS_FLAGS)
  if (given.error !== undefined) return bad(context, `hits: ${given.error}`)
  if (given.options.some((o) => o.flag === HELP)) {
    context.stdout.write(HITS_USAGE)
    return 0
  }
  return guarded(context, 'hits', () => {
    const [table, chain, rule, ...rest] = given.operands
    if (chain === undefined || rest.length > 0) throw new BadPlace('want TABLE CHAIN [RULE]')
    const known = TABLES.find((t) => t === table)
    if (known === undefined) throw new BadPlace(`${table}: no such table (${TABLES.join(', ')})`)
    if (rule !== undefined && !/^\d+$/.test(rule)) throw new BadPlace(`${rule}: want a rule's number`)
    const node = lastValue(given, NODE) ?? context.machine.hostname
    if (session.cluster.machine(node) === undefined) throw new BadPlace(`${node}: no such node`)
    const found = ruleHits(session.cluster.network, {
      node,
      table: known,
      chain,
      ...(rule === undefined ? {} : { rule: Number(rule) }),
    })
    if (outputOf(given) === 'json') return print(context, [JSON.stringify(found, null, 2)])
    if (found.length === 0) return print(context, ['no remembered packet'])
    return print(
      context,
      found.map((h) =>
        `connection ${h.connection.id} packet ${h.packet} step ${h.step + 1}, rule ${h.rule}: ${h.connection.command ?? ''}`.trimEnd(),
      ),
    )
  })
}

function guarded(context: CommandContext, verb: string, act: () => number): number {
  try {
    return act()
  } catch (error) {
    if (error instanceof BadPlace) return bad(context, `${verb}: ${error.message}`)
    throw error
  }
}
