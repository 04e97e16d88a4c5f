import { type Actor, printEnv } from '../../net/netfilter/actions.ts'
import type { Chain } from '../../net/netfilter/chain.ts'
import type { IptablesCommand } from '../../net/netfilter/command.ts'
import { RuleError, ToolError } from '../../net/netfilter/errors.ts'
import { addListedChain } from '../../net/netfilter/list.ts'
import { Output } from '../../net/netfilter/output.ts'
import { addChainLines } from '../../net/netfilter/save.ts'
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
  const only = command.chain !== undefined && command.rulenum > 0 ? command.rulenum : undefined
  const out = new Output()
  pick(command, table, actor).forEach((chain, i) => {
    if (i > 0) out.add('\n')
    if (!addListedChain(out, chain, table.referencesTo(chain.name), env, options, only)) throw incompatible(command, actor)
  })
  return out.text()
}

/** -S */
export function listRules(command: IptablesCommand, table: Table, actor: Actor): string {
  const env = printEnv(actor, true)
  const chains = pick(command, table, actor)
  const out = new Output()
  const verbose = command.verbose > 0
  if (command.rulenum === 0)
    for (const chain of chains) {
      const counters = verbose ? ` -c ${chain.policyPackets} ${chain.policyBytes}` : ''
      out.add(chain.policy === undefined ? `-N ${chain.name}\n` : `-P ${chain.name} ${chain.policy}${counters}\n`)
      out.breathe()
    }
  const only = command.rulenum > 0 ? command.rulenum : undefined
  for (const chain of chains)
    if (!addChainLines(out, chain, env, verbose ? 'counters-last' : 'plain', only)) throw incompatible(command, actor)
  return out.text()
}
