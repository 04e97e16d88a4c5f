import { FsError } from '../../cluster/fs.ts'
import { type Command, type CommandContext, type Flag, notEmulated } from '../command.ts'
import { type GetoptResult, getopt, optionValue } from '../getopt.ts'
import { USAGE } from './sysctl-usage.data.ts'

const ROOT = '/proc/sys'
const DEFAULT_FILE = '/etc/sysctl.conf'

/** Other names of -a, -p and --help. */
const UNRECORDED = ['A', 'X', 'f', 'd', 'help']
const on = (long: string | undefined, short?: string, value?: string, valueOptional = false): Flag => ({
  status: 'emulated',
  suite: UNRECORDED.includes(long ?? short ?? '') ? 'modelled' : 'sysctl',
  ...(long === undefined ? {} : { long }),
  ...(short === undefined ? {} : { short }),
  ...(value === undefined ? {} : { value }),
  ...(valueOptional ? { valueOptional } : {}),
})
const FLAGS: readonly Flag[] = [
  on('write', 'w'),
  on('values', 'n'),
  on('names', 'N'),
  on('binary', 'b'),
  on('all', 'a'),
  on(undefined, 'A'),
  on(undefined, 'X'),
  on('ignore', 'e'),
  on('quiet', 'q'),
  on('load', 'p', 'file', true),
  on(undefined, 'f', 'file', true),
  on('pattern', 'r', 'expression'),
  on('dry-run'),
  on('help', 'h'),
  on(undefined, 'd'),
  on('version', 'V'),
  on(undefined, 'o'),
  on(undefined, 'x'),
  { long: 'deprecated', status: 'known' },
  { long: 'system', status: 'known' },
]

interface Run {
  readonly context: CommandContext
  readonly given: GetoptResult
  has(...names: readonly string[]): boolean
  say(text: string): void
}

/** procps' sysctl over the machine's own /proc/sys. */
export const sysctl: Command = {
  name: 'sysctl',
  path: '/usr/sbin/sysctl',
  on: 'both',
  flags: FLAGS,
  run(context) {
    const { stdout, stderr, argv } = context
    const given = getopt(argv.slice(1), FLAGS)
    const has = (...names: readonly string[]) => given.options.some((o) => names.includes(o.flag.long ?? o.flag.short ?? ''))
    const say = (text: string) => stderr.write(`sysctl: ${text}\n`)
    if (given.error !== undefined) {
      say(given.error)
      stdout.write(USAGE)
      return 0
    }
    if (has('deprecated')) return notEmulated(context, '--deprecated')
    if (has('system')) return notEmulated(context, '--system')
    if (has('help', 'd')) {
      stdout.write(USAGE)
      return 0
    }
    if (has('version')) {
      stdout.write('sysctl from procps-ng 4.0.2\n')
      return 0
    }
    return act({ context, given, has, say })
  },
}

function act(r: Run): number {
  const { context, given, has } = r
  if (has('all', 'A', 'X')) return showAll(r)
  if (has('load', 'f')) return load(r)
  if (given.operands.length === 0) {
    if (given.options.length === 0) {
      context.stderr.write(USAGE)
      return 1
    }
    r.say('no variables specified')
    context.stderr.write("Try `sysctl --help' for more information.\n")
    return 1
  }
  if (has('pattern')) {
    r.say('no variables specified')
    context.stderr.write("Try `sysctl --help' for more information.\n")
    return 1
  }
  let exit = 0
  for (const word of given.operands) if (!one(r, word)) exit = 1
  return exit
}

function showAll(r: Run): number {
  const pattern = optionValue(r.given, 'pattern')
  let wanted: RegExp | undefined
  try {
    wanted = pattern === undefined ? undefined : new RegExp(pattern)
  } catch {
    return notEmulated(r.context, `--pattern ${pattern}`)
  }
  let exit = 0
  for (const key of keysUnder(r.context, ROOT)) if ((wanted?.test(key) ?? true) && !read(r, key)) exit = 1
  return exit
}

/** One word of the command line: "key" or "key=value". */
function one(r: Run, word: string): boolean {
  const equals = word.indexOf('=')
  if (equals >= 0) return write(r, word.slice(0, equals).trim(), word.slice(equals + 1).trim())
  if (!r.has('write')) return read(r, word)
  r.say('command line(0): invalid syntax, continuing...')
  return false
}

