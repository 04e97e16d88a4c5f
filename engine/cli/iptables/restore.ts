import { banner } from '../../net/netfilter/dialect.ts'
import { NotEmulatedError, RuleError, ToolError } from '../../net/netfilter/errors.ts'
import { restoreText } from '../../net/netfilter/restore.ts'
import { restoreWords } from '../../net/netfilter/words.ts'
import type { Command, CommandContext } from '../command.ts'
import { notEmulated } from '../command.ts'
import { needRoot } from './iptables.ts'
import { markRule, markTool } from './marks.ts'
import { parseOptions, type SimpleOption } from './options.ts'
import { list, listRules } from './show.ts'
import { toolOf } from './tool.ts'

const OPTIONS: readonly SimpleOption[] = [
  { long: 'counters', short: 'c', has: 0 },
  { long: 'verbose', short: 'v', has: 0 },
  { long: 'version', short: 'V', has: 0 },
  { long: 'test', short: 't', has: 0 },
  { long: 'help', short: 'h', has: 0 },
  { long: 'noflush', short: 'n', has: 0 },
  { long: 'modprobe', short: 'M', has: 1 },
  { long: 'table', short: 'T', has: 1 },
  { long: 'wait', short: 'w', has: 2 },
  { long: 'wait-interval', short: 'W', has: 2 },
  { long: 'ipv4', short: '4', has: 0 },
  { long: 'ipv6', short: '6', has: 0 },
]

async function run(context: CommandContext): Promise<number> {
  const tool = toolOf(context)
  markTool(context, tool)
  const parsed = parseOptions(context.argv.slice(1), OPTIONS, tool.program)
  if ('error' in parsed) {
    context.stderr.write(`${parsed.error}Try \`${tool.program} -h' for more information.\n`)
    return 1
  }
  const has = (name: string) => parsed.options.has(name)
  if (has('version')) {
    context.stdout.write(`${banner(tool.program, tool.dialect)}\n`)
    return 0
  }
  if (has('help')) return notEmulated(context, '--help')
  const file = parsed.words[0]
  if (parsed.words.length > 1) {
    context.stderr.write('Unknown arguments found on commandline\n')
    return 1
  }
  let text: string
  if (file === undefined) text = await context.stdin.text()
  else {
    const path = file.startsWith('/') ? file : `${context.cwd}/${file}`
    if (!context.machine.fs.exists(path)) {
      context.stderr.write(`Can't open ${file}: No such file or directory\n`)
      return 1
    }
    text = context.machine.fs.read(path)
  }
  try {
    if (/^\*/m.test(text)) needRoot(tool)
    const actor = { dialect: tool.dialect, family: tool.family, names: tool.names, out: (t: string) => context.stdout.write(t) }
    const only = parsed.options.get('table')
    const result = restoreText(tool.ruleset, text, {
      family: tool.family,
      writer: tool.dialect.key,
      noflush: has('noflush'),
      counters: has('counters'),
      test: has('test'),
      verbose: has('verbose'),
      ...(only === undefined ? {} : { onlyTable: only }),
      names: tool.names,
      program: tool.program,
      privileged: tool.root,
      out: actor.out,
      warn: (t) => context.stderr.write(t),
      onRule: (rule) => markRule(context, rule),
      show: (command, edit) => actor.out((command.letter === 'L' ? list : listRules)(command, edit.table, actor)),
    })
    if (result.ok) return 0
    context.stderr.write(result.error)
    return result.exit
  } catch (error) {
    if (error instanceof NotEmulatedError) return notEmulated(context, error.message)
    if (!(error instanceof ToolError) && !(error instanceof RuleError)) throw error
    if (error instanceof ToolError && error.exit === 4) {
      const head = error.style === 'banner' ? `${banner(tool.program, tool.dialect)}: ` : ''
      context.stderr.write(`${head}${error.message}\n`)
      return 4
    }
    const { text: words, exit } = restoreWords(error, tool.program, tool.dialect, 0)
    context.stderr.write(words)
    return exit
  }
}

/** iptables-restore, ip6tables-restore and their variants. */
export const iptablesRestore: Command = {
  name: 'iptables-restore',
  path: '/usr/sbin/iptables-restore',
  aliases: [
    'ip6tables-restore',
    'iptables-nft-restore',
    'ip6tables-nft-restore',
    'iptables-legacy-restore',
    'ip6tables-legacy-restore',
  ],
  flags: OPTIONS.map((o) => ({
    long: o.long,
    short: o.short,
    ...(o.has === 0 ? {} : { value: 'VALUE' }),
    ...(o.long.startsWith('wait') || o.long === 'modprobe'
      ? { status: 'accepted' as const, reason: 'one command runs at a time, every module is there' }
      : { status: o.long === 'help' ? ('known' as const) : ('emulated' as const) }),
    suite: /^ipv[46]$/.test(o.long) ? 'modelled' : 'iptables',
  })),
  on: 'node',
  run,
}
