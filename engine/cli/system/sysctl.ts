import { FsError } from '../../cluster/fs.ts'
import { type Command, type CommandContext, notEmulated } from '../command.ts'

const ROOT = '/proc/sys'

/** procps' sysctl over the machine's own /proc/sys. */
export const sysctl: Command = {
  name: 'sysctl',
  path: '/usr/sbin/sysctl',
  on: 'node',
  flags: [
    { short: 'w', long: 'write', status: 'emulated', suite: 'modelled' },
    { short: 'n', long: 'values', status: 'emulated', suite: 'modelled' },
    { short: 'a', long: 'all', status: 'emulated', suite: 'modelled' },
    { short: 'p', long: 'load', valueOptional: true, status: 'known' },
    { short: 'e', long: 'ignore', status: 'known' },
    { short: 'q', long: 'quiet', status: 'known' },
  ],
  run(context) {
    let valuesOnly = false
    let all = false
    const names: string[] = []
    for (const word of context.argv.slice(1)) {
      if (word === '-n' || word === '--values') valuesOnly = true
      else if (word === '-a' || word === '--all') all = true
      else if (word === '-w' || word === '--write') continue
      else if (word.startsWith('-')) return notEmulated(context, word)
      else names.push(word)
    }
    if (all) names.push(...keysUnder(context, ROOT))
    if (names.length === 0) {
      context.stderr.write("sysctl: no variables specified\nTry `sysctl --help' for more information.\n")
      return 1
    }
    let exit = 0
    for (const name of names) if (!one(context, name, valuesOnly)) exit = 1
    return exit
  },
}

function one(context: CommandContext, word: string, valuesOnly: boolean): boolean {
  const { fs } = context.machine
  const [name = '', value] = word.split(/=(.*)/s)
  const path = `${ROOT}/${name.includes('/') ? name : name.replaceAll('.', '/')}`
  const shown = name.replaceAll('/', '.')
  if (!fs.exists(path) || fs.stat(path).type === 'dir') {
    context.stderr.write(`sysctl: cannot stat ${path}: No such file or directory\n`)
    return false
  }
  try {
    if (value !== undefined) fs.write(path, `${value.trim()}\n`)
  } catch (error) {
    if (!(error instanceof FsError)) throw error
    context.stderr.write(`sysctl: permission denied on key "${shown}"\n`)
    return false
  }
  const text = fs.read(path).replace(/\n$/, '')
  context.stdout.write(valuesOnly ? `${text}\n` : `${shown} = ${text}\n`)
  return true
}

function keysUnder(context: CommandContext, folder: string): string[] {
  const { fs } = context.machine
  return fs.list(folder).flatMap((name) => {
    const path = `${folder}/${name}`
    return fs.stat(path).type === 'dir' ? keysUnder(context, path) : [path.slice(ROOT.length + 1).replaceAll('/', '.')]
  })
}
