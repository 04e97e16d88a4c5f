import { randomUUID } from 'node:crypto'
import type { ApiRequest, ApiUser, Input } from '../../engine/index.ts'
import type { ApiReply, ApiSaid, CallMap, StreamEvent } from '../emulator/protocol.ts'
import type {
  ApiBackend,
  ExecHandle,
  ExecListener,
  ForwardHandle,
  ForwardListener,
  WatchHandle,
  WatchListener,
} from './backend.ts'
import { statusReply } from './status.ts'

export type SessionCall = 'apiRead' | 'apiWatch' | 'apiBookmark' | 'apiUnwatch'

/** How a session is asked: an emulator process through its attempt, or a session in this process. */
export interface SessionWire {
  ask<C extends SessionCall>(call: C, args: CallMap[C]['args']): Promise<CallMap[C]['result']>
  /** Inputs reach the session in the order of the calls. */
  apply(input: Input): Promise<ApiReply | null>
}

interface Stream {
  event(event: StreamEvent): void
  gone(): void
}

/** The API of one session: reads are asked for, writes and streams are inputs of the session's journal. */
export class EmulatedApi implements ApiBackend {
  private readonly wire: SessionWire
  private readonly watches = new Map<number, WatchListener>()
  private readonly streams = new Map<string, Stream>()
  private nextWatch = 1

  constructor(wire: SessionWire) {
    this.wire = wire
  }

  /** What clients have open now. */
  get open(): { readonly watches: number; readonly streams: number } {
    return { watches: this.watches.size, streams: this.streams.size }
  }

  async request(user: ApiUser, request: ApiRequest): Promise<ApiReply> {
    if (request.method === 'GET') return await this.wire.ask('apiRead', { user, request })
    const reply = await this.wire.apply({ type: 'api', user, request })
    return reply ?? statusReply(500, 'InternalError', 'Internal error occurred: the emulator ended before it answered')
  }

  async watch(user: ApiUser, request: ApiRequest, listener: WatchListener): Promise<WatchHandle | ApiReply> {
    const watch = this.nextWatch++
    // Known before it is asked for: the first events may be here before the answer.
    this.watches.set(watch, listener)
    try {
      const refused = await this.wire.ask('apiWatch', { watch, user, request })
      if (refused !== null) {
        this.watches.delete(watch)
        return refused
      }
    } catch (error) {
      this.watches.delete(watch)
      throw error
    }
    return {
      bookmark: () => void this.wire.ask('apiBookmark', { watch }).catch(() => {}),
      stop: () => {
        if (this.watches.delete(watch)) this.wire.ask('apiUnwatch', { watch }).catch(() => {})
      },
    }
  }

  async exec(user: ApiUser, request: ApiRequest, listener: ExecListener): Promise<ExecHandle | ApiReply> {
    const stream = randomUUID()
    this.streams.set(stream, {
      event: (event) => {
        if (event.type === 'stream') listener.output(event.from, event.data)
        else {
          this.streams.delete(stream)
          listener.ended(event.status)
        }
      },
      gone: () => listener.ended(undefined),
    })
    const refused = await this.opened(stream, { type: 'stream', stream, user, request })
    if (refused !== null) return refused
    return {
      write: (data) => this.tell({ type: 'streamData', stream, data }),
      end: () => this.tell({ type: 'streamEnd', stream }),
      resize: (columns, rows) => this.tell({ type: 'streamResize', stream, columns, rows }),
      close: () => this.close(stream),
    }
  }

  async forward(user: ApiUser, request: ApiRequest): Promise<ForwardHandle | ApiReply> {
    const stream = randomUUID()
    const connections = new Map<number, ForwardListener>()
    let gone = () => {}
    let next = 1
    const over = () => {
      for (const connection of connections.values()) connection.ended(undefined)
      connections.clear()
      gone()
    }
    this.streams.set(stream, {
      event: (event) => {
        if (event.connection === undefined) {
          this.streams.delete(stream)
          over()
          return
        }
        const listener = connections.get(event.connection)
        if (event.type === 'stream') listener?.data(event.data)
        else {
          connections.delete(event.connection)
          listener?.ended(event.error)
        }
      },
      gone: over,
    })
    const refused = await this.opened(stream, { type: 'stream', stream, user, request, forward: true })
    if (refused !== null) return refused
    return {
      connect: (port, listener) => {
        const connection = next++
        connections.set(connection, listener)
        this.tell({ type: 'streamConnect', stream, connection, port })
        return {
          write: (data) => this.tell({ type: 'streamData', stream, connection, data }),
          end: () => this.tell({ type: 'streamEnd', stream, connection }),
          close: () => {
            if (connections.delete(connection)) this.tell({ type: 'streamClose', stream, connection })
          },
        }
      },
      close: () => this.close(stream),
      onGone: (listener) => {
        gone = listener
      },
    }
  }

  /** Of what is open, as the session says it. */
  said(message: ApiSaid): void {
    if ('watched' in message) this.watches.get(message.watched)?.text(message.text)
    else if ('unwatched' in message) this.endWatch(message.unwatched)
    else this.streams.get(message.stream.stream)?.event(message.stream)
  }

  /** The session is another one now, or none: nothing that was open goes on. */
  lost(): void {
    for (const watch of [...this.watches.keys()]) this.endWatch(watch)
    const streams = [...this.streams.values()]
    this.streams.clear()
    for (const stream of streams) stream.gone()
  }

  private endWatch(watch: number): void {
    const listener = this.watches.get(watch)
    this.watches.delete(watch)
    listener?.ended()
  }

  private async opened(stream: string, input: Extract<Input, { type: 'stream' }>): Promise<ApiReply | null> {
    try {
      const refused = await this.wire.apply(input)
      if (refused !== null) this.streams.delete(stream)
      return refused
    } catch (error) {
      this.streams.delete(stream)
      throw error
    }
  }

  private close(stream: string): void {
    if (this.streams.delete(stream)) this.tell({ type: 'streamClose', stream })
  }

  private tell(input: Input): void {
    this.wire.apply(input).catch(() => {})
  }
}
