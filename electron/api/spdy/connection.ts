import { type Frame, FrameReader, FrameWriter } from './frames.ts'
import { type Headers, SpdyError } from './header-block.ts'
import { SpdyStream } from './stream.ts'

/** What carries the bytes: a socket, or the messages of a WebSocket. */
export interface Transport {
  write(bytes: Buffer): void
  end(): void
}

const PROTOCOL_ERROR = 1
const REFUSED_STREAM = 3
const FIRST_WINDOW = 65_536
const MOST_STREAMS = 1000

/** The server's side of one SPDY connection: streams that the client opens, until either side ends it. */
export class SpdyConnection {
  private readonly transport: Transport
  private readonly opened: (stream: SpdyStream, headers: Headers) => void
  private readonly reader = new FrameReader()
  private readonly writer = new FrameWriter()
  private readonly streams = new Map<number, SpdyStream>()
  private last = 0
  private over = false
  /**
   * Whether the peer counts windows. Go's spdystream does not and takes no such frames; a peer that does shows it by sending one.
   */
  private counts = false
  private firstWindow = FIRST_WINDOW
  onClose: () => void = () => {}

  constructor(transport: Transport, opened: (stream: SpdyStream, headers: Headers) => void) {
    this.transport = transport
    this.opened = opened
  }

  /** Streams that are open. */
  get size(): number {
    return this.streams.size
  }

  /** Bytes from the peer. What is no SPDY ends the connection. */
  receive(bytes: Buffer): void {
    if (this.over) return
    try {
      for (const frame of this.reader.read(bytes)) this.follow(frame)
    } catch (error) {
      if (!(error instanceof SpdyError)) throw error
      this.send({ type: 'goaway', last: this.last, status: PROTOCOL_ERROR })
      this.close()
    }
  }

  /** The connection is over, from our side or because the transport is gone. */
  close(): void {
    if (this.over) return
    this.over = true
    const streams = [...this.streams.values()]
    this.streams.clear()
    for (const stream of streams) stream.lost()
    this.transport.end()
    this.onClose()
  }

  send(frame: Frame): void {
    if (!this.over) this.transport.write(this.writer.write(frame))
  }

  private follow(frame: Frame): void {
    if (this.over) return
    if (frame.type === 'syn-stream') this.open(frame)
    else if (frame.type === 'data') this.data(frame)
    else if (frame.type === 'rst-stream') {
      const stream = this.streams.get(frame.stream)
      this.streams.delete(frame.stream)
      stream?.lost()
    } else if (frame.type === 'headers') {
      if (frame.fin) this.streams.get(frame.stream)?.receivedEnd()
    } else if (frame.type === 'window-update') {
      this.counts = true
      this.streams.get(frame.stream)?.widen(frame.delta)
    } else if (frame.type === 'settings') {
      if (frame.initialWindow === undefined) return
      this.counts = true
      this.firstWindow = frame.initialWindow
    } else if (frame.type === 'ping') {
      // The client's own pings have odd numbers (section 2.6.5).
      if (frame.id % 2 === 1) this.send(frame)
    } else if (frame.type === 'goaway') this.goneAway()
  }

  private open({ stream: id, fin, headers }: Extract<Frame, { type: 'syn-stream' }>): void {
    if (id % 2 === 0 || id <= this.last) throw new SpdyError(`stream ${id} after ${this.last}`)
    this.last = id
    if (this.streams.size >= MOST_STREAMS) {
      this.send({ type: 'rst-stream', stream: id, status: REFUSED_STREAM })
      return
    }
    const stream = new SpdyStream(id, {
      send: (frame) => this.send(frame),
      done: () => this.streams.delete(id),
      counts: () => this.counts,
      firstWindow: () => this.firstWindow,
    })
    this.streams.set(id, stream)
    this.opened(stream, headers)
    if (fin) stream.receivedEnd()
  }

  private data({ stream: id, fin, data }: Extract<Frame, { type: 'data' }>): void {
    const stream = this.streams.get(id)
    // Data may cross with our reset of its stream.
    if (stream === undefined) return
    if (data.length > 0) {
      stream.received(data)
      if (this.counts) this.send({ type: 'window-update', stream: id, delta: data.length })
    }
    if (fin) stream.receivedEnd()
  }

  /** The peer opens no more: done once its streams are. */
  private goneAway(): void {
    if (this.streams.size === 0) this.close()
  }
}
