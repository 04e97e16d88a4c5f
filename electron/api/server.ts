import { randomBytes } from 'node:crypto'
import { createSecureServer, type Http2SecureServer } from 'node:http2'
import type { Socket } from 'node:net'
import type { ApiRequest } from '../../engine/index.ts'
import { type Authenticate, authenticator } from './authenticate.ts'
import type { ApiBackend } from './backend.ts'
import { readBody } from './body.ts'
import { ownCertificate } from './certificate.ts'
import { headersOf, hostOf, type Incoming, type Outgoing } from './exchange.ts'
import { sendReply } from './respond.ts'
import { statusReply } from './status.ts'
import { type Judged, serveUpgrade } from './streams/upgrade.ts'
import { isFollow, isWatch, serveWatch } from './watch.ts'

const ADDRESS = '127.0.0.1'
const METHODS: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
/** Requests and watches that may be under way at once, and connections. */
const MOST_OPEN = 12_000
const MOST_CONNECTIONS = 2000
/** HTTP/1.1 says 431 beyond it. */
const MAX_HEADERS = 64 * 1024

export interface ApiServerOptions {
  readonly backend: ApiBackend
  /** 0: any free one. */
  readonly port: number
  /** Only in tests: otherwise drawn at random. */
  readonly token?: string
}

export interface RunningApi {
  readonly url: string
  readonly port: number
  readonly token: string
  /** PEM. */
  readonly ca: string
  /** Exchanges under way, watches among them. */
  open(): number
  onClose(listener: () => void): void
  close(): Promise<void>
}

/** Binds a cluster's API to this machine's own address, for whoever has the token. */
export async function startApi(options: ApiServerOptions): Promise<RunningApi> {
  const token = options.token ?? randomBytes(24).toString('hex')
  const certificate = await ownCertificate(Date.now())
  const http1 = { maxHeaderSize: MAX_HEADERS }
  const server = createSecureServer({
    ...certificate,
    ...http1,
    allowHTTP1: true,
    maxHeaderListPairs: 256,
    minVersion: 'TLSv1.2',
  })
  const face = new Face(server, options.backend, authenticator(token, options.backend))
  await listen(server, options.port)
  const { port } = server.address() as { port: number }
  face.names = [`${ADDRESS}:${port}`, `localhost:${port}`]
  return {
    url: `https://${ADDRESS}:${port}`,
    port,
    token,
    ca: certificate.cert,
    open: () => face.open,
    onClose: (listener) => void server.on('close', listener),
    close: () => face.close(),
  }
}

function listen(server: Http2SecureServer, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: ADDRESS, port }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** The HTTP face of one cluster. */
class Face {
  names: readonly string[] = []
  open = 0
  private readonly server: Http2SecureServer
  private readonly backend: ApiBackend
  private readonly authenticate: Authenticate
  private readonly sockets = new Set<Socket>()

  constructor(server: Http2SecureServer, backend: ApiBackend, authenticate: Authenticate) {
    this.server = server
    this.backend = backend
    this.authenticate = authenticate
    server.on('connection', (socket: Socket) => this.connected(socket))
    server.on('request', (incoming: Incoming, outgoing: Outgoing) => void this.exchange(incoming, outgoing))
    server.on('upgrade', (incoming: Incoming, socket: Socket, head: Buffer) => void this.upgrade(incoming, socket, head))
    // What a client does wrong below HTTP ends its connection and nothing else.
    server.on('sessionError', () => {})
    server.on('tlsClientError', (_error, socket) => socket.destroy())
    server.on('clientError', (_error: Error, socket: Socket) => socket.destroy())
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()))
    for (const socket of this.sockets) socket.destroy()
    await closed
  }

  private connected(socket: Socket): void {
    if (this.sockets.size >= MOST_CONNECTIONS) {
      socket.destroy()
      return
    }
    this.sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('close', () => this.sockets.delete(socket))
  }

  private async exchange(incoming: Incoming, outgoing: Outgoing): Promise<void> {
    this.open++
    outgoing.on('close', () => this.open--)
    outgoing.on('error', () => outgoing.destroy())
    const accepts = headersOf(incoming)['accept-encoding']
    try {
      await this.answer(incoming, outgoing, accepts)
    } catch (error) {
      if (outgoing.headersSent || outgoing.destroyed) {
        outgoing.destroy()
        return
      }
      const message = `Internal error occurred: ${(error as Error).message}`
      await sendReply(outgoing, statusReply(500, 'InternalError', message), undefined).catch(() => outgoing.destroy())
    }
  }

  private async answer(incoming: Incoming, outgoing: Outgoing, accepts: string | undefined): Promise<void> {
    const judged = await this.judge(incoming)
    if ('refused' in judged) return await sendReply(outgoing, judged.refused, accepts)
    const read = await readBody(incoming)
    if ('refused' in read) return await sendReply(outgoing, read.refused, accepts)
    const { user } = judged
    const request = withBody(judged.request, read.body)
    const [path = '', queryText = ''] = request.path.split(/\?(.*)/s)
    const query = new URLSearchParams(queryText)
    const log = isFollow(path, query)
    if (request.method === 'GET' && (log || isWatch(query)))
      return await serveWatch(this.backend, user, request, outgoing, { query, log, accepts })
    await sendReply(outgoing, await this.backend.request(user, request), accepts)
  }

  private async upgrade(incoming: Incoming, socket: Socket, head: Buffer): Promise<void> {
    this.open++
    socket.on('close', () => this.open--)
    socket.on('error', () => socket.destroy())
    try {
      const judged = await this.judge(incoming)
      await serveUpgrade(this.backend, judged, incoming, socket, head)
    } catch {
      socket.destroy()
    }
  }

  /** Host, Origin and token are looked at before anything else; what is left is a request of somebody. */
  private async judge(incoming: Incoming): Promise<Judged> {
    const headers = headersOf(incoming)
    const refuse = (code: number, reason: string, message: string) => ({ refused: statusReply(code, reason, message) })
    // A name that resolves here but is not ours is DNS rebinding; a page in a browser has no business here.
    if (!this.names.includes(hostOf(incoming) ?? '')) return refuse(403, 'Forbidden', 'not this host')
    if (headers.origin !== undefined) return refuse(403, 'Forbidden', 'not for web pages')
    if (this.open > MOST_OPEN)
      return refuse(429, 'TooManyRequests', 'The server has received too many requests and has asked us to try again later')
    const user = await this.authenticate(headers.authorization)
    if (user === undefined) return refuse(401, 'Unauthorized', 'Unauthorized')
    const method = incoming.method === 'HEAD' ? 'GET' : (incoming.method ?? 'GET')
    if (!METHODS.includes(method))
      return refuse(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource')
    const { authorization: _secret, ...rest } = headers
    return { user, request: { method: method as ApiRequest['method'], path: incoming.url ?? '/', headers: rest } }
  }
}

function withBody(request: ApiRequest, body: ApiRequest['body']): ApiRequest {
  if (body === undefined) return request
  if (typeof body === 'string') return { ...request, body }
  // What was protobuf is an object now.
  return { ...request, headers: { ...request.headers, 'content-type': 'application/json' }, body }
}
