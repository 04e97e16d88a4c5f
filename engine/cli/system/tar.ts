import { packTar, type TarEntry, unpackTar } from '../../base/tar.ts'
import { FsError, type MachineFs } from '../../cluster/fs.ts'
import { type Command, type CommandContext, notEmulated } from '../command.ts'

/** GNU tar, as far as `kubectl cp` and its like use it: archives of files, folders and links through a file or a pipe. */
export const tar: Command = {
  name: 'tar',
  path: '/usr/bin/tar',
  on: 'both',
  flags: [
    { short: 'c', long: 'create', status: 'emulated', suite: 'modelled' },
    { short: 'x', long: 'extract', status: 'emulated', suite: 'modelled' },
    { short: 't', long: 'list', status: 'emulated', suite: 'modelled' },
    { short: 'f', long: 'file', value: 'ARCHIVE', status: 'emulated', suite: 'modelled' },
    { short: 'v', long: 'verbose', status: 'emulated', suite: 'modelled' },
    { short: 'm', long: 'touch', status: 'emulated', suite: 'modelled' },
    { short: 'C', long: 'directory', value: 'DIR', status: 'emulated', suite: 'modelled' },
    { short: 'p', long: 'preserve-permissions', status: 'emulated', suite: 'modelled' },
    { long: 'no-same-permissions', status: 'emulated', suite: 'modelled' },
    { long: 'no-same-owner', status: 'accepted', reason: 'files have no owner but root here' },
    { short: 'z', long: 'gzip', status: 'known' },
    { short: 'j', long: 'bzip2', status: 'known' },
    { short: 'J', long: 'xz', status: 'known' },
  ],
  run,
}

interface Options {
  mode: 'c' | 'x' | 't' | undefined
  file: string
  folder: string
  verbose: boolean
  touch: boolean
  names: string[]
  samePermissions: boolean
}

const LONG: Readonly<Record<string, string>> = {
  '--create': 'c',
  '--extract': 'x',
  '--get': 'x',
  '--list': 't',
  '--verbose': 'v',
  '--touch': 'm',
  '--preserve-permissions': 'p',
  '--same-permissions': 'p',
}

const HINT = "Try 'tar --help' or 'tar --usage' for more information.\n"

function parse(context: CommandContext): Options | number {
  const { stderr } = context
  const o: Options = {
    mode: undefined,
    file: '-',
    folder: context.cwd,
    verbose: false,
    touch: false,
    names: [],
    samePermissions: true,
  }
  const words = context.argv.slice(1)
  // Old style: the first word's letters without a dash.
  if (words[0] !== undefined && !words[0].startsWith('-')) words[0] = `-${words[0]}`
  const refuse = (text: string) => {
    stderr.write(`tar: ${text}\n${HINT}`)
    return 2
  }
  while (words.length > 0) {
    const word = words.shift() as string
    const [, longName, given] = /^(--[\w-]+)(?:=(.*))?$/s.exec(word) ?? []
    if (longName === '--file' || longName === '--directory') {
      const value = given ?? words.shift()
      if (value === undefined) return refuse(`option '${longName}' requires an argument`)
      if (longName === '--file') o.file = value
      else o.folder = resolve(o.folder, value)
    } else if (longName === '--no-same-permissions') o.samePermissions = false
    else if (longName === '--no-same-owner') continue
    else if (longName !== undefined && LONG[longName] === undefined) {
      return ['--gzip', '--bzip2', '--xz', '--exclude'].includes(longName)
        ? notEmulated(context, longName)
        : refuse(`unrecognized option '${longName}'`)
    } else if (word === '-' || !word.startsWith('-')) o.names.push(word)
    else {
      const letters = longName === undefined ? word.slice(1) : (LONG[longName] as string)
      for (let i = 0; i < letters.length; i++) {
        const letter = letters[i] as string
        if (letter === 'c' || letter === 'x' || letter === 't') {
          if (o.mode !== undefined && o.mode !== letter)
            return refuse("You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option")
          o.mode = letter
        } else if (letter === 'v') o.verbose = true
        else if (letter === 'm') o.touch = true
        else if (letter === 'f' || letter === 'C') {
          const value = letters.slice(i + 1) || words.shift()
          if (value === undefined) return refuse(`option requires an argument -- '${letter}'`)
          if (letter === 'f') o.file = value
          else o.folder = resolve(o.folder, value)
          break
        } else if ('zjJ'.includes(letter)) return notEmulated(context, `-${letter}`)
        else if (letter !== 'p') return refuse(`invalid option -- '${letter}'`)
      }
    }
  }
  return o.mode === undefined ? refuse("You must specify one of the '-Acdtrux', '--delete' or '--test-label' options") : o
}

function resolve(folder: string, path: string): string {
  return path.startsWith('/') ? path : `${folder === '/' ? '' : folder}/${path}`
}

async function run(context: CommandContext): Promise<number> {
  const options = parse(context)
  if (typeof options === 'number') return options
  const { fs } = context.machine
  if (options.mode === 'c') return create(context, options)
  let archive: string
  if (options.file === '-') archive = await context.stdin.text()
  else {
    const path = resolve(context.cwd, options.file)
    if (!fs.exists(path)) {
      context.stderr.write(
        `tar: ${options.file}: Cannot open: No such file or directory\ntar: Error is not recoverable: exiting now\n`,
      )
      return 2
    }
    archive = fs.read(path)
  }
  const entries = unpackTar(archive)
  if (entries === undefined) {
    context.stderr.write('tar: This does not look like a tar archive\ntar: Exiting with failure status due to previous errors\n')
    return 2
  }
  return options.mode === 't' ? list(context, options, entries) : extract(context, options, entries)
}

