import type { ExecHandle } from '../backend.ts'
import { SpdyConnection, type Transport } from '../spdy/connection.ts'
import type { SpdyStream } from '../spdy/stream.ts'
import type { HeldListener } from './held.ts'
import { type Asked, endWords, LOST, readSize } from './protocols.ts'

/** A client that has not opened its streams by then is let go (remotecommand/httpstream.go: DefaultStreamCreationTimeout). */
const CREATION_TIMEOUT = 30_000

const TYPES: readonly string[] = ['error', 'stdin', 'stdout', 'stderr', 'resize']

/** exec or attach over SPDY: the client opens a stream for each of error, stdin, stdout, stderr and resize before anything flows. */
export function execOverSpdy(
  transport: Transport,
  protocol: string,
  asked: Asked,
  program: ExecHandle,
  held: HeldListener,
): SpdyConnection {
  const streams = new Map<string, SpdyStream>()
  const resizes = asked.tty && /^v[345]\./.test(protocol)
  const wanted = 1 + [asked.stdin, asked.stdout, asked.stderr, resizes].filter(Boolean).length
  const connection = new SpdyConnection(transport, (stream, headers) => {
    const type = headers.find(([name]) => name.toLowerCase() === 'streamtype')?.[1] ?? ''
    if (!TYPES.includes(type) || streams.has(type)) {
      stream.reset()
      return
    }
    stream.reply()
    streams.set(type, stream)
    if (streams.size !== wanted) return
    clearTimeout(timer)
    listen(streams, program)
    held.pass({
      output: (from, bytes) => streams.get(from)?.write(Buffer.from(bytes, 'latin1')),
      ended: (status) => {
        const words = endWords(protocol, status ?? LOST)
        if (words !== '') streams.get('error')?.write(Buffer.from(words, 'utf8'))
        for (const each of streams.values()) each.end()
      },
    })
  })
  const timer = setTimeout(() => connection.close(), CREATION_TIMEOUT)
  connection.onClose = () => {
    clearTimeout(timer)
    program.close()
  }
  return connection
}

function listen(streams: ReadonlyMap<string, SpdyStream>, program: ExecHandle): void {
  streams.get('stdin')?.listen({
    data: (bytes) => program.write(bytes.toString('latin1')),
    end: () => program.end(),
    lost: () => {},
  })
  streams.get('resize')?.listen({
    data: (bytes) => {
      const size = readSize(bytes.toString('utf8'))
      if (size !== undefined) program.resize(size.columns, size.rows)
    },
    end: () => {},
    lost: () => {},
  })
}
