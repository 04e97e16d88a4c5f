import type { Socket } from 'node:net'
import type { ApiRequest, ApiUser } from '../../../engine/index.ts'
import type { ApiReply } from '../../emulator/protocol.ts'
import type { ApiBackend } from '../backend.ts'
import type { Incoming } from '../exchange.ts'
import { statusReply } from '../status.ts'

export type Judged = { readonly user: ApiUser; readonly request: ApiRequest } | { readonly refused: ApiReply }

/** Serves a connection that asks to become a WebSocket or SPDY. */
export async function serveUpgrade(
  _backend: ApiBackend,
  judged: Judged,
  _incoming: Incoming,
  socket: Socket,
  _head: Buffer,
): Promise<void> {
  const reply = 'refused' in judged ? judged.refused : statusReply(400, 'BadRequest', 'unable to upgrade connection')
  refuseUpgrade(socket, reply)
}

/** An answer in place of the upgrade. */
export function refuseUpgrade(socket: Socket, reply: ApiReply): void {
  const body = Buffer.from(reply.body, 'utf8')
  const type = reply.headers['content-type'] ?? 'application/json'
  socket.end(
    `HTTP/1.1 ${reply.status} Refused\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  )
}
