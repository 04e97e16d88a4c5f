import process from 'node:process'
import type { ToHost } from '../contract/tty.ts'
import { TtyClient } from './client.ts'
import { SocketBackend } from './link.ts'
import { attachKeyboard, processScreen } from './terminal.ts'

type Hello = Extract<ToHost, { hello: unknown }>['hello']

/** Runs this terminal as a client of the host at `socket`; resolves to the exit code when the shell or the host is gone. */
export function joinHost(socket: string, who: Pick<Hello, 'token' | 'shell' | 'join'>): Promise<number> {
  const { columns, rows } = processScreen
  return new Promise((resolve) => {
    const finish = (exit: number, words?: string) => {
      detach()
      backend.end()
      if (words !== undefined) process.stderr.write(`${words}\n`)
      resolve(exit)
    }
    const backend = new SocketBackend(
      socket,
      { ...who, columns, rows },
      {
        output: (bytes) => client.output(bytes),
        prompt: (message) => client.shown(message),
        raw: (on) => client.raw(on),
        notice: (text) => client.notice(text),
        closed: (exit) => finish(exit),
        refused: (reason) => finish(1, `chainwalk: ${reason}`),
        lost: () => finish(1, 'chainwalk: the connection to the app is gone'),
      },
    )
    const client = new TtyClient(processScreen, backend)
    const detach = attachKeyboard(client)
  })
}
