import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { Json } from '../base/json.ts'

const CHUNK = 65_536
/** UTF-8 takes at most this many bytes a character. */
const WIDEST = 4

/** A checksum of plain data as it would be written down: the order of keys counts, and survives being read back. */
export function checksumOf(value: Json): string {
  const text = JSON.stringify(value)
  const hash = sha256.create()
  // Piece by piece: a learner's file of ten megabytes must not be held five times over.
  const buffer = new Uint8Array(CHUNK + WIDEST)
  let used = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) buffer[used++] = unit
    else {
      const code = text.codePointAt(i) as number
      if (code > 0xffff) i++
      used = putUtf8(buffer, used, code)
    }
    if (used < CHUNK) continue
    hash.update(buffer.subarray(0, used))
    used = 0
  }
  return bytesToHex(hash.update(buffer.subarray(0, used)).digest())
}

/** Writes one character beyond ASCII; returns where the next one goes. */
function putUtf8(buffer: Uint8Array, at: number, code: number): number {
  const size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  const lead = size === 2 ? 0xc0 : size === 3 ? 0xe0 : 0xf0
  buffer[at] = lead | (code >> (6 * (size - 1)))
  for (let k = 1; k < size; k++) buffer[at + k] = 0x80 | ((code >> (6 * (size - 1 - k))) & 63)
  return at + size
}
