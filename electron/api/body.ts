import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Json } from '../../engine/index.ts'
import type { ApiReply } from '../emulator/protocol.ts'
import type { Incoming } from './exchange.ts'
import { decodeProtobuf, PROTOBUF_TYPE, ProtobufError } from './protobuf/decode.ts'
import { statusReply } from './status.ts'

/** The API server's own limit (server/config.go: MaxRequestBodyBytes). */
export const MAX_BODY = 3 * 1024 * 1024

const unzip = promisify(gunzip)

/** The body of a request as text for the API server to read (protobuf, which is none, as the object it is), or why it cannot be had. */
export async function readBody(incoming: Incoming): Promise<{ body?: Json | string } | { refused: ApiReply }> {
  const bytes = await collect(incoming)
  if (bytes === undefined) return { refused: tooLarge() }
  if (bytes.length === 0) return {}
  const encoding = incoming.headers['content-encoding']
  if (encoding === undefined || encoding === 'identity') return parsed(bytes, incoming.headers['content-type'])
  if (encoding !== 'gzip') return { refused: statusReply(415, 'UnsupportedMediaType', `content encoding ${encoding}`) }
  try {
    return parsed(await unzip(bytes, { maxOutputLength: MAX_BODY }), incoming.headers['content-type'])
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return { refused: tooLarge() }
    return { refused: statusReply(400, 'BadRequest', `gzip: ${(error as Error).message}`) }
  }
}

function tooLarge(): ApiReply {
  return statusReply(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${MAX_BODY}`)
}

/** All of the body, or undefined where it is too long; what is left is not kept. */
function collect(incoming: Incoming): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let length = 0
    incoming.on('data', (part: Buffer) => {
      length += part.length
      if (length > MAX_BODY) resolve(undefined)
      else parts.push(part)
    })
    incoming.on('end', () => resolve(Buffer.concat(parts)))
    incoming.on('error', reject)
    incoming.on('close', () => reject(new Error('the client has gone')))
  })
}

function parsed(bytes: Buffer, type: string | undefined): { body: Json | string } | { refused: ApiReply } {
  if (type?.startsWith(PROTOBUF_TYPE)) {
    try {
      return { body: decodeProtobuf(bytes) }
    } catch (error) {
      if (error instanceof ProtobufError) return { refused: statusReply(400, 'BadRequest', error.message) }
      throw error
    }
  }
  return { body: bytes.toString('utf8') }
}
