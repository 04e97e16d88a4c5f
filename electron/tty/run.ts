import { emitKeypressEvents } from 'node:readline'
import { PassThrough } from 'node:stream'
import type { ReadStream, WriteStream } from 'node:tty'
import { type Key, LineEditor } from './editor.ts'
import type { FromShell, ShellPort } from './port.ts'
import { Screen } from './screen.ts'

const PASTE_ON = '\x1b[?2004h'
const PASTE_OFF = '\x1b[?2004l'

type Mode = 'edit' | 'running' | 'raw'

/** Connects a real terminal to a shell until the shell closes; gives its exit code. */
export function runTerminal(shell: ShellPort, input: ReadStream, output: WriteStream): Promise<number> {
  const screen = new Screen(output)
  const editor = new LineEditor(shell, screen, output)
  const decoder = new PassThrough()
  let mode: Mode = 'running'
  /** Typed while a command ran: the next prompt gets it. */
  let ahead = ''
  let keys: Promise<void> = Promise.resolve()

  emitKeypressEvents(decoder)
  decoder.on('keypress', (_: string | undefined, key: Key) => {
    keys = keys.then(() => press(key))
  })

  const press = async (key: Key) => {
    if (mode !== 'edit') {
      if (key.sequence === '\x03') shell.signal('INT')
      else ahead += key.sequence
      return
    }
    const edited = await editor.press(key)
    if (edited === undefined) return
    mode = 'running'
    output.write(PASTE_OFF)
    if ('line' in edited) shell.line(edited.line)
    else shell.signal('EOF')
  }

  /** The terminal's own line discipline, for what is typed while a command runs. */
  const whileRunning = (text: string) => {
    for (const char of text) {
      if (char === '\x03') {
        ahead = ''
        output.write('^C')
        shell.signal('INT')
      } else if (char === '\x04') shell.signal('EOF')
      else {
        ahead += char
        output.write(char === '\r' ? '\r\n' : char === '\x1b' ? '^[' : char)
      }
    }
  }

  input.setRawMode?.(true)
  input.on('data', (data: Buffer) => {
    if (mode === 'raw') shell.key(data.toString('utf8'))
    else if (mode === 'running') whileRunning(data.toString('utf8'))
    else decoder.write(data)
  })
  output.on('resize', () => {
    shell.resize(output.columns, output.rows)
    if (mode === 'edit') editor.draw()
  })

  return new Promise((resolve) => {
    const end = (exit: number) => {
      output.write(PASTE_OFF)
      input.setRawMode?.(false)
      input.pause()
      resolve(exit)
    }
    const say = (message: FromShell) => {
      if ('output' in message) {
        const bytes = Buffer.from(message.output, 'latin1')
        if (mode === 'edit') {
          screen.interrupt('')
          output.write(bytes)
          editor.draw()
        } else output.write(bytes)
      } else if ('notice' in message) {
        const text = `\x1b[2m── ${message.notice}\x1b[0m\r\n`
        if (mode === 'edit') {
          screen.interrupt(text)
          editor.draw()
        } else output.write(`\r\n${text}`)
      } else if ('raw' in message) {
        if (message.raw) mode = 'raw'
        else if (mode === 'raw') mode = 'running'
      } else if ('prompt' in message) {
        const { prompt, history } = message.prompt
        if (mode === 'edit') editor.renew(prompt, history)
        else {
          mode = 'edit'
          output.write(PASTE_ON)
          editor.begin(prompt, history)
          const typed = ahead
          ahead = ''
          if (typed !== '') decoder.write(typed)
        }
      } else end(message.closed.exit)
    }
    shell.on(say)
  })
}
