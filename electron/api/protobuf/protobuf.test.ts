import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BODIES } from './bodies.data.ts'
import { decodeProtobuf, ProtobufError } from './decode.ts'
import { MESSAGES, PACKAGES } from './messages.data.ts'

const SPECIAL = ['time', 'microtime', 'duration', 'raw', 'quantity', 'intorstring', 'strings', 'bytes']
const SCALARS = ['string', 'bool', 'int', 'int32', 'int64', 'uint32', 'uint64']

/** Either an object, or an error of the client's. */
function tryDecode(bytes: Buffer): void {
  try {
    expect(typeof decodeProtobuf(bytes)).toBe('object')
  } catch (error) {
    expect(error).toBeInstanceOf(ProtobufError)
  }
}

describe('bodies in protobuf', () => {
  for (const { what, bytes, json } of BODIES) {
    it(`reads ${what} as kubectl sends it`, () => {
      expect(decodeProtobuf(Buffer.from(bytes, 'base64'))).toEqual(JSON.parse(json))
    })
  }

  it('knows every type that its table names', () => {
    const types = Object.values(MESSAGES).flatMap((text) =>
      text.split('|').map((field) => (field.split(' ')[2] ?? '').replace(/^[*%]/, '')),
    )
    const unknown = types.filter((type) => !SPECIAL.includes(type) && !SCALARS.includes(type) && MESSAGES[type] === undefined)
    expect(unknown).toEqual([])
    expect(Object.keys(PACKAGES)).toContain('v1')
  })

  it('survives what is cut short or spoilt', () => {
    const body = fc.constantFrom(...BODIES.map(({ bytes }) => Buffer.from(bytes, 'base64')))
    fc.assert(
      fc.property(
        body,
        fc.nat(),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 }),
        (given, cut, spoilt) => {
          const bytes = Buffer.from(given.subarray(0, given.length - (cut % given.length)))
          for (const [at, value] of spoilt) bytes[4 + (at % bytes.length)] = value
          tryDecode(bytes)
        },
      ),
      { numRuns: 500 },
    )
  })
})
