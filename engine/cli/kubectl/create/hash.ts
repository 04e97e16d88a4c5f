import { sha256 } from '@noble/hashes/sha2.js'
import { encodeUtf8 } from '../../../base/utf8.ts'
import { compactJson } from '../print/json.ts'
import type { Obj } from '../values.ts'

/** Hex digits that could spell words are replaced by letters that cannot. */
const SAFE: Readonly<Record<string, string>> = { '0': 'g', '1': 'h', '3': 'k', a: 'm', e: 't' }

/** The suffix of --append-hash: what a ConfigMap or Secret holds, as ten characters (kubectl/pkg/util/hash/hash.go). */
export function contentHash(object: Obj): string {
  const { kind, type } = object
  const parts: Obj = { kind, name: object.metadata.name, data: object.data ?? {} }
  if (kind === 'Secret') parts.type = type ?? ''
  if (object.binaryData !== undefined) parts.binaryData = object.binaryData
  const bytes = Uint8Array.from(encodeUtf8(compactJson(parts)), (ch) => ch.charCodeAt(0))
  const hex = [...sha256(bytes)].map((b) => b.toString(16).padStart(2, '0')).join('')
  return [...hex.slice(0, 10)].map((ch) => SAFE[ch] ?? ch).join('')
}

/** The object under its name with the hash. */
export function withHash(object: Obj): Obj {
  return { ...object, metadata: { ...object.metadata, name: `${object.metadata.name}-${contentHash(object)}` } }
}
