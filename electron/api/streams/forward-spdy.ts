import type { ForwardHandle } from '../backend.ts'
import { SpdyConnection, type Transport } from '../spdy/connection.ts'
import type { SpdyStream } from '../spdy/stream.ts'

interface Pair {
  readonly port: number
  data?: SpdyStream
  error?: SpdyStream
}

/** A port-forward over SPDY: for each connection the client opens an error and a data stream with one request id (portforward/httpstream.go). */
export function forwardOverSpdy(transport: Transport, forward: ForwardHandle): SpdyConnection {
  const pairs = new Map<string, Pair>()
  const connection = new SpdyConnection(transport, (stream, headers) => {
    const header = (name: string) => headers.find(([given]) => given.toLowerCase() === name)?.[1]
    const port = Number(header('port'))
    const type = header('streamtype')
    const known = (type === 'data' || type === 'error') && Number.isInteger(port) && port > 0 && port <= 65_535
    if (!known) {
      stream.reset()
      return
    }
    // Old clients send no id: the error stream comes first, the data stream two after it.
    const id = header('requestid') ?? String(type === 'error' ? stream.id : stream.id - 2)
    const pair = pairs.get(id) ?? { port }
    if (pair[type] !== undefined) {
      stream.reset()
      return
    }
    stream.reply()
    pair[type] = stream
    pairs.set(id, pair)
    if (pair.data === undefined || pair.error === undefined) return
    pairs.delete(id)
    relay(forward, pair.port, pair.data, pair.error)
  })
  connection.onClose = () => forward.close()
  forward.onGone(() => connection.close())
  return connection
}

function relay(forward: ForwardHandle, port: number, data: SpdyStream, error: SpdyStream): void {
  const made = forward.connect(port, {
    data: (bytes) => data.write(Buffer.from(bytes, 'latin1')),
    ended: (words) => {
      if (words !== undefined) error.write(Buffer.from(words, 'utf8'))
      data.end()
      error.end()
    },
  })
  data.listen({
    data: (bytes) => made.write(bytes.toString('latin1')),
    end: () => made.end(),
    lost: () => made.close(),
  })
}
