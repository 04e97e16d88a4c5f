import type { Socket } from 'node:net'
import type { ApiRequest, ApiUser } from '../../../engine/index.ts'
import type { ApiReply } from '../../emulator/protocol.ts'
import { type ApiBackend, type ExecHandle, isReply } from '../backend.ts'
import type { Incoming } from '../exchange.ts'
import { statusReply } from '../status.ts'
import { execOverSpdy } from './exec-spdy.ts'
import { execOverChannels } from './exec-websocket.ts'
import { forwardOverSpdy } from './forward-spdy.ts'
import { forwardOverChannels, portsOf } from './forward-websocket.ts'
import { HeldListener } from './held.ts'
import {
  CHANNEL_PROTOCOLS,
  chosen,
  FORWARD_PROTOCOL,
  offered,
  STREAM_PROTOCOLS,
  streamsAsked,
  TUNNEL_PROTOCOL,
} from './protocols.ts'
import { refuseUpgrade, socketTransport, switchProtocols, tunnelTransport } from './transports.ts'
import { acceptWebSocket } from './websocket.ts'

export interface Granted {
  readonly user: ApiUser
  readonly request: ApiRequest
}

/** Whose request it is, or why it is not followed. */
export type Judged = Granted | { readonly refused: ApiReply }

/** A connection that asks to become something else. */
interface Upgrade extends Granted {
  readonly backend: ApiBackend
  readonly incoming: Incoming
  readonly socket: Socket
  readonly head: Buffer
  readonly query: URLSearchParams
  readonly offered: readonly string[]
}

/** Serves a connection that asks to become a WebSocket or SPDY: exec, attach, port-forward. */
export async function serveUpgrade(
  backend: ApiBackend,
  judged: Judged,
  incoming: Incoming,
  socket: Socket,
  head: Buffer,
): Promise<void> {
  if ('refused' in judged) return refuseUpgrade(socket, judged.refused)
  const { request } = judged
  const [path = '', queryText = ''] = request.path.split(/\?(.*)/s)
  const to = (incoming.headers.upgrade ?? '').toLowerCase()
  const websocket = to === 'websocket'
  const names = offered(request.headers?.[websocket ? 'sec-websocket-protocol' : 'x-stream-protocol-version'])
  const upgrade: Upgrade = { ...judged, backend, incoming, socket, head, query: new URLSearchParams(queryText), offered: names }
  if (!websocket && to !== 'spdy/3.1') return refuseUpgrade(socket, badRequest(`unable to upgrade: ${to}`))
  if (/\/(exec|attach)$/.test(path)) return websocket ? await execWebSocket(upgrade) : await execSpdy(upgrade)
  if (path.endsWith('/portforward')) return websocket ? await forwardWebSocket(upgrade) : await forwardSpdy(upgrade)
  // Anything else answers as it would without the wish.
  const reply = await backend.request(judged.user, request)
  refuseUpgrade(socket, reply.status === 200 ? badRequest('unable to upgrade: this resource has no streams') : reply)
}

const badRequest = (message: string) => statusReply(400, 'BadRequest', message)
const noProtocol = () =>
  statusReply(403, 'Forbidden', 'unable to upgrade: unable to negotiate protocol: the client and the server have none in common')

/** Over SPDY the program is started before the connection is switched, so that a refusal is an answer that the client can read. */
async function startProgram({
  backend,
  user,
  request,
  socket,
}: Upgrade): Promise<{ program: ExecHandle; held: HeldListener } | undefined> {
  const held = new HeldListener()
  const program = await backend.exec(user, request, held)
  if (isReply(program)) refuseUpgrade(socket, program)
  else if (socket.destroyed) program.close()
  else return { program, held }
  return undefined
}

async function execWebSocket(upgrade: Upgrade): Promise<void> {
  const { backend, user, request, incoming, socket, head, offered } = upgrade
  // No subprotocol at all means the oldest one (wsstream/conn.go).
  const protocol = offered.length === 0 ? '' : chosen(offered, CHANNEL_PROTOCOLS)
  if (protocol === undefined) return refuseUpgrade(socket, noProtocol())
  const held = new HeldListener()
  const program = await backend.exec(user, request, held)
  if (isReply(program) && !fromKubelet(program, protocol)) return refuseUpgrade(socket, program)
  const handle = isReply(program) ? refusedProgram(program, held) : program
  if (socket.destroyed) return handle.close()
  socket.once('close', () => handle.close())
  execOverChannels(await acceptWebSocket(incoming, socket, head, protocol), protocol, handle, held)
}

/** A kubelet's refusal is plain text; over v5 the API server has accepted the client before it asks the kubelet (streamtranslator.go). */
function fromKubelet({ headers }: ApiReply, protocol: string): boolean {
  return protocol.startsWith('v5') && (headers['content-type'] ?? '').startsWith('text/plain')
}

function refusedProgram({ body }: ApiReply, held: HeldListener): ExecHandle {
  const words = `unable to upgrade connection: ${body.trimEnd()}`
  const message = `Internal error occurred: ${words}`
  const details = { causes: [{ message: words }] }
  held.ended({ metadata: {}, status: 'Failure', message, reason: 'InternalError', details, code: 500 })
  return { write: () => {}, end: () => {}, resize: () => {}, close: () => {} }
}

async function execSpdy(upgrade: Upgrade): Promise<void> {
  const { socket, head, query, offered } = upgrade
  const protocol = offered.length === 0 ? 'channel.k8s.io' : chosen(offered, STREAM_PROTOCOLS)
  if (protocol === undefined) return refuseUpgrade(socket, noProtocol())
  const started = await startProgram(upgrade)
  if (started === undefined) return
  switchProtocols(socket, 'SPDY/3.1', protocol)
  const transport = socketTransport(socket)
  transport.deliver(execOverSpdy(transport, protocol, streamsAsked(query), started.program, started.held), head)
}

async function forwardSpdy({ backend, user, request, socket, head, offered }: Upgrade): Promise<void> {
  if (!offered.includes(FORWARD_PROTOCOL)) return refuseUpgrade(socket, noProtocol())
  const forward = await backend.forward(user, request)
  if (isReply(forward)) return refuseUpgrade(socket, forward)
  if (socket.destroyed) return forward.close()
  switchProtocols(socket, 'SPDY/3.1', FORWARD_PROTOCOL)
  const transport = socketTransport(socket)
  transport.deliver(forwardOverSpdy(transport, forward), head)
}

async function forwardWebSocket({ backend, user, request, incoming, socket, head, query, offered }: Upgrade): Promise<void> {
  const protocol = chosen(offered, [TUNNEL_PROTOCOL, ...CHANNEL_PROTOCOLS.filter((name) => !name.startsWith('v5'))])
  const ports = portsOf(query)
  if (offered.length > 0 && protocol === undefined) return refuseUpgrade(socket, noProtocol())
  if (protocol !== TUNNEL_PROTOCOL && ports === undefined)
    return refuseUpgrade(socket, badRequest('query parameter "ports" must be one or more ports between 1 and 65535'))
  const forward = await backend.forward(user, request)
  if (isReply(forward)) return refuseUpgrade(socket, forward)
  if (socket.destroyed) return forward.close()
  const accepted = await acceptWebSocket(incoming, socket, head, protocol ?? '')
  if (protocol !== TUNNEL_PROTOCOL) return forwardOverChannels(accepted, protocol ?? '', forward, ports as number[])
  const transport = tunnelTransport(accepted)
  transport.deliver(forwardOverSpdy(transport, forward))
}
