import { encodeUtf8 } from '../../base/utf8.ts'
import { type FsErrno, FsError } from '../../cluster/fs.ts'
import { type CommandContext, type Flag, notEmulated } from '../command.ts'
import { type GetoptResult, getopt, notEmulatedOption } from '../getopt.ts'

/** strerror(3) of what opening or reading a file ends in. */
const STRERROR: Readonly<Record<FsErrno, string>> = {
  ENOENT: 'No such file or directory',
  EEXIST: 'File exists',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  ENOTEMPTY: 'Directory not empty',
  EACCES: 'Permission denied',
  ELOOP: 'Too many levels of symbolic links',
  EROFS: 'Read-only file system',
  EINVAL: 'Invalid argument',
}

/** What strerror(3) says of it. */
export function strerror({ code }: FsError): string {
  return STRERROR[code]
}

/** Options every program of coreutils has. */
export const HELP_FLAGS: readonly Flag[] = [
  { long: 'help', status: 'known' },
  { long: 'version', status: 'known' },
]

/** Says `text` on standard error as the program would: its name first. Returns the exit code 1. */
export function complain(context: CommandContext, text: string, usage = false): 1 {
  const name = context.argv[0] as string
  const more = usage ? `Try '${name} --help' for more information.\n` : ''
  context.stderr.write(encodeUtf8(`${name}: ${text}\n${more}`))
  return 1
}

/** The options of a coreutils program; a number is the exit code of a line that was refused. */
export function coreutilsOptions(
  context: CommandContext,
  flags: readonly Flag[],
  argv: readonly string[] = context.argv.slice(1),
  usageExit = 1,
): GetoptResult | number {
  const result = getopt(argv, flags)
  if (result.error !== undefined) {
    complain(context, result.error, true)
    return usageExit
  }
  const missing = notEmulatedOption(result)
  return missing === undefined ? result : notEmulated(context, missing)
}

/** The two files that comm and join want, no more and no fewer; a number is the exit code of a line that was refused. */
export function twoFiles(context: CommandContext, operands: readonly string[]): readonly [string, string] | number {
  const [first, second, extra] = operands
  if (first === undefined) return complain(context, 'missing operand', true)
  if (second === undefined) return complain(context, `missing operand after ‘${first}’`, true)
  if (extra !== undefined) return complain(context, `extra operand ‘${extra}’`, true)
  return [first, second]
}

/** A file's bytes, `-` being standard input; or why not, and whether open(2) or read(2) said so. */
export async function readInput(
  context: CommandContext,
  file: string,
): Promise<{ readonly text: string } | { readonly why: string; readonly at: 'open' | 'read' }> {
  if (file === '-' || file === '/dev/stdin') return { text: await context.stdin.text() }
  try {
    if (file === '') throw new FsError('ENOENT', file)
    return { text: context.machine.fs.read(file.startsWith('/') ? file : `${context.cwd}/${file}`) }
  } catch (error) {
    if (!(error instanceof FsError)) throw error
    return { why: STRERROR[error.code], at: error.code === 'EISDIR' ? 'read' : 'open' }
  }
}

/** A line of input, and whether it had its end (the last may lack it). */
export interface InputLine {
  readonly text: string
  readonly ended: boolean
}

/** Lines of standard input as they come. */
export async function* stdinLines({ stdin, signal }: CommandContext, end = '\n'): AsyncGenerator<InputLine> {
  let rest = ''
  for (let piece = await stdin.piece(); piece !== undefined && !signal.aborted; piece = await stdin.piece()) {
    const lines = (rest + piece).split(end)
    rest = lines.pop() as string
    for (const text of lines) yield { text, ended: true }
  }
  if (rest !== '' && !signal.aborted) yield { text: rest, ended: false }
}

/** Lines without their ends; a last line without an end counts. */
export function linesOf(text: string, end: string): string[] {
  const lines = text.split(end)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** The lines of a text, each with its end where it has one. */
export function linesWithEnds(text: string, end: string): string[] {
  const lines = text.split(end)
  return lines.map((line, i) => (i < lines.length - 1 ? line + end : line)).filter((line) => line !== '')
}

const POWERS = 'KMGTPE'

/**
 * gnulib's xstrtoumax with coreutils' suffixes (b, K, KB, KiB, ... E). Too large a number is the largest, as head and uniq take it.
 * `anyBase` reads 0x and 0 as C does.
 */
export function parseCount(text: string, options: { anyBase?: boolean; suffixes?: boolean } = {}): number | undefined {
  const match = /^\s*\+?(0[xX][0-9a-fA-F]+|\d+)(.*)$/s.exec(text)
  if (match === null) return undefined
  let [, digits = '', suffix = ''] = match
  let radix = 10
  if (options.anyBase && /^0[xX]/.test(digits)) radix = 16
  else if (/^0[xX]/.test(digits)) {
    suffix = digits.slice(1) + suffix
    digits = '0'
  } else if (options.anyBase && digits.length > 1 && digits.startsWith('0')) {
    radix = 8
    if (/[89]/.test(digits)) return undefined
  }
  const number = Number.parseInt(digits, radix)
  if (suffix === '') return number
  if (options.suffixes === false) return undefined
  if (suffix === 'b') return number * 512
  const unit = /^([kKmMGTPE])(B|iB)?$/.exec(suffix)
  if (unit === null) return undefined
  const power = POWERS.indexOf((unit[1] as string).toUpperCase()) + 1
  return number * (unit[2] === 'B' ? 1000 : 1024) ** power
}
