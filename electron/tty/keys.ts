/** One thing that a person did at the keyboard. */
export type Key =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'paste'; readonly text: string }
  /** "ctrl-a", "alt-b", "up", "enter"… */
  | { readonly kind: 'key'; readonly name: string }

const SEQUENCES: Readonly<Record<string, string>> = {
  '[A': 'up',
  '[B': 'down',
  '[C': 'right',
  '[D': 'left',
  OA: 'up',
  OB: 'down',
  OC: 'right',
  OD: 'left',
  '[H': 'home',
  '[F': 'end',
  OH: 'home',
  OF: 'end',
  '[1~': 'home',
  '[7~': 'home',
  '[4~': 'end',
  '[8~': 'end',
  '[3~': 'delete',
  '[1;5C': 'alt-f',
  '[1;5D': 'alt-b',
  '[1;3C': 'alt-f',
  '[1;3D': 'alt-b',
  '[3;5~': 'alt-d',
  '[5~': 'pageup',
  '[6~': 'pagedown',
  '[Z': 'shift-tab',
}
const CONTROLS: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\x7f': 'backspace',
  '\b': 'backspace',
}
const PASTE_BEGIN = '\x1b[200~'
const PASTE_END = '\x1b[201~'

/** Takes keyboard input apart; what is not complete yet waits for the next chunk. */
export class KeyReader {
  private rest = ''
  private pasted: string | undefined

  push(chunk: string): Key[] {
    this.rest += chunk
    const keys: Key[] = []
    for (;;) {
      const key = this.next()
      if (key === undefined) return keys
      keys.push(key)
    }
  }

  private next(): Key | undefined {
    if (this.pasted !== undefined) return this.paste(this.pasted)
    const { rest } = this
    if (rest === '') return undefined
    if (rest.startsWith(PASTE_BEGIN)) {
      this.rest = rest.slice(PASTE_BEGIN.length)
      return this.paste('')
    }
    if (rest[0] === '\x1b') return this.escape()
    const text = /^[^\x00-\x1f\x7f]+/.exec(rest)?.[0]
    if (text !== undefined) {
      this.rest = rest.slice(text.length)
      return { kind: 'text', text }
    }
    this.rest = rest.slice(1)
    const ch = rest[0] as string
    return { kind: 'key', name: CONTROLS[ch] ?? `ctrl-${String.fromCharCode(ch.charCodeAt(0) + 96)}` }
  }

  private paste(before: string): Key | undefined {
    const end = this.rest.indexOf(PASTE_END)
    if (end < 0) {
      // The end mark may be cut by the chunk's end: keep its length back.
      const safe = Math.max(0, this.rest.length - PASTE_END.length + 1)
      this.pasted = before + this.rest.slice(0, safe)
      this.rest = this.rest.slice(safe)
      return undefined
    }
    const text = before + this.rest.slice(0, end)
    this.rest = this.rest.slice(end + PASTE_END.length)
    this.pasted = undefined
    return { kind: 'paste', text: text.replace(/\r\n?/g, '\n') }
  }

  private escape(): Key | undefined {
    const { rest } = this
    const sequence = /^\x1b(\[[\d;?]*[ -/]*[@-~]|O[@-~])/.exec(rest)
    if (sequence !== null) {
      this.rest = rest.slice(sequence[0].length)
      return { kind: 'key', name: SEQUENCES[sequence[1] as string] ?? 'unknown' }
    }
    if (/^\x1b(\[[\d;?]*|O)?$/.test(rest) && rest.length < 16) return undefined
    const next = [...rest.slice(1, 3)][0] ?? ''
    this.rest = rest.slice(1 + next.length)
    const name = next === '\x7f' || next === '\b' ? 'alt-backspace' : `alt-${next.toLowerCase()}`
    return { kind: 'key', name }
  }
}
