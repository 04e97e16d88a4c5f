import type { Json } from '../base/json.ts'

/** Everything an undo takes back, as pointers to immutable data. */
export interface Point {
  readonly label: string
  readonly state: Json
}

const KEPT = 200
const LABEL_LENGTH = 60

/** What a point is called: the first line of what was typed. */
export function label(text: string): string {
  const line = text.trim().split('\n')[0] ?? ''
  return line.length > LABEL_LENGTH ? `${line.slice(0, LABEL_LENGTH - 1)}…` : line
}

/** What was done and can be taken back, and what was taken back and can be done again. */
export class UndoStack {
  private done: Point[] = []
  private undone: Point[] = []

  /** Before something is done. */
  push(point: Point): void {
    this.done.push(point)
    if (this.done.length > KEPT) this.done.shift()
  }

  /** The newest point's label, now that it is known. */
  relabel(label: string): void {
    const point = this.done.pop()
    if (point !== undefined) this.done.push({ ...point, label })
  }

  /** The newest point turns out to lie before nothing at all. */
  drop(): void {
    this.done.pop()
  }

  /** Something was done: what was undone before is gone. */
  commit(): void {
    this.undone = []
  }

  /** The state to return to, given the present one; undefined when there is nothing to undo. */
  undo(present: Json): Point | undefined {
    const point = this.done.pop()
    if (point !== undefined) this.undone.push({ label: point.label, state: present })
    return point
  }

  redo(present: Json): Point | undefined {
    const point = this.undone.pop()
    if (point !== undefined) this.done.push({ label: point.label, state: present })
    return point
  }

  clear(): void {
    this.done = []
    this.undone = []
  }

  /**
   * What a line being run would take back, or do again, once it has ended: its own point is the newest. `pending`: the steps back that
   * it has asked for already.
   */
  ahead(kind: 'undo' | 'redo', pending: number): string | undefined {
    const here = this.done.length - 1 - pending
    return [...this.done.slice(0, -1), ...this.undone.toReversed()][kind === 'undo' ? here - 1 : here]?.label
  }

  get undoLabel(): string | undefined {
    return this.done.at(-1)?.label
  }

  get redoLabel(): string | undefined {
    return this.undone.at(-1)?.label
  }
}
