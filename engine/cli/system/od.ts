import { type Command, type CommandContext, type Flag, notEmulated } from '../command.ts'
import { type OdType, odBlock, odTypes } from './od-format.ts'
import { complain, coreutilsOptions, HELP_FLAGS, parseCount, readInput } from './text-input.ts'

const FLAGS: readonly Flag[] = [
  { short: 'A', long: 'address-radix', value: 'RADIX', status: 'emulated', suite: 'shell' },
  { short: 't', long: 'format', value: 'TYPE', status: 'emulated', suite: 'shell' },
  { short: 'N', long: 'read-bytes', value: 'BYTES', status: 'emulated', suite: 'shell' },
  { short: 'j', long: 'skip-bytes', value: 'BYTES', status: 'emulated', suite: 'shell' },
  { short: 'v', long: 'output-duplicates', status: 'emulated', suite: 'shell' },
  { short: 'c', status: 'emulated', suite: 'shell' },
  { short: 'b', status: 'emulated', suite: 'shell' },
  { short: 'x', status: 'emulated', suite: 'shell' },
  { short: 'o', status: 'emulated', suite: 'shell' },
  { short: 'd', status: 'emulated', suite: 'shell' },
  ...[...'aefFhHiIlLOsX'].map((short) => ({ short, status: 'known' as const })),
  { short: 'w', long: 'width', value: 'BYTES', valueOptional: true, status: 'known' },
  { short: 'S', long: 'strings', value: 'BYTES', valueOptional: true, status: 'known' },
  { long: 'endian', value: 'ORDER', status: 'known' },
  { long: 'traditional', status: 'known' },
  ...HELP_FLAGS,
]

const SHORTHANDS: Readonly<Record<string, string>> = { c: 'c', b: 'o1', x: 'x2', o: 'o2', d: 'u2' }
const WIDTH = 16

interface Wanted {
  radix: string
  skip: number
  limit: number
  duplicates: boolean
  types: OdType[]
}

/** GNU od: the bytes of its files as numbers and characters. */
export const od: Command = {
  name: 'od',
  path: '/usr/bin/od',
  on: 'both',
  flags: FLAGS,
  async run(context) {
    const result = coreutilsOptions(context, FLAGS)
    if (typeof result === 'number') return result
    const wanted: Wanted = { radix: 'o', skip: 0, limit: Number.POSITIVE_INFINITY, duplicates: false, types: [] }
    for (const { flag, value = '' } of result.options) {
      const letter = flag.short as string
      if (letter === 'A') {
        wanted.radix = value[0] ?? ''
        if (!'doxn'.includes(wanted.radix) || value === '')
          return complain(context, `invalid output address radix '${value[0] ?? '\0'}'; it must be one character from [doxn]`)
      } else if (letter === 'N' || letter === 'j') {
        const count = parseCount(value, { anyBase: true })
        if (count === undefined) return badNumber(context, letter, value)
        if (letter === 'N') wanted.limit = count
        else wanted.skip = count
      } else if (letter === 'v') wanted.duplicates = true
      else {
        const types = odTypes(SHORTHANDS[letter] ?? value)
        if ('missing' in types) return notEmulated(context, types.missing)
        if ('error' in types) return complain(context, types.error)
        wanted.types.push(...types)
      }
    }
    if (wanted.types.length === 0) wanted.types = odTypes('o2') as OdType[]
    const files = result.operands
    // The old offset operand: only without the options of the new form, on the last of at most two words.
    const modern = result.options.some(({ flag }) => 'AjNt'.includes(flag.short as string))
    if (!modern && files.length <= 2 && /^(\+.*|\d.*)$/.test(files.at(-1) ?? '') && (files.length === 2 || files[0]?.[0] === '+'))
      return notEmulated(context, 'an offset as an operand')
    return dump(context, wanted, files.length === 0 ? ['-'] : files)
  },
}

/** xstrtol_fatal: a number with a bad end has an "invalid suffix". */
function badNumber(context: CommandContext, letter: string, value: string): number {
  const what = /^\s*\+?\d/.test(value) ? 'invalid suffix in ' : 'invalid '
  return complain(context, `${what}-${letter} argument '${value}'`)
}

async function dump(context: CommandContext, wanted: Wanted, files: readonly string[]): Promise<number> {
  let exit = 0
  let text = ''
  let opened = false
  for (const file of files) {
    const input = await readInput(context, file)
    if ('why' in input) exit = complain(context, `${file}: ${input.why}`)
    else text += input.text
    opened ||= !('why' in input) || input.at === 'read'
  }
  if (!opened) return exit
  if (wanted.skip > text.length) return complain(context, 'cannot skip past end of combined input')
  const bytes = text.slice(wanted.skip, wanted.skip + wanted.limit)
  let out = ''
  let last: string | undefined
  let starred = false
  for (let at = 0; at < bytes.length; at += WIDTH) {
    const block = bytes.slice(at, at + WIDTH)
    if (!wanted.duplicates && block === last) {
      if (!starred) out += '*\n'
      starred = true
      continue
    }
    starred = false
    last = block
    out += odBlock(addressOf(wanted.skip + at, wanted.radix), block, WIDTH, wanted.types)
  }
  if (wanted.radix !== 'n') out += `${addressOf(wanted.skip + bytes.length, wanted.radix)}\n`
  context.stdout.write(out)
  return exit
}

function addressOf(offset: number, radix: string): string {
  if (radix === 'n') return ''
  if (radix === 'x') return offset.toString(16).padStart(6, '0')
  return offset.toString(radix === 'o' ? 8 : 10).padStart(7, '0')
}
