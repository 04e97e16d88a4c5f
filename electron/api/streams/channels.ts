import type { WebSocket } from 'ws'
import { sendMessage } from './websocket.ts'

/** Channels over a WebSocket: the first byte of a message names its channel; in base64 protocols, the first character (wsstream/conn.go). */
export class Channels {
  private readonly socket: WebSocket
  private readonly base64: boolean

  constructor(socket: WebSocket, protocol: string) {
    this.socket = socket
    this.base64 = protocol.includes('base64')
  }

  /** Bytes are one character each. */
  send(channel: number, bytes: string): void {
    const data = Buffer.from(bytes, 'latin1')
    if (this.base64) sendMessage(this.socket, `${channel}${data.toString('base64')}`)
    else sendMessage(this.socket, Buffer.concat([Buffer.from([channel]), data]))
  }

  onMessage(listener: (channel: number, bytes: string) => void): void {
    this.socket.on('message', (message: Buffer) => {
      if (message.length === 0) return
      if (!this.base64) listener(message[0] as number, message.toString('latin1', 1))
      else listener((message[0] as number) - 0x30, Buffer.from(message.toString('latin1', 1), 'base64').toString('latin1'))
    })
  }

  close(): void {
    this.socket.close(1000)
  }
}
