import type { WebSocket } from 'ws'
import type { ExecHandle } from '../backend.ts'
import { Channels } from './channels.ts'
import type { HeldListener } from './held.ts'
import { endWords, LOST, readSize } from './protocols.ts'

const STDIN = 0
const STDOUT = 1
const STDERR = 2
const ERROR = 3
const RESIZE = 4
/** v5: the channel named in the message's one byte is closed. */
const CLOSE = 255

/** exec or attach over a WebSocket's channels. */
export function execOverChannels(socket: WebSocket, protocol: string, program: ExecHandle, held: HeldListener): void {
  const channels = new Channels(socket, protocol)
  socket.on('close', () => program.close())
  channels.onMessage((channel, bytes) => {
    if (channel === STDIN) program.write(bytes)
    else if (channel === RESIZE) {
      const size = readSize(bytes)
      if (size !== undefined) program.resize(size.columns, size.rows)
    } else if (channel === CLOSE && bytes.charCodeAt(0) === STDIN && protocol.startsWith('v5')) program.end()
  })
  // An empty message tells the client that the streams are there (remotecommand/websocket.go).
  channels.send(STDOUT, '')
  held.pass({
    output: (from, bytes) => channels.send(from === 'stdout' ? STDOUT : STDERR, bytes),
    ended: (status) => {
      const words = endWords(protocol, status ?? LOST)
      if (words !== '') channels.send(ERROR, Buffer.from(words, 'utf8').toString('latin1'))
      channels.close()
    },
  })
}
