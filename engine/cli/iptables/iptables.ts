import { type Actor, act } from '../../net/netfilter/actions.ts'
import { type IptablesCommand, tableOf } from '../../net/netfilter/command.ts'
import { parseCommandLine } from '../../net/netfilter/commandline.ts'
import { checkEdit } from '../../net/netfilter/commit.ts'
import { banner } from '../../net/netfilter/dialect.ts'
import { TableEdit } from '../../net/netfilter/edit.ts'
import { NotEmulatedError, RESOURCE_PROBLEM, RuleError, ToolError, VERSION_PROBLEM } from '../../net/netfilter/errors.ts'
import { isTableName, Table } from '../../net/netfilter/table.ts'
import { commandWords } from '../../net/netfilter/words.ts'
import type { Command, CommandContext } from '../command.ts'
import { notEmulated } from '../command.ts'
import { completeIptables } from './complete.ts'
import { dumpTable } from './dump.ts'
import { IPTABLES_FLAGS } from './flags.ts'
import { help } from './help.ts'
import { xtablesLock } from './lock.ts'
import { markRule, markTool } from './marks.ts'
import { IPTABLES_PARTS } from './parts.ts'
import { list, listRules } from './show.ts'
import { legacyWarning, type Tool, toolOf } from './tool.ts'

/** Refuses what needs root, in the words of each backend. */
export function needRoot(tool: Tool): void {
  if (tool.root) return
  if (tool.dialect.backend === 'legacy')
    throw new ToolError("Fatal: can't open lock file /run/xtables.lock: Permission denied", RESOURCE_PROBLEM, 'plain')
  const nl = tool.dialect.trailingNewlines ? '\n' : ''
  throw new ToolError(`Could not fetch rule set generation id: Permission denied (you must be root)${nl}`, RESOURCE_PROBLEM)
}

function checkTable(tool: Tool, name: string): void {
  if (isTableName(name)) return
  throw tool.dialect.backend === 'nft'
    ? new ToolError(`table '${name}' does not exist`, VERSION_PROBLEM)
    : new ToolError(
        `can't initialize ${tool.family === 6 ? 'ip6tables' : 'iptables'} table \`${name}': Table does not exist (do you need to insmod?)`,
        VERSION_PROBLEM,
      )
}

async function perform(tool: Tool, command: IptablesCommand, actor: Actor, context: CommandContext): Promise<void> {
  const { ruleset, family, dialect } = tool
  if (dialect.backend === 'legacy') {
    needRoot(tool)
    await xtablesLock(context, dialect, { wait: command.wait, interval: command.waitInterval })
  }
  checkTable(tool, command.table)
  needRoot(tool)
  const name = tableOf(command)
  const before = dialect.backend === 'legacy' ? ruleset.instantiate(family, name) : ruleset.table(family, 'nft', name)
  // -vv: the blob as it was fetched, printed when the command is done, whatever became of it.
  const dump = command.verbose > 1 && before !== undefined && dialect.backend === 'legacy' ? dumpTable(before) : ''
  const edit = new TableEdit(before, name)
  try {
    carryOut(tool, command, before, edit, actor, context)
  } catch (error) {
    if (!(error instanceof RuleError) || dump === '') throw error
    context.stdout.write(dump)
    // iptc_strerror words an error by the last function called, which is now the dump.
    throw new RuleError(error.errno)
  }
  context.stdout.write(dump)
  if (command.letter === 'C' || (isListing(command) && !command.alsoZero)) return
  checkEdit(ruleset, edit, command.letter, family, dialect)
  if (before !== undefined || edit.table.chains.size > 0) ruleset.put(family, dialect.backend, edit.table)
}

const isListing = ({ letter }: IptablesCommand) => letter === 'L' || letter === 'S'

function carryOut(
  tool: Tool,
  command: IptablesCommand,
  before: Table | undefined,
  edit: TableEdit,
  actor: Actor,
  context: CommandContext,
): void {
  if (!isListing(command)) {
    act(command, edit, actor)
    return
  }
  context.stderr.write(legacyWarning(tool, false))
  const table = before ?? new Table(tableOf(command))
  context.stdout.write((command.letter === 'L' ? list : listRules)(command, table, actor))
  if (command.alsoZero) act({ ...command, letter: command.rulenum > 0 ? 'ZN' : 'Z' }, edit, actor)
}

async function run(context: CommandContext): Promise<number> {
  const tool = toolOf(context)
  markTool(context, tool)
  const actor: Actor = {
    dialect: tool.dialect,
    family: tool.family,
    names: tool.names,
    out: (text) => context.stdout.write(text),
  }
  try {
    const command = parseCommandLine(context.argv.slice(1), {
      dialect: tool.dialect,
      family: tool.family,
      names: tool.names,
      privileged: tool.root,
      warn: (text) => context.stderr.write(text),
    })
    if (!('rules' in command)) {
      if (command.letter === 'h') return help(tool, command.extensions, context)
      const { version, notVersionNamesBackend } = tool.dialect
      const not = `Not ${version}${notVersionNamesBackend ? ` (${tool.dialect.banner})` : ''} ;-)`
      context.stdout.write(`${command.what === 'not' ? not : banner(tool.program, tool.dialect)}\n`)
      return 0
    }
    if (command.verbose > 1 && !dumpsKnown(tool)) return notEmulated(context, '-vv')
    for (const rule of command.rules) markRule(context, rule)
    await perform(tool, command, actor, context)
    return 0
  } catch (error) {
    if (error instanceof NotEmulatedError) return notEmulated(context, error.message)
    if (!(error instanceof ToolError) && !(error instanceof RuleError)) throw error
    const { text, exit } = commandWords(error, tool.program, tool.dialect)
    context.stderr.write(text)
    return exit
  }
}

/** -vv: legacy tools dump their table, IPv4's here; nft tools since 1.8.8 print the bytecode, which is not emulated. */
function dumpsKnown({ dialect, family }: Tool): boolean {
  return dialect.backend === 'legacy' ? family === 4 : !dialect.writesNative
}

/** iptables, ip6tables and their -nft and -legacy variants. */
export const iptables: Command = {
  name: 'iptables',
  path: '/usr/sbin/iptables',
  aliases: ['ip6tables', 'iptables-nft', 'ip6tables-nft', 'iptables-legacy', 'ip6tables-legacy'],
  flags: IPTABLES_FLAGS,
  parts: IPTABLES_PARTS,
  on: 'node',
  run,
  complete: completeIptables,
}
