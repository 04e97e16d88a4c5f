import type { Key } from './editor.ts'
import type { HistoryWalk } from './history.ts'

/** Ctrl-R: the newest line of the history that holds what is typed. */
export class ReverseSearch {
  readonly original: string
  text: string
  cursor: number
  private readonly walk: HistoryWalk
  private query = ''
  private index: number | undefined
  private failed = false

  constructor(walk: HistoryWalk, text: string) {
    this.walk = walk
    this.original = text
    this.text = text
    this.cursor = text.length
  }

  get prompt(): string {
    return `(${this.failed ? 'failed ' : ''}reverse-i-search)\`${this.query}': `
  }

  /** `leave`: the key ends the search and is to be handled as in any line. */
  press(key: Key): 'on' | 'run' | 'cancel' | 'accept' | 'leave' {
    if (key.ctrl && key.name === 'r') this.find(this.index)
    else if (key.ctrl && (key.name === 'g' || key.name === 'c')) return 'cancel'
    else if (key.name === 'return' || key.name === 'enter') return 'run'
    else if (key.name === 'escape') return 'accept'
    else if (key.name === 'backspace') {
      this.query = this.query.slice(0, -1)
      this.find()
    } else if (!key.ctrl && !key.meta && !/^[\x00-\x1f\x7f]/.test(key.sequence)) {
      this.query += key.sequence
      this.find(this.index === undefined ? undefined : this.index + 1)
    } else return 'leave'
    return 'on'
  }

  private find(before?: number): void {
    const found = this.query === '' ? undefined : this.walk.search(this.query, before)
    this.failed = found === undefined && this.query !== ''
    if (found === undefined) return
    this.index = found.index
    this.text = found.text
    this.cursor = found.text.indexOf(this.query)
  }
}
