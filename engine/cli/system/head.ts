import type { Command, CommandContext, Flag } from '../command.ts'
import { Headings } from './headings.ts'
import { complain, coreutilsOptions, HELP_FLAGS, linesWithEnds, parseCount } from './text-input.ts'

const FLAGS: readonly Flag[] = [
  { short: 'n', long: 'lines', value: '[-]NUM', status: 'emulated', suite: 'shell' },
  { short: 'c', long: 'bytes', value: '[-]NUM', status: 'emulated', suite: 'shell' },
  { short: 'q', long: 'quiet', status: 'emulated', suite: 'shell' },
  { long: 'silent', status: 'emulated', suite: 'modelled' },
  { short: 'v', long: 'verbose', status: 'emulated', suite: 'shell' },
  { short: 'z', long: 'zero-terminated', status: 'emulated', suite: 'shell' },
  // Known to getopt for the old -5, which is right as the first word only.
  ...[...'0123456789'].map((short) => ({ short, status: 'accepted' as const, reason: 'refused as GNU head refuses it' })),
  ...HELP_FLAGS,
]

interface Wanted {
  unit: 'lines' | 'bytes'
  count: number
  /** All but the last `count` (a count written with a minus). */
  elide: boolean
  headers: 'several' | 'always' | 'never'
  end: string
}

/** GNU head, with the old `head -5`. */
export const head: Command = {
  name: 'head',
  path: '/usr/bin/head',
  on: 'both',
  flags: FLAGS,
  async run(context) {
    const argv = context.argv.slice(1)
    const wanted: Wanted = { unit: 'lines', count: 10, elide: false, headers: 'several', end: '\n' }
    // head.c: the old form counts only as the first word.
    const old = /^-(\d+)(.*)$/s.exec(argv[0] ?? '')
    if (old !== null) {
      const refused = obsolete(context, wanted, old[1] as string, old[2] as string)
      if (refused !== undefined) return refused
      argv.shift()
    }
    const result = coreutilsOptions(context, FLAGS, argv)
    if (typeof result === 'number') return result
    for (const { flag, value } of result.options) {
      if (/^\d$/.test(flag.short ?? '')) return complain(context, `invalid trailing option -- ${flag.short}`, true)
      if (flag.value !== undefined) {
        const text = value as string
        wanted.unit = flag.short === 'c' ? 'bytes' : 'lines'
        wanted.elide = text.startsWith('-')
        const number = wanted.elide ? text.slice(1) : text
        const count = parseCount(number)
        if (count === undefined) return complain(context, `invalid number of ${wanted.unit}: ‘${number}’`)
        if (count >= 2 ** 64)
          return complain(context, `invalid number of ${wanted.unit}: ‘${number}’: Value too large for defined data type`)
        wanted.count = count
      } else if (flag.short === 'z') wanted.end = '\0'
      else wanted.headers = flag.short === 'v' ? 'always' : 'never'
    }
    return show(context, wanted, result.operands.length === 0 ? ['-'] : result.operands)
  },
}

function obsolete(context: CommandContext, wanted: Wanted, digits: string, letters: string): number | undefined {
  let number = digits
  for (const letter of letters) {
    if (letter === 'c') wanted.unit = 'bytes'
    else if (letter === 'l') wanted.unit = 'lines'
    else if ('bkm'.includes(letter)) {
      wanted.unit = 'bytes'
      number = digits + letter
    } else if (letter === 'q') wanted.headers = 'never'
    else if (letter === 'v') wanted.headers = 'always'
    else if (letter === 'z') wanted.end = '\0'
    else return complain(context, `invalid trailing option -- ${letter}`, true)
  }
  wanted.count = parseCount(number) as number
  return undefined
}

async function show(context: CommandContext, wanted: Wanted, files: readonly string[]): Promise<number> {
  const headings = new Headings(context, wanted.headers === 'always' || (wanted.headers === 'several' && files.length > 1))
  let exit = 0
  for (const file of files) {
    if (file === '-' && !wanted.elide) {
      headings.write(file)
      await asItComes(context, wanted)
      continue
    }
    const text = await headings.textOf(file)
    if (text === undefined) exit = 1
    else context.stdout.write(part(text, wanted))
  }
  return exit
}

/** Passes on what is wanted of standard input as it comes, and reads no further. */
async function asItComes({ stdin, stdout, signal }: CommandContext, { unit, count, end }: Wanted): Promise<void> {
  let left = count
  while (left > 0 && !signal.aborted) {
    const piece = await stdin.piece()
    if (piece === undefined) return
    let taken = 0
    if (unit === 'bytes') {
      taken = Math.min(left, piece.length)
      left -= taken
    } else
      while (left > 0 && taken < piece.length) {
        const at = piece.indexOf(end, taken)
        taken = at < 0 ? piece.length : at + 1
        if (at >= 0) left--
      }
    stdout.write(piece.slice(0, taken))
  }
}

function part(text: string, { unit, count, elide, end }: Wanted): string {
  if (unit === 'bytes') return text.slice(0, elide ? Math.max(0, text.length - count) : count)
  const pieces = linesWithEnds(text, end)
  return pieces.slice(0, elide ? Math.max(0, pieces.length - count) : count).join('')
}
