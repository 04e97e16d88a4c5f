import type { Command, Flag } from '../command.ts'
import { notEmulated } from '../command.ts'
import { complain, coreutilsOptions, HELP_FLAGS, linesOf, parseCount, readInput } from './text-input.ts'

const FLAGS: readonly Flag[] = [
  { short: 'c', long: 'count', status: 'emulated', suite: 'shell' },
  { short: 'd', long: 'repeated', status: 'emulated', suite: 'shell' },
  { short: 'D', status: 'emulated', suite: 'shell' },
  { short: 'u', long: 'unique', status: 'emulated', suite: 'shell' },
  { short: 'i', long: 'ignore-case', status: 'emulated', suite: 'shell' },
  { short: 'f', long: 'skip-fields', value: 'N', status: 'emulated', suite: 'shell' },
  { short: 's', long: 'skip-chars', value: 'N', status: 'emulated', suite: 'shell' },
  { short: 'w', long: 'check-chars', value: 'N', status: 'emulated', suite: 'shell' },
  { short: 'z', long: 'zero-terminated', status: 'emulated', suite: 'modelled' },
  { long: 'all-repeated', value: 'METHOD', valueOptional: true, status: 'known' },
  { long: 'group', value: 'METHOD', valueOptional: true, status: 'known' },
  // The old -N, fields to skip.
  ...[...'0123456789'].map((short) => ({ short, status: 'known' as const })),
  ...HELP_FLAGS,
]

const NUMBERS: Readonly<Record<string, string>> = {
  f: 'number of fields to skip',
  s: 'number of bytes to skip',
  w: 'number of bytes to compare',
}

/** GNU uniq: neighbouring lines that are the same, byte by byte (the C.UTF-8 locale). */
export const uniq: Command = {
  name: 'uniq',
  path: '/usr/bin/uniq',
  on: 'both',
  flags: FLAGS,
  async run(context) {
    const result = coreutilsOptions(context, FLAGS)
    if (typeof result === 'number') return result
    const given = new Set(result.options.map(({ flag }) => flag.short))
    const numbers: Record<string, number> = { f: 0, s: 0, w: Number.POSITIVE_INFINITY }
    for (const { flag, value } of result.options) {
      if (flag.value === undefined) continue
      const count = parseCount(value as string, { suffixes: false })
      const letter = flag.short as string
      if (count === undefined) return complain(context, `${value}: invalid ${NUMBERS[letter]}`)
      numbers[letter] = count
    }
    const [input = '-', output, extra] = result.operands
    if (result.operands.some((word) => /^\+\d+$/.test(word))) return notEmulated(context, 'the old +N')
    if (extra !== undefined) return complain(context, `extra operand ‘${extra}’`, true)
    if (given.has('c') && given.has('D'))
      return complain(context, 'printing all duplicated lines and repeat counts is meaningless', true)
    if (output !== undefined && output !== '-') return notEmulated(context, 'an output file')
    const read = await readInput(context, input)
    if ('why' in read) return complain(context, read.at === 'read' ? `error reading '${input}'` : `${input}: ${read.why}`)

    const end = given.has('z') ? '\0' : '\n'
    const key = (line: string) => keyOf(line, numbers, given.has('i'))
    let text = ''
    for (const group of groups(linesOf(read.text, end), key)) {
      const repeated = group.length > 1
      if (repeated ? given.has('u') : given.has('d') || given.has('D')) continue
      const shown = given.has('D') ? group : group.slice(0, 1)
      for (const line of shown) text += (given.has('c') ? `${String(group.length).padStart(7)} ` : '') + line + end
    }
    context.stdout.write(text)
    return 0
  },
}

/** What of a line is compared: after -f fields (blanks and what follows them) and -s bytes, at most -w bytes. */
function keyOf(line: string, numbers: Readonly<Record<string, number>>, fold: boolean): string {
  let at = 0
  for (let field = 0; field < (numbers.f as number) && at < line.length; field++)
    at += (/^[ \t]*[^ \t]*/.exec(line.slice(at)) as RegExpExecArray)[0].length
  const key = line.slice(at + (numbers.s as number)).slice(0, numbers.w)
  return fold ? key.replace(/[a-z]/g, (letter) => letter.toUpperCase()) : key
}

function groups(lines: readonly string[], key: (line: string) => string): string[][] {
  const found: string[][] = []
  let last: string | undefined
  for (const line of lines) {
    const now = key(line)
    if (now === last) (found.at(-1) as string[]).push(line)
    else found.push([line])
    last = now
  }
  return found
}
