import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBase64, decodeUtf8, encodeBase64, encodeUtf8 } from './utf8.ts'

test('UTF-8 survives the round trip, one char per byte', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      fc.pre(!/[\ud800-\udfff]/.test(text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, '')))
      const bytes = encodeUtf8(text)
      expect(/^[\x00-\xff]*$/.test(bytes)).toBe(true)
      expect(decodeUtf8(bytes)).toBe(text)
    }),
  )
  expect(encodeUtf8('ế')).toBe('\xe1\xba\xbf')
})

test('bytes that are no UTF-8 become the replacement character', () => {
  expect(decodeUtf8('a\xffb')).toBe('a\ufffdb')
  expect(decodeUtf8('\xc3')).toBe('\ufffd')
})

test('base64 survives the round trip; what is malformed is refused', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 255 })), (list) => {
      const bytes = String.fromCharCode(...list)
      expect(decodeBase64(encodeBase64(bytes))).toBe(bytes)
    }),
  )
  expect(decodeBase64('abc')).toBeUndefined()
  expect(decodeBase64('ab!=')).toBeUndefined()
})
