import { encodeUtf8 } from '../../../base/utf8.ts'
import { type Command, type CommandContext, type Flag, notEmulated } from '../../command.ts'
import { TooHard } from '../regex/subject.ts'
import { readInput } from '../text-input.ts'
import { NotEmulated } from './expressions.ts'
import { Endless, Interpreter } from './interpreter.ts'
import { Fatal, RunError } from './io.ts'
import { AwkMistake, unescapeString } from './lexer.ts'
import { assign } from './main-input.ts'
import { parseAwk } from './parser.ts'
import { AWK_USAGE } from './usage.data.ts'
import { Input } from './values.ts'

const FLAGS: readonly Flag[] = [
  { short: 'F', value: 'VALUE', status: 'emulated', suite: 'shell' },
  { short: 'v', value: 'VAR=VALUE', status: 'emulated', suite: 'shell' },
  { short: 'f', value: 'PROGRAM-FILE', status: 'emulated', suite: 'shell' },
  { short: 'W', value: 'OPTION', status: 'known' },
  { long: 'version', status: 'known' },
  { long: 'help', status: 'known' },
]
const FOR_EVER_MS = 2 ** 40

/** mawk 1.3.4-20200120, the awk of Debian 12 and Ubuntu 22.04: bytes, doubles, and arrays in its own order. */
export const awk: Command = {
  name: 'awk',
  path: '/usr/bin/awk',
  on: 'both',
  aliases: ['mawk'],
  flags: FLAGS,
  async run(context) {
    const name = (context.argv[0] ?? 'awk').replace(/^.*\//, '')
    const fail = (text: string) => {
      context.stderr.write(`${name}: ${text}\n`)
      return 2
    }
    const line = await commandLine(context)
    if (typeof line === 'number') return line
    let machine: Interpreter | undefined
    try {
      const program = parseAwk(line.program)
      machine = new Interpreter(context, program, line.operands)
      prepare(context, machine)
      for (const [variable, value] of line.assignments) assign(machine, variable, value)
      if (line.separator !== undefined) machine.frames.globals.set('FS', line.separator)
      return await machine.run()
    } catch (error) {
      if (error instanceof AwkMistake && machine !== undefined)
        return fail(`run time error: ${error.message}\n${machine.place().trimEnd()}`)
      if (error instanceof AwkMistake || error instanceof Fatal) return fail(error.message)
      if (error instanceof RunError) return fail(`run time error: ${error.message}\n${(machine?.place() ?? '').trimEnd()}`)
      if (error instanceof TooHard) return notEmulated(context, 'a pattern this hard to match')
      if (error instanceof NotEmulated) return notEmulated(context, error.message)
      if (error instanceof Endless) {
        await context.sleep(FOR_EVER_MS)
        return 130
      }
      throw error
    }
  },
}

interface Line {
  readonly program: string
  readonly operands: readonly string[]
  readonly assignments: readonly (readonly [string, string])[]
  readonly separator: string | undefined
}

async function commandLine(context: CommandContext): Promise<Line | number> {
  const words = context.argv.slice(1)
  const name = context.argv[0] ?? 'awk'
  const assignments: [string, string][] = []
  const files: string[] = []
  let separator: string | undefined
  while (words[0]?.startsWith('-') && words[0] !== '-') {
    const word = words.shift() as string
    if (word === '--') break
    if (word.startsWith('--') || word.startsWith('-W')) return notEmulated(context, word)
    const letter = word[1] as string
    if (!'Fvf'.includes(letter)) {
      context.stderr.write(encodeUtf8(`${name}: not an option: ${word}\n`))
      return 2
    }
    const value = word.length > 2 ? word.slice(2) : words.shift()
    if (value === undefined) {
      context.stderr.write(encodeUtf8(`${name}: option ${word} lacks argument\n`))
      return 2
    }
    const bytes = encodeUtf8(value)
    if (letter === 'F') separator = unescapeString(bytes)
    else if (letter === 'v') {
      const assignment = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(bytes)
      if (assignment === null) {
        context.stderr.write(`${name}: improper assignment: -v ${bytes}\n`)
        return 2
      }
      assignments.push([assignment[1] as string, assignment[2] as string])
    } else {
      const input = await readInput(context, value)
      if ('why' in input) {
        context.stderr.write(encodeUtf8(`${name}: cannot open ${value} (${input.why})\n`))
        return 2
      }
      files.push(input.text)
    }
  }
  if (files.length > 0) return { program: files.join('\n'), operands: words, assignments, separator }
  const program = words.shift()
  if (program === undefined) {
    context.stderr.write(AWK_USAGE)
    return 0
  }
  return { program: encodeUtf8(program), operands: words, assignments, separator }
}

/** The variables every program starts with. */
function prepare(context: CommandContext, { frames }: Interpreter): void {
  const start = {
    FS: ' ',
    OFS: ' ',
    ORS: '\n',
    RS: '\n',
    SUBSEP: '\x1c',
    CONVFMT: '%.6g',
    OFMT: '%.6g',
    FILENAME: '',
    RSTART: 0,
    NR: 0,
    FNR: 0,
  }
  for (const [name, value] of Object.entries(start)) frames.globals.set(name, value)
  frames.globals.set('RLENGTH', -1)
  const environ = frames.array({ name: 'ENVIRON', local: -1 })
  for (const [name, value] of Object.entries(context.env)) environ.set(encodeUtf8(name), new Input(encodeUtf8(value)), false)
}
