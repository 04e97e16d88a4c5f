import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { Json } from '../base/json.ts'
import { encodeUtf8 } from '../base/utf8.ts'

/** One text for equal values: keys in order, absent where undefined. */
function canonical(value: Json | undefined): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const map = value as Readonly<Record<string, Json | undefined>>
  const keys = Object.keys(map).filter((key) => map[key] !== undefined)
  return `{${keys
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(map[key])}`)
    .join(',')}}`
}

/** A checksum of plain data that does not depend on the order of keys. */
export function checksumOf(value: Json): string {
  const bytes = encodeUtf8(canonical(value))
  return bytesToHex(sha256(Uint8Array.from({ length: bytes.length }, (_, i) => bytes.charCodeAt(i))))
}
