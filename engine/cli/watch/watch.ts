import { decodeUtf8, encodeUtf8 } from '../../base/utf8.ts'
import { type Command, type CommandContext, notEmulated, type Tty } from '../command.ts'

const USAGE = "Try 'watch --help' for more information.\n"
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** procps' watch: a command's newest output, full screen, until Ctrl-C. */
export const watch: Command = {
  name: 'watch',
  path: '/usr/bin/watch',
  on: 'both',
  flags: [
    { short: 'n', long: 'interval', value: 'secs', status: 'emulated', suite: 'modelled' },
    { short: 't', long: 'no-title', status: 'emulated', suite: 'modelled' },
    { short: 'x', long: 'exec', status: 'emulated', suite: 'modelled' },
    { short: 'g', long: 'chgexit', status: 'emulated', suite: 'modelled' },
    { short: 'e', long: 'errexit', status: 'known' },
    { short: 'b', long: 'beep', status: 'known' },
    { short: 'd', long: 'differences', status: 'known' },
    { short: 'c', long: 'color', status: 'known' },
    { short: 'p', long: 'precise', status: 'known' },
    { short: 'w', long: 'no-wrap', status: 'known' },
  ],
  async run(context) {
    const parsed = parse(context)
    if (typeof parsed === 'number') return parsed
    if (context.tty === undefined) {
      context.stderr.write('Error opening terminal: unknown.\n')
      return 1
    }
    return show(context, context.tty, parsed)
  },
}

interface Options {
  interval: number
  title: boolean
  direct: boolean
  untilChange: boolean
  words: readonly string[]
}

async function show(context: CommandContext, tty: Tty, options: Options): Promise<number> {
  let before: string | undefined
  context.stdout.write('\x1b[?1049h\x1b[?25l')
  try {
    while (!context.signal.aborted) {
      let output = ''
      const sink = { write: (text: string) => (output += text) }
      const argv = options.direct ? options.words : ['sh', '-c', options.words.join(' ')]
      await context.run(argv, { stdout: sink as never, stderr: sink as never })
      if (options.untilChange && before !== undefined && before !== output) return 0
      before = output
      const head = options.title ? [titleLine(context, tty, options), ''] : []
      const lines = [...head, ...decodeUtf8(output).split('\n')].slice(0, tty.rows).map((line) => line.slice(0, tty.columns))
      context.stdout.write(`\x1b[H\x1b[2J${encodeUtf8(lines.join('\n'))}`)
      await context.sleep(options.interval * 1000)
    }
  } finally {
    context.stdout.write('\x1b[?25h\x1b[?1049l')
  }
  return 0
}

function titleLine(context: CommandContext, tty: Tty, { interval, words }: Options): string {
  const left = `Every ${interval.toFixed(1)}s: ${words.join(' ')}`
  const at = new Date(context.clock.now)
  const two = (n: number) => String(n).padStart(2, '0')
  const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`
  const day = String(at.getUTCDate()).padStart(2)
  const date = `${DAYS[at.getUTCDay()]} ${MONTHS[at.getUTCMonth()]} ${day} ${time} ${at.getUTCFullYear()}`
  const right = `${context.machine.hostname}: ${date}`
  const space = tty.columns - left.length - right.length
  return space > 0 ? left + ' '.repeat(space) + right : left.slice(0, tty.columns)
}

function parse(context: CommandContext): Options | number {
  const words = context.argv.slice(1)
  const options: Options = { interval: 2, title: true, direct: false, untilChange: false, words: [] }
  while (words[0]?.startsWith('-') && words[0] !== '-') {
    const word = words.shift() as string
    if (word === '--') break
    const interval = /^(?:-n|--interval=?)(.*)$/.exec(word)
    if (interval !== null) {
      const value = Number((interval[1] || words.shift())?.replace(',', '.'))
      if (!Number.isFinite(value)) {
        context.stderr.write("watch: failed to parse argument: ''\n")
        return 1
      }
      options.interval = Math.max(0.1, value)
    } else if (word === '-t' || word === '--no-title') options.title = false
    else if (word === '-x' || word === '--exec') options.direct = true
    else if (word === '-g' || word === '--chgexit') options.untilChange = true
    else if (/^(-[ebdcpw]|--(errexit|beep|differences|color|precise|no-wrap).*)$/.test(word)) return notEmulated(context, word)
    else {
      const what = word.startsWith('--') ? `unrecognized option '${word}'` : `invalid option -- '${word.slice(1, 2)}'`
      context.stderr.write(`watch: ${what}\n${USAGE}`)
      return 1
    }
  }
  if (words.length === 0) {
    context.stderr.write(`watch: no command specified\n${USAGE}`)
    return 1
  }
  return { ...options, words }
}
