import { parseCommandLine } from './commandline.ts'
import { checkEdit } from './commit.ts'
import { dialectOf } from './dialect.ts'
import type { Difference } from './difference.ts'
import { TableEdit } from './edit.ts'
import type { Family, TableName } from './env.ts'
import { RuleError, ToolError } from './errors.ts'
import { NO_NAMES } from './names.ts'
import type { Rule } from './rule.ts'
import type { Ruleset } from './ruleset.ts'
import { splitLine } from './split.ts'
import { jumpTarget } from './uses.ts'
import { restoreWords } from './words.ts'

/** A chain declared in a restore's input (":NAME - [0:0]"): made or emptied, then filled with these rules, counters at zero. */
export interface ChainWrite {
  readonly name: string
  readonly rules: readonly Rule[]
  /** How these differ from what the chain holds, where the writer knows: it wrote the chain, and the table is as it left it. */
  readonly known?: Difference
}

/** One table of a restore's input as values. */
export interface TableWrite {
  readonly table: TableName
  readonly chains: readonly ChainWrite[]
  /** "-X NAME", at the end. */
  readonly removed: readonly string[]
}

/** Reads one "-A CHAIN …" line of a restore's input; a jump to a chain is taken for one. */
export function readRule(line: string, family: Family, table: TableName, writer: string): Rule {
  const env = { dialect: dialectOf(writer), family, names: NO_NAMES, privileged: true, warn: () => {}, restoring: table }
  const parsed = parseCommandLine(splitLine(line), env)
  const rule = 'rules' in parsed ? parsed.rules[0] : undefined
  if (rule === undefined || !('rules' in parsed)) throw new ToolError(`no rule: ${line}`, 2)
  const chain = parsed.unresolvedJump
  return chain === undefined ? rule : { ...rule, target: { kind: parsed.goto ? 'goto' : 'jump', chain } }
}

/**
 * iptables-restore --noflush of values: what restoreText makes of the same lines, each table as a whole or not at all, in order.
 * Returns the tool's complaint if one was refused.
 */
export function writeTables(ruleset: Ruleset, writes: readonly TableWrite[], family: Family, writer: string): string | undefined {
  const dialect = dialectOf(writer)
  const nft = dialect.backend === 'nft'
  for (const write of writes) {
    try {
      const base = nft ? ruleset.table(family, 'nft', write.table) : ruleset.instantiate(family, write.table)
      const edit = new TableEdit(base, write.table)
      apply(edit, write, nft, dialect.chainDelName)
      checkEdit(ruleset, edit, 'A', family, dialect)
      ruleset.put(family, dialect.backend, edit.table)
    } catch (error) {
      if (!(error instanceof RuleError || error instanceof ToolError)) throw error
      const program = family === 4 ? 'iptables-restore' : 'ip6tables-restore'
      const lines = write.chains.reduce((sum, chain) => sum + 1 + chain.rules.length, 2 + write.removed.length)
      return restoreWords(error, program, dialect, lines).text
    }
  }
  return undefined
}

function apply(edit: TableEdit, { chains, removed }: TableWrite, nft: boolean, chainDelName: string): void {
  const { size } = edit.table.chains
  // A full sync: the table is looked at as a whole then, which finds jumps to nowhere by the way.
  if (chains.length * 4 > size * 3) edit.table.writeAnew()
  else for (const { name } of chains) if (edit.chain(name) === undefined) edit.addChain(name)
  for (const { name, rules, known } of chains) {
    const fresh = edit.setRules(name, rules, known)
    if (edit.table.anew) continue
    for (const rule of fresh) {
      const to = jumpTarget(rule)
      if (to !== undefined && edit.chain(to) === undefined) throw new ToolError(`Chain '${to}' does not exist`, 2)
    }
  }
  for (const name of removed) {
    const busy = edit.references(name) > 0
    if (busy && nft) throw new RuleError('EBUSY', { operation: chainDelName, subject: `chain ${name}` })
    if (busy) throw new RuleError('EMLINK')
    edit.removeChain(name)
  }
}
