import type { Command, Flag } from '../command.ts'
import { Regex } from './regex/regex.ts'
import { BASIC_PATTERNS } from './regex/syntaxes.ts'
import { complain, coreutilsOptions, HELP_FLAGS, linesOf, readInput } from './text-input.ts'

const FLAGS: readonly Flag[] = [
  { short: 'b', long: 'body-numbering', value: 'STYLE', status: 'emulated', suite: 'shell' },
  { short: 'n', long: 'number-format', value: 'FORMAT', status: 'emulated', suite: 'shell' },
  { short: 'w', long: 'number-width', value: 'NUMBER', status: 'emulated', suite: 'shell' },
  { short: 's', long: 'number-separator', value: 'STRING', status: 'emulated', suite: 'shell' },
  { short: 'v', long: 'starting-line-number', value: 'NUMBER', status: 'emulated', suite: 'shell' },
  { short: 'i', long: 'line-increment', value: 'NUMBER', status: 'emulated', suite: 'shell' },
  { short: 'd', long: 'section-delimiter', value: 'CC', status: 'known' },
  { short: 'f', long: 'footer-numbering', value: 'STYLE', status: 'known' },
  { short: 'h', long: 'header-numbering', value: 'STYLE', status: 'known' },
  { short: 'l', long: 'join-blank-lines', value: 'NUMBER', status: 'known' },
  { short: 'p', long: 'no-renumber', status: 'known' },
  ...HELP_FLAGS,
]

/** GNU nl; its logical pages (lines of `\:`) start the body anew. */
export const nl: Command = {
  name: 'nl',
  path: '/usr/bin/nl',
  on: 'both',
  flags: FLAGS,
  async run(context) {
    const result = coreutilsOptions(context, FLAGS)
    if (typeof result === 'number') return result
    const value = (short: string, otherwise: string) =>
      result.options.findLast(({ flag }) => flag.short === short)?.value ?? otherwise
    const style = value('b', 't')
    const format = value('n', 'rn')
    const numbers: Record<string, number> = {}
    for (const [letter, start, what] of [
      ['w', '6', 'line number field width'],
      ['v', '1', 'starting line number'],
      ['i', '1', 'line number increment'],
    ] as const) {
      const text = value(letter, start)
      if (!/^[-+]?\d+$/.test(text) || (letter === 'w' && Number(text) < 1)) return complain(context, `invalid ${what}: ‘${text}’`)
      numbers[letter] = Number(text)
    }
    if (!/^(?:[atn]|p.*)$/s.test(style)) return complain(context, `invalid body numbering style: ‘${style}’`, true)
    if (!['ln', 'rn', 'rz'].includes(format)) return complain(context, `invalid line numbering format: ‘${format}’`, true)
    const pattern = style.startsWith('p') ? Regex.compile(style.slice(1), BASIC_PATTERNS) : undefined
    if (typeof pattern === 'string') return complain(context, pattern)
    const { w: width = 6, i: step = 1 } = numbers
    const separator = value('s', '\t')
    const blank = ' '.repeat(width + separator.length)
    const shown = (number: number) => {
      if (format === 'ln') return String(number).padEnd(width)
      if (format === 'rn') return String(number).padStart(width)
      return number < 0 ? `-${String(-number).padStart(width - 1, '0')}` : String(number).padStart(width, '0')
    }
    let number = numbers.v ?? 1
    let exit = 0
    for (const file of result.operands.length === 0 ? ['-'] : result.operands) {
      const input = await readInput(context, file)
      if ('why' in input) {
        exit = complain(context, `${file}: ${input.why}`)
        continue
      }
      for (const line of linesOf(input.text, '\n')) {
        if (/^(?:\\:){1,3}$/.test(line)) {
          number = numbers.v ?? 1
          context.stdout.write('\n')
          continue
        }
        const numbered = style === 'a' || (style === 't' && line !== '') || pattern?.test(line) === true
        context.stdout.write(`${numbered ? shown(number) + separator : blank}${line}\n`)
        if (numbered) number += step
      }
    }
    return exit
  },
}
