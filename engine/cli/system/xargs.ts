import { decodeUtf8 } from '../../base/utf8.ts'
import { type Command, type CommandContext, notEmulated } from '../command.ts'

interface Options {
  perRun: number
  replace?: string
  delimiter?: string
  noRunIfEmpty: boolean
  verbose: boolean
  command: string[]
}

/** GNU xargs: words of standard input as arguments of a command. */
export const xargs: Command = {
  name: 'xargs',
  path: '/usr/bin/xargs',
  on: 'both',
  flags: [
    { short: 'n', long: 'max-args', value: 'MAX-ARGS', status: 'emulated', suite: 'modelled' },
    { short: 'I', value: 'R', status: 'emulated', suite: 'modelled' },
    { short: '0', long: 'null', status: 'emulated', suite: 'modelled' },
    { short: 'd', long: 'delimiter', value: 'CHARACTER', status: 'emulated', suite: 'modelled' },
    { short: 'r', long: 'no-run-if-empty', status: 'emulated', suite: 'modelled' },
    { short: 't', long: 'verbose', status: 'emulated', suite: 'modelled' },
    { short: 'L', long: 'max-lines', value: 'MAX-LINES', status: 'known' },
    { short: 'P', long: 'max-procs', value: 'MAX-PROCS', status: 'known' },
  ],
  async run(context) {
    const options = parse(context)
    if (typeof options === 'number') return options
    const input = decodeUtf8(await context.stdin.text())
    const items = split(input, options)
    const command = options.command.length === 0 ? ['echo'] : options.command
    let exit = 0
    for (const argv of runs(command, items, options)) {
      if (options.verbose) context.stderr.write(`${argv.join(' ')}\n`)
      const code = await context.run(argv)
      if (context.signal.aborted) return 130
      if (code === 126 || code === 127) return code
      if (code === 255) {
        context.stderr.write(`xargs: ${argv[0]}: exited with status 255; aborting\n`)
        return 124
      }
      if (code !== 0) exit = 123
    }
    return exit
  },
}

function* runs(command: readonly string[], items: readonly string[], options: Options): Generator<string[]> {
  const { replace, perRun } = options
  if (replace !== undefined) {
    for (const item of items) yield command.map((word) => word.replaceAll(replace, () => item))
    return
  }
  if (items.length === 0 && !options.noRunIfEmpty) yield [...command]
  for (let i = 0; i < items.length; i += perRun) yield [...command, ...items.slice(i, i + perRun)]
}

function split(input: string, { delimiter, replace }: Options): string[] {
  if (delimiter !== undefined) {
    const items = input.split(delimiter)
    if (items.at(-1) === '') items.pop()
    return items
  }
  if (replace !== undefined) {
    return input
      .split('\n')
      .map((line) => line.trimStart())
      .filter((line) => line !== '')
  }
  return [...input.matchAll(/(?:"[^"\n]*"|'[^'\n]*'|\\[\s\S]|[^\s"'\\])+/g)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'|\\([\s\S])/g, (_, a?: string, b?: string, c?: string) => a ?? b ?? c ?? ''),
  )
}

const LONG: Readonly<Record<string, string>> = {
  '--max-args': 'n',
  '--null': '0',
  '--delimiter': 'd',
  '--no-run-if-empty': 'r',
  '--verbose': 't',
}
const ESCAPES: Readonly<Record<string, string>> = { '\\n': '\n', '\\t': '\t', '\\0': '\0', '\\\\': '\\' }

function parse(context: CommandContext): Options | number {
  const words = context.argv.slice(1)
  const options: Options = { perRun: Number.POSITIVE_INFINITY, noRunIfEmpty: false, verbose: false, command: [] }
  while (words[0]?.startsWith('-') && words[0] !== '-') {
    const word = words.shift() as string
    if (word === '--') break
    const [long = '', longValue] = word.split(/=(.*)/s)
    const letter = word.startsWith('--') ? LONG[long] : word[1]
    const rest = word.startsWith('--') ? (longValue ?? '') : word.slice(2)
    if (letter === '0') options.delimiter = '\0'
    else if (letter === 'r') options.noRunIfEmpty = true
    else if (letter === 't') options.verbose = true
    else if (letter !== undefined && 'nId'.includes(letter)) {
      const value = rest !== '' ? rest : words.shift()
      if (value === undefined) {
        context.stderr.write(`xargs: option requires an argument -- '${letter}'\nTry 'xargs --help' for more information.\n`)
        return 1
      }
      if (letter === 'I') options.replace = value
      else if (letter === 'd') options.delimiter = ESCAPES[value] ?? value
      else {
        const number = Number(value)
        if (!Number.isInteger(number) || number < 1) {
          const what = Number.isInteger(number)
            ? `value ${value} for -n option should be >= 1`
            : `invalid number "${value}" for -n option`
          context.stderr.write(`xargs: ${what}\n`)
          return 1
        }
        options.perRun = number
      }
    } else if (letter !== undefined && 'LPaEexpos'.includes(letter)) return notEmulated(context, word)
    else {
      const what = word.startsWith('--') ? `unrecognized option '${long}'` : `invalid option -- '${letter}'`
      context.stderr.write(`xargs: ${what}\nTry 'xargs --help' for more information.\n`)
      return 1
    }
    if ('0rt'.includes(letter) && rest !== '' && !word.startsWith('--')) words.unshift(`-${rest}`)
  }
  return { ...options, command: words }
}
