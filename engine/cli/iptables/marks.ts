import { isActed } from '../../net/netfilter/acted.ts'
import type { Rule } from '../../net/netfilter/rule.ts'
import type { CommandContext, Fidelity } from '../command.ts'
import { extensionSuite } from './parts.ts'
import type { Tool } from './tool.ts'

const VERSIONS = ['1.8.7', '1.8.9', '1.8.11', '1.8.13']

/** How sure an answer of this tool is before its rules are known: IPv4 of the recorded versions was compared with recordings. */
export function markTool(context: CommandContext, tool: Tool): void {
  context.mark(tool.family === 4 && VERSIONS.includes(tool.dialect.version) ? 'recorded' : 'modelled')
}

/** Lowers the mark for a rule that no recording covers, or that packets do not obey. */
export function markRule(context: CommandContext, rule: Rule): void {
  const names = rule.matches.map((data) => data.ext)
  if (rule.target?.kind === 'extension') names.push(rule.target.data.ext)
  const mark: Fidelity = names.some((name) => extensionSuite(name) === 'modelled') ? 'modelled' : 'recorded'
  context.mark(isActed(rule) ? mark : 'not emulated')
}
