import { MAIN_OPTIONS } from '../../net/netfilter/command-options.data.ts'
import { chains } from '../../net/netfilter/query.ts'
import { BASE_CHAINS, isTableName } from '../../net/netfilter/table.ts'
import type { CompletionContext } from '../command.ts'

const CHAIN_BEFORE =
  /^(-[A-Za-z]*[ACDIRLSFZXEPjg]|--(append|check|delete|insert|replace|list|list-rules|flush|zero|delete-chain|rename-chain|policy|jump|goto))$/

/** Table names behind -t, chain names behind commands and -j, options otherwise. */
export function completeIptables(
  words: readonly string[],
  index: number,
  context: CompletionContext,
): readonly string[] | undefined {
  const word = words[index] ?? ''
  const before = words[index - 1] ?? ''
  const fits = (candidates: readonly string[]) => candidates.filter((candidate) => candidate.startsWith(word))
  if (before === '-t' || before === '--table') return fits(Object.keys(BASE_CHAINS).sort())
  if (word.startsWith('-')) return fits(MAIN_OPTIONS.map(([long]) => `--${long}`).sort())
  if (!CHAIN_BEFORE.test(before)) return undefined
  const at = words.findIndex((w) => w === '-t' || w === '--table')
  const table = at < 0 ? 'filter' : (words[at + 1] ?? '')
  if (!isTableName(table)) return []
  const tool = words[0] ?? ''
  const backend = tool.includes('-legacy') ? 'legacy' : tool.includes('-nft') ? 'nft' : context.machine.iptables.backend
  const known = chains(context.machine.netns.netfilter, tool.startsWith('ip6') ? 6 : 4, backend, table)
  return fits([...new Set([...BASE_CHAINS[table], ...known])])
}
