import type { IFileSystem } from 'just-bash/browser'
import { decodeUtf8, encodeUtf8 } from '../base/utf8.ts'
import type { Sink, Stdin } from '../cli/command.ts'
import { type FsEntry, FsError, type MachineFs } from '../cluster/fs.ts'
import { isLive } from './live.ts'

/** Where a line's standard files lead. Commands that print straight to them are told so by redirection to these paths. */
export const OUT_PATH = '/dev/chainwalk/1'
export const ERR_PATH = '/dev/chainwalk/2'
export const IN_PATH = '/dev/chainwalk/0'
export const IN_LINE_PATH = '/dev/chainwalk/0-line'
/** Asked for at the head of every loop's body. */
export const TICK_PATH = '/dev/chainwalk/tick'

export interface Terminal {
  readonly stdin: Stdin
  readonly stdout: Sink
  readonly stderr: Sink
}

type Content = string | Uint8Array
type Encoding = string | { encoding?: string | null } | null | undefined

const WORDS: Record<string, string> = {
  ENOENT: 'no such file or directory',
  EEXIST: 'file already exists',
  ENOTDIR: 'not a directory',
  EISDIR: 'illegal operation on a directory',
  ENOTEMPTY: 'directory not empty',
  EACCES: 'permission denied',
  ELOOP: 'too many symbolic links encountered',
  EROFS: 'read-only file system',
  EINVAL: 'invalid argument',
  ENXIO: 'no such device or address',
  EPERM: 'operation not permitted',
}

