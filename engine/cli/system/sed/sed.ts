import { encodeUtf8 } from '../../../base/utf8.ts'
import { type Command, type CommandContext, type Flag, notEmulated } from '../../command.ts'
import { type GetoptResult, getopt, notEmulatedOption } from '../../getopt.ts'
import { decodeText } from '../regex/chars.ts'
import { TooHard } from '../regex/subject.ts'
import { readInput } from '../text-input.ts'
import { Input, ScriptFiles } from './input.ts'
import { SedMachine } from './machine.ts'
import { Output } from './output.ts'
import { BadScript, parseScript, type ScriptPiece, ShellCommand } from './parser.ts'
import { ScriptMistake } from './reader.ts'
import type { Script } from './script.ts'
import { SED_USAGE } from './usage.data.ts'

const FLAGS: readonly Flag[] = [
  { short: 'n', long: 'quiet', status: 'emulated', suite: 'shell' },
  { long: 'silent', status: 'emulated', suite: 'modelled' },
  { short: 'e', long: 'expression', value: 'SCRIPT', status: 'emulated', suite: 'shell' },
  { short: 'f', long: 'file', value: 'SCRIPT-FILE', status: 'emulated', suite: 'shell' },
  { short: 'E', long: 'regexp-extended', status: 'emulated', suite: 'shell' },
  { short: 'r', status: 'emulated', suite: 'shell' },
  { short: 'i', long: 'in-place', value: 'SUFFIX', valueOptional: true, status: 'emulated', suite: 'shell' },
  { short: 'l', long: 'line-length', value: 'N', status: 'emulated', suite: 'shell' },
  { short: 's', long: 'separate', status: 'emulated', suite: 'shell' },
  { short: 'z', long: 'null-data', status: 'emulated', suite: 'shell' },
  { short: 'u', long: 'unbuffered', status: 'accepted', reason: 'sed never buffers here' },
  { long: 'sandbox', status: 'emulated', suite: 'shell' },
  { long: 'posix', status: 'known' },
  { long: 'debug', status: 'known' },
  { long: 'follow-symlinks', status: 'known' },
  { short: 'b', long: 'binary', status: 'accepted', reason: 'changes nothing on Linux' },
  { long: 'help', status: 'known' },
  { long: 'version', status: 'known' },
]

/** GNU sed 4.9 in the C.UTF-8 locale; commands that start a shell (e) are not emulated. */
export const sed: Command = {
  name: 'sed',
  path: '/usr/bin/sed',
  on: 'both',
  flags: FLAGS,
  async run(context) {
    const fail = (text: string, exit: number) => {
      context.stderr.write(encodeUtf8(`sed: ${text}\n`))
      return exit
    }
    const result = getopt(context.argv.slice(1), FLAGS)
    if (result.error !== undefined) {
      context.stderr.write(encodeUtf8(`sed: ${result.error}\n${SED_USAGE}`))
      return 1
    }
    const missing = notEmulatedOption(result)
    if (missing !== undefined) return notEmulated(context, missing)
    try {
      return await edit(context, result)
    } catch (error) {
      if (error instanceof BadScript) return fail(error.message, error.exit)
      if (error instanceof ScriptMistake) return fail(`-e expression #1, char 0: ${error.message}`, error.exit)
      if (error instanceof ShellCommand) return notEmulated(context, error.message)
      if (error instanceof TooHard) return notEmulated(context, 'a pattern this hard to match')
      throw error
    }
  },
}

async function edit(context: CommandContext, result: GetoptResult): Promise<number> {
  const has = (name: string) => result.options.some(({ flag }) => flag.short === name || flag.long === name)
  const value = (name: string) => result.options.findLast(({ flag }) => flag.short === name)?.value
  const operands = [...result.operands]
  const pieces: ScriptPiece[] = []
  for (const { flag, value: text = '' } of result.options) {
    if (flag.short === 'e') pieces.push({ text, source: pieces.length + 1 })
    else if (flag.short === 'f') {
      const input = await readInput(context, text)
      if ('why' in input) throw new BadScript(`couldn't open file ${text}: ${input.why}`, 4)
      pieces.push({ text: decodeText(input.text).replace(/\n$/, ''), source: text })
    }
  }
  if (pieces.length === 0) {
    const text = operands.shift()
    if (text === undefined) {
      context.stderr.write(encodeUtf8(SED_USAGE))
      return 1
    }
    pieces.push({ text, source: 1 })
  }
  const width = value('l') ?? '70'
  const script = parseScript(pieces, { extended: has('E') || has('r'), sandbox: has('sandbox') })
  return new Run(context, script, {
    quiet: has('n') || has('silent') || script.quiet,
    separate: has('s') || has('i'),
    end: has('z') ? '\0' : '\n',
    // atoi(3)
    width: Number.parseInt(width, 10) || 0,
    suffix: has('i') ? (value('i') ?? '') : undefined,
  }).all(operands.length === 0 ? ['-'] : operands)
}

interface RunOptions {
  readonly quiet: boolean
  readonly separate: boolean
  readonly end: '\n' | '\0'
  readonly width: number
  /** Editing in place: what the backup's name ends in. */
  readonly suffix: string | undefined
}

/** One run over the input files, in place if asked. */
class Run {
  private readonly context: CommandContext
  private readonly script: Script
  private readonly options: RunOptions
  private exit = 0

  constructor(context: CommandContext, script: Script, options: RunOptions) {
    this.context = context
    this.script = script
    this.options = options
  }

  async all(names: readonly string[]): Promise<number> {
    const { context, script, options } = this
    const files = new ScriptFiles(context)
    for (const file of script.files) {
      if (file === '/dev/stdout' || file === '/dev/stderr') continue
      const why = files.create(file)
      if (why !== undefined) throw new BadScript(`couldn't open file ${file}: ${why}`, 4)
    }
    const { fs } = context.machine
    const stdout = new Output((bytes) => context.stdout.write(bytes), options.end)
    let edited = ''
    let editing: string | undefined
    const finish = () => {
      if (editing === undefined) return
      const path = files.path(editing)
      if (options.suffix !== '' && options.suffix !== undefined) {
        const backup = options.suffix.includes('*') ? options.suffix.replaceAll('*', editing) : `${editing}${options.suffix}`
        fs.write(files.path(backup), fs.read(path), { mode: fs.stat(path).mode })
      }
      fs.write(path, edited)
      editing = undefined
      machine.output = stdout
    }
    const begin = (file: string) => {
      const path = files.path(file)
      if (!fs.exists(path)) this.complain(`can't read ${file}: No such file or directory`)
      else if (fs.stat(path).type !== 'file') this.complain(`couldn't edit ${file}: not a regular file`, 4)
      else {
        editing = file
        edited = ''
        machine.output = new Output((bytes) => {
          edited += bytes
        }, options.end)
        return true
      }
      return false
    }
    const input = new Input(context, names, {
      end: options.end,
      separate: options.separate,
      complain: (text) => this.complain(text),
      ...(options.suffix === undefined ? {} : { begin, finish }),
    })
    const machine = new SedMachine(context, { script, options, input, files, output: stdout })
    const exit = await machine.run()
    if (editing !== undefined) {
      // q leaves the rest of the file as it is.
      for (let line = await input.next(); line !== undefined && editing !== undefined; line = await input.next())
        edited += line.text + (line.ended ? options.end : '')
      finish()
    }
    return exit !== 0 ? exit : this.exit
  }

  private complain(text: string, exit = 2): void {
    this.context.stderr.write(encodeUtf8(`sed: ${text}\n`))
    this.exit = /read error/.test(text) ? 4 : exit
  }
}
