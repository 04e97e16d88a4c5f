import { randomBytes, timingSafeEqual } from 'node:crypto'
import fastifyStatic from '@fastify/static'
import fastifyWebsocket from '@fastify/websocket'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { WEB_SOCKET_PATH } from '../contract/index.ts'
import type { Host } from '../host/host.ts'
import { CSP } from './csp.ts'
import { serveSocket } from './socket.ts'

const ADDRESS = '127.0.0.1'
const MAX_MESSAGE = 20 * 1024 * 1024

export interface WebServer {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

export interface WebOptions {
  readonly host: Pick<Host, 'invoke' | 'send' | 'on'>
  readonly renderer: string
  /** 0: any free one. */
  readonly port: number
  /** Called with how many windows are connected, whenever that changes. */
  windows(count: number): void
}

/** Browser mode: the built page and its WebSocket on this machine's own address, for whoever has the token. */
export async function startWeb(options: WebOptions): Promise<WebServer> {
  const token = randomBytes(24).toString('hex')
  const app = fastify({ bodyLimit: 1024, forceCloseConnections: true })
  await app.register(fastifyWebsocket, { options: { maxPayload: MAX_MESSAGE } })
  guard(app, token)
  await app.register(fastifyStatic, { root: options.renderer, cacheControl: false })

  let windows = 0
  app.get(WEB_SOCKET_PATH, { websocket: true }, (socket, request) => {
    if (!hasToken(request, token)) return badToken(socket)
    options.windows(++windows)
    socket.on('close', () => options.windows(--windows))
    serveSocket(socket, options.host)
  })
  await app.listen({ host: ADDRESS, port: options.port })
  const { port } = app.server.address() as { port: number }
  return {
    url: `http://${ADDRESS}:${port}/?token=${token}`,
    port,
    close: async () => {
      for (const client of app.websocketServer.clients) client.terminate()
      await app.close()
    },
  }
}

function badToken(socket: { close(code: number, reason: string): void }): void {
  // CLOSE_BAD_TOKEN: an HTTP status would be invisible to the page.
  socket.close(4401, 'token')
}

/** Host, Origin and token are looked at before anything is served. */
function guard(app: FastifyInstance, token: string): void {
  const ownNames = () => {
    const { port } = app.server.address() as { port: number }
    return [`${ADDRESS}:${port}`, `localhost:${port}`]
  }
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'content-security-policy': CSP,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    })
    // A name that resolves here but is not ours is DNS rebinding.
    if (!ownNames().includes(request.headers.host ?? '')) return reply.code(403).send('not this host\n')
    const { origin } = request.headers
    if (origin !== undefined && !ownNames().some((name) => origin === `http://${name}`))
      return reply.code(403).send('not this origin\n')
    const upgrade = request.headers.upgrade !== undefined
    if (upgrade) {
      if (origin === undefined) return reply.code(403).send('no origin\n')
      return
    }
    const given = (request.query as { token?: unknown }).token
    if (typeof given === 'string' && same(given, token)) {
      return reply.header('set-cookie', `${cookieName(request)}=${token}; Path=/; HttpOnly; SameSite=Strict`).redirect('/', 303)
    }
    if (!hasToken(request, token)) {
      return reply.code(403).type('text/plain; charset=utf-8').send('Open the address that Chainwalk printed when it started.\n')
    }
  })
}

/** Cookies do not tell ports apart, so the name does. */
const cookieName = (request: FastifyRequest) => `chainwalk_${request.socket.localPort}`

function hasToken(request: FastifyRequest, token: string): boolean {
  const wanted = `${cookieName(request)}=`
  const cookies = (request.headers.cookie ?? '').split(';').map((part) => part.trim())
  return cookies.some((cookie) => cookie.startsWith(wanted) && same(cookie.slice(wanted.length), token))
}

function same(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}
