import { constants, createDeflate } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SpdyConnection } from './connection.ts'
import { DICTIONARY } from './dictionary.data.ts'
import { type Frame, FrameReader, FrameWriter } from './frames.ts'
import { HeaderReader, SpdyError } from './header-block.ts'

const id = fc.integer({ min: 1, max: 0x7fff_ffff })
const status = fc.integer({ min: 0, max: 0xffff_ffff })
const word = fc.string({ unit: fc.constantFrom(...'abcxyz-0189'), minLength: 1, maxLength: 12 })
const headers = fc.uniqueArray(
  fc.tuple(
    word,
    fc.string({ unit: 'grapheme', maxLength: 20 }).map((v) => v.replaceAll('\0', '')),
  ),
  {
    selector: ([name]) => name,
    maxLength: 5,
  },
)
const withHeaders = (type: 'syn-stream' | 'syn-reply' | 'headers') =>
  fc.record({ type: fc.constant(type), stream: id, fin: fc.boolean(), headers })
const frame: fc.Arbitrary<Frame> = fc.oneof(
  withHeaders('syn-stream'),
  withHeaders('syn-reply'),
  withHeaders('headers'),
  fc.record({ type: fc.constant('rst-stream' as const), stream: id, status }),
  fc.record({ type: fc.constant('settings' as const), initialWindow: id }),
  fc.constant({ type: 'settings' as const }),
  fc.record({ type: fc.constant('ping' as const), id: status }),
  fc.record({ type: fc.constant('goaway' as const), last: id, status }),
  fc.record({ type: fc.constant('window-update' as const), stream: id, delta: id }),
  fc.record({
    type: fc.constant('data' as const),
    stream: id,
    fin: fc.boolean(),
    data: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  }),
)

/** The bytes cut at these places. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end))
}

/** Header blocks as Go's zlib writer squeezes them: one stream, flushed after each. */
async function squeezed(texts: readonly Buffer[]): Promise<Buffer[]> {
  const deflate = createDeflate({ dictionary: Buffer.from(DICTIONARY, 'base64'), level: 9 })
  let parts: Buffer[] = []
  deflate.on('data', (part: Buffer) => parts.push(part))
  const blocks: Buffer[] = []
  for (const text of texts) {
    deflate.write(text)
    await new Promise<void>((resolve) => deflate.flush(constants.Z_SYNC_FLUSH, () => resolve()))
    blocks.push(Buffer.concat(parts))
    parts = []
  }
  deflate.destroy()
  return blocks
}

const int32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
const lengthed = (text: string) => Buffer.concat([int32(Buffer.byteLength(text)), Buffer.from(text)])

describe('SPDY frames', () => {
  it('come back as they were written, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 12 }), fc.array(fc.nat(), { maxLength: 30 }), (frames, cuts) => {
        const writer = new FrameWriter()
        const reader = new FrameReader()
        const bytes = Buffer.concat(frames.map((each) => writer.write(each)))
        expect(pieces(bytes, cuts).flatMap((piece) => reader.read(piece))).toEqual(frames)
      }),
    )
  })

  it('reads header blocks that refer to earlier ones', async () => {
    const texts = [1, 2, 3].map((n) =>
      Buffer.concat([int32(2), lengthed('streamtype'), lengthed('data'), lengthed('requestid'), lengthed(String(n))]),
    )
    const blocks = await squeezed(texts)
    expect((blocks[1] as Buffer).length).toBeLessThan((texts[1] as Buffer).length / 2)
    const reader = new HeaderReader()
    for (const [i, block] of blocks.entries()) {
      expect(reader.read(block)).toEqual([
        ['streamtype', 'data'],
        ['requestid', String(i + 1)],
      ])
    }
  })

  it('refuses a block that would fill the memory', async () => {
    const [bomb] = await squeezed([Buffer.concat([int32(1), lengthed('a'), lengthed('b'.repeat(1_000_000))])])
    expect(() => new HeaderReader().read(bomb as Buffer)).toThrow(SpdyError)
  })
})

describe('a SPDY connection', () => {
  it('ends at what is no SPDY, and never throws', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.array(frame, { maxLength: 8 }).map((frames) => {
        const writer = new FrameWriter()
        return Buffer.concat(frames.map((each) => writer.write(each)))
      }),
    )
    const spoil = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 })
    fc.assert(
      fc.property(bytes, spoil, fc.array(fc.nat(), { maxLength: 10 }), (given, spoiled, cuts) => {
        const all = Buffer.from(given)
        for (const [at, value] of spoiled) if (all.length > 0) all[at % all.length] = value
        let ended = 0
        const connection = new SpdyConnection({ write: () => {}, end: () => ended++ }, (stream) => {
          stream.reply()
          stream.listen({ data: (data) => stream.write(data), end: () => stream.end(), lost: () => {} })
        })
        for (const piece of pieces(all, cuts)) connection.receive(piece)
        connection.close()
        expect(ended).toBe(1)
        expect(connection.size).toBe(0)
      }),
      { numRuns: 300 },
    )
  })

  it('carries bytes both ways, answers pings, and respects a window once the peer counts', () => {
    const reader = new FrameReader()
    const writer = new FrameWriter()
    const sent: Frame[] = []
    const heard: string[] = []
    const connection = new SpdyConnection(
      { write: (bytes) => void sent.push(...reader.read(bytes)), end: () => {} },
      (stream, given) => {
        heard.push(JSON.stringify(given))
        stream.reply()
        stream.listen({ data: (data) => stream.write(data), end: () => stream.end(), lost: () => heard.push('lost') })
      },
    )
    const give = (each: Frame) => connection.receive(writer.write(each))
    give({ type: 'settings', initialWindow: 10 })
    give({ type: 'syn-stream', stream: 1, fin: false, headers: [['streamType', 'data']] })
    give({ type: 'ping', id: 7 })
    give({ type: 'data', stream: 1, fin: true, data: Buffer.from('0123456789abcdef') })
    const data = () => sent.flatMap((each) => (each.type === 'data' ? [[each.data.toString(), each.fin]] : []))
    expect(heard).toEqual(['[["streamtype","data"]]'])
    expect(sent).toContainEqual({ type: 'ping', id: 7 })
    expect(sent).toContainEqual({ type: 'window-update', stream: 1, delta: 16 })
    expect(data()).toEqual([['0123456789', false]])
    give({ type: 'window-update', stream: 1, delta: 100 })
    expect(data()).toEqual([
      ['0123456789', false],
      ['abcdef', false],
      ['', true],
    ])
    expect(connection.size).toBe(0)
  })
})
