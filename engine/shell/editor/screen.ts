import { encodeUtf8 } from '../../base/utf8.ts'
import type { EditRequest, Sink, Tty } from '../../cli/command.ts'
import type { CancelSignal } from '../../clock/clock.ts'
import { Editing, type Mode } from './editing.ts'
import { keysOf } from './keys.ts'
import { NanoKeys } from './nano-keys.ts'
import { ViKeys } from './vi-keys.ts'

/** The small editor of a plain terminal: a screen of text and a bottom line. Resolves with the exit code. */
export async function editOnScreen(tty: Tty, out: Sink, request: EditRequest, signal: CancelSignal): Promise<number> {
  const editing = new Editing(request)
  const mode: Mode = request.keys === 'vim' ? new ViKeys(editing) : new NanoKeys(editing)
  const view = { top: 0, left: 0 }
  const draw = () => out.write(encodeUtf8(screen(editing, mode, tty, view)))
  out.write('\x1b[?1049h')
  const exit = await new Promise<number>((resolve) => {
    const done = (code: number) => {
      stop()
      release()
      resolve(code)
    }
    const release = tty.grabKeys((data) => {
      editing.height = Math.max(1, tty.rows - 1)
      for (const key of keysOf(data)) {
        editing.message = ''
        if (editing.asking !== undefined) editing.answer(key)
        else mode.key(key)
        if (editing.exit !== undefined) return done(editing.exit)
      }
      draw()
    })
    const stop = signal.onAbort(() => done(1))
    draw()
  })
  out.write('\x1b[?1049l')
  return exit
}

/** The whole screen as one write: text, bottom line, cursor. */
function screen(editing: Editing, mode: Mode, tty: Tty, view: { top: number; left: number }): string {
  const { buffer, asking, message } = editing
  const height = Math.max(1, tty.rows - 1)
  const width = Math.max(10, tty.columns)
  if (buffer.row < view.top) view.top = buffer.row
  if (buffer.row >= view.top + height) view.top = buffer.row - height + 1
  if (buffer.column < view.left) view.left = buffer.column
  if (buffer.column >= view.left + width) view.left = buffer.column - width + 1
  const rows = buffer.lines.slice(view.top, view.top + height).map((line) => line.slice(view.left, view.left + width))
  while (rows.length < height) rows.push('~')
  const bottom = asking !== undefined ? asking.prompt + asking.text : message || mode.status() || `"${editing.request.name}"`
  const cursor =
    asking !== undefined
      ? `\x1b[${height + 1};${bottom.length + 1}H`
      : `\x1b[${buffer.row - view.top + 1};${buffer.column - view.left + 1}H`
  return `\x1b[H\x1b[2J${rows.join('\r\n')}\r\n${bottom.slice(0, width - 1)}${cursor}`
}
