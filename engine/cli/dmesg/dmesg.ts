import type { KernelLine } from '../../net/kernel-log.ts'
import { type Command, type CommandContext, notEmulated } from '../command.ts'
import { getopt, notEmulatedOption, optionValue } from '../getopt.ts'
import { waitFor } from '../waiting.ts'
import { DMESG_FLAGS } from './flags.ts'
import { HELP } from './help.data.ts'
import { FACILITIES, LEVELS, type LineStyle, lineText, printJson } from './line.ts'

const TRY = "Try 'dmesg --help' for more information.\n"

async function run(context: CommandContext): Promise<number> {
  const { stdout, stderr } = context
  const given = getopt(context.argv.slice(1), DMESG_FLAGS)
  if (given.error !== undefined) {
    stderr.write(`dmesg: ${given.error}\n${TRY}`)
    return 1
  }
  const has = (name: string) => optionValue(given, name) !== undefined
  const fail = (text: string) => {
    stderr.write(`dmesg: ${text}\n`)
    return 1
  }
  if (has('help') || has('version')) {
    stdout.write(has('help') ? HELP : 'dmesg from util-linux 2.38.1\n')
    return 0
  }
  const unknown = notEmulatedOption(given)
  if (unknown !== undefined) return notEmulated(context, unknown)
  if (has('raw') && has('decode')) return fail('mutually exclusive arguments: --raw --decode')
  if (has('clear') && has('read-clear'))
    return fail('mutually exclusive arguments: --clear --console-off --console-on --read-clear --console-level --raw')
  if (given.operands.length > 0) {
    stderr.write(`dmesg: bad usage\n${TRY}`)
    return 1
  }
  const levels = listed(optionValue(given, 'level'), LEVELS)
  if (typeof levels === 'string') return fail(`unknown level '${levels}'`)
  const facilities = listed(optionValue(given, 'facility'), FACILITIES)
  if (typeof facilities === 'string') return fail(`unknown facility '${facilities}'`)
  // kernel.dmesg_restrict is 1 on Debian and Ubuntu.
  if (context.user.uid !== 0) return fail(`${has('clear') ? 'clear' : 'read'} kernel buffer failed: Operation not permitted`)
  const log = context.machine.netns.kernelLog
  if (has('clear')) {
    log.clear()
    return 0
  }
  // Everything in this log comes from the kernel itself.
  const hidden = (has('userspace') && !has('kernel')) || (facilities !== undefined && !facilities.includes(0))
  const shown = (line: KernelLine) => !hidden && (levels === undefined || levels.includes(line.level))
  const style = styleOf(context, (name) => optionValue(given, name), log.bootedAt)
  const lines = log.list().filter(shown)
  if (has('json')) {
    stdout.write(printJson(lines, log.bootedAt))
  } else if (!has('follow-new')) {
    let before: KernelLine | undefined
    for (const line of lines) {
      stdout.write(lineText(line, before, style))
      before = line
    }
  }
  if (has('read-clear')) log.clear()
  if (has('follow') || has('follow-new')) await follow(context, shown, style)
  return 0
}

/** Names of a comma-separated list as their numbers; the name itself where it is none. */
function listed(text: string | undefined, names: readonly string[]): readonly number[] | string | undefined {
  if (text === undefined) return undefined
  const numbers: number[] = []
  for (const word of text.split(',')) {
    const at = names.indexOf(word)
    if (at < 0) return word
    numbers.push(at)
  }
  return numbers
}

function styleOf(context: CommandContext, value: (name: string) => string | undefined, bootedAt: number): LineStyle {
  const color = value('color')
  const time =
    value('notime') !== undefined
      ? 'none'
      : value('ctime') !== undefined
        ? 'ctime'
        : value('show-delta') !== undefined
          ? 'delta'
          : 'uptime'
  return {
    bootedAt,
    time,
    raw: value('raw') !== undefined,
    decode: value('decode') !== undefined,
    color: color === 'never' ? false : color === 'always' || context.tty !== undefined,
  }
}

async function follow(context: CommandContext, shown: (line: KernelLine) => boolean, style: LineStyle): Promise<void> {
  const log = context.machine.netns.kernelLog
  let before = log.list().at(-1)
  const stop = log.on((line) => {
    if (!shown(line)) return
    context.stdout.write(lineText(line, before, style))
    before = line
  })
  await waitFor(context, [], () => false)
  stop()
}

export const dmesg: Command = { name: 'dmesg', path: '/usr/bin/dmesg', flags: DMESG_FLAGS, on: 'node', run }
