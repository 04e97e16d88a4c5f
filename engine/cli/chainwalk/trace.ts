import type { ConnectionWalk } from '../../net/walk.ts'
import { connectionList, connectionWalk } from '../../net/walk-read.ts'
import { type CommandContext, notEmulated, type SessionPort } from '../command.ts'
import { type GetoptResult, getopt } from '../getopt.ts'
import { dialTcp, dialUdp, resolved } from './dial.ts'
import { ALL, COUNT, FROM, HELP, TIMEOUT, TO, TRACE_FLAGS, UDP } from './flags.ts'
import { BadPlace, destinationOf, sourceOf } from './places.ts'
import { bad, lastValue, outputOf, print } from './say.ts'
import { TRACE_USAGE } from './usage.ts'
import { walkText } from './walk-text.ts'

const MOST = 1000
const DEFAULT_TIMEOUT_MS = 5000

/** `chainwalk trace`: opens a connection and tells its walk, or tells that of one that is remembered. */
export async function trace(context: CommandContext, session: SessionPort, words: readonly string[]): Promise<number> {
  const given = getopt(words, TRACE_FLAGS)
  if (given.error !== undefined) return bad(context, `trace: ${given.error}`)
  const has = (flag: typeof FROM) => given.options.some((o) => o.flag === flag)
  if (has(HELP)) {
    context.stdout.write(TRACE_USAGE)
    return 0
  }
  try {
    const json = outputOf(given) === 'json'
    const walks = given.operands.length > 0 ? [remembered(session, given)] : await opened(context, session, given)
    if (walks === 64) return 64
    tell(context, walks, { json, all: has(ALL), many: has(COUNT), note: quoted(session) })
    return walks.every((w) => w.connection.result === 'connected') ? 0 : 1
  } catch (error) {
    if (error instanceof BadPlace) return bad(context, `trace: ${error.message}`)
    throw error
  }
}

function remembered(session: SessionPort, { operands, options }: GetoptResult): ConnectionWalk {
  const [which = '', ...rest] = operands
  const { network } = session.cluster
  if (rest.length > 0) throw new BadPlace(`one connection at a time, not also ${rest.join(' ')}`)
  const clash = options.find((o) => [FROM, TO, UDP, COUNT, TIMEOUT].includes(o.flag))
  if (clash !== undefined) throw new BadPlace(`${clash.name} opens a connection, and ${which} names one that is remembered`)
  if (which !== 'last' && !/^\d+$/.test(which)) throw new BadPlace(`${which}: want a connection's number, or last`)
  const id = which === 'last' ? connectionList(network)[0]?.id : Number(which)
  if (id === undefined) throw new BadPlace('no connection has been made yet')
  const walk = connectionWalk(network, id)
  if (walk === undefined) throw new BadPlace(`connection ${id} is not remembered (see chainwalk connections)`)
  return walk
}

async function opened(context: CommandContext, session: SessionPort, given: GetoptResult): Promise<ConnectionWalk[] | 64> {
  const { cluster } = session
  const [from, to] = [lastValue(given, FROM), lastValue(given, TO)]
  if (from === undefined || to === undefined)
    throw new BadPlace(`${from === undefined ? '--from' : '--to'} is missing (see chainwalk trace --help)`)
  const count = numberOf(lastValue(given, COUNT), '--count', 1, MOST)
  const timeoutMs = numberOf(lastValue(given, TIMEOUT), '--timeout', DEFAULT_TIMEOUT_MS / 1000, 3600) * 1000
  const source = sourceOf(cluster, from)
  const destination = destinationOf(cluster, to)
  const protocol = destination.kind === 'address' ? destination.protocol : undefined
  if (protocol === 'SCTP') return notEmulated(context, 'a trace over SCTP') as 64
  const udp = given.options.some((o) => o.flag === UDP) || protocol === 'UDP'
  const target = await resolved(context, source, destination)
  const walks: ConnectionWalk[] = []
  for (let i = 0; i < count && !context.signal.aborted; i++) {
    const flow = await (udp ? dialUdp : dialTcp)(context, source, target, timeoutMs)
    const id = flow ?? connectionList(cluster.network)[0]?.id
    const walk = id === undefined ? undefined : connectionWalk(cluster.network, id)
    if (walk !== undefined) walks.push(walk)
  }
  return walks
}

function numberOf(text: string | undefined, option: string, otherwise: number, most: number): number {
  if (text === undefined) return otherwise
  const value = /^\d+$/.test(text) ? Number(text) : 0
  if (value < 1 || value > most) throw new BadPlace(`${option} ${text}: want a number from 1 to ${most}`)
  return value
}

/** Versions read each other imperfectly: a rule quoted as it was written is not always what this node's iptables lists. */
function quoted({ cluster }: SessionPort): string[] {
  const { iptables, proxyIptables } = cluster.profile
  if (iptables === proxyIptables) return []
  const [here, writer] = [iptables, proxyIptables].map((version) => version.split('/')[0])
  return [
    `Rules are quoted as their writers print them; iptables ${here} of the nodes may list less of what iptables ${writer} wrote.`,
  ]
}

interface Telling {
  readonly json: boolean
  readonly all: boolean
  readonly many: boolean
  readonly note: readonly string[]
}

function tell(context: CommandContext, walks: readonly ConnectionWalk[], { json, all, many, note }: Telling): void {
  const last = walks.at(-1)
  if (json) {
    print(context, [JSON.stringify(many ? walks : last, null, 2)])
    return
  }
  if (last === undefined) return
  if (walks.length > 1) {
    const ends = new Map<string, number>()
    for (const w of walks) ends.set(w.conclusion.text, (ends.get(w.conclusion.text) ?? 0) + 1)
    print(context, [...[...ends].map(([text, times]) => `${String(times).padStart(5)} × ${text}`), ''])
  }
  print(context, walkText(last, all, note))
}
