import type { Json, Stateful } from '../base/json.ts'
import { type FsEntry, FsError, type MachineFs } from './fs.ts'

export type DirEntry = Extract<FsEntry, { type: 'dir' }>

/** A file whose text is worked out when read (/proc/sys/net/ipv4/ip_forward); without `write` it is read-only. */
export interface ComputedFile {
  read(): string
  write?(content: string): void
}

/** A directory of computed files. */
export interface ComputedDir {
  list(): readonly string[]
}

/** What lies at an absolute, resolved path although no tree holds it. */
export type Computed = (path: string) => ComputedFile | ComputedDir | undefined

/** A path's place once every directory and link on the way was followed. */
interface Place {
  /** Absolute, without `.`, `..` or links (except perhaps the last part). */
  readonly parts: readonly string[]
  readonly entry: FsEntry | undefined
}

const LINK_LIMIT = 40
const NO_COMPUTED: Computed = () => undefined

/** An empty directory, or one with these entries. */
export function dirEntry(mtime: number, entries: Readonly<Record<string, FsEntry>> = {}, mode = 0o755): DirEntry {
  return { type: 'dir', mode, uid: 0, gid: 0, mtime, entries }
}

/** A regular file of root's. */
export function fileEntry(content: string, mtime: number, mode = 0o644): FsEntry {
  return { type: 'file', mode, uid: 0, gid: 0, mtime, content }
}

function without(entries: DirEntry['entries'], name: string): DirEntry['entries'] {
  const { [name]: _gone, ...others } = entries
  return others
}

/**
 * A machine's files over one immutable tree: every change makes new directories from the root down and shares the rest, so the
 * tree itself is the state and an undo point is a pointer to it.
 */
export class TreeFs implements MachineFs, Stateful {
  private root: DirEntry
  private readonly now: () => number
  private readonly computed: Computed

  constructor(root: DirEntry, now: () => number, computed: Computed = NO_COMPUTED) {
    this.root = root
    this.now = now
    this.computed = computed
  }

  save(): Json {
    return this.root as unknown as Json
  }

  load(state: Json): void {
    this.root = state as unknown as DirEntry
  }

  stat(path: string, options: { follow?: boolean } = {}): FsEntry {
    return this.find(path, options.follow ?? true)
  }

  exists(path: string): boolean {
    try {
      this.find(path, true)
      return true
    } catch (error) {
      if (error instanceof FsError) return false
      throw error
    }
  }

  read(path: string): string {
    const entry = this.find(path, true)
    if (entry.type !== 'file') throw new FsError('EISDIR', path)
    return entry.content
  }

  write(path: string, content: string, options: { mode?: number; append?: boolean } = {}): void {
    const { parts, entry } = this.resolve(path, true)
    const special = this.computed(`/${parts.join('/')}`)
    if (special !== undefined) {
      if (!('read' in special)) throw new FsError('EISDIR', path)
      if (special.write === undefined) throw new FsError('EACCES', path)
      special.write(content)
      return
    }
    if (entry?.type === 'dir' || parts.length === 0 || path.endsWith('/')) throw new FsError('EISDIR', path)
    const old = entry?.type === 'file' ? entry : undefined
    this.place(parts, path, {
      type: 'file',
      mode: options.mode ?? old?.mode ?? 0o644,
      uid: old?.uid ?? 0,
      gid: old?.gid ?? 0,
      mtime: this.now(),
      content: options.append && old !== undefined ? old.content + content : content,
    })
  }

  mkdir(path: string, options: { recursive?: boolean; mode?: number } = {}): void {
    const { parts, entry } = this.resolve(path, true, options.recursive)
    if (entry !== undefined) {
      if (options.recursive && entry.type === 'dir') return
      throw new FsError('EEXIST', path)
    }
    for (let i = options.recursive ? 1 : parts.length; i <= parts.length; i++) {
      const upTo = parts.slice(0, i)
      if (this.at(upTo) === undefined) this.place(upTo, path, dirEntry(this.now(), {}, options.mode ?? 0o755))
    }
  }

  list(path: string): readonly string[] {
    const { parts, entry } = this.resolve(path, true)
    if (entry === undefined) throw new FsError('ENOENT', path)
    if (entry.type !== 'dir') throw new FsError('ENOTDIR', path)
    const special = this.computed(`/${parts.join('/')}`)
    const names = new Set(Object.keys(entry.entries))
    if (special !== undefined && 'list' in special) for (const name of special.list()) names.add(name)
    return [...names].sort()
  }

  remove(path: string, options: { recursive?: boolean } = {}): void {
    const { parts, entry } = this.resolve(path, false)
    if (entry === undefined) throw new FsError('ENOENT', path)
    if (parts.length === 0) throw new FsError('EINVAL', path)
    if (entry.type === 'dir' && !options.recursive && Object.keys(entry.entries).length > 0) throw new FsError('ENOTEMPTY', path)
    if (this.computed(`/${parts.join('/')}`) !== undefined) throw new FsError('EACCES', path)
    this.place(parts, path, undefined)
  }

