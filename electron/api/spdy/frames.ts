import { HeaderReader, type Headers, HeaderWriter, SpdyError } from './header-block.ts'

/** The frames of SPDY/3.1 (protocol draft 3.1, section 2.6). */
export type Frame =
  | { readonly type: 'syn-stream'; readonly stream: number; readonly fin: boolean; readonly headers: Headers }
  | { readonly type: 'syn-reply'; readonly stream: number; readonly fin: boolean; readonly headers: Headers }
  | { readonly type: 'headers'; readonly stream: number; readonly fin: boolean; readonly headers: Headers }
  | { readonly type: 'rst-stream'; readonly stream: number; readonly status: number }
  | { readonly type: 'settings'; readonly initialWindow?: number }
  | { readonly type: 'ping'; readonly id: number }
  | { readonly type: 'goaway'; readonly last: number; readonly status: number }
  | { readonly type: 'window-update'; readonly stream: number; readonly delta: number }
  | { readonly type: 'data'; readonly stream: number; readonly fin: boolean; readonly data: Buffer }

const VERSION = 3
const HEAD = 8
const FIN = 1
const MAX_FRAME = 4 * 1024 * 1024
const STREAM_ID = 0x7fff_ffff
const SETTINGS_INITIAL_WINDOW_SIZE = 7

const TYPES = {
  'syn-stream': 1,
  'syn-reply': 2,
  'rst-stream': 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  headers: 8,
  'window-update': 9,
} as const

/** Turns bytes, however they are cut, into frames. Throws SpdyError at the first that is none; it is of no use after that. */
export class FrameReader {
  private readonly headers = new HeaderReader()
  private parts: Buffer[] = []
  private length = 0

  read(bytes: Buffer): Frame[] {
    this.parts.push(bytes)
    this.length += bytes.length
    const frames: Frame[] = []
    while (this.length >= HEAD) {
      // Joined only when a whole frame is there: pieces may be many and small.
      const head = this.peek(HEAD)
      const length = head.readUIntBE(5, 3)
      if (length > MAX_FRAME) throw new SpdyError(`a frame of ${length} bytes`)
      if (this.length < HEAD + length) break
      const frame = this.take(HEAD + length)
      const read = this.frame(frame, frame.subarray(HEAD))
      if (read !== undefined) frames.push(read)
    }
    return frames
  }

  private peek(count: number): Buffer {
    const [first] = this.parts
    if (first !== undefined && first.length >= count) return first
    const joined = Buffer.concat(this.parts)
    this.parts = [joined]
    return joined
  }

  private take(count: number): Buffer {
    const all = this.peek(count)
    const rest = all.subarray(count)
    if (rest.length > 0) this.parts[0] = rest
    else this.parts.shift()
    this.length -= count
    return all.subarray(0, count)
  }

  private frame(head: Buffer, body: Buffer): Frame | undefined {
    const first = head.readUInt32BE(0)
    const fin = ((head[4] as number) & FIN) !== 0
    if (first >>> 31 === 0) {
      if (first === 0) throw new SpdyError('data on stream 0')
      return { type: 'data', stream: first, fin, data: body }
    }
    const version = (first >>> 16) & 0x7fff
    if (version !== VERSION) throw new SpdyError(`SPDY version ${version}`)
    const number = (at: number) => {
      if (at + 4 > body.length) throw new SpdyError('a frame cut short')
      return body.readUInt32BE(at)
    }
    const stream = () => number(0) & STREAM_ID
    switch (first & 0xffff) {
      case TYPES['syn-stream']:
        number(6)
        return { type: 'syn-stream', stream: stream(), fin, headers: this.headers.read(body.subarray(10)) }
      case TYPES['syn-reply']:
        return { type: 'syn-reply', stream: stream(), fin, headers: this.headers.read(body.subarray(4)) }
      case TYPES.headers:
        return { type: 'headers', stream: stream(), fin, headers: this.headers.read(body.subarray(4)) }
      case TYPES['rst-stream']:
        return { type: 'rst-stream', stream: stream(), status: number(4) }
      case TYPES.settings:
        return settings(number)
      case TYPES.ping:
        return { type: 'ping', id: number(0) }
      case TYPES.goaway:
        return { type: 'goaway', last: stream(), status: number(4) }
      case TYPES['window-update']:
        return { type: 'window-update', stream: stream(), delta: number(4) & STREAM_ID }
      default:
        // Types that are not known are passed over (section 2.2.1).
        return undefined
    }
  }
}

function settings(number: (at: number) => number): Frame {
  const count = number(0)
  let initialWindow: number | undefined
  for (let i = 0; i < count; i++) {
    const id = number(4 + 8 * i) & 0xff_ffff
    const value = number(8 + 8 * i)
    if (id === SETTINGS_INITIAL_WINDOW_SIZE) initialWindow = value & STREAM_ID
  }
  return { type: 'settings', ...(initialWindow !== undefined && { initialWindow }) }
}

/** Turns frames into bytes. */
export class FrameWriter {
  private readonly headers = new HeaderWriter()

  write(frame: Frame): Buffer {
    switch (frame.type) {
      case 'data': {
        const head = Buffer.alloc(HEAD)
        head.writeUInt32BE(frame.stream, 0)
        head[4] = frame.fin ? FIN : 0
        head.writeUIntBE(frame.data.length, 5, 3)
        return Buffer.concat([head, frame.data])
      }
      case 'syn-stream':
        return control(frame.type, frame.fin, ints(frame.stream, 0), Buffer.alloc(2), this.headers.write(frame.headers))
      case 'syn-reply':
      case 'headers':
        return control(frame.type, frame.fin, ints(frame.stream), this.headers.write(frame.headers))
      case 'rst-stream':
      case 'goaway':
        return control(frame.type, false, ints(frame.type === 'goaway' ? frame.last : frame.stream, frame.status))
      case 'settings':
        return frame.initialWindow === undefined
          ? control(frame.type, false, ints(0))
          : control(frame.type, false, ints(1, SETTINGS_INITIAL_WINDOW_SIZE, frame.initialWindow))
      case 'ping':
        return control(frame.type, false, ints(frame.id))
      case 'window-update':
        return control(frame.type, false, ints(frame.stream, frame.delta))
    }
  }
}

function control(type: keyof typeof TYPES, fin: boolean, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const head = Buffer.alloc(HEAD)
  head.writeUInt16BE(0x8000 | VERSION, 0)
  head.writeUInt16BE(TYPES[type], 2)
  head[4] = fin ? FIN : 0
  head.writeUIntBE(body.length, 5, 3)
  return Buffer.concat([head, body])
}

function ints(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, 4 * i)
  return bytes
}
