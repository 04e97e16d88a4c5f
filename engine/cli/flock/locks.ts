import type { MachineFs } from '../../cluster/fs.ts'
import type { Watchable } from '../waiting.ts'

/** An flock(2) on one file: any number of shared holders, or one that excludes the others. It ends with the command that holds it. */
export class FileLock implements Watchable {
  private shared = 0
  private exclusive = false
  private readonly wakers = new Set<() => void>()

  free(exclusive: boolean): boolean {
    return !this.exclusive && (this.shared === 0 || !exclusive)
  }

  /** Takes the lock, which must be free; returns how to let it go. */
  take(exclusive: boolean): () => void {
    if (exclusive) this.exclusive = true
    else this.shared++
    let held = true
    return () => {
      if (!held) return
      held = false
      if (exclusive) this.exclusive = false
      else this.shared--
      for (const wake of [...this.wakers]) wake()
    }
  }

  watch(wake: () => void): () => void {
    this.wakers.add(wake)
    return () => this.wakers.delete(wake)
  }
}

/** Locks live as long as commands run, so they are no part of a machine's saved state. */
const locks = new WeakMap<MachineFs, Map<string, FileLock>>()

/** The lock of a file on a machine, by its resolved path. */
export function fileLock(fs: MachineFs, path: string): FileLock {
  const ofMachine = locks.get(fs) ?? new Map<string, FileLock>()
  locks.set(fs, ofMachine)
  const lock = ofMachine.get(path) ?? new FileLock()
  ofMachine.set(path, lock)
  return lock
}
