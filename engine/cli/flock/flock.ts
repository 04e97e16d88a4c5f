import { FsError } from '../../cluster/fs.ts'
import { type Command, type CommandContext, type Flag, notEmulated } from '../command.ts'
import { getopt, notEmulatedOption, optionValue } from '../getopt.ts'
import { seconds } from '../system/sleep.ts'
import { strerror } from '../system/text-input.ts'
import { waitFor } from '../waiting.ts'
import { fileLock } from './locks.ts'

/** sysexits.h */
const EX_USAGE = 64
const EX_NOINPUT = 66
const EX_UNAVAILABLE = 69

const FLAGS: readonly Flag[] = [
  { short: 's', long: 'shared', status: 'emulated', suite: 'modelled' },
  { short: 'x', long: 'exclusive', status: 'emulated', suite: 'modelled' },
  { short: 'e', status: 'emulated', suite: 'modelled' },
  { short: 'u', long: 'unlock', status: 'accepted', reason: 'a lock ends with the command that holds it' },
  { short: 'n', long: 'nonblock', status: 'emulated', suite: 'modelled' },
  { long: 'nb', status: 'emulated', suite: 'modelled' },
  { short: 'w', long: 'timeout', value: 'SECS', status: 'emulated', suite: 'modelled' },
  { short: 'E', long: 'conflict-exit-code', value: 'NUMBER', status: 'emulated', suite: 'modelled' },
  { short: 'o', long: 'close', status: 'accepted', reason: 'no program here leaves another behind that would inherit the lock' },
  { short: 'c', long: 'command', status: 'emulated', suite: 'modelled' },
  { short: 'F', long: 'no-fork', status: 'accepted', reason: 'one process more or less cannot be seen' },
  { long: 'verbose', status: 'known' },
  { short: 'h', long: 'help', status: 'known' },
  { short: 'V', long: 'version', status: 'emulated', suite: 'modelled' },
]

function fail(context: CommandContext, words: string, exit: number, hint = false): number {
  context.stderr.write(`flock: ${words}\n${hint ? "Try 'flock --help' for more information.\n" : ''}`)
  return exit
}

/** The file's own path, made if it is not there (open(2) with O_CREAT). */
function lockedPath(context: CommandContext, name: string): string | FsError {
  const { fs } = context.machine
  const path = name.startsWith('/') ? name : `${context.cwd}/${name}`
  try {
    if (!fs.exists(path)) fs.write(path, '')
    return fs.realpath(path)
  } catch (error) {
    if (error instanceof FsError) return error
    throw error
  }
}

/** `flock [-sxn] [-w SECS] [-E CODE] FILE COMMAND...`: runs a command while it holds the file's lock. Locks by descriptor need a shell's. */
async function run(context: CommandContext): Promise<number> {
  const parsed = getopt(context.argv.slice(1), FLAGS, { stopAtOperand: true })
  if (context.argv.length < 2) return fail(context, 'not enough arguments', EX_USAGE, true)
  if (parsed.error !== undefined) return fail(context, parsed.error, EX_USAGE, true)
  const known = notEmulatedOption(parsed)
  if (known !== undefined) return notEmulated(context, known)
  const given = (name: string) => optionValue(parsed, name) !== undefined
  if (given('version')) {
    context.stdout.write('flock from util-linux 2.38.1\n')
    return 0
  }
  const timeout = optionValue(parsed, 'timeout')
  const limit = timeout === undefined ? undefined : seconds(timeout)
  if (timeout !== undefined && limit === undefined) return fail(context, `invalid timeout value: '${timeout}'`, EX_USAGE)
  const code = optionValue(parsed, 'conflict-exit-code') ?? '1'
  if (!/^\d+$/.test(code) || Number(code) > 255) return fail(context, `invalid exit code: '${code}'`, EX_USAGE)
  let [name, ...argv] = parsed.operands
  if (name === undefined) return fail(context, 'requires file descriptor, file or directory', EX_USAGE)
  if (argv.length === 0 && !given('command')) {
    if (/^\d+$/.test(name)) return notEmulated(context, 'a lock on a descriptor')
    return fail(context, `bad file descriptor: '${name}'`, EX_USAGE)
  }
  const dashC = given('command') || argv[0] === '-c' || argv[0] === '--command'
  if (dashC) {
    if (!given('command')) argv = argv.slice(1)
    if (argv.length !== 1) return fail(context, '-c requires exactly one command argument', EX_USAGE)
    argv = ['/bin/sh', '-c', argv[0] as string]
  }
  const path = lockedPath(context, name)
  if (path instanceof FsError) return fail(context, `cannot open lock file ${name}: ${strerror(path)}`, EX_NOINPUT)
  const exclusive = !given('shared')
  const lock = fileLock(context.machine.fs, path)
  const free = () => lock.free(exclusive)
  if (!free()) {
    if (given('nonblock') || given('nb') || limit === 0) return Number(code)
    const got = await waitFor(context, [lock], free, limit === undefined ? undefined : context.clock.now + limit * 1000)
    if (context.signal.aborted) return 130
    if (!got) return Number(code)
  }
  const release = lock.take(exclusive)
  try {
    const program = argv[0] as string
    if (!program.includes('/') && context.findProgram(program) === undefined)
      return fail(context, `failed to execute ${program}: No such file or directory`, EX_UNAVAILABLE)
    const stdin = context.stdin.isTty ? undefined : await context.stdin.text()
    return await context.run(argv, stdin === undefined ? {} : { stdin })
  } finally {
    release()
  }
}

/** flock(1) of util-linux: a lab's way to see what happens to iptables-legacy while somebody holds /run/xtables.lock. */
export const flock: Command = { name: 'flock', path: '/usr/bin/flock', on: 'node', flags: FLAGS, run }
