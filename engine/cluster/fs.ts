/** One node of a machine's file tree. Immutable; the tree is part of the snapshot. */
export type FsEntry =
  | {
      readonly type: 'file'
      readonly mode: number
      readonly uid: number
      readonly gid: number
      readonly mtime: number
      readonly content: string
    }
  | {
      readonly type: 'dir'
      readonly mode: number
      readonly uid: number
      readonly gid: number
      readonly mtime: number
      readonly entries: Readonly<Record<string, FsEntry>>
    }
  | {
      readonly type: 'symlink'
      readonly mode: number
      readonly uid: number
      readonly gid: number
      readonly mtime: number
      readonly target: string
    }

/** Errors a file operation ends in, by errno name. */
export type FsErrno = 'ENOENT' | 'EEXIST' | 'ENOTDIR' | 'EISDIR' | 'ENOTEMPTY' | 'EACCES' | 'ELOOP' | 'EROFS' | 'EINVAL'

export class FsError extends Error {
  readonly code: FsErrno
  constructor(code: FsErrno, path: string) {
    super(`${code}: ${path}`)
    this.code = code
  }
}

/**
 * A machine's files: synchronous, paths absolute (`..` and symlinks resolved here), contents one char per byte (latin-1 of UTF-8).
 * Files under /proc and /sys are computed when read (`computed` in tree.ts). Throws {@link FsError}.
 */
export interface MachineFs {
  stat(path: string, options?: { follow?: boolean }): FsEntry
  exists(path: string): boolean
  read(path: string): string
  /** Creates or replaces. */
  write(path: string, content: string, options?: { mode?: number; append?: boolean }): void
  mkdir(path: string, options?: { recursive?: boolean; mode?: number }): void
  list(path: string): readonly string[]
  remove(path: string, options?: { recursive?: boolean }): void
  rename(from: string, to: string): void
  symlink(target: string, path: string): void
  readlink(path: string): string
  /** The path with every link resolved; what it names must exist. */
  realpath(path: string): string
  chmod(path: string, mode: number): void
  touch(path: string, mtime: number): void
}
