import { type Command, type Flag, notEmulated } from '../command.ts'
import { Headings } from './headings.ts'
import { complain, coreutilsOptions, HELP_FLAGS, linesWithEnds, parseCount } from './text-input.ts'

const FLAGS: readonly Flag[] = [
  { short: 'n', long: 'lines', value: '[+]NUM', status: 'emulated', suite: 'shell' },
  { short: 'c', long: 'bytes', value: '[+]NUM', status: 'emulated', suite: 'shell' },
  { short: 'q', long: 'quiet', status: 'emulated', suite: 'shell' },
  { long: 'silent', status: 'emulated', suite: 'modelled' },
  { short: 'v', long: 'verbose', status: 'emulated', suite: 'shell' },
  { short: 'z', long: 'zero-terminated', status: 'emulated', suite: 'modelled' },
  { short: 'f', long: 'follow', status: 'known' },
  { short: 'F', status: 'known' },
  { short: 's', long: 'sleep-interval', value: 'N', status: 'known' },
  { long: 'pid', value: 'PID', status: 'known' },
  { long: 'retry', status: 'known' },
  // Known to getopt for the old -5, which is right as the first word only.
  ...[...'0123456789'].map((short) => ({ short, status: 'accepted' as const, reason: 'refused as GNU tail refuses it' })),
  ...HELP_FLAGS,
]

/** GNU tail, with the old `tail -5` and `tail +5`; following a file is not emulated. */
export const tail: Command = {
  name: 'tail',
  path: '/usr/bin/tail',
  on: 'both',
  flags: FLAGS,
  async run(context) {
    const argv = context.argv.slice(1)
    // tail.c parse_obsolete_option: only with at most one file.
    const old = argv.length <= 2 && !/^-./.test(argv[1] ?? '') ? /^([-+])(\d+)([bcl]?)(f?)$/.exec(argv[0] ?? '') : null
    if (old !== null) {
      if (old[4] === 'f') return notEmulated(context, '-f')
      const count = `${old[1] === '+' ? '+' : ''}${old[2]}${old[3] === 'b' ? 'b' : ''}`
      argv.splice(0, 1, old[3] === '' || old[3] === 'l' ? '-n' : '-c', count)
    }
    const result = coreutilsOptions(context, FLAGS, argv)
    if (typeof result === 'number') return result
    let [unit, count, from, end] = ['lines', 10, false, '\n']
    let headers: boolean | undefined
    for (const { flag, value } of result.options) {
      if (/^\d$/.test(flag.short ?? '')) return complain(context, `option used in invalid context -- ${flag.short}`)
      if (flag.value !== undefined) {
        const text = value as string
        unit = flag.short === 'c' ? 'bytes' : 'lines'
        from = text.startsWith('+')
        const number = text.replace(/^-/, '')
        const parsed = parseCount(number)
        if (parsed === undefined) return complain(context, `invalid number of ${unit}: ‘${number}’`)
        count = parsed
      } else if (flag.short === 'z') end = '\0'
      else headers = flag.short === 'v'
    }
    const files = result.operands.length === 0 ? ['-'] : result.operands
    const headings = new Headings(context, headers ?? files.length > 1)
    let exit = 0
    for (const file of files) {
      const text = await headings.textOf(file)
      if (text === undefined) exit = 1
      else context.stdout.write(part(text, unit === 'bytes' ? [...text] : linesWithEnds(text, end), count, from))
    }
    return exit
  },
}

function part(text: string, parts: readonly string[], count: number, from: boolean): string {
  if (from) return count <= 1 ? text : parts.slice(count - 1).join('')
  return count === 0 ? '' : parts.slice(-count).join('')
}
