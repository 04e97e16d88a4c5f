import type { WebSocket } from 'ws'
import type { ForwardHandle } from '../backend.ts'
import { Channels } from './channels.ts'

const MOST_PORTS = 100

/** The ports a client names in its query: several parameters, or one with commas; undefined where one is no port. */
export function portsOf(query: URLSearchParams): number[] | undefined {
  const ports = query.getAll('ports').flatMap((each) => each.split(','))
  const numbers = ports.map(Number)
  const fit = numbers.every((port) => Number.isInteger(port) && port > 0 && port <= 65_535)
  return fit && numbers.length > 0 && numbers.length <= MOST_PORTS ? numbers : undefined
}

/** A port-forward over a WebSocket's channels: for each port a data and an error channel, each beginning with the port (portforward/websocket.go). */
export function forwardOverChannels(socket: WebSocket, protocol: string, forward: ForwardHandle, ports: readonly number[]): void {
  const channels = new Channels(socket, protocol)
  const connections = ports.map((port, i) => {
    const number = String.fromCharCode(port & 0xff, port >> 8)
    channels.send(2 * i, number)
    channels.send(2 * i + 1, number)
    let open = true
    const made = forward.connect(port, {
      data: (bytes) => channels.send(2 * i, bytes),
      ended: (words) => {
        open = false
        if (words !== undefined) channels.send(2 * i + 1, Buffer.from(words, 'utf8').toString('latin1'))
        if (!connections.some((connection) => connection.open())) channels.close()
      },
    })
    return { made, open: () => open }
  })
  channels.onMessage((channel, bytes) => {
    if (channel % 2 === 0) connections[channel / 2]?.made.write(bytes)
  })
  socket.on('close', () => forward.close())
  forward.onGone(() => channels.close())
}
