/** UTF-8 as the engine's programs exchange it: one char per byte. */
export function encodeUtf8(text: string): string {
  if (!/[^\x00-\x7f]/.test(text)) return text
  let out = ''
  for (const ch of text) {
    const c = ch.codePointAt(0)!
    if (c < 0x80) out += ch
    else if (c < 0x800) out += String.fromCharCode(0xc0 | (c >> 6), 0x80 | (c & 63))
    else if (c < 0x10000) out += String.fromCharCode(0xe0 | (c >> 12), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63))
    else out += String.fromCharCode(0xf0 | (c >> 18), 0x80 | ((c >> 12) & 63), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63))
  }
  return out
}

/** The inverse of {@link encodeUtf8}; a byte that starts no valid sequence becomes U+FFFD. */
export function decodeUtf8(bytes: string): string {
  if (!/[^\x00-\x7f]/.test(bytes)) return bytes
  let out = ''
  for (let i = 0; i < bytes.length; ) {
    const c = bytes.charCodeAt(i)
    const size = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0
    let code = size === 1 ? c : c & (0xff >> (size + 1))
    let ok = size > 0 && i + size <= bytes.length
    for (let k = 1; ok && k < size; k++) {
      const next = bytes.charCodeAt(i + k)
      ok = next >= 0x80 && next < 0xc0
      code = (code << 6) | (next & 63)
    }
    if (
      ok &&
      ((size === 3 && (code < 0x800 || (code >= 0xd800 && code < 0xe000))) || (size === 4 && (code < 0x10000 || code > 0x10ffff)))
    )
      ok = false
    out += ok ? String.fromCodePoint(code) : '\ufffd'
    i += ok ? size : 1
  }
  return out
}

/** Standard base64 of a byte string. */
export function encodeBase64(bytes: string): string {
  let out = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const n = (bytes.charCodeAt(i) << 16) | ((bytes.charCodeAt(i + 1) || 0) << 8) | (bytes.charCodeAt(i + 2) || 0)
    out += ALPHABET[(n >> 18) & 63]! + ALPHABET[(n >> 12) & 63]!
    out += i + 1 < bytes.length ? ALPHABET[(n >> 6) & 63]! : '='
    out += i + 2 < bytes.length ? ALPHABET[n & 63]! : '='
  }
  return out
}

/** The bytes of standard base64 text, or undefined when it is malformed. */
export function decodeBase64(text: string): string | undefined {
  const body = text.replace(/[\r\n]/g, '')
  if (body.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(body)) return undefined
  let out = ''
  for (let i = 0; i < body.length; i += 4) {
    const at = (k: number) => Math.max(0, ALPHABET.indexOf(body[i + k]!))
    const n = (at(0) << 18) | (at(1) << 12) | (at(2) << 6) | at(3)
    out += String.fromCharCode((n >> 16) & 255)
    if (body[i + 2] !== '=') out += String.fromCharCode((n >> 8) & 255)
    if (body[i + 3] !== '=') out += String.fromCharCode(n & 255)
  }
  return out
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