function wanted({ names }: Options, entry: TarEntry): boolean {
  const bare = (name: string) => name.replace(/\/+$/, '')
  return names.length === 0 || names.some((name) => bare(entry.name) === bare(name) || entry.name.startsWith(`${bare(name)}/`))
}

function list(context: CommandContext, options: Options, entries: readonly TarEntry[]): number {
  if (options.verbose) return notEmulated(context, '-tv')
  for (const entry of entries) if (wanted(options, entry)) context.stdout.write(`${entry.name}\n`)
  return missing(context, options, entries)
}

function missing(context: CommandContext, { names }: Options, entries: readonly TarEntry[]): number {
  const lost = names.filter((name) => !entries.some((entry) => wanted({ names: [name] } as Options, entry)))
  for (const name of lost) context.stderr.write(`tar: ${name}: Not found in archive\n`)
  if (lost.length > 0) context.stderr.write('tar: Exiting with failure status due to previous errors\n')
  return lost.length > 0 ? 2 : 0
}

function extract(context: CommandContext, options: Options, entries: readonly TarEntry[]): number {
  const { fs, clock } = context.machine
  if (!fs.exists(options.folder)) {
    context.stderr.write(
      `tar: ${options.folder}: Cannot open: No such file or directory\ntar: Error is not recoverable: exiting now\n`,
    )
    return 2
  }
  let failed = false
  for (const entry of entries) {
    if (!wanted(options, entry)) continue
    const name = entry.name.replace(/^(?:\.\.?\/|\/)+/, '').replace(/\/+$/, '')
    const path = resolve(options.folder, name)
    if (options.verbose) context.stdout.write(`${entry.name}\n`)
    try {
      place(fs, path, entry, options.samePermissions)
      if (entry.type !== 'symlink') fs.touch(path, options.touch ? clock.now : entry.mtime)
    } catch (error) {
      if (!(error instanceof FsError)) throw error
      failed = true
      context.stderr.write(`tar: ${name}: Cannot open: ${ERRORS[error.code] ?? error.code}\n`)
    }
  }
  if (failed) context.stderr.write('tar: Exiting with failure status due to previous errors\n')
  return failed ? 2 : missing(context, options, entries)
}

const ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  EACCES: 'Permission denied',
  EROFS: 'Read-only file system',
}

function place(fs: MachineFs, path: string, entry: TarEntry, samePermissions: boolean): void {
  const folder = path.slice(0, path.lastIndexOf('/'))
  if (folder !== '') fs.mkdir(folder, { recursive: true })
  const mode = samePermissions ? entry.mode : entry.mode & ~0o022
  if (entry.type === 'dir') fs.mkdir(path, { recursive: true, mode })
  else if (entry.type === 'symlink') {
    if (fs.exists(path)) fs.remove(path)
    fs.symlink(entry.target, path)
  } else {
    fs.write(path, entry.content, { mode })
    fs.chmod(path, mode)
  }
}

function create(context: CommandContext, options: Options): number {
  const { stderr, stdout, machine } = context
  if (options.names.length === 0) {
    stderr.write(`tar: Cowardly refusing to create an empty archive\n${HINT}`)
    return 2
  }
  const entries: TarEntry[] = []
  let failed = false
  let told = false
  for (const name of options.names) {
    const member = name.replace(/^\/+/, '')
    if (member !== name && !told) {
      told = true
      stderr.write("tar: Removing leading `/' from member names\n")
    }
    try {
      collect(machine.fs, resolve(options.folder, name), member === '' ? './' : member, entries)
    } catch (error) {
      if (!(error instanceof FsError)) throw error
      failed = true
      stderr.write(`tar: ${name}: Cannot stat: ${ERRORS[error.code] ?? error.code}\n`)
    }
  }
  if (options.verbose) for (const { name } of entries) (options.file === '-' ? stderr : stdout).write(`${name}\n`)
  const archive = packTar(entries)
  if (options.file === '-') stdout.write(archive)
  else machine.fs.write(resolve(context.cwd, options.file), archive)
  if (failed) stderr.write('tar: Exiting with failure status due to previous errors\n')
  return failed ? 2 : 0
}

/** The file or the whole folder at `path`, as members called `name` and below. */
export function collect(fs: MachineFs, path: string, name: string, out: TarEntry[]): void {
  const entry = fs.stat(path, { follow: false })
  const { mode, uid, gid, mtime, type } = entry
  const member = type === 'dir' && !name.endsWith('/') ? `${name}/` : name
  const content = type === 'file' ? fs.read(path) : ''
  out.push({ name: member, type, mode, uid, gid, mtime, content, target: type === 'symlink' ? entry.target : '' })
  if (type !== 'dir') return
  for (const child of fs.list(path))
    collect(fs, `${path === '/' ? '' : path.replace(/\/$/, '')}/${child}`, `${member}${child}`, out)
}
