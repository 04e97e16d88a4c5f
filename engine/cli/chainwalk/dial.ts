import { encodeMessage, TYPE } from '../../dns/message.ts'
import { type CommandContext, originOf } from '../command.ts'
import { resolveName } from '../resolve.ts'
import { waitFor } from '../waiting.ts'
import { BadPlace, type Destination, type Source } from './places.ts'

export interface Dialled {
  readonly address: string
  readonly port: number
}

/** The address behind a host's name, asked for from where the connection will start. */
export async function resolved(context: CommandContext, source: Source, to: Destination): Promise<Dialled> {
  if (to.kind === 'address') return to
  const { machine } = source
  if (machine === undefined) throw new BadPlace(`--to ${to.host}: the source has no resolver; name an address`)
  const found = await resolveName({ ...context, machine }, to.host)
  if (found.kind === 'found' && found.addresses[0] !== undefined) return { address: found.addresses[0], port: to.port }
  const why = found.kind === 'again' ? 'Temporary failure in name resolution' : 'Name or service not known'
  throw new BadPlace(`--to ${to.host}: ${why}`)
}

function options(context: CommandContext, { src }: Source, { address, port }: Dialled) {
  return { dst: address, port, uid: context.user.uid, ...(src === undefined ? {} : { src }), ...originOf(context) }
}

/** Opens a TCP connection, waits till it is decided, and closes it; its number. */
export async function dialTcp(context: CommandContext, source: Source, to: Dialled, timeoutMs: number): Promise<Flow> {
  const opened = source.netns.ip.connectTcp(options(context, source, to))
  if (typeof opened === 'string') return undefined
  await waitFor(context, [opened], () => opened.state !== 'connecting', context.clock.now + timeoutMs)
  opened.close()
  return opened.socket.flow
}

/** A connection's number; undefined where nothing was opened: the newest record then says why. */
type Flow = number | undefined

const DNS_PORT = 53

/** Sends one datagram and waits for an answer; the connection's number. */
export async function dialUdp(context: CommandContext, source: Source, to: Dialled, timeoutMs: number): Promise<Flow> {
  const { netns } = source
  const socket = netns.ip.openUdp({ ...options(context, source, to), recverr: true })
  if (typeof socket === 'string') return undefined
  let errno = socket.send(to.port === DNS_PORT ? question(netns.net.dice.int(65_536)) : 'chainwalk\n')
  const done = () => {
    const answer = socket.receive()
    errno ??= socket.error()
    return answer !== undefined || errno !== undefined
  }
  await waitFor(context, [socket], done, context.clock.now + timeoutMs)
  socket.close()
  return socket.socket.flow
}

function question(id: number): string {
  const none = { answers: [], authority: [], additional: [] }
  const name = 'kubernetes.default.svc.cluster.local.'
  return encodeMessage({ id, response: false, recursionDesired: true, rcode: 0, question: { name, type: TYPE.A }, ...none })
}
