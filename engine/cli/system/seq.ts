import type { Command, CommandContext } from '../command.ts'
import { notEmulated } from '../command.ts'
import { formatDouble } from './awk/printf.ts'
import { complain } from './text-input.ts'

const NUMBER = /^[ \t]*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/

interface Options {
  separator: string
  equalWidth: boolean
  format: string | undefined
}

/** GNU seq; negative numbers are operands, not options. */
export const seq: Command = {
  name: 'seq',
  path: '/usr/bin/seq',
  on: 'both',
  flags: [
    { short: 's', long: 'separator', value: 'STRING', status: 'emulated', suite: 'shell' },
    { short: 'w', long: 'equal-width', status: 'emulated', suite: 'shell' },
    { short: 'f', long: 'format', value: 'FORMAT', status: 'emulated', suite: 'shell' },
    { long: 'help', status: 'known' },
    { long: 'version', status: 'known' },
  ],
  run(context) {
    const options: Options = { separator: '\n', equalWidth: false, format: undefined }
    const operands = parse(context, options)
    if (typeof operands === 'number') return operands
    if (operands.length === 0) return complain(context, 'missing operand', true)
    if (operands.length > 3) return complain(context, `extra operand ‘${operands[3]}’`, true)
    const bad = operands.find((word) => !NUMBER.test(word))
    if (bad !== undefined) return complain(context, `invalid floating point argument: ‘${bad}’`, true)
    const [from, step, to] = (
      operands.length === 1 ? ['1', '1', operands[0]] : operands.length === 2 ? [operands[0], '1', operands[1]] : operands
    ) as [string, string, string]
    if (Number(step) === 0) return complain(context, `invalid Zero increment value: ‘${step}’`, true)
    const format = formatter(context, options, [from, step, to])
    if (typeof format === 'number') return format
    const places = Math.max(decimals(from), decimals(step))
    const down = Number(step) < 0
    const lines: string[] = []
    for (let i = 0; !context.signal.aborted; i++) {
      // Whole steps of the last decimal: no error adds up.
      const value = Number((Number(from) + i * Number(step)).toFixed(Math.min(places, 100)))
      if (down ? value < Number(to) : value > Number(to)) break
      lines.push(format(value))
    }
    if (lines.length > 0) context.stdout.write(`${lines.join(options.separator)}\n`)
    return 0
  },
}

function parse(context: CommandContext, options: Options): string[] | number {
  const words = context.argv.slice(1)
  const operands: string[] = []
  while (words.length > 0) {
    const word = words.shift() as string
    if (word === '--') return [...operands, ...words]
    const option = /^(?:-([swf])|--(separator|equal-width|format)(?==|$))=?(.*)$/s.exec(word)
    if (option === null) {
      if (/^--(help|version)$/.test(word)) return notEmulated(context, word)
      if (word.startsWith('-') && !/^-[.\d]/.test(word) && word !== '-') {
        const what = word.startsWith('--') ? `unrecognized option '${word}'` : `invalid option -- '${word[1]}'`
        return complain(context, what, true)
      }
      operands.push(word)
      continue
    }
    const letter = option[1] ?? (option[2] === 'equal-width' ? 'w' : (option[2]?.[0] as string))
    const rest = option[3] as string
    if (letter === 'w') {
      options.equalWidth = true
      if (rest !== '') words.unshift(`-${rest}`)
      continue
    }
    const value = rest !== '' || word.includes('=') ? rest : words.shift()
    if (value === undefined) return complain(context, `option requires an argument -- '${letter}'`, true)
    if (letter === 's') options.separator = value
    else options.format = value
  }
  return operands
}

function decimals(word: string): number {
  const [, fraction = '', power = '0'] = /^[^.eE]*(?:\.(\d*))?(?:[eE]([-+]?\d+))?$/.exec(word) ?? []
  return Math.max(0, fraction.length - Number(power))
}

/** How numbers are written: by -f, or with as many decimals as the operands have. */
function formatter(context: CommandContext, options: Options, [from, step, to]: [string, string, string]) {
  const { format } = options
  if (format !== undefined) {
    const found = /^((?:[^%]|%%)*)(?:%([-+ #0']*)(\d*)(?:\.(\d*))?(L?[\s\S])?)?((?:[^%]|%%)*)(%?)/.exec(format) as RegExpExecArray
    const [, before = '', flags, width, precision, letter, after = '', more] = found
    if (letter === undefined)
      return complain(context, `format ‘${format}’ ${flags === undefined ? 'has no % directive' : 'ends in %'}`)
    const kind = letter.replace('L', '')
    if (!/^[efgaEFGA]$/.test(kind)) return complain(context, `format ‘${format}’ has unknown %${kind} directive`)
    if (more === '%') return complain(context, `format ‘${format}’ has too many % directives`)
    if (/[aA]/.test(kind)) return notEmulated(context, '-f with %a')
    if (options.equalWidth) return complain(context, 'format string may not be specified when printing equal width strings', true)
    const conversion = { flags: flags ?? '', width: Number(width), precision: precision === undefined ? -1 : Number(precision) }
    const plain = (text: string) => text.replaceAll('%%', '%')
    return (value: number) => plain(before) + formatDouble(value, kind, conversion) + plain(after)
  }
  const places = Math.max(decimals(from), decimals(step))
  const write = (value: number) =>
    places > 0 ? value.toFixed(places) : formatDouble(value, 'f', { flags: '', width: 0, precision: 0 })
  if (!options.equalWidth) return write
  const width = Math.max(write(Number(from)).length, write(Number(to)).length)
  return (value: number) => {
    const text = write(value)
    return text.startsWith('-') ? `-${text.slice(1).padStart(width - 1, '0')}` : text.padStart(width, '0')
  }
}
