import type { Counters } from './chain.ts'
import type { IptablesCommand } from './command.ts'
import type { Dialect } from './dialect.ts'
import type { TableEdit } from './edit.ts'
import type { Family } from './env.ts'
import { PARAMETER_PROBLEM, RuleError, ToolError } from './errors.ts'
import type { PrintEnv } from './extension.ts'
import { describeRule } from './list.ts'
import type { NameService } from './names.ts'
import { type Rule, sameRule } from './rule.ts'
import { readRule } from './view.ts'

/** The tool that acts: whose words and whose reading of rules. */
export interface Actor {
  readonly dialect: Dialect
  readonly family: Family
  readonly names: NameService
  readonly out: (text: string) => void
}

export function printEnv(actor: Actor, numeric: boolean): PrintEnv {
  return { dialect: actor.dialect, family: actor.family, names: actor.names, numeric, proto: 0 }
}

/** Settles what only the table can tell: whether -j names a chain (do_command4, assert_chain_exists). */
function resolveJump(command: IptablesCommand, edit: TableEdit, actor: Actor): readonly Rule[] {
  const name = command.unresolvedJump
  if (name === undefined) {
    const target = command.rules[0]?.target
    if (target?.kind === 'extension' && edit.chain(target.data.ext) !== undefined)
      return command.rules.map((rule) => ({ ...rule, target: { kind: 'jump', chain: target.data.ext } }))
    return command.rules
  }
  if (edit.chain(name) === undefined && !edit.table.isBase(name)) {
    const nl = actor.dialect.trailingNewlines ? '\n' : ''
    if (actor.dialect.backend === 'nft') throw new ToolError(`Chain '${name}' does not exist`, PARAMETER_PROBLEM)
    throw new ToolError(
      command.goto ? `goto '${name}' is not a chain${nl}` : `Couldn't load target \`${name}':No such file or directory\n`,
      PARAMETER_PROBLEM,
    )
  }
  return command.rules.map((rule) => ({ ...rule, target: { kind: command.goto ? 'goto' : 'jump', chain: name } }))
}

/** nft writers of 1.8.8 and later cannot turn tcp or udp options into expressions without the protocol (add_nft_tcpudp). */
export function checkNative(rules: readonly Rule[], dialect: Dialect): void {
  if (!dialect.writesNative) return
  for (const rule of rules)
    for (const data of rule.matches) {
      const proto = data.ext === 'tcp' ? 6 : data.ext === 'udp' ? 17 : undefined
      if (proto === undefined || Object.keys(data).length === 1 || data['option'] !== undefined) continue
      if (rule.filter.proto !== proto)
        throw new ToolError(`${data.ext.toUpperCase()} match requires '-p ${data.ext}'`, PARAMETER_PROBLEM)
    }
}

/** "! -s 0.0.0.0/0" is a compare of no bytes, which nf_tables refuses. */
function refuseNotAny(rules: readonly Rule[], letter: string, chain: string): void {
  const operation = { I: 'RULE_INSERT', R: 'RULE_REPLACE' }[letter] ?? 'RULE_APPEND'
  for (const { filter: f } of rules)
    if ((f.srcInv && f.src?.endsWith('/0')) || (f.dstInv && f.dst?.endsWith('/0')))
      throw new RuleError('EINVAL', { operation, subject: `rule in chain ${chain}` })
}

/** Carries out a command that changes the table (everything but -L and -S). */
export function act(command: IptablesCommand, edit: TableEdit, actor: Actor): void {
  const nft = actor.dialect.backend === 'nft'
  const chain = command.chain ?? ''
  const describe = (rule: Rule) => actor.out(describeRule(rule, printEnv(actor, true)))
  const see = (stored: Rule) => {
    const seen = readRule(stored, actor.dialect)
    return seen === 'incompatible' ? stored : seen
  }
  switch (command.letter) {
    case 'A':
    case 'I':
    case 'R':
    case 'C':
    case 'D': {
      if (nft && (command.letter === 'A' || command.letter === 'I')) edit.ensureBase(chain)
      const rules = resolveJump(command, edit, actor)
      // 1.8.9 makes the expressions before it looks for the rule.
      if (!'CD'.includes(command.letter) || actor.dialect.comparesExpressions) checkNative(rules, actor.dialect)
      if (nft && !'CD'.includes(command.letter)) refuseNotAny(rules, command.letter, chain)
      if (command.letter === 'A' || command.letter === 'I') {
        if (edit.chain(chain) === undefined) throw new RuleError('ENOENT')
        rules.forEach((rule, i) => {
          if (command.verbose > 0) describe(rule)
          if (command.letter === 'A') edit.append(chain, rule, command.counters)
          else edit.insert(chain, command.rulenum - 1 + (nft ? 0 : i), rule, command.counters)
        })
      } else if (command.letter === 'R') {
        if (edit.chain(chain) === undefined) throw new RuleError('ENOENT')
        if (command.verbose > 0) describe(rules[0] as Rule)
        edit.replace(chain, command.rulenum - 1, rules[0] as Rule, command.counters)
      } else for (const rule of rules) checkOrDelete(command, rule)
      return
    }
    case 'DN':
      edit.remove(chain, command.rulenum - 1)
      return
    case 'F':
      forEachChain(command, edit, (name) => {
        if (command.verbose > 0 && (nft ? command.chain === undefined : true)) actor.out(`Flushing chain \`${name}'\n`)
        edit.flush(name)
      })
      return
    case 'Z':
      refuseMissingBase(command, edit, actor)
      forEachChain(command, edit, (name) => {
        if (command.verbose > 0) actor.out(`Zeroing chain \`${name}'\n`)
        edit.zero(name)
      })
      return
    case 'ZN':
      if (edit.chain(chain) === undefined) throw new RuleError('ENOENT')
      if (command.rulenum > (edit.chain(chain)?.rules.length ?? 0)) {
        // nft_rule_zero_counters takes a missing rule for success.
        if (nft) return
        throw new RuleError('E2BIG', { words: 'Index of counter too big' })
      }
      edit.zero(chain, command.rulenum)
      return
    case 'N':
      if (edit.table.isBase(chain)) throw new RuleError('EEXIST', { words: 'Chain already exists' })
      edit.addChain(chain)
      return
    case 'X':
      deleteChains(command, edit, actor)
      return
    case 'E':
      rename(command, edit, actor)
      return
    case 'P':
      setPolicy(command, edit, command.hasCounters ? command.counters : undefined, actor)
      return
    default:
      return
  }

  function checkOrDelete(of: IptablesCommand, rule: Rule): void {
    const rules = edit.chain(chain)?.rules
    // libiptc's tools say what they look for before they look.
    if (!nft && of.verbose > 0 && rules !== undefined) describe(rule)
    const at = rules?.findIndex((stored) => sameRule(see(stored), rule)) ?? -1
    if (at < 0) {
      // libiptc asks whether a jump's target is built in, and forgets that it was deleting (TC_BUILTIN sets iptc_fn).
      const forgets = !nft && rules !== undefined && rule.target !== undefined && rule.target.kind !== 'verdict'
      throw new RuleError('ENOENT', forgets ? {} : { words: 'Bad rule (does a matching rule exist in that chain?)' })
    }
    if (nft && (of.verbose > 0 || (of.letter === 'C' && actor.dialect.checkPrints))) describe(rule)
    if (of.letter === 'D') edit.remove(chain, at)
  }
}