function pathOf(name: string): string {
  // The separator that comes first is the one that counts; the other then belongs to the name.
  const dot = name.indexOf('.')
  const slash = name.indexOf('/')
  if (slash >= 0 && (dot < 0 || slash < dot)) return `${ROOT}/${name}`
  return `${ROOT}/${name.replace(/[./]/g, (c) => (c === '.' ? '/' : '.'))}`
}

function keyOf(path: string): string {
  return path.slice(ROOT.length + 1).replace(/[./]/g, (c) => (c === '/' ? '.' : '/'))
}

function missing(r: Run, path: string): boolean {
  if (r.has('ignore')) return true
  r.say(`cannot stat ${path}: No such file or directory`)
  return false
}

/** A key, or every key below a directory. */
function read(r: Run, name: string): boolean {
  const { fs } = r.context.machine
  const path = pathOf(name)
  if (!fs.exists(path)) return missing(r, path)
  if (fs.stat(path).type === 'dir') {
    for (const key of keysUnder(r.context, path)) read(r, key)
    return true
  }
  for (const line of fs.read(path).replace(/\n$/, '').split('\n')) print(r, keyOf(path), line)
  return true
}

function print(r: Run, key: string, value: string): void {
  const { stdout } = r.context
  if (r.has('names')) stdout.write(`${key}\n`)
  else if (r.has('binary')) stdout.write(value)
  else stdout.write(r.has('values') ? `${value}\n` : `${key} = ${value}\n`)
}

function write(r: Run, name: string, value: string): boolean {
  const { context } = r
  const path = pathOf(name)
  const key = keyOf(path)
  if (!context.machine.fs.exists(path) || context.machine.fs.stat(path).type === 'dir') return missing(r, path)
  if (context.user.uid !== 0) {
    r.say(`permission denied on key "${key}"`)
    return false
  }
  if (!r.has('dry-run')) {
    const before = context.machine.fs.read(path)
    try {
      context.machine.fs.write(path, `${value}\n`)
    } catch (error) {
      if (!(error instanceof FsError)) throw error
      r.say(`setting key "${key}": ${error.code === 'ENOENT' ? 'No such file or directory' : 'Invalid argument'}`)
      // A key that may only be read is no failure to it; a value that is refused is.
      return error.code === 'EACCES'
    }
    if (value === '' && before.trim() !== '') {
      r.say(`setting key "${key}": Invalid argument`)
      return false
    }
  }
  if (!r.has('quiet')) print(r, key, value)
  return true
}

/** -p: the lines of files, all read before the first is set. */
function load(r: Run): number {
  const { fs } = r.context.machine
  const named = r.given.options.filter((o) => o.flag.short === 'p' || o.flag.short === 'f').flatMap((o) => o.value ?? [])
  const files = [...named, ...r.given.operands]
  let exit = 0
  const settings: { readonly key: string; readonly value: string; readonly quiet: boolean }[] = []
  for (const file of files.length === 0 ? [DEFAULT_FILE] : files) {
    if (file === '-') return notEmulated(r.context, '-p -')
    const path = file.startsWith('/') ? file : `${r.context.cwd}/${file}`
    if (!fs.exists(path)) {
      r.say(`cannot open "${file}": No such file or directory`)
      exit = 1
      continue
    }
    fs.read(path)
      .split('\n')
      .forEach((line, at) => {
        const text = line.trim()
        if (text === '' || text.startsWith('#') || text.startsWith(';')) return
        const equals = text.indexOf('=')
        if (equals < 0) {
          r.say(`${file}(${at + 1}): invalid syntax, continuing...`)
          return
        }
        // A leading dash forgives a refused value, not a key that is not there.
        const quiet = text.startsWith('-')
        settings.push({ key: text.slice(quiet ? 1 : 0, equals).trim(), value: text.slice(equals + 1).trim(), quiet })
      })
  }
  for (const { key, value, quiet } of settings) if (!write(r, key, value) && !quiet) exit = 1
  return exit
}

function keysUnder(context: CommandContext, folder: string): string[] {
  const { fs } = context.machine
  return fs.list(folder).flatMap((name) => {
    const path = `${folder}/${name}`
    return fs.stat(path).type === 'dir' ? keysUnder(context, path) : [keyOf(path)]
  })
}
