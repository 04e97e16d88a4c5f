import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Incoming } from '../exchange.ts'

/** Messages longer than this end their connection. */
const MAX_MESSAGE = 4 * 1024 * 1024
/** A client that reads nothing while this much waits for it is cut off. */
const MOST_UNREAD = 64 * 1024 * 1024

const server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE, perMessageDeflate: false })

/** What was agreed on, until the handshake's answer is written. */
const agreed = new WeakMap<object, string>()
server.on('headers', (headers, incoming) => {
  const protocol = agreed.get(incoming)
  if (protocol) headers.push(`Sec-WebSocket-Protocol: ${protocol}`)
})

/** Completes the handshake with this subprotocol. */
export function acceptWebSocket(incoming: Incoming, socket: Duplex, head: Buffer, protocol: string): Promise<WebSocket> {
  return new Promise((resolve) => {
    agreed.set(incoming, protocol)
    // ws takes only names that are tokens of HTTP, and the tunnel's has a slash.
    delete incoming.headers['sec-websocket-protocol']
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
