import { type Command, type CommandContext, notEmulated, type Tty } from '../command.ts'

function pager(name: string): Command {
  return {
    name,
    path: `/usr/bin/${name}`,
    on: 'both',
    flags: [],
    async run(context) {
      const text = await inputOf(context)
      if (typeof text === 'number') return text
      if (context.tty === undefined) {
        context.stdout.write(text)
        return 0
      }
      return page(context, context.tty, text)
    },
  }
}

/** less and more: a screen at a time; space, Enter, b, g, G, q. */
export const less = pager('less')
export const more = pager('more')

async function inputOf(context: CommandContext): Promise<string | number> {
  const files = context.argv.slice(1).filter((word) => !word.startsWith('-'))
  const option = context.argv.slice(1).find((word) => word.startsWith('-') && !/^-[RSFXNi]+$/.test(word))
  if (option !== undefined) return notEmulated(context, option)
  if (files.length === 0) {
    if (!context.stdin.isTty) return context.stdin.text()
    context.stderr.write('Missing filename ("less --help" for help)\n')
    return 1
  }
  let text = ''
  for (const file of files) {
    const path = file.startsWith('/') ? file : `${context.cwd}/${file}`
    if (!context.machine.fs.exists(path)) {
      context.stderr.write(`${file}: No such file or directory\n`)
      return 1
    }
    if (context.machine.fs.stat(path).type === 'dir') {
      context.stderr.write(`${file} is a directory\n`)
      return 1
    }
    text += context.machine.fs.read(path)
  }
  return text
}

async function page(context: CommandContext, tty: Tty, text: string): Promise<number> {
  const lines = text.replace(/\n$/, '').split('\n')
  const height = () => Math.max(1, tty.rows - 1)
  let top = 0
  const last = () => Math.max(0, lines.length - height())
  const draw = () => {
    const shown = lines.slice(top, top + height()).map((line) => line.slice(0, tty.columns))
    while (shown.length < height()) shown.push('~')
    const status = top >= last() ? '\x1b[7m(END)\x1b[27m' : ':'
    context.stdout.write(`\x1b[H\x1b[2J${shown.join('\r\n')}\r\n${status}`)
  }
  context.stdout.write('\x1b[?1049h')
  await new Promise<void>((resolve) => {
    const release = tty.grabKeys((keys) => {
      for (const key of keys.match(/\x1b\[[\d;]*[A-Z~]|[\s\S]/g) ?? []) {
        if (key === 'q' || key === 'Q' || key === '\x03') return done()
        const steps: Record<string, number> = {
          ' ': height(),
          f: height(),
          '\x1b[6~': height(),
          b: -height(),
          '\x1b[5~': -height(),
          '\r': 1,
          '\n': 1,
          j: 1,
          '\x1b[B': 1,
          k: -1,
          '\x1b[A': -1,
          g: -lines.length,
          G: lines.length,
        }
        top = Math.min(last(), Math.max(0, top + (steps[key] ?? 0)))
      }
      draw()
    })
    const stop = context.signal.onAbort(() => done())
    const done = () => {
      stop()
      release()
      resolve()
    }
    draw()
  })
  context.stdout.write('\x1b[?1049l')
  return 0
}
