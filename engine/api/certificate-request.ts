import { decodeBase64 } from '../base/utf8.ts'

/** What a PKCS #10 request says of whom the certificate is for (RFC 2986, crypto/x509 CertificateRequest). */
export interface CertificateRequest {
  /** "CN", "O" … in the order given; an attribute may come several times. */
  readonly subject: readonly { readonly type: string; readonly value: string }[]
  readonly dnsNames: readonly string[]
  readonly emailAddresses: readonly string[]
  readonly uris: readonly string[]
  readonly ipAddresses: readonly string[]
}

/** Names of the subject's attributes by object identifier (X.520). */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.5': 'SERIALNUMBER',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.17': 'POSTALCODE',
}
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14'
const ALTERNATIVE_NAMES = '2.5.29.17'

interface Node {
  readonly tag: number
  /** The content's bytes, one character each. */
  readonly content: string
}

class DerError extends Error {}

/** The values in a run of DER, one after another. */
function nodes(der: string): Node[] {
  const out: Node[] = []
  let at = 0
  const byte = () => {
    if (at >= der.length) throw new DerError('asn1: syntax error: data truncated')
    return der.charCodeAt(at++)
  }
  while (at < der.length) {
    const tag = byte()
    let length = byte()
    if (length > 0x80) {
      let count = length - 0x80
      for (length = 0; count > 0; count--) length = length * 256 + byte()
    }
    if (at + length > der.length) throw new DerError('asn1: syntax error: data truncated')
    out.push({ tag, content: der.slice(at, at + length) })
    at += length
  }
  return out
}

function oid(content: string): string {
  const numbers: number[] = []
  let value = 0
  for (const c of content) {
    const byte = c.charCodeAt(0)
    value = value * 128 + (byte & 127)
    if (byte >= 128) continue
    if (numbers.length === 0) numbers.push(Math.min(2, Math.floor(value / 40)), value - 40 * Math.min(2, Math.floor(value / 40)))
    else numbers.push(value)
    value = 0
  }
  return numbers.join('.')
}

function address(content: string): string {
  const bytes = [...content].map((c) => c.charCodeAt(0))
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) * 256 + (bytes[2 * i + 1] ?? 0)).toString(16))
  return groups.join(':')
}

/** pem.Decode for one kind of block: its bytes, or undefined. */
export function pemBlock(pem: string, type: string): string | undefined {
  const match = new RegExp(`-----BEGIN ${type}-----\\r?\\n([A-Za-z0-9+/=\\r\\n]*?)-----END ${type}-----`).exec(pem)
  return match === null ? undefined : decodeBase64((match[1] ?? '').replace(/[\r\n]/g, ''))
}

/** Reads a request (certificates.ParseCSR), or says in the server's words why it is none. Its signature is not checked here. */
export function parseRequest(pem: string): CertificateRequest | string {
  const der = pemBlock(pem, 'CERTIFICATE REQUEST')
  if (der === undefined) return 'PEM block type must be CERTIFICATE REQUEST'
  try {
    const [info] = nodes(nodes(der)[0]?.content ?? '')
    const parts = nodes(info?.content ?? '')
    const subject = nodes(parts[1]?.content ?? '')
      .flatMap((set) => nodes(set.content))
      .map((pair) => nodes(pair.content))
      .map(([type, value]) => ({
        type: ATTRIBUTES[oid(type?.content ?? '')] ?? oid(type?.content ?? ''),
        value: value?.content ?? '',
      }))
    const attributes = nodes(parts.find((p) => p.tag === 0xa0)?.content ?? '').map((a) => nodes(a.content))
    const requested = attributes.find(([type]) => oid(type?.content ?? '') === EXTENSION_REQUEST)
    const extensions = nodes(requested?.[1]?.content ?? '').flatMap((list) => nodes(list.content))
    const names = extensions
      .map((e) => nodes(e.content))
      .filter(([type]) => oid(type?.content ?? '') === ALTERNATIVE_NAMES)
      .flatMap((e) => nodes(nodes(e.at(-1)?.content ?? '')[0]?.content ?? ''))
    const of = (tag: number) => names.filter((n) => n.tag === tag).map((n) => n.content)
    return { subject, emailAddresses: of(0x81), dnsNames: of(0x82), uris: of(0x86), ipAddresses: of(0x87).map(address) }
  } catch (error) {
    if (error instanceof DerError) return error.message
    throw error
  }
}