function failure(code: string, call: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${WORDS[code] ?? code}, ${call} '${path}'`), { code })
}

/** just-bash's file system over a machine's files, with the few devices a shell touches. */
export class BashFs implements IFileSystem {
  private readonly files: MachineFs
  private readonly now: () => number
  private readonly terminal: Terminal
  /** Programs that the machine has though no file holds them. */
  private readonly isProgram: (path: string) => boolean
  private readonly refused = new Map<string, string>()
  /** Called after something was printed: the moment at which an interrupted pipeline has drained. */
  onPrinted: () => void = () => {}
  onTick: () => Promise<void> = async () => {}

  constructor(files: MachineFs, now: () => number, terminal: Terminal, isProgram: (path: string) => boolean) {
    this.files = files
    this.now = now
    this.terminal = terminal
    this.isProgram = isProgram
  }

  /** The errno with which opening this path for writing was last refused. */
  refusal(path: string): string | undefined {
    return this.refused.get(path)
  }

  async readFile(path: string, options?: Encoding): Promise<string> {
    const bytes = await this.bytes(path)
    const encoding = typeof options === 'string' ? options : options?.encoding
    return encoding === 'binary' || encoding === 'latin1' ? bytes : decodeUtf8(bytes)
  }

  readFileBytes(path: string): ReturnType<NonNullable<IFileSystem['readFileBytes']>> {
    return this.bytes(path) as unknown as ReturnType<NonNullable<IFileSystem['readFileBytes']>>
  }

  async readFileBuffer(path: string): Promise<Uint8Array> {
    const bytes = await this.bytes(path)
    return Uint8Array.from({ length: bytes.length }, (_, i) => bytes.charCodeAt(i))
  }

  async writeFile(path: string, content: Content, options?: Encoding): Promise<void> {
    this.put(path, toBytes(content, options), false)
  }

  async appendFile(path: string, content: Content, options?: Encoding): Promise<void> {
    this.put(path, toBytes(content, options), true)
  }

  async exists(path: string): Promise<boolean> {
    if (path === TICK_PATH) await this.onTick()
    return isDevice(path) || this.files.exists(path) || this.isProgram(path)
  }

  async stat(path: string) {
    return this.statOf(path, true)
  }

  async lstat(path: string) {
    return this.statOf(path, false)
  }

  async mkdir(path: string, options: { recursive?: boolean } = {}): Promise<void> {
    this.guard('mkdir', path, () => this.files.mkdir(path, options))
  }

  async readdir(path: string): Promise<string[]> {
    return this.guard('scandir', path, () => [...this.files.list(path)])
  }

  async readdirWithFileTypes(path: string) {
    return this.guard('scandir', path, () =>
      this.files.list(path).map((name) => {
        const { type } = this.files.stat(`${path === '/' ? '' : path}/${name}`, { follow: false })
        return { name, isFile: type === 'file', isDirectory: type === 'dir', isSymbolicLink: type === 'symlink' }
      }),
    )
  }

  async rm(path: string, options: { recursive?: boolean; force?: boolean } = {}): Promise<void> {
    try {
      this.files.remove(path, options)
    } catch (error) {
      if (!(error instanceof FsError)) throw error
      if (!(options.force && error.code === 'ENOENT')) throw failure(error.code, 'rm', path)
    }
  }

  async cp(src: string, dest: string, options: { recursive?: boolean } = {}): Promise<void> {
    this.guard('cp', src, () => this.copy(src, dest, options.recursive ?? false))
  }

  async mv(src: string, dest: string): Promise<void> {
    this.guard('rename', src, () => this.files.rename(src, dest))
  }

  resolvePath(base: string, path: string): string {
    const parts: string[] = []
    for (const part of (path.startsWith('/') ? path : `${base}/${path}`).split('/')) {
      if (part === '..') parts.pop()
      else if (part !== '' && part !== '.') parts.push(part)
    }
    return `/${parts.join('/')}`
  }

  getAllPaths(): string[] {
    return []
  }

  async chmod(path: string, mode: number): Promise<void> {
    this.guard('chmod', path, () => this.files.chmod(path, mode))
  }

  async symlink(target: string, linkPath: string): Promise<void> {
    this.guard('symlink', linkPath, () => this.files.symlink(target, linkPath))
  }

  async link(_existing: string, path: string): Promise<void> {
    throw failure('EPERM', 'link', path)
  }

  async readlink(path: string): Promise<string> {
    return this.guard('readlink', path, () => this.files.readlink(path))
  }

  async realpath(path: string): Promise<string> {
    if (isDevice(path) || (!this.files.exists(path) && this.isProgram(path))) return path
    return this.guard('realpath', path, () => this.files.realpath(path))
  }

  async utimes(path: string, _atime: Date, mtime: Date): Promise<void> {
    this.guard('utimes', path, () => this.files.touch(path, mtime.getTime()))
  }

  private async bytes(path: string): Promise<string> {
    if (path === '/dev/null') return ''
    if (path === IN_PATH || path === '/dev/stdin') return this.terminal.stdin.text()
    if (path === IN_LINE_PATH) return ((line) => (line === undefined ? '' : `${line}\n`))(await this.terminal.stdin.line())
    if (path === '/dev/tty') {
      if (!isLive(this.terminal.stdin)) throw failure('ENXIO', 'open', path)
      return this.terminal.stdin.text()
    }
    if (!this.files.exists(path) && this.isProgram(path)) return '\x7fELF'
    return this.guard('open', path, () => this.files.read(path))
  }

  private put(path: string, bytes: string, append: boolean): void {
    if (path === '/dev/null') return
    const sink = path === OUT_PATH ? this.terminal.stdout : path === ERR_PATH ? this.terminal.stderr : undefined
    if (sink !== undefined) {
      if (bytes !== '') sink.write(bytes)
      this.onPrinted()
    } else if (path === '/dev/tty') {
      if (!isLive(this.terminal.stdin)) throw failure('ENXIO', 'open', path)
      this.terminal.stdout.write(bytes)
    } else {
      try {
        // Where `<(…)` leaves what its command printed, for programs of ours to read.
        if (/^\/dev\/fd\/\d+$/.test(path)) this.files.mkdir('/dev/fd', { recursive: true })
        this.files.write(path, bytes, { append })
      } catch (error) {
        if (!(error instanceof FsError)) throw error
        if (error.code === 'EINVAL') {
          // The file was opened; it is the value that the kernel refuses (/proc/sys). just-bash has no word for a failed write.
          this.terminal.stderr.write('bash: line 1: echo: write error: Invalid argument\n')
          return
        }
        this.refused.set(path, error.code)
        throw failure(error.code, 'open', path)
      }
    }
  }

  private statOf(path: string, follow: boolean) {
    const base = { isFile: true, isDirectory: false, isSymbolicLink: false }
    if (isDevice(path)) return { ...base, mode: 0o666, size: 0, mtime: new Date(this.now()) }
    if (!this.files.exists(path) && this.isProgram(path)) return { ...base, mode: 0o755, size: 4, mtime: new Date(this.now()) }
    const entry = this.guard('stat', path, () => this.files.stat(path, { follow }))
    return {
      isFile: entry.type === 'file',
      isDirectory: entry.type === 'dir',
      isSymbolicLink: entry.type === 'symlink',
      mode: entry.mode,
      size: sizeOf(entry),
      mtime: new Date(entry.mtime),
    }
  }

  private copy(src: string, dest: string, recursive: boolean): void {
    const entry = this.files.stat(src)
    if (entry.type === 'dir') {
      if (!recursive) throw new FsError('EISDIR', src)
      this.files.mkdir(dest, { recursive: true, mode: entry.mode })
      for (const name of this.files.list(src)) this.copy(`${src}/${name}`, `${dest}/${name}`, true)
    } else if (entry.type === 'file') this.files.write(dest, entry.content, { mode: entry.mode })
  }

  private guard<T>(call: string, path: string, work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw error instanceof FsError ? failure(error.code, call, path) : error
    }
  }
}

function isDevice(path: string): boolean {
  return path === '/dev/null' || path === '/dev/tty' || path === '/dev/stdin' || path.startsWith('/dev/chainwalk/')
}

function sizeOf(entry: FsEntry): number {
  return entry.type === 'file' ? entry.content.length : entry.type === 'symlink' ? encodeUtf8(entry.target).length : 4096
}

function toBytes(content: Content, options: Encoding): string {
  if (typeof content !== 'string') {
    const chunks: string[] = []
    for (let i = 0; i < content.length; i += 4096) chunks.push(String.fromCharCode(...content.subarray(i, i + 4096)))
    return chunks.join('')
  }
  const encoding = typeof options === 'string' ? options : options?.encoding
  return encoding === 'binary' || encoding === 'latin1' ? content : encodeUtf8(content)
}
