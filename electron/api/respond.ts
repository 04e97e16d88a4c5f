import { randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import type { ApiReply } from '../emulator/protocol.ts'
import type { Outgoing } from './exchange.ts'

/** Smaller answers are not worth it (endpoints/handlers/responsewriters: defaultGzipThresholdBytes). */
const GZIP_FROM = 128 * 1024

const zip = promisify(gzip)

/** What every answer carries. */
export function commonHeaders(): Record<string, string> {
  return { 'audit-id': randomUUID(), 'cache-control': 'no-cache, private' }
}

/** A warning as RFC 7234 has it: code 299, no agent, the text quoted. */
export function warningHeader(text: string): string {
  return `299 - "${text.replace(/[\\"]/g, '\\$&').replace(/[\r\n]+/g, ' ')}"`
}

/** Bytes of a body: text is UTF-8; what is no text holds one character each byte. */
function bytesOf({ headers, body }: ApiReply): Buffer {
  return Buffer.from(body, isText(headers['content-type'] ?? '', body) ? 'utf8' : 'latin1')
}

function isText(type: string, body: string): boolean {
  if (type.includes('protobuf')) return false
  if (type.includes('json') || type.includes('yaml')) return true
  // Logs are bytes as a program wrote them; anything wider than a byte shows that they are not.
  return /[^\0-\xff]/.test(body)
}

/** Sends the whole answer. */
export async function sendReply(outgoing: Outgoing, reply: ApiReply, accepts: string | undefined): Promise<void> {
  let bytes = bytesOf(reply)
  const headers: Record<string, string | readonly string[]> = { ...commonHeaders(), ...reply.headers }
  if (reply.warnings.length > 0) headers.warning = reply.warnings.map(warningHeader)
  if (bytes.length >= GZIP_FROM && /\bgzip\b/.test(accepts ?? '')) {
    bytes = await zip(bytes, { level: constants.Z_BEST_SPEED })
    headers['content-encoding'] = 'gzip'
    headers.vary = 'Accept-Encoding'
  }
  headers['content-length'] = String(bytes.length)
  if (outgoing.destroyed) return
  outgoing.writeHead(reply.status, headers)
  outgoing.end(bytes)
}
