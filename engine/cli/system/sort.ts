import { encodeUtf8 } from '../../base/utf8.ts'
import { type Command, type CommandContext, type Flag, notEmulated } from '../command.ts'
import { bytes, compareBy, keyText, type SortKey, sortKey } from './sort-keys.ts'
import { complain, coreutilsOptions, HELP_FLAGS, linesOf, readInput } from './text-input.ts'

const FLAGS: readonly Flag[] = [
  { short: 'k', long: 'key', value: 'KEYDEF', status: 'emulated', suite: 'shell' },
  { short: 't', long: 'field-separator', value: 'SEP', status: 'emulated', suite: 'shell' },
  { short: 'n', long: 'numeric-sort', status: 'emulated', suite: 'shell' },
  { short: 'h', long: 'human-numeric-sort', status: 'emulated', suite: 'shell' },
  { short: 'r', long: 'reverse', status: 'emulated', suite: 'shell' },
  { short: 'f', long: 'ignore-case', status: 'emulated', suite: 'shell' },
  { short: 'b', long: 'ignore-leading-blanks', status: 'emulated', suite: 'shell' },
  { short: 'u', long: 'unique', status: 'emulated', suite: 'shell' },
  { short: 's', long: 'stable', status: 'emulated', suite: 'shell' },
  { short: 'c', long: 'check', status: 'emulated', suite: 'shell' },
  { short: 'C', status: 'emulated', suite: 'modelled' },
  { short: 'o', long: 'output', value: 'FILE', status: 'emulated', suite: 'shell' },
  { short: 'z', long: 'zero-terminated', status: 'emulated', suite: 'modelled' },
  { short: 'V', long: 'version-sort', status: 'known' },
  { short: 'g', long: 'general-numeric-sort', status: 'known' },
  { short: 'M', long: 'month-sort', status: 'known' },
  { short: 'd', long: 'dictionary-order', status: 'known' },
  { short: 'i', long: 'ignore-nonprinting', status: 'known' },
  { short: 'R', long: 'random-sort', status: 'known' },
  { short: 'm', long: 'merge', status: 'known' },
  { short: 'S', long: 'buffer-size', value: 'SIZE', status: 'known' },
  { short: 'T', long: 'temporary-directory', value: 'DIR', status: 'known' },
  { long: 'sort', value: 'WORD', status: 'known' },
  { long: 'parallel', value: 'N', status: 'known' },
  { long: 'files0-from', value: 'F', status: 'known' },
  { long: 'debug', status: 'known' },
  ...HELP_FLAGS,
]

/** GNU sort in the C.UTF-8 locale: bytes, unless an option says otherwise. Its failures exit 2. */
export const sort: Command = {
  name: 'sort',
  path: '/usr/bin/sort',
  on: 'both',
  flags: FLAGS,
  async run(context) {
    const result = coreutilsOptions(context, FLAGS, context.argv.slice(1), 2)
    if (typeof result === 'number') return result
    const given = new Set(result.options.map(({ flag }) => flag.short))
    const value = (letter: string) => result.options.findLast(({ flag }) => flag.short === letter)?.value
    const keys: SortKey[] = []
    for (const { flag, value: text = '' } of result.options) {
      if (flag.short !== 'k') continue
      const key = sortKey(text)
      if (typeof key === 'string') return fail(context, key)
      if (/[dgiMRV]/.test(key.order)) return notEmulated(context, `-k ${text}`)
      keys.push(key)
    }
    let tab = value('t')
    if (tab === '') return fail(context, 'empty tab')
    if (tab === '\\0') tab = '\0'
    if (tab !== undefined && encodeUtf8(tab).length > 1) return fail(context, `multi-character tab ‘${tab}’`)
    const order = [...'nhf'].filter((letter) => given.has(letter)).join('')
    if (/nh/.test(order)) return fail(context, "options '-hn' are incompatible")
    if (result.operands.some((word) => /^\+\d/.test(word))) return notEmulated(context, 'the old +POS')

    const end = given.has('z') ? '\0' : '\n'
    const lines: string[] = []
    const files = result.operands.length === 0 ? ['-'] : result.operands
    const checking = given.has('c') || given.has('C')
    if (checking && files.length > 1) return fail(context, `extra operand ‘${files[1]}’ not allowed with -c`)
    for (const file of files) {
      const input = await readInput(context, file)
      if ('why' in input) return fail(context, `${input.at === 'open' ? 'cannot read' : 'read failed'}: ${file}: ${input.why}`)
      lines.push(...linesOf(input.text, end))
    }
    const byKeys = comparison(keys, { order, blanks: given.has('b'), reverse: given.has('r'), tab })
    const lastResort = keys.length > 0 || order !== '' || given.has('b')
    const compare = (a: string, b: string) => {
      const byKey = byKeys(a, b)
      if (byKey !== 0 || !lastResort || given.has('s') || given.has('u')) return byKey
      return given.has('r') ? bytes(b, a) : bytes(a, b)
    }
    if (checking) {
      const at = lines.findIndex((line, i) => i > 0 && compare(lines[i - 1] as string, line) > (given.has('u') ? -1 : 0))
      if (at < 0) return 0
      if (given.has('c')) context.stderr.write(`${encodeUtf8(`sort: ${files[0]}:${at + 1}: disorder: `)}${lines[at]}\n`)
      return 1
    }
    lines.sort(compare)
    const kept = given.has('u') ? lines.filter((line, i) => i === 0 || byKeys(lines[i - 1] as string, line) !== 0) : lines
    const text = kept.map((line) => line + end).join('')
    const output = value('o')
    if (output === undefined) context.stdout.write(text)
    else {
      try {
        context.machine.fs.write(output.startsWith('/') ? output : `${context.cwd}/${output}`, text)
      } catch {
        return fail(context, `open failed: ${output}: No such file or directory`)
      }
    }
    return 0
  },
}

function fail(context: CommandContext, text: string): number {
  complain(context, text)
  return 2
}

interface Global {
  readonly order: string
  readonly blanks: boolean
  readonly reverse: boolean
  readonly tab: string | undefined
}

/** Key after key; one without letters of its own takes the options of the line. */
function comparison(keys: readonly SortKey[], global: Global): (a: string, b: string) => number {
  const whole: SortKey = { from: { field: 0, char: 0, blanks: false }, order: '' }
  const resolved = (keys.length === 0 ? [whole] : keys).map((key) => {
    const own = key.order !== '' || key.from.blanks || key.to?.blanks === true
    if (own) return { key, order: key.order, reverse: key.order.includes('r') }
    const { blanks } = global
    const inherited = { ...key, from: { ...key.from, blanks }, ...(key.to && { to: { ...key.to, blanks } }) }
    return { key: inherited, order: global.order, reverse: global.reverse }
  })
  return (a, b) => {
    for (const { key, order, reverse } of resolved) {
      const difference = compareBy(order, keyText(a, key, global.tab), keyText(b, key, global.tab))
      if (difference !== 0) return reverse ? -difference : difference
    }
    return 0
  }
}