  rename(from: string, to: string): void {
    const source = this.resolve(from, false)
    if (source.entry === undefined) throw new FsError('ENOENT', from)
    const target = this.resolve(to, false)
    if (target.entry?.type === 'dir') {
      if (source.entry.type !== 'dir') throw new FsError('EISDIR', to)
      if (Object.keys(target.entry.entries).length > 0) throw new FsError('ENOTEMPTY', to)
    } else if (target.entry !== undefined && source.entry.type === 'dir') throw new FsError('ENOTDIR', to)
    const inside = target.parts.length > source.parts.length && source.parts.every((part, i) => part === target.parts[i])
    if (inside || source.parts.length === 0) throw new FsError('EINVAL', to)
    if (source.parts.join('/') === target.parts.join('/')) return
    this.place(target.parts, to, source.entry)
    this.place(source.parts, from, undefined)
  }

  symlink(target: string, path: string): void {
    const { parts, entry } = this.resolve(path, false)
    if (entry !== undefined) throw new FsError('EEXIST', path)
    this.place(parts, path, { type: 'symlink', mode: 0o777, uid: 0, gid: 0, mtime: this.now(), target })
  }

  readlink(path: string): string {
    const entry = this.find(path, false)
    if (entry.type !== 'symlink') throw new FsError('EINVAL', path)
    return entry.target
  }

  /** The path with every link resolved. */
  realpath(path: string): string {
    const { parts, entry } = this.resolve(path, true)
    if (entry === undefined) throw new FsError('ENOENT', path)
    return `/${parts.join('/')}`
  }

  chmod(path: string, mode: number): void {
    this.change(path, (entry) => ({ ...entry, mode: mode & 0o7777 }))
  }

  touch(path: string, mtime: number): void {
    this.change(path, (entry) => ({ ...entry, mtime }))
  }

  private change(path: string, how: (entry: FsEntry) => FsEntry): void {
    const { parts, entry } = this.resolve(path, true)
    if (entry === undefined) throw new FsError('ENOENT', path)
    if (this.computed(`/${parts.join('/')}`) !== undefined) return
    if (parts.length === 0) this.root = how(entry) as DirEntry
    else this.place(parts, path, how(entry), true)
  }

  private find(path: string, follow: boolean): FsEntry {
    const { entry } = this.resolve(path, follow)
    if (entry === undefined) throw new FsError('ENOENT', path)
    if (path.endsWith('/') && entry.type === 'file') throw new FsError('ENOTDIR', path)
    return entry
  }

  /** The entry at a resolved path; computed files win over stored ones. */
  private at(parts: readonly string[]): FsEntry | undefined {
    let here: FsEntry | undefined = this.root
    for (const part of parts) {
      here = here?.type === 'dir' && Object.hasOwn(here.entries, part) ? here.entries[part] : undefined
      if (here === undefined) break
    }
    const special = this.computed(`/${parts.join('/')}`)
    if (special === undefined) return here
    const mtime = this.now()
    if ('list' in special) return here?.type === 'dir' ? here : dirEntry(mtime, {}, 0o555)
    return fileEntry(special.read(), mtime, special.write === undefined ? 0o444 : 0o644)
  }

  /** path_resolution(7): part by part from the root, links followed, `..` after links. The last part need not exist. */
  private resolve(path: string, follow: boolean, missingParents = false): Place {
    if (path === '') throw new FsError('ENOENT', path)
    const todo = path.split('/').reverse()
    const done: string[] = []
    let links = 0
    while (todo.length > 0) {
      const part = todo.pop() as string
      if (part === '' || part === '.') continue
      if (part === '..') {
        done.pop()
        continue
      }
      done.push(part)
      const entry = this.at(done)
      const last = todo.every((rest) => rest === '' || rest === '.')
      if (entry?.type === 'symlink' && (!last || follow)) {
        if (++links > LINK_LIMIT) throw new FsError('ELOOP', path)
        if (entry.target.startsWith('/')) done.length = 0
        else done.pop()
        todo.push(...entry.target.split('/').reverse())
      } else if (!last && entry === undefined && !missingParents) throw new FsError('ENOENT', path)
      else if (!last && entry !== undefined && entry.type !== 'dir') throw new FsError('ENOTDIR', path)
    }
    return { parts: done, entry: this.at(done) }
  }

  /** Puts (or with undefined removes) an entry; its directories are made anew up to the root, everything else is shared. */
  private place(parts: readonly string[], path: string, entry: FsEntry | undefined, quiet = false): void {
    const put = (dir: FsEntry | undefined, i: number): DirEntry => {
      if (dir === undefined) throw new FsError('ENOENT', path)
      if (dir.type !== 'dir') throw new FsError('ENOTDIR', path)
      const name = parts[i] as string
      const last = i === parts.length - 1
      const child = Object.hasOwn(dir.entries, name) ? dir.entries[name] : undefined
      const next = last ? entry : put(child, i + 1)
      const changesDir = last && !quiet && (entry === undefined || child === undefined)
      const entries = next === undefined ? without(dir.entries, name) : { ...dir.entries, [name]: next }
      return { ...dir, entries, mtime: changesDir ? this.now() : dir.mtime }
    }
    this.root = put(this.root, 0)
  }
}
