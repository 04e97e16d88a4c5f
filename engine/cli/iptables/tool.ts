import { type Dialect, dialectOf } from '../../net/netfilter/dialect.ts'
import type { Family } from '../../net/netfilter/env.ts'
import { type NameService, namesFromFiles } from '../../net/netfilter/names.ts'
import type { Ruleset } from '../../net/netfilter/ruleset.ts'
import type { CommandContext } from '../command.ts'

/** What one call of an iptables tool works with. */
export interface Tool {
  readonly program: string
  readonly dialect: Dialect
  readonly family: Family
  readonly names: NameService
  readonly ruleset: Ruleset
  readonly root: boolean
}

/** The tool behind a name such as "iptables", "ip6tables-nft-save" or "iptables-legacy": the suffix overrides the machine's backend. */
export function toolOf(context: CommandContext): Tool {
  const program = (context.argv[0] ?? '').replace(/^.*\//, '')
  const { version, backend } = context.machine.iptables
  const chosen = program.includes('-nft') ? 'nft' : program.includes('-legacy') ? 'legacy' : backend
  const { fs } = context.machine
  return {
    program,
    dialect: dialectOf(`${version}/${chosen}`),
    family: program.startsWith('ip6') ? 6 : 4,
    names: namesFromFiles((path) => (fs.exists(path) ? fs.read(path) : '')),
    ruleset: context.machine.netns.netfilter,
    root: context.user.uid === 0,
  }
}

/** nft tools tell of legacy tables beside their own (nft_check_xt_legacy). */
export function legacyWarning(tool: Tool, save: boolean): string {
  if (tool.dialect.backend !== 'nft' || tool.ruleset.tablesOf(tool.family, 'legacy').length === 0) return ''
  const name = `ip${tool.family === 6 ? '6' : ''}tables-legacy${save ? '-save' : ''}`
  return `# Warning: ${name.replace('-save', '')} tables present, use ${name} to see them\n`
}
