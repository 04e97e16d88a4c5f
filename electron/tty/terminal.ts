import process from 'node:process'
import type { Screen, TtyClient } from './client.ts'

/** The terminal this process runs in, as a screen. */
export const processScreen: Screen = {
  get columns() {
    return process.stdout.columns || 80
  },
  get rows() {
    return process.stdout.rows || 24
  },
  write: (text) => void process.stdout.write(text),
  writeBytes: (bytes) => void process.stdout.write(Buffer.from(bytes, 'latin1')),
}

/** Gives the keyboard to a client, until the returned function is called. */
export function attachKeyboard(client: TtyClient): () => void {
  const onData = (chunk: string) => client.input(chunk)
  const onResize = () => client.resized()
  process.stdin.setRawMode?.(true)
  process.stdin.setEncoding('utf8')
  process.stdin.on('data', onData)
  process.stdout.on('resize', onResize)
  return () => {
    process.stdin.off('data', onData)
    process.stdout.off('resize', onResize)
    process.stdout.write('\x1b[?2004l')
    process.stdin.setRawMode?.(false)
    process.stdin.pause()
  }
}
