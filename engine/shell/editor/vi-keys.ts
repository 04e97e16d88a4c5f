import type { TextBuffer } from './buffer.ts'
import type { Editing, Mode } from './editing.ts'
import { exCommand } from './ex.ts'
import { type Key, nameOf } from './keys.ts'

/** A key of normal mode: what it does, how often, and whether a count was typed. */
type Act = (vi: ViKeys, times: number, numbered: boolean) => void

const MOVES: Readonly<Record<string, Key>> = { h: 'left', j: 'down', k: 'up', l: 'right', '0': 'home', $: 'end' }

const insertAt = (vi: ViKeys, column: number) => {
  vi.buffer.remember()
  vi.buffer.go(vi.buffer.row, column)
  vi.inserting = true
}

const openLine = (vi: ViKeys, row: number) => {
  const { buffer } = vi
  buffer.remember()
  const indent = /^ */.exec(buffer.line)?.[0] ?? ''
  buffer.replaceLines(row, 0, [indent])
  buffer.go(row, indent.length)
  vi.inserting = true
}

const removeHere = ({ buffer }: ViKeys, count: number) => {
  buffer.remember()
  if (buffer.column < buffer.line.length) buffer.remove(count)
}

const put = ({ buffer, register }: ViKeys, row: number) => {
  buffer.remember()
  buffer.replaceLines(row, 0, register)
  buffer.go(row, 0)
}

const ACTS: Readonly<Record<string, Act>> = {
  i: (vi) => insertAt(vi, vi.buffer.column),
  a: (vi) => insertAt(vi, vi.buffer.column + 1),
  I: (vi) => insertAt(vi, vi.buffer.line.search(/\S|$/)),
  A: (vi) => insertAt(vi, vi.buffer.line.length),
  o: (vi) => openLine(vi, vi.buffer.row + 1),
  O: (vi) => openLine(vi, vi.buffer.row),
  x: (vi, times) => removeHere(vi, times),
  D: (vi) => removeHere(vi, vi.buffer.line.length),
  p: (vi) => put(vi, vi.buffer.row + 1),
  P: (vi) => put(vi, vi.buffer.row),
  G: ({ buffer }, times, numbered) => buffer.go(numbered ? times - 1 : buffer.lines.length - 1, 0),
  w: ({ buffer }, times) => forward(buffer, times),
  b: ({ buffer }, times) => backward(buffer, times),
  u: ({ buffer, editing }) => {
    if (!buffer.undo()) editing.message = 'Already at oldest change'
  },
  '/': (vi) =>
    vi.editing.ask('/', (text) => {
      vi.needle = text || vi.needle
      vi.editing.search(vi.needle)
    }),
  n: (vi) => vi.editing.search(vi.needle),
  ':': ({ editing }) => editing.ask(':', (text) => exCommand(editing, text)),
}

/** Keys after an operator: "dd", "yy", "gg", "ZZ". */
const PAIRS: Readonly<Record<string, Act>> = {
  gg: ({ buffer }) => buffer.go(0, 0),
  ZZ: ({ editing }) => {
    if (!editing.changed || editing.save()) editing.exit = 0
  },
  ZQ: ({ editing }) => {
    editing.exit = 0
  },
  yy: (vi, times) => {
    vi.register = vi.buffer.lines.slice(vi.buffer.row, vi.buffer.row + times)
  },
  dd: (vi, times) => cutLines(vi, times),
  dG: (vi) => cutLines(vi, vi.buffer.lines.length),
  d$: (vi) => removeHere(vi, vi.buffer.line.length),
  dw: (vi) => removeHere(vi, /^(?:\w+|[^\w\s]+|\s+)\s*/.exec(vi.buffer.line.slice(vi.buffer.column))?.[0].length ?? 1),
}

function cutLines(vi: ViKeys, count: number): void {
  vi.buffer.remember()
  vi.register = vi.buffer.cut(vi.buffer.row, count)
}

function forward(buffer: TextBuffer, times: number): void {
  for (let i = 0; i < times; i++) {
    const step = /^(?:\w+|[^\w\s]+)?\s*/.exec(buffer.line.slice(buffer.column))?.[0].length ?? 0
    if (buffer.column + step >= buffer.line.length) buffer.go(buffer.row + 1, 0)
    else buffer.go(buffer.row, buffer.column + step)
  }
}

function backward(buffer: TextBuffer, times: number): void {
  for (let i = 0; i < times; i++) {
    const before = /(?:\w+|[^\w\s]+)\s*$/.exec(buffer.line.slice(0, buffer.column))
    if (before === null) buffer.go(buffer.row - 1, Number.MAX_SAFE_INTEGER)
    else buffer.go(buffer.row, before.index)
  }
}

/** The keys of vi that an edit in a plain terminal needs: moving, inserting, deleting and copying lines, undo, search, `:` commands. */
export class ViKeys implements Mode {
  inserting = false
  register: readonly string[] = []
  needle = ''
  readonly editing: Editing
  private count = ''
  private operator = ''

  constructor(editing: Editing) {
    this.editing = editing
  }

  get buffer(): TextBuffer {
    return this.editing.buffer
  }

  status(): string {
    return this.inserting ? '-- INSERT --' : `${this.count}${this.operator}`
  }

  key(key: string): void {
    if (this.inserting) this.insertKey(key)
    else if (/^[1-9]$/.test(key) || (key === '0' && this.count !== '')) this.count += key
    else this.normalKey(key)
  }

  private insertKey(key: string): void {
    const { editing, buffer } = this
    if (nameOf(key) === 'escape' || key === '\x03') {
      this.inserting = false
      buffer.go(buffer.row, buffer.column - 1)
    } else if (!editing.move(nameOf(key))) editing.type(key)
  }

  private normalKey(key: string): void {
    const { editing, buffer, count, operator } = this
    if (operator === '' && ['d', 'y', 'g', 'Z'].includes(key)) {
      this.operator = key
      return
    }
    this.count = ''
    this.operator = ''
    const times = Number(count || '1')
    const move = operator === '' ? (MOVES[key] ?? nameOf(key)) : undefined
    for (let i = 0; i < times && move !== undefined; i++) editing.move(move)
    const act = operator === '' ? ACTS[key] : PAIRS[operator + key]
    act?.(this, times, count !== '')
    // In normal mode the cursor stands on a character, not behind the last one.
    if (!this.inserting) buffer.go(buffer.row, Math.min(buffer.column, Math.max(0, buffer.line.length - 1)))
  }
}
