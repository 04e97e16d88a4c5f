import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { type FromHost, MAX_TTY_LINE, type ToHost } from '../contract/tty.ts'

/** A connected tty client. */
export interface TtyLink {
  send(message: FromHost): void
  end(): void
}

export interface TtyHandler {
  message(message: Exclude<ToHost, { hello: unknown }>): void
  gone(): void
}

type Hello = Extract<ToHost, { hello: unknown }>['hello']

/** Who is on the other side, judged by the hello: a handler, or the reason why not. */
export type Welcome = (hello: Hello, link: TtyLink) => Promise<{ shell: string; handler: TtyHandler } | { refused: string }>

/** The local socket of tty clients: in a folder of the user's own, mode 0600, a token asked before anything else. */
export class TtyServer {
  readonly path: string
  private readonly folder: string | undefined
  private readonly server: Server
  private readonly sockets = new Set<Socket>()

  constructor(welcome: Welcome) {
    if (process.platform === 'win32') this.path = `\\\\.\\pipe\\chainwalk-${randomBytes(12).toString('hex')}`
    else {
      // mkdtemp makes it 0700; a data folder's path may be longer than a socket's address can be.
      this.folder = mkdtempSync(join(process.env.XDG_RUNTIME_DIR || tmpdir(), 'chainwalk-'))
      this.path = join(this.folder, 'tty')
    }
    this.server = createServer((socket) => this.accept(socket, welcome))
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen(this.path, () => {
        if (process.platform !== 'win32') chmodSync(this.path, 0o600)
        resolve()
      })
    })
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise<void>((resolve) => this.server.close(() => resolve()))
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true })
  }

  private accept(socket: Socket, welcome: Welcome): void {
    this.sockets.add(socket)
    socket.setEncoding('utf8')
    const link: TtyLink = {
      send: (message) => void (socket.writable && socket.write(`${JSON.stringify(message)}\n`)),
      end: () => void socket.end(),
    }
    let handler: Promise<TtyHandler | undefined> | undefined
    const refuse = (reason: string) => {
      link.send({ refused: reason })
      socket.end()
      return undefined
    }
    const greet = async (message: ToHost): Promise<TtyHandler | undefined> => {
      if (!('hello' in message) || typeof message.hello?.token !== 'string') return refuse('a hello with a token comes first')
      const answer = await welcome(message.hello, link)
      if ('refused' in answer) return refuse(answer.refused)
      return answer.handler
    }
    readLines(socket, (line) => {
      let message: ToHost
      try {
        message = JSON.parse(line) as ToHost
      } catch {
        refuse('not a message')
        return
      }
      if (handler === undefined) handler = greet(message)
      else handler.then((h) => h?.message(message as never))
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.sockets.delete(socket)
      handler?.then((h) => h?.gone())
    })
  }
}

/** Calls `each` with every line; a line beyond the protocol's limit ends the connection. */
function readLines(socket: Socket, each: (line: string) => void): void {
  let parts: string[] = []
  let length = 0
  socket.on('data', (chunk: string) => {
    let from = 0
    for (let at = chunk.indexOf('\n'); at >= 0; at = chunk.indexOf('\n', from)) {
      parts.push(chunk.slice(from, at))
      each(parts.join(''))
      parts = []
      length = 0
      from = at + 1
    }
    parts.push(chunk.slice(from))
    length += chunk.length - from
    if (length > MAX_TTY_LINE) socket.destroy()
  })
}
