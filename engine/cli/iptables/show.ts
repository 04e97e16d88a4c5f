import { type Actor, printEnv } from '../../net/netfilter/actions.ts'
import type { Chain } from '../../net/netfilter/chain.ts'
import type { IptablesCommand } from '../../net/netfilter/command.ts'
import { RuleError, ToolError } from '../../net/netfilter/errors.ts'
import { listChain } from '../../net/netfilter/list.ts'
import { chainLines } from '../../net/netfilter/save.ts'
import type { Table } from '../../net/netfilter/table.ts'

function incompatible(command: IptablesCommand, actor: Actor): ToolError {
  const what =
    command.chain === undefined ? `table \`${command.table}'` : `chain \`${command.chain}' in table \`${command.table}'`
  return new ToolError(`${what} is incompatible, use 'nft' tool.${actor.dialect.trailingNewlines ? '\n' : ''}`, 1)
}

function pick(command: IptablesCommand, table: Table, actor: Actor): readonly Chain[] {
  if (actor.dialect.foreignBaseIncompatible && table.hasForeignBase()) throw incompatible(command, actor)
  const all = table.listed()
  if (command.chain === undefined) return all
  const found = all.filter((chain) => chain.name === command.chain)
  if (found.length > 0) return found
  throw actor.dialect.unknownChainIncompatible ? incompatible(command, actor) : new RuleError('ENOENT')
}

/** -L */
export function list(command: IptablesCommand, table: Table, actor: Actor): string {
  const env = printEnv(actor, command.numeric)
  const options = { verbose: command.verbose > 0, exact: command.exact, lineNumbers: command.lineNumbers }
  const references = table.references()
  const only = command.chain !== undefined && command.rulenum > 0 ? command.rulenum : undefined
  const parts = pick(command, table, actor).map((chain) => {
    const text = listChain(chain, references.get(chain.name) ?? 0, env, options, only)
    if (text === undefined) throw incompatible(command, actor)
    return text
  })
  return parts.join('\n')
}

/** -S */
export function listRules(command: IptablesCommand, table: Table, actor: Actor): string {
  const env = printEnv(actor, true)
  const chains = pick(command, table, actor)
  const lines: string[] = []
  const verbose = command.verbose > 0
  if (command.rulenum === 0)
    for (const chain of chains) {
      const counters = verbose ? ` -c ${chain.policyPackets} ${chain.policyBytes}` : ''
      lines.push(chain.policy === undefined ? `-N ${chain.name}` : `-P ${chain.name} ${chain.policy}${counters}`)
    }
  const only = command.rulenum > 0 ? command.rulenum : undefined
  for (const chain of chains) {
    const rules = chainLines(chain, env, verbose ? 'counters-last' : 'plain', only)
    if (rules === undefined) throw incompatible(command, actor)
    for (const rule of rules) lines.push(rule)
  }
  return lines.map((line) => `${line}\n`).join('')
}
