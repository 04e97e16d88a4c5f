import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { checksumOf } from './checksum.ts'

test('the checksum is SHA-256 of the JSON text in UTF-8, however long', () => {
  for (const value of ['', 'dịch vụ 🐳 é', { a: ['\u0000', 1, null], b: '界'.repeat(50_000) }, 'x🐳'.repeat(65_537)]) {
    expect(checksumOf(value)).toBe(createHash('sha256').update(JSON.stringify(value)).digest('hex'))
  }
})
