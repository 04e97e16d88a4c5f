import { encodeUtf8 } from '../../../base/utf8.ts'
import { type CommandContext, notEmulated } from '../../command.ts'
import { getopt, notEmulatedOption } from '../../getopt.ts'
import { decodeText } from '../regex/chars.ts'
import { linesOf, readInput } from '../text-input.ts'
import { GREP_FLAGS } from './flags.ts'
import type { MatcherOptions } from './matcher.ts'

export interface GrepOptions extends MatcherOptions {
  patterns: readonly string[]
  files: readonly string[]
  invert: boolean
  list: 'with' | 'without' | undefined
  count: boolean
  quiet: boolean
  only: boolean
  silent: boolean
  lineNumbers: boolean
  byteOffsets: boolean
  names: boolean | undefined
  label: string
  max: number
  before: number
  after: number
  separator: string | undefined
  color: boolean
  end: '\n' | '\0'
  nullNames: boolean
  tab: boolean
  binary: 'binary' | 'text' | 'without-match'
  directories: 'read' | 'skip' | 'recurse' | 'recurse and follow'
  globs: readonly { readonly kind: 'include' | 'exclude' | 'exclude-dir'; readonly glob: string }[]
}

const USAGE = "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n"
const ACTIONS = ['read', 'recurse', 'skip']

/** What the command line asks for, or the exit code of one that was refused. */
export async function grepOptions(context: CommandContext, argv: readonly string[]): Promise<GrepOptions | number> {
  const fail = (text: string, usage = false) => {
    context.stderr.write(encodeUtf8(`grep: ${text}\n${usage ? USAGE : ''}`))
    return 2
  }
  const result = getopt(argv, GREP_FLAGS)
  if (result.error !== undefined) return fail(result.error, true)
  const missing = notEmulatedOption(result)
  if (missing !== undefined) return notEmulated(context, missing)

  const options = { ...DEFAULTS }
  let kind: GrepOptions['kind'] | undefined
  let patterns: string[] | undefined
  let digits = ''
  let [before, after, around] = [-1, -1, -1]
  for (const { flag, value = '' } of result.options) {
    const name = flag.short ?? flag.long ?? ''
    if (/^\d$/.test(name)) {
      digits += name
      around = Number(digits)
      continue
    }
    switch (name) {
      case 'E':
      case 'F':
      case 'G':
      case 'P': {
        const wanted = ({ E: 'extended', F: 'fixed', G: 'basic', P: 'perl' } as const)[name]
        if (kind !== undefined && kind !== wanted) return fail('conflicting matchers specified')
        kind = wanted
        break
      }
      case 'e':
        patterns = [...(patterns ?? []), ...value.split('\n')]
        break
      case 'f': {
        const input = await readInput(context, value)
        if ('why' in input) return fail(`${value}: ${input.why}`)
        patterns = [...(patterns ?? []), ...linesOf(decodeText(input.text), '\n')]
        break
      }
      case 'm': {
        const count = number(value)
        if (count === undefined) return fail('invalid max count')
        options.max = count < 0 ? Number.POSITIVE_INFINITY : count
        break
      }
      case 'A':
      case 'B':
      case 'C': {
        const count = number(value)
        if (count === undefined || count < 0) return fail(`${value}: invalid context length argument`)
        if (name === 'A') after = count
        else if (name === 'B') before = count
        else around = count
        break
      }
      case 'd':
        if (!ACTIONS.includes(value)) {
          const valid = ACTIONS.map((action) => `  - ‘${action}’\n`).join('')
          const words = `grep: invalid argument ‘${value}’ for ‘--directories’\nValid arguments are:\n${valid}${USAGE}`
          context.stderr.write(encodeUtf8(words))
          return 1
        }
        options.directories = value as GrepOptions['directories']
        break
      case 'binary-files':
        if (!['binary', 'text', 'without-match'].includes(value)) return fail('unknown binary-files type')
        options.binary = value as GrepOptions['binary']
        break
      case 'color':
      case 'colour':
        if (/^(yes|always|force)$/.test(value)) options.color = true
        else if (/^(no|never|none)$/.test(value)) options.color = false
        else if (/^(auto|tty|if-tty|)$/.test(value)) options.color = context.tty !== undefined && context.env.TERM !== 'dumb'
        else return notEmulated(context, `--help (--color=${value} prints it)`)
        break
      case 'include':
      case 'exclude':
      case 'exclude-dir':
        options.globs = [...options.globs, { kind: name, glob: value }]
        break
      case 'label':
        options.label = value
        break
      case 'group-separator':
        options.separator = value
        break
      case 'no-group-separator':
        options.separator = undefined
        break
      default:
        Object.assign(options, SWITCHES[name])
    }
  }
  const operands = [...result.operands]
  if (patterns === undefined) {
    const first = operands.shift()
    if (first === undefined) {
      context.stderr.write(USAGE)
      return 2
    }
    patterns = first.split('\n')
  }
  if (options.list !== undefined || options.quiet) options.count = false
  return {
    ...options,
    kind: kind ?? 'basic',
    patterns,
    files: operands,
    before: before >= 0 ? before : around,
    after: after >= 0 ? after : around,
  }
}

/** A count as xstrtoimax reads it, without suffixes' meaning for lengths this long. */
function number(text: string): number | undefined {
  const match = /^\s*([-+]?\d+)([kKMGTPE]?)$/.exec(text)
  return match === null ? undefined : Number(match[1]) * 1024 ** ' KMGTPE'.indexOf((match[2] || ' ').toUpperCase())
}

const DEFAULTS: GrepOptions = {
  kind: 'basic',
  icase: false,
  whole: undefined,
  patterns: [],
  files: [],
  invert: false,
  list: undefined,
  count: false,
  quiet: false,
  only: false,
  silent: false,
  lineNumbers: false,
  byteOffsets: false,
  names: undefined,
  label: '(standard input)',
  max: Number.POSITIVE_INFINITY,
  before: -1,
  after: -1,
  separator: '--',
  color: false,
  end: '\n',
  nullNames: false,
  tab: false,
  binary: 'binary',
  directories: 'read',
  globs: [],
}

const SWITCHES: Readonly<Record<string, Partial<GrepOptions>>> = {
  i: { icase: true },
  y: { icase: true },
  'no-ignore-case': { icase: false },
  w: { whole: 'word' },
  x: { whole: 'line' },
  z: { end: '\0' },
  s: { silent: true },
  v: { invert: true },
  b: { byteOffsets: true },
  n: { lineNumbers: true },
  H: { names: true },
  h: { names: false },
  o: { only: true },
  q: { quiet: true },
  silent: { quiet: true },
  a: { binary: 'text' },
  I: { binary: 'without-match' },
  r: { directories: 'recurse' },
  R: { directories: 'recurse and follow' },
  L: { list: 'without' },
  l: { list: 'with' },
  c: { count: true },
  T: { tab: true },
  Z: { nullNames: true },
}
