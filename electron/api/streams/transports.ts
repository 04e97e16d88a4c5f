import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { ApiReply } from '../../emulator/protocol.ts'
import type { SpdyConnection, Transport } from '../spdy/connection.ts'
import { sendMessage } from './websocket.ts'

/** A client that reads nothing while this much waits for it is cut off. */
const MOST_UNREAD = 64 * 1024 * 1024

export interface Wire extends Transport {
  /** From here on the peer's bytes go to the connection, and it ends when they do. */
  deliver(connection: SpdyConnection, head?: Buffer): void
}

/** SPDY right on a socket. */
export function socketTransport(socket: Socket): Wire {
  return {
    write: (bytes) => {
      if (socket.writable) socket.write(bytes)
      if (socket.writableLength > MOST_UNREAD) socket.destroy()
    },
    end: () => socket.end(),
    deliver: (connection, head) => {
      socket.on('data', (bytes: Buffer) => connection.receive(bytes))
      socket.on('end', () => connection.close())
      socket.on('close', () => connection.close())
      if (head !== undefined && head.length > 0) connection.receive(head)
      if (socket.destroyed) connection.close()
      // Node hands an upgraded socket over paused.
      socket.resume()
    },
  }
}

/** SPDY in the binary messages of a WebSocket. */
export function tunnelTransport(socket: WebSocket): Wire {
  return {
    write: (bytes) => sendMessage(socket, bytes),
    end: () => socket.close(1000),
    deliver: (connection) => {
      socket.on('message', (bytes: Buffer, binary: boolean) => {
        if (binary) connection.receive(bytes)
      })
      socket.on('close', () => connection.close())
    },
  }
}

/** 101: the socket speaks `to` from here on. */
export function switchProtocols(socket: Socket, to: string, protocol: string): void {
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${to}\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`,
  )
}

/** An answer in place of the upgrade. */
export function refuseUpgrade(socket: Socket, reply: ApiReply): void {
  const body = Buffer.from(reply.body, 'utf8')
  const headers = Object.entries({ ...reply.headers, 'content-length': body.length, connection: 'close' })
  const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.end(`HTTP/1.1 ${reply.status} Refused\r\n${head}\r\n${body}`)
}
