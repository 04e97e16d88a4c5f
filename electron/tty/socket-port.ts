import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import type { Answer, FromHost, ToHost } from '../contract/tty.ts'
import type { FromShell, ShellPort } from './port.ts'

type Hello = Extract<ToHost, { hello: unknown }>['hello']

/** The shell at the other end of the host's socket. Rejects with the host's own words where it will not have us. */
export function connectShell(path: string, hello: Hello): Promise<ShellPort> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    const questions = new Map<number, (answer: never) => void>()
    const early: FromShell[] = []
    let listener: ((message: FromShell) => void) | undefined
    let next = 1
    let closed = false
    const send = (message: ToHost) => void socket.write(`${JSON.stringify(message)}\n`)
    const ask = <T extends Answer>(question: object) =>
      new Promise<T>((answer) => {
        const id = next++
        questions.set(id, answer as (answer: never) => void)
        send({ id, ...question } as ToHost)
      })
    const say = (message: FromShell) => {
      if ('closed' in message) closed = true
      if (listener === undefined) early.push(message)
      else listener(message)
    }
    const port: ShellPort = {
      needsMore: (text) => ask({ ask: 'needsMore', text }),
      expandHistory: (text) => ask({ ask: 'expandHistory', text }),
      complete: (line, cursor) => ask({ ask: 'complete', line, cursor }),
      line: (text) => send({ line: text }),
      key: (data) => send({ key: data }),
      signal: (signal) => send({ signal }),
      resize: (columns, rows) => send({ resize: { columns, rows } }),
      on: (each) => {
        listener = each
        for (const message of early.splice(0)) each(message)
      },
    }
    socket.on('connect', () => send({ hello }))
    socket.on('error', reject)
    // The host went away without a word: nothing more will come.
    socket.on('close', () => void (!closed && say({ closed: { exit: 1 } })))
    createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
      const message = JSON.parse(line) as FromHost
      if ('welcome' in message) resolve(port)
      else if ('refused' in message) {
        closed = true
        reject(new Error(message.refused))
      } else if ('answer' in message) {
        questions.get(message.id)?.(message.answer as never)
        questions.delete(message.id)
      } else say(message)
    })
  })
}
