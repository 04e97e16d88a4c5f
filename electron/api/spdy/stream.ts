import type { Frame } from './frames.ts'
import type { Headers } from './header-block.ts'

interface Wires {
  send(frame: Frame): void
  /** Both directions have ended. */
  done(): void
  counts(): boolean
  firstWindow(): number
}

const MAX_DATA = 32_768
const CANCEL = 5

/** One stream that the client opened. */
export class SpdyStream {
  readonly id: number
  private readonly wires: Wires
  private sent = 0
  private widened = 0
  private waiting: Buffer[] = []
  private ending = false
  private ended = false
  private heardEnd = false
  private gone = false
  /** What came before somebody listened. */
  private early: Buffer[] = []
  private listener: { data(bytes: Buffer): void; end(): void; lost(): void } | undefined

  constructor(id: number, wires: Wires) {
    this.id = id
    this.wires = wires
  }

  /** `lost`: the peer reset the stream, or the connection is gone. */
  listen(listener: { data(bytes: Buffer): void; end(): void; lost(): void }): void {
    this.listener = listener
    const { early } = this
    this.early = []
    for (const bytes of early) listener.data(bytes)
    if (this.heardEnd) listener.end()
    if (this.gone) listener.lost()
  }

  reply(headers: Headers = []): void {
    this.wires.send({ type: 'syn-reply', stream: this.id, fin: false, headers })
  }

  write(bytes: Buffer): void {
    if (this.ending || this.gone) return
    for (let from = 0; from < bytes.length; from += MAX_DATA) this.waiting.push(bytes.subarray(from, from + MAX_DATA))
    this.flush()
  }

  /** We send no more. */
  end(): void {
    if (this.ending || this.gone) return
    this.ending = true
    this.flush()
  }

  reset(): void {
    if (this.gone || (this.ended && this.heardEnd)) return
    this.gone = true
    this.wires.send({ type: 'rst-stream', stream: this.id, status: CANCEL })
    this.wires.done()
  }

  received(bytes: Buffer): void {
    if (this.heardEnd || this.gone) return
    if (this.listener === undefined) this.early.push(bytes)
    else this.listener.data(bytes)
  }

  receivedEnd(): void {
    if (this.heardEnd || this.gone) return
    this.heardEnd = true
    this.listener?.end()
    this.settle()
  }

  widen(delta: number): void {
    this.widened += delta
    this.flush()
  }

  lost(): void {
    if (this.gone) return
    this.gone = true
    this.waiting = []
    this.listener?.lost()
  }

  private flush(): void {
    while (this.waiting.length > 0) {
      const next = this.waiting[0] as Buffer
      const room = this.wires.counts() ? this.wires.firstWindow() + this.widened - this.sent : next.length
      if (room <= 0) return
      const data = next.subarray(0, room)
      if (data.length < next.length) this.waiting[0] = next.subarray(data.length)
      else this.waiting.shift()
      this.sent += data.length
      this.wires.send({ type: 'data', stream: this.id, fin: false, data })
    }
    if (!this.ending || this.ended) return
    this.ended = true
    this.wires.send({ type: 'data', stream: this.id, fin: true, data: Buffer.alloc(0) })
    this.settle()
  }

  private settle(): void {
    if (this.ended && this.heardEnd) this.wires.done()
  }
}