/** nft tools before 1.8.11 want to zero a base chain that nobody made yet, and are refused. */
function refuseMissingBase(command: IptablesCommand, edit: TableEdit, { dialect, out }: Actor): void {
  const name = command.chain
  if (!dialect.zeroesMissingBase || name === undefined || edit.chain(name) !== undefined || !edit.table.isBase(name)) return
  if (!command.alsoZero) throw new RuleError('ENOENT')
  if (command.verbose > 0) out(`Zeroing chain \`${name}'\n`)
  throw new RuleError('ENOENT', { operation: 'CHAIN_ZERO', subject: `chain ${name}` })
}

function forEachChain(command: IptablesCommand, edit: TableEdit, visit: (name: string) => void): void {
  if (command.chain === undefined) for (const chain of edit.table.sorted()) visit(chain.name)
  else {
    if (actorNeedsChain(edit, command.chain)) throw new RuleError('ENOENT')
    if (edit.chain(command.chain) !== undefined) visit(command.chain)
  }
}

function actorNeedsChain(edit: TableEdit, name: string): boolean {
  return edit.chain(name) === undefined && !edit.table.isBase(name)
}

function deleteChains(command: IptablesCommand, edit: TableEdit, actor: Actor): void {
  const nft = actor.dialect.backend === 'nft'
  const names =
    command.chain === undefined
      ? edit.table
          .sorted()
          .filter((chain) => chain.policy === undefined)
          .map((chain) => chain.name)
      : [command.chain]
  for (const name of names) {
    const chain = edit.chain(name)
    if (command.verbose > 0 && (chain !== undefined || !nft)) actor.out(`Deleting chain \`${name}'\n`)
    if (chain === undefined) throw new RuleError('ENOENT')
    const busy = edit.references(name) > 0
    if (nft) {
      if (busy || chain.rules.length > 0)
        throw new RuleError('EBUSY', { operation: actor.dialect.chainDelName, subject: `chain ${name}` })
    } else {
      if (chain.policy !== undefined) throw new RuleError('EINVAL')
      if (busy) throw new RuleError('EMLINK')
      if (chain.rules.length > 0) throw new RuleError('ENOTEMPTY')
    }
    edit.removeChain(name)
  }
}

function rename(command: IptablesCommand, edit: TableEdit, actor: Actor): void {
  const from = command.chain ?? ''
  const to = command.newName ?? ''
  const nft = actor.dialect.backend === 'nft'
  // libiptc's chain labels are 32 bytes with their end; the nft backend took any name before 1.8.11.
  const label = nft ? to : to.slice(0, 29)
  if (edit.chain(to) !== undefined || edit.table.isBase(to)) throw new RuleError('EEXIST')
  if (!nft && ['ACCEPT', 'DROP', 'RETURN', 'QUEUE'].includes(to)) throw new RuleError('EEXIST')
  const chain = edit.chain(from)
  if (chain === undefined || (chain.policy !== undefined && !nft)) throw new RuleError('ENOENT')
  edit.rename(from, label)
}

/** -P, and ":CHAIN POLICY" of a restore. */
export function setPolicy(
  command: { readonly chain: string | undefined; readonly policy: string | undefined },
  edit: TableEdit,
  counters: Counters | undefined,
  actor: Actor,
): void {
  const chain = command.chain ?? ''
  if (actor.dialect.backend === 'nft') edit.ensureBase(chain)
  if (!edit.table.isBase(chain) || edit.chain(chain) === undefined)
    throw new RuleError('ENOENT', { words: 'Bad built-in chain name' })
  if (command.policy !== 'ACCEPT' && command.policy !== 'DROP') throw new RuleError('EINVAL', { words: 'Bad policy name' })
  edit.setPolicy(chain, command.policy, counters)
}
