import type { Ruleset } from '../../net/netfilter/ruleset.ts'
import type { Command, CommandContext } from '../command.ts'
import { notEmulated } from '../command.ts'

const VERSION = '1.0.2'

function fail(context: CommandContext, words: string): number {
  context.stderr.write(`nfacct v${VERSION}: ${words}\n`)
  return 1
}

/** An object as `nfacct list` prints it (libnetfilter_acct, plain format). */
function line(ruleset: Ruleset, name: string): string {
  const found = ruleset.accounting().get(name)
  const twenty = (n: number) => String(n).padStart(20, '0')
  return `{ pkts = ${twenty(found?.packets ?? 0)}, bytes = ${twenty(found?.bytes ?? 0)} } = ${name};\n`
}

/** nfacct: add, list, get, delete, flush. Modelled on nfacct.c; no recording holds its output. */
function run(context: CommandContext): number {
  context.mark('modelled')
  const ruleset = context.machine.netns.netfilter
  const [, command, name, ...rest] = context.argv
  if (command === undefined) {
    context.stderr.write('Usage: nfacct command [parameters]...\n')
    return 1
  }
  if (command === 'version' || command === '-V') {
    context.stdout.write(`nfacct v${VERSION}\n`)
    return 0
  }
  if (!['add', 'list', 'get', 'delete', 'flush'].includes(command))
    return ['restore', 'help'].includes(command)
      ? notEmulated(context, command)
      : fail(context, `error: Unknown command: ${command}`)
  if (context.user.uid !== 0) return fail(context, 'error: Operation not permitted')
  if (command === 'flush') {
    for (const each of [...ruleset.accounting().keys()]) if (!ruleset.accountingInUse(each)) ruleset.removeAccounting(each)
    return 0
  }
  if (command === 'list') {
    const all = [...ruleset.accounting().keys()]
    context.stdout.write(all.map((each) => line(ruleset, each)).join(''))
    if (name === 'reset') for (const each of all) ruleset.resetAccounting(each)
    return name === undefined || name === 'reset' ? 0 : notEmulated(context, `list ${name}`)
  }
  if (name === undefined) return fail(context, 'error: Missing object name')
  if (command === 'add') {
    if (rest.length > 0) return notEmulated(context, `add with ${rest[0]}`)
    return ruleset.addAccounting(name) ? 0 : fail(context, 'error: File exists')
  }
  if (!ruleset.hasAccounting(name)) return fail(context, 'error: No such file or directory')
  if (command === 'delete') {
    if (ruleset.accountingInUse(name)) return fail(context, 'error: Device or resource busy')
    ruleset.removeAccounting(name)
    return 0
  }
  context.stdout.write(line(ruleset, name))
  if (rest[0] === 'reset') ruleset.resetAccounting(name)
  return 0
}

export const nfacct: Command = {
  name: 'nfacct',
  path: '/usr/sbin/nfacct',
  flags: [],
  on: 'node',
  run,
  complete: (words, index) =>
    index === 1 ? ['add', 'delete', 'flush', 'get', 'list'].filter((word) => word.startsWith(words[1] ?? '')) : [],
}
