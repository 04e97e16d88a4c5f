/** Items to a page. */
const SIZE = 128

/** A saved list in pages; null where an item is gone. */
export type SavedPages<T> = readonly (readonly (T | null)[])[]

/** Saved pages never change: how many of their items are gone is counted once. */
const counted = new WeakMap<readonly unknown[], number>()

function gaps(page: readonly unknown[]): number {
  let gone = counted.get(page)
  if (gone === undefined) {
    gone = 0
    for (const item of page) if (item === null) gone++
    counted.set(page, gone)
  }
  return gone
}

/** A place of a list that a saved form of it has otherwise. */
export interface PageChange<T> {
  readonly at: number
  readonly now: T | undefined
  readonly before: T | undefined
}

/**
 * A list whose saved form shares every page that did not change: an undo point of a large table costs its pages' pointers.
 * A place is never used twice until the list is made anew, so that places depend on nothing but what happened.
 */
export class Pages<T> {
  private root: (T | null)[][] = []
  private rootShared = false
  /** Pages that no saved form holds. */
  private readonly fresh = new Set<number>()
  private length = 0
  private gone = 0

  /** The next place; it must be set, or given up, before the list is saved. */
  reserve(): number {
    return this.length++
  }

  set(at: number, value: T): void {
    this.write(at, value)
  }

  giveUp(at: number): void {
    this.gone++
    this.write(at, null)
  }

  private write(at: number, value: T | null): void {
    const page = Math.floor(at / SIZE)
    if (this.rootShared) {
      this.root = this.root.slice()
      this.rootShared = false
    }
    if (!this.fresh.has(page)) {
      this.root[page] = this.root[page]?.slice() ?? []
      this.fresh.add(page)
    }
    ;(this.root[page] as (T | null)[])[at % SIZE] = value
  }

  /** Whether more is gone than there. */
  get sparse(): boolean {
    return this.gone > SIZE && this.gone * 2 > this.length
  }

  save(): SavedPages<T> {
    this.rootShared = true
    this.fresh.clear()
    return this.root
  }

  load(saved: SavedPages<T>): void {
    this.root = saved as (T | null)[][]
    this.rootShared = true
    this.fresh.clear()
    this.length = saved.length === 0 ? 0 : (saved.length - 1) * SIZE + (saved.at(-1)?.length ?? 0)
    this.gone = 0
    for (const page of saved) this.gone += gaps(page)
  }

  /** What differs from a saved form, place by place; pages that are the same are not looked at. */
  difference(saved: SavedPages<T>): readonly PageChange<T>[] {
    const found: PageChange<T>[] = []
    for (let page = 0; page < Math.max(this.root.length, saved.length); page++) {
      const now = this.root[page]
      const then = saved[page]
      if (now === then) continue
      for (let i = 0; i < Math.max(now?.length ?? 0, then?.length ?? 0); i++) {
        const a = now?.[i] ?? undefined
        const b = then?.[i] ?? undefined
        if (a !== b) found.push({ at: page * SIZE + i, now: a, before: b })
      }
    }
    return found
  }
}
