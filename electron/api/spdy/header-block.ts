import { constants, inflateRawSync } from 'node:zlib'
import { DICTIONARY } from './dictionary.data.ts'

/** The peer broke the protocol: its connection ends. */
export class SpdyError extends Error {}

export type Headers = readonly (readonly [name: string, value: string])[]

const DICT = Buffer.from(DICTIONARY, 'base64')
const WINDOW = 32_768
const MAX_BLOCK = 64 * 1024
const MAX_HEADERS = 200
/** CMF and FLG of a zlib stream with a preset dictionary (RFC 1950). */
const ZLIB_WITH_DICTIONARY = Buffer.from([0x78, 0x20])
/** An empty stored block: where Z_SYNC_FLUSH ends, and Go's inflater hands out what it has. */
const SYNC_FLUSH = Buffer.from([0x00, 0x00, 0x00, 0xff, 0xff])
const DICT_ID = Buffer.alloc(4)
DICT_ID.writeUInt32BE(adler32(DICT))

function adler32(bytes: Buffer): number {
  let [a, b] = [1, 0]
  for (const byte of bytes) {
    a = (a + byte) % 65_521
    b = (b + a) % 65_521
  }
  return b * 65_536 + a
}

/** Reads header blocks: one zlib stream for a whole connection, flushed after every block. */
export class HeaderReader {
  private begun = false
  /** What later blocks may refer back to. */
  private window: Buffer = DICT

  read(block: Buffer): Headers {
    let deflated = block
    if (!this.begun) {
      if (block.length < 6 || ((block[0] as number) & 0x0f) !== 8 || block.readUInt16BE(0) % 31 !== 0)
        throw new SpdyError('a header block that is not zlib')
      const preset = ((block[1] as number) & 0x20) !== 0
      if (preset && !block.subarray(2, 6).equals(DICT_ID)) throw new SpdyError('another dictionary')
      if (!preset) this.window = Buffer.alloc(0)
      deflated = block.subarray(preset ? 6 : 2)
      this.begun = true
    }
    let text: Buffer
    try {
      // Every block ends on a byte, so it can be read by itself with what came before as its dictionary.
      text = inflateRawSync(deflated, {
        ...(this.window.length > 0 && { dictionary: this.window }),
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: MAX_BLOCK,
      })
    } catch (error) {
      throw new SpdyError(`a header block that does not inflate: ${(error as Error).message}`)
    }
    this.window = Buffer.concat([this.window, text]).subarray(-WINDOW)
    return parse(text)
  }
}

function parse(text: Buffer): Headers {
  let at = 0
  const number = () => {
    if (at + 4 > text.length) throw new SpdyError('a header block cut short')
    at += 4
    return text.readUInt32BE(at - 4)
  }
  const word = () => {
    const length = number()
    if (length > text.length - at) throw new SpdyError('a header block cut short')
    at += length
    return text.toString('utf8', at - length, at)
  }
  const count = number()
  if (count > MAX_HEADERS) throw new SpdyError(`${count} headers`)
  const headers: [string, string][] = []
  for (let i = 0; i < count; i++) {
    const name = word()
    // Several values of one name are parted by NUL.
    for (const value of word().split('\0')) headers.push([name, value])
  }
  return headers
}

/** Writes header blocks: stored, not squeezed, which every inflater reads; they are few and short. */
export class HeaderWriter {
  private begun = false

  write(headers: Headers): Buffer {
    const values = new Map<string, string[]>()
    for (const [name, value] of headers) values.set(name.toLowerCase(), [...(values.get(name.toLowerCase()) ?? []), value])
    const parts = [int32(values.size)]
    for (const [name, list] of values) {
      for (const word of [name, list.join('\0')]) {
        const bytes = Buffer.from(word, 'utf8')
        parts.push(int32(bytes.length), bytes)
      }
    }
    const text = Buffer.concat(parts)
    if (text.length > 0xffff) throw new SpdyError('too many headers')
    const stored = Buffer.alloc(5)
    stored.writeUInt16LE(text.length, 1)
    stored.writeUInt16LE(~text.length & 0xffff, 3)
    const start = this.begun ? [] : [ZLIB_WITH_DICTIONARY, DICT_ID]
    this.begun = true
    return Buffer.concat([...start, stored, text, SYNC_FLUSH])
  }
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
