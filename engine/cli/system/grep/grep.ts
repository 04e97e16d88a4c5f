import { encodeUtf8 } from '../../../base/utf8.ts'
import { type Command, type CommandContext, notEmulated } from '../../command.ts'
import { TooHard } from '../regex/subject.ts'
import { readInput } from '../text-input.ts'
import { filesUnder, isExcludedFolder, isWanted } from './files.ts'
import { GREP_FLAGS } from './flags.ts'
import { type LineMatcher, lineMatcher } from './matcher.ts'
import { type GrepOptions, grepOptions } from './options.ts'
import { perlMatcher } from './perl.ts'
import { Printer } from './printer.ts'
import { FileSearch } from './search.ts'

/** GNU grep 3.8 in the C.UTF-8 locale; lines of a pipe are answered as they come. */
export const grep: Command = {
  name: 'grep',
  path: '/usr/bin/grep',
  on: 'both',
  aliases: ['egrep', 'fgrep'],
  flags: GREP_FLAGS,
  async run(context) {
    const called = context.argv[0]?.slice(context.argv[0].lastIndexOf('/') + 1)
    const own = called === 'egrep' ? ['-E'] : called === 'fgrep' ? ['-F'] : []
    const options = await grepOptions(context, [...own, ...context.argv.slice(1)])
    if (typeof options === 'number') return options
    if (options.kind === 'perl' && options.patterns.length > 1) {
      context.stderr.write('grep: the -P option only supports a single pattern\n')
      return 2
    }
    const matcher =
      options.kind === 'perl' ? perlMatcher(options.patterns[0] ?? '', options) : lineMatcher(options.patterns, options)
    if (typeof matcher === 'object' && 'unknown' in matcher) return notEmulated(context, `-P with ${matcher.unknown}`)
    if (typeof matcher === 'string') {
      context.stderr.write(encodeUtf8(`grep: ${matcher}\n`))
      return 2
    }
    for (const warning of matcher.warnings) context.stderr.write(encodeUtf8(`grep: warning: ${warning}\n`))
    if (options.max === 0) return 1
    try {
      return await new Grep(context, options, matcher).all()
    } catch (error) {
      if (error instanceof TooHard) return notEmulated(context, 'a pattern this hard to match')
      throw error
    }
  },
}

class Grep {
  private readonly context: CommandContext
  private readonly options: GrepOptions
  private readonly matcher: LineMatcher
  private readonly printer: Printer
  private selected = false
  private failed = false

  constructor(context: CommandContext, options: GrepOptions, matcher: LineMatcher) {
    this.context = context
    this.options = options
    this.matcher = matcher
    this.printer = new Printer(options, matcher, (text) => context.stdout.write(text))
  }

  async all(): Promise<number> {
    const { options } = this
    const recursive = options.directories.startsWith('recurse')
    const files = options.files.length > 0 ? options.files : [recursive ? '.' : '-']
    const several = files.length > 1
    for (const file of files) {
      if (this.context.signal.aborted) return 130
      if (options.quiet && this.selected) return 0
      await this.operand(file, several)
    }
    if (options.quiet && this.selected) return 0
    return this.failed ? 2 : this.selected ? 0 : 1
  }

  private async operand(file: string, several: boolean): Promise<void> {
    const { options, context } = this
    const { fs } = context.machine
    if (file === '-') return this.search('-', '-', options.names ?? several)
    const path = file.startsWith('/') ? file : `${context.cwd}/${file}`
    const isFolder = file !== '' && fs.exists(path) && fs.stat(path).type === 'dir'
    if (!isFolder) {
      if (options.globs.length === 0 || isWanted(file, options)) await this.search(file, path, options.names ?? several)
      return
    }
    if (options.directories === 'skip') return
    if (options.directories === 'read') return this.fail(`${file}: Is a directory`)
    if (file !== '.' && isExcludedFolder(file.replace(/\/+$/, ''), options)) return
    const shown = options.files.length === 0 ? '' : file
    for (const found of filesUnder(fs, { name: shown, path: path.replace(/\/\.?$/, '') }, options)) {
      if (context.signal.aborted || (options.quiet && this.selected)) return
      await this.search(found.name, found.path, options.names ?? true)
    }
  }

  private async search(file: string, path: string, named: boolean): Promise<void> {
    const { options, context } = this
    const name = encodeUtf8(file === '-' ? options.label : file)
    const search = new FileSearch(options, this.matcher, this.printer, named ? name : undefined)
    if (file === '-') await this.stream(search)
    else {
      const input = file === '' ? { why: 'No such file or directory' } : await readInput(context, path)
      if ('why' in input) return this.fail(`${file}: ${input.why}`)
      search.take(input.text)
    }
    if (search.selected > 0) this.selected = true
    if (options.quiet) return
    if (options.list !== undefined) {
      if (search.selected > 0 === (options.list === 'with')) this.printer.file(name)
    } else if (options.count) this.printer.count(search.selected, named ? name : undefined)
    else if (search.matchesBinary && !options.silent) context.stderr.write(`grep: ${name}: binary file matches\n`)
  }

  private async stream(search: FileSearch): Promise<void> {
    const { stdin, signal } = this.context
    const { end } = this.options
    let rest = ''
    while (!search.done && !signal.aborted) {
      const piece = await stdin.piece()
      if (piece === undefined) {
        if (rest !== '') search.take(rest)
        return
      }
      const all = rest + piece
      const cut = all.lastIndexOf(end) + 1
      if (cut > 0) search.take(all.slice(0, cut))
      rest = all.slice(cut)
    }
  }

  private fail(text: string): void {
    this.failed = true
    if (!this.options.silent) this.context.stderr.write(encodeUtf8(`grep: ${text}\n`))
  }
}
