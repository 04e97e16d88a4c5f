import { connect, type Socket } from 'node:net'
import type { Completion } from '../../engine/index.ts'
import type { Answer, FromHost, ToHost } from '../contract/tty.ts'
import { type Backend, encodeMessage, type PromptMessage } from './client.ts'

export interface LinkEvents {
  output(bytes: string, stderr?: boolean): void
  prompt(message: PromptMessage): void
  raw(on: boolean): void
  notice(text: string): void
  closed(exit: number): void
  refused(reason: string): void
  lost(): void
}

/** A shell behind the host's local socket. */
export class SocketBackend implements Backend {
  private readonly socket: Socket
  private readonly events: LinkEvents
  private readonly waiting = new Map<number, (answer: Answer) => void>()
  private nextId = 1
  private rest = ''
  private over = false

  constructor(path: string, hello: Extract<ToHost, { hello: unknown }>['hello'], events: LinkEvents) {
    this.events = events
    this.socket = connect(path)
    this.socket.setEncoding('utf8')
    this.socket.on('connect', () => this.send({ hello }))
    this.socket.on('data', (chunk: string) => this.receive(chunk))
    this.socket.on('error', () => this.socket.destroy())
    this.socket.on('close', () => {
      if (!this.over) events.lost()
    })
  }

  line(text: string): void {
    this.send({ line: text })
  }

  key(data: string): void {
    this.send({ key: data })
  }

  signal(signal: 'INT' | 'EOF'): void {
    this.send({ signal })
  }

  resize(columns: number, rows: number): void {
    this.send({ resize: { columns, rows } })
  }

  needsMore(text: string): Promise<boolean> {
    return this.ask((id) => ({ id, ask: 'needsMore', text })) as Promise<boolean>
  }

  expandHistory(text: string): ReturnType<Backend['expandHistory']> {
    return this.ask((id) => ({ id, ask: 'expandHistory', text })) as ReturnType<Backend['expandHistory']>
  }

  complete(line: string, cursor: number): Promise<Completion> {
    return this.ask((id) => ({ id, ask: 'complete', line, cursor })) as Promise<Completion>
  }

  end(): void {
    this.over = true
    this.socket.end()
  }

  private send(message: ToHost): void {
    if (this.socket.writable) this.socket.write(encodeMessage(message))
  }

  private ask(message: (id: number) => ToHost): Promise<Answer> {
    const id = this.nextId++
    return new Promise((resolve) => {
      this.waiting.set(id, resolve)
      this.send(message(id))
    })
  }

  private receive(chunk: string): void {
    const lines = (this.rest + chunk).split('\n')
    this.rest = lines.pop() ?? ''
    for (const line of lines) this.follow(JSON.parse(line) as FromHost)
  }

  private follow(message: FromHost): void {
    const { events } = this
    if ('output' in message) events.output(message.output, message.stderr)
    else if ('prompt' in message) events.prompt(message.prompt)
    else if ('raw' in message) events.raw(message.raw)
    else if ('notice' in message) events.notice(message.notice)
    else if ('answer' in message) {
      this.waiting.get(message.id)?.(message.answer)
      this.waiting.delete(message.id)
    } else if ('closed' in message || 'refused' in message) {
      this.over = true
      if ('closed' in message) events.closed(message.closed.exit)
      else events.refused(message.refused)
    }
  }
}
