import { banner, type Dialect } from '../../net/netfilter/dialect.ts'
import type { CommandContext } from '../command.ts'
import { notEmulated } from '../command.ts'
import { EXTENSION_HELP, HELP, HELP_187_LEGACY, HELP_187_NFT } from './help.data.ts'
import type { Tool } from './tool.ts'

/** -h, with what the matches and targets named before it add. Only what was recorded is printed. */
export function help(tool: Tool, extensions: readonly string[], context: CommandContext): number {
  const { dialect } = tool
  const unknown = extensions.find((name) => EXTENSION_HELP[name] === undefined)
  if (tool.family === 6) return notEmulated(context, '--help of IPv6')
  if (unknown !== undefined) return notEmulated(context, `--help of ${unknown}`)
  const old = dialect.trailingNewlines
  const lines = [...HELP]
  const edits = !old ? [] : dialect.backend === 'nft' ? HELP_187_NFT : HELP_187_LEGACY
  for (const [from, to, text] of [...edits].reverse()) lines.splice(from, to - from, ...text)
  const head = old ? `${tool.program} v${dialect.version}` : banner(tool.program, dialect)
  const more = extensions.map((name) => (EXTENSION_HELP[name] as readonly string[]).join('\n'))
  context.stdout.write(`${head}\n\n${lines.join('\n')}${more.join('')}`)
  return 0
}

/** What iptables-restore -h prints on standard error. */
export function restoreUsage(program: string, { backend, lockWait }: Dialect): string {
  const nft = backend === 'nft'
  const head = `[-c] [-v] [-V] [-t] [-h] [-n] ${nft ? '' : '[-w secs] [-W usecs] '}[-T table] [-M command]${nft ? ' [-4] [-6]' : ''} [file]`
  const lines = [
    '[ --counters ]',
    '[ --verbose ]',
    '[ --version]',
    '[ --test ]',
    '[ --help ]',
    '[ --noflush ]',
    ...(nft ? [] : ['[ --wait=<seconds>']),
    ...(!nft && lockWait === 'polls' ? ['[ --wait-interval=<usecs>'] : []),
    '[ --table=<TABLE> ]',
    '[ --modprobe=<command> ]',
    ...(nft ? ['[ --ipv4 ]', '[ --ipv6 ]'] : []),
  ]
  return `Usage: ${program} ${head}\n${lines.map((line) => `\t   ${line}\n`).join('')}`
}
