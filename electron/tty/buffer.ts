/** The line being edited and its cursor, with what was last cut; the editing keys of bash's emacs mode. */
export class EditBuffer {
  text = ''
  cursor = 0
  private killed = ''
  private killing = false

  set(text: string, cursor = text.length): void {
    this.text = text
    this.cursor = cursor
  }

  insert(text: string): void {
    this.text = this.text.slice(0, this.cursor) + text + this.text.slice(this.cursor)
    this.cursor += text.length
  }

  /** Performs an editing key; false when it is none. */
  key(name: string): boolean {
    const edit = EDITS[name]
    if (edit === undefined) return false
    const killsBefore = this.killing
    this.killing = false
    edit(this, killsBefore)
    return true
  }

  left(): void {
    if (this.cursor > 0) this.cursor -= before(this.text, this.cursor)
  }

  right(): void {
    if (this.cursor < this.text.length) this.cursor += after(this.text, this.cursor)
  }

  /** Cuts from here to `to`; cuts in a row are kept as one. */
  kill(to: number, append: boolean): void {
    const [from, end] = to < this.cursor ? [to, this.cursor] : [this.cursor, to]
    const cut = this.text.slice(from, end)
    this.killed = append ? (to < this.cursor ? cut + this.killed : this.killed + cut) : cut
    this.killing = true
    this.text = this.text.slice(0, from) + this.text.slice(end)
    this.cursor = from
  }

  yank(): void {
    this.insert(this.killed)
  }

  wordLeft(blank: RegExp): number {
    let i = this.cursor
    while (i > 0 && blank.test(this.text[i - 1] as string)) i--
    while (i > 0 && !blank.test(this.text[i - 1] as string)) i--
    return i
  }

  wordRight(): number {
    let i = this.cursor
    while (i < this.text.length && NO_WORD.test(this.text[i] as string)) i++
    while (i < this.text.length && !NO_WORD.test(this.text[i] as string)) i++
    return i
  }

  remove(from: number, to: number): void {
    this.text = this.text.slice(0, from) + this.text.slice(to)
    this.cursor = from
  }

  /** Ctrl-T: the two characters before the cursor change places. */
  transpose(): void {
    const at = Math.min(this.cursor, this.text.length - 1)
    if (at < 1) return
    const { text } = this
    this.set(text.slice(0, at - 1) + text[at] + text[at - 1] + text.slice(at + 1), at + 1)
  }
}

const NO_WORD = /[^\p{L}\p{N}]/u
const BLANK = /\s/

type Edit = (buffer: EditBuffer, killsBefore: boolean) => void

const toStart: Edit = (b) => {
  b.cursor = b.text.lastIndexOf('\n', b.cursor - 1) + 1
}
const toEnd: Edit = (b) => {
  const end = b.text.indexOf('\n', b.cursor)
  b.cursor = end < 0 ? b.text.length : end
}
const backspace: Edit = (b) => {
  if (b.cursor > 0) b.remove(b.cursor - before(b.text, b.cursor), b.cursor)
}
const remove: Edit = (b) => {
  if (b.cursor < b.text.length) b.remove(b.cursor, b.cursor + after(b.text, b.cursor))
}

const EDITS: Readonly<Record<string, Edit>> = {
  left: (b) => b.left(),
  'ctrl-b': (b) => b.left(),
  right: (b) => b.right(),
  'ctrl-f': (b) => b.right(),
  home: toStart,
  'ctrl-a': toStart,
  end: toEnd,
  'ctrl-e': toEnd,
  backspace,
  'ctrl-h': backspace,
  delete: remove,
  'ctrl-d': remove,
  'ctrl-w': (b, more) => b.kill(b.wordLeft(BLANK), more),
  'alt-backspace': (b, more) => b.kill(b.wordLeft(NO_WORD), more),
  'alt-d': (b, more) => b.kill(b.wordRight(), more),
  'ctrl-u': (b, more) => b.kill(0, more),
  'ctrl-k': (b, more) => b.kill(b.text.length, more),
  'ctrl-y': (b) => b.yank(),
  'ctrl-t': (b) => b.transpose(),
  'alt-b': (b) => {
    b.cursor = b.wordLeft(NO_WORD)
  },
  'alt-f': (b) => {
    b.cursor = b.wordRight()
  },
}

/** UTF-16 units of the character that ends at `i`, its combining marks with it. */
function before(text: string, i: number): number {
  return (
    i -
    (/(?:[\ud800-\udbff][\udc00-\udfff]|[\s\S])[\u0300-\u036f]*$/.exec(text.slice(Math.max(0, i - 16), i))?.index ?? 0) -
    Math.max(0, i - 16)
  )
}

function after(text: string, i: number): number {
  return /^(?:[\ud800-\udbff][\udc00-\udfff]|[\s\S])[\u0300-\u036f]*/.exec(text.slice(i, i + 16))?.[0].length ?? 1
}
