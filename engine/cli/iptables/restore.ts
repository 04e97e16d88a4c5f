import { FsError } from '../../cluster/fs.ts'
import { parseWait, parseWaitInterval } from '../../net/netfilter/arguments.ts'
import { banner } from '../../net/netfilter/dialect.ts'
import { NotEmulatedError, OTHER_PROBLEM, PARAMETER_PROBLEM, RuleError, ToolError } from '../../net/netfilter/errors.ts'
import { restoreText } from '../../net/netfilter/restore.ts'
import { restoreWords } from '../../net/netfilter/words.ts'
import type { Command, CommandContext } from '../command.ts'
import { notEmulated } from '../command.ts'
import { restoreUsage } from './help.ts'
import { needRoot } from './iptables.ts'
import { type LockWait, xtablesLock } from './lock.ts'
import { markRule, markTool } from './marks.ts'
import { type ParsedWords, parseOptions, type SimpleOption } from './options.ts'
import { list, listRules } from './show.ts'
import { type Tool, toolOf } from './tool.ts'

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
]

/** What -w and -W ask for; the nft tool takes both and looks at neither. */
function lockWait(parsed: ParsedWords, tool: Tool, context: CommandContext): LockWait {
  const { options } = parsed
  const wait = options.get('wait')
  const interval = options.get('wait-interval')
  if (tool.dialect.backend === 'nft') return { wait: undefined, interval: undefined }
  const read = {
    wait: wait === undefined ? undefined : wait === '' ? Number.POSITIVE_INFINITY : parseWait(wait),
    interval: interval === undefined ? undefined : parseWaitInterval(interval === '' ? undefined : interval),
  }
  if (interval !== undefined && tool.dialect.lockWait !== 'polls')
    context.stderr.write('Ignoring deprecated --wait-interval option.\n')
  if (interval !== undefined && wait === undefined)
    throw new ToolError('Option --wait-interval requires option --wait', OTHER_PROBLEM, 'plain')
  return read
}

/** The input: standard input, or the file that was named. A folder opens but holds no line. */
async function input(context: CommandContext, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return context.stdin.text()
  const { fs } = context.machine
  const path = file.startsWith('/') ? file : `${context.cwd}/${file}`
  try {
    return fs.exists(path) ? fs.read(path) : undefined
  } catch (error) {
    if (error instanceof FsError && error.code === 'EISDIR') return ''
    throw error
  }
}

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
  if (has('help')) {
    context.stderr.write(restoreUsage(tool.program, tool.dialect))
    return 0
  }
  const file = parsed.words[0]
  if (parsed.words.length > 1) {
    context.stderr.write('Unknown arguments found on commandline\n')
    return 1
  }
  try {
    const waiting = lockWait(parsed, tool, context)
    const text = await input(context, file)
    if (text === undefined) {
      context.stderr.write(`Can't open ${file}: No such file or directory\n`)
      return 1
    }
    if (/^\*/m.test(text)) {
      needRoot(tool)
      await xtablesLock(context, tool.dialect, waiting)
    }
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
    if (error instanceof ToolError && error.exit !== PARAMETER_PROBLEM) {
      const head = error.style === 'banner' ? `${banner(tool.program, tool.dialect)}: ` : ''
      if (error.message !== '') context.stderr.write(`${head}${error.message}\n`)
      return error.exit
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
    ...(o.short === undefined ? {} : { short: o.short }),
    ...(o.has === 0 ? {} : { value: 'VALUE' }),
    ...(o.long === 'modprobe'
      ? { status: 'accepted' as const, reason: 'every module is there' }
      : { status: 'emulated' as const }),
    suite: /^(help|wait|wait-interval)$/.test(o.long) ? 'modelled' : 'iptables',
  })),
  on: 'node',
  run,
}
