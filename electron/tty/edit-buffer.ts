import { clusters } from './cells.ts'

const WORD = /[\p{L}\p{N}]/u

/** One line under edit, as GNU readline's emacs mode edits it. Knows nothing of a screen. */
export class EditBuffer {
  text = ''
  /** Index into `text`, always between grapheme clusters. */
  cursor = 0
  private killed = ''
  private joining = false

  set(text: string, cursor = text.length): void {
    this.text = text
    this.cursor = cursor
    this.joining = false
  }

  insert(text: string): void {
    this.text = this.text.slice(0, this.cursor) + text + this.text.slice(this.cursor)
    this.cursor += text.length
    this.joining = false
  }

  /** Replaces `text[start..cursor]`. */
  replaceBack(start: number, text: string): void {
    this.text = this.text.slice(0, start) + text + this.text.slice(this.cursor)
    this.cursor = start + text.length
    this.joining = false
  }

  move(to: 'start' | 'end' | 'left' | 'right' | 'word-left' | 'word-right'): void {
    this.cursor = this.target(to)
    this.joining = false
  }

  /** Deletes without remembering: Backspace and Delete. */
  erase(to: 'left' | 'right'): boolean {
    const target = this.target(to)
    if (target === this.cursor) return false
    this.cut(target)
    this.joining = false
    return true
  }

  /** Deletes into the kill buffer; kills in a row are put together. */
  kill(to: 'start' | 'end' | 'word-left' | 'word-right' | 'blank-left'): void {
    const target = this.target(to)
    const removed = this.text.slice(Math.min(target, this.cursor), Math.max(target, this.cursor))
    if (removed === '') return
    if (!this.joining) this.killed = removed
    else this.killed = target < this.cursor ? removed + this.killed : this.killed + removed
    this.cut(target)
    this.joining = true
  }

  yank(): void {
    this.insert(this.killed)
  }

  /** Ctrl-T: the character before the cursor changes places with the one at it. */
  transpose(): void {
    if (this.cursor === 0 || this.text.length < 2) return
    if (this.cursor === this.text.length) this.cursor = this.target('left')
    const left = this.target('left')
    const right = this.target('right')
    const swapped = this.text.slice(this.cursor, right) + this.text.slice(left, this.cursor)
    this.text = this.text.slice(0, left) + swapped + this.text.slice(right)
    this.cursor = right
  }

  private cut(target: number): void {
    const [from, to] = target < this.cursor ? [target, this.cursor] : [this.cursor, target]
    this.text = this.text.slice(0, from) + this.text.slice(to)
    this.cursor = from
  }

  private target(to: 'start' | 'end' | 'left' | 'right' | 'word-left' | 'word-right' | 'blank-left'): number {
    const { text, cursor } = this
    switch (to) {
      case 'start':
        return 0
      case 'end':
        return text.length
      case 'left':
        return cursor - (clusters(text.slice(0, cursor)).at(-1)?.length ?? 0)
      case 'right':
        return cursor + (clusters(text.slice(cursor))[0]?.length ?? 0)
      case 'word-left':
        return back(
          text,
          back(text, cursor, (c) => !WORD.test(c)),
          (c) => WORD.test(c),
        )
      case 'word-right':
        return on(
          text,
          on(text, cursor, (c) => !WORD.test(c)),
          (c) => WORD.test(c),
        )
      case 'blank-left':
        return back(
          text,
          back(text, cursor, (c) => /\s/.test(c)),
          (c) => !/\s/.test(c),
        )
    }
  }
}

function back(text: string, from: number, while_: (c: string) => boolean): number {
  let at = from
  while (at > 0 && while_(text[at - 1] as string)) at--
  return at
}

function on(text: string, from: number, while_: (c: string) => boolean): number {
  let at = from
  while (at < text.length && while_(text[at] as string)) at++
  return at
}
