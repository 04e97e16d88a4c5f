import type { Regex } from '../regex/regex.ts'
import { awkPattern } from './patterns.ts'

/** How a stream of bytes is cut into records or a record into fields: RS and FS, compiled. */
export type Separator =
  | { readonly type: 'blanks' }
  | { readonly type: 'paragraphs' }
  | { readonly type: 'char'; readonly char: string }
  | { readonly type: 'pattern'; readonly regex: Regex }

const cache = new Map<string, Separator>()

function remembered(kind: string, text: string, make: () => Separator): Separator {
  const key = `${kind}${text}`
  let found = cache.get(key)
  if (found === undefined) {
    found = make()
    if (cache.size > 200) cache.clear()
    cache.set(key, found)
  }
  return found
}

/** FS, or split()'s third argument: one blank means runs of blanks, one character itself, more a pattern. */
export function fieldSeparator(text: string): Separator {
  return remembered('f', text, () => {
    if (text === ' ') return { type: 'blanks' }
    if (text.length === 1) return { type: 'char', char: text }
    return { type: 'pattern', regex: awkPattern(text) }
  })
}

export function recordSeparator(text: string): Separator {
  return remembered('r', text, () => {
    if (text === '') return { type: 'paragraphs' }
    if (text.length === 1) return { type: 'char', char: text }
    return { type: 'pattern', regex: awkPattern(text) }
  })
}

/** Cuts text into pieces. */
export function splitText(text: string, separator: Separator): string[] {
  if (text === '') return []
  switch (separator.type) {
    case 'blanks':
      return text.match(/[^ \t\n\v\f\r]+/g) ?? []
    case 'char':
      return text.split(separator.char)
    case 'paragraphs':
      return [...text]
    case 'pattern': {
      const pieces: string[] = []
      let from = 0
      for (let at = 0; at < text.length; ) {
        const found = separator.regex.exec(text, at)
        if (found === undefined) break
        if (found.end === found.start) {
          at = found.end + 1
          continue
        }
        pieces.push(text.slice(from, found.start))
        from = found.end
        at = from
      }
      pieces.push(text.slice(from))
      return pieces
    }
  }
}

/** A stream of bytes that gives one record at a time. */
export class RecordReader {
  private readonly more: () => Promise<string | undefined>
  private buffer = ''
  private ended = false

  constructor(more: () => Promise<string | undefined>) {
    this.more = more
  }

  async next(separator: Separator): Promise<string | undefined> {
    for (;;) {
      const found = this.cut(separator)
      if (found !== undefined) return found
      if (this.ended) return this.rest(separator)
      const piece = await this.more()
      if (piece === undefined) this.ended = true
      else this.buffer += piece
    }
  }

  private cut(separator: Separator): string | undefined {
    if (separator.type === 'paragraphs') {
      this.buffer = this.buffer.replace(/^\n+/, '')
      const found = /\n\n+/.exec(this.buffer)
      if (found === null || (!this.ended && found.index + found[0].length === this.buffer.length)) return undefined
      return this.take(found.index, found.index + found[0].length)
    }
    if (separator.type === 'char') {
      const at = this.buffer.indexOf(separator.char)
      return at < 0 ? undefined : this.take(at, at + 1)
    }
    if (separator.type === 'blanks') return undefined
    const found = separator.regex.exec(this.buffer)
    if (found === undefined || found.end === found.start) return undefined
    // It could go on in what is still to come.
    if (!this.ended && found.end === this.buffer.length) return undefined
    return this.take(found.start, found.end)
  }

  private rest(separator: Separator): string | undefined {
    if (this.buffer === '') return undefined
    const last = separator.type === 'char' ? this.buffer : this.buffer.replace(/\n$/, '')
    this.buffer = ''
    return last
  }

  private take(end: number, next: number): string {
    const record = this.buffer.slice(0, end)
    this.buffer = this.buffer.slice(next)
    return record
  }
}
