import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { Json } from '../base/json.ts'
import { encodeUtf8 } from '../base/utf8.ts'

/** A checksum of plain data as it would be written down: the order of keys counts, and survives being read back. */
export function checksumOf(value: Json): string {
  const text = encodeUtf8(JSON.stringify(value))
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytesToHex(sha256(bytes))
}
