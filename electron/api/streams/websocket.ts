import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Incoming } from '../exchange.ts'

/** Messages longer than this end their connection. */
const MAX_MESSAGE = 4 * 1024 * 1024
/** A client that reads nothing while this much waits for it is cut off. */
const MOST_UNREAD = 64 * 1024 * 1024

const server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE, perMessageDeflate: false })

/** Completes the handshake with this subprotocol. */
export function acceptWebSocket(incoming: Incoming, socket: Duplex, head: Buffer, protocol: string): Promise<WebSocket> {
  return new Promise((resolve) => {
    const options = (server as unknown as { options: { handleProtocols: unknown } }).options
    options.handleProtocols = () => (protocol === '' ? false : protocol)
    server.handleUpgrade(incoming as never, socket, head, (accepted) => {
      // What a client does wrong ends its connection, and `close` says so.
      accepted.on('error', () => accepted.terminate())
      resolve(accepted)
    })
  })
}

/** Sends one message; a connection that is not read is cut. */
export function sendMessage(socket: WebSocket, data: Buffer | string): void {
  if (socket.readyState !== socket.OPEN) return
  if (socket.bufferedAmount > MOST_UNREAD) socket.terminate()
  else socket.send(data, { binary: typeof data !== 'string' })
}
