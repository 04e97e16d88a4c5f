import process from 'node:process'
import { SocketBackend } from '../tty/link.ts'

/** `--session -c LINE`: runs one line in a shell of its own in the app's attempt; the exit code is the line's. */
export function runJoinedLine(socket: string, token: string, node: string | undefined, line: string): Promise<number> {
  return new Promise((resolve) => {
    let sent = false
    const finish = (exit: number, words?: string) => {
      backend.end()
      if (words !== undefined) process.stderr.write(`chainwalk: ${words}\n`)
      resolve(exit)
    }
    const backend = new SocketBackend(
      socket,
      { token, join: node === undefined ? {} : { node }, columns: 0, rows: 0 },
      {
        output: (bytes, stderr) => void (stderr ? process.stderr : process.stdout).write(Buffer.from(bytes, 'latin1')),
        prompt: ({ exit }) => {
          if (sent) finish(exit ?? 0)
          else backend.line(line)
          sent = true
        },
        raw: () => {},
        notice: (text) => void process.stderr.write(`${text}\n`),
        closed: (exit) => finish(exit),
        refused: (reason) => finish(1, reason),
        lost: () => finish(1, 'the connection to the app is gone'),
      },
    )
  })
}
