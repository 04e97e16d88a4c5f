import { ipFamily } from '../../base/ip.ts'
import type { PingEndpoint } from '../../net/socket/api.ts'
import type { IcmpNotice } from '../../net/socket/types.ts'
import { type Command, type CommandContext, notEmulated, originOf } from '../command.ts'
import { getopt, notEmulatedOption, optionValue } from '../getopt.ts'
import { resolveName } from '../resolve.ts'
import { waitFor } from '../waiting.ts'
import { PING_FLAGS } from './flags.ts'
import { errorText, Statistics } from './report.ts'

interface Options {
  readonly count: number
  readonly intervalMs: number
  readonly lingerMs: number
  readonly deadlineMs: number | undefined
  readonly size: number
  readonly ttl: number
  readonly quiet: boolean
  readonly stamps: boolean
}

async function run(context: CommandContext): Promise<number> {
  const { stderr, stdout } = context
  const fail = (text: string, exit: number) => {
    stderr.write(`ping: ${text}\n`)
    return exit
  }
  const given = getopt(context.argv.slice(1), PING_FLAGS)
  if (given.error !== undefined) return notEmulated(context, given.error)
  const unknown = notEmulatedOption(given)
  if (unknown !== undefined) return notEmulated(context, unknown)
  const value = (name: string) => optionValue(given, name)
  if (value('h') !== undefined) return notEmulated(context, '-h')
  if (value('V') !== undefined) {
    stdout.write(
      'ping from iputils 20221126\nlibcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes\n',
    )
    return 0
  }
  for (const [name, low, high] of [
    ['c', 1, Number.MAX_SAFE_INTEGER],
    ['t', 0, 255],
    ['s', 0, 2147483647],
  ] as const) {
    const text = value(name)
    if (text === undefined) continue
    if (!/^-?\d+$/.test(text)) return fail(`invalid argument: '${text}'`, 1)
    const shownHigh = name === 'c' ? '9223372036854775807' : String(high)
    if (Number(text) < low || Number(text) > high)
      return fail(`invalid argument: '${text}': out of range: ${low} <= value <= ${shownHigh}`, 1)
  }
  for (const name of ['i', 'W'] as const) {
    const text = value(name)
    if (text !== undefined && !/^\d*\.?\d+$/.test(text)) return notEmulated(context, `-${name} ${text}`)
  }
  if (value('t') === '0') return fail('cannot set unicast time-to-live: Invalid argument', 2)
  const target = given.operands.at(-1)
  if (target === undefined) return fail('usage error: Destination address required', 1)
  if (given.operands.length > 1) return notEmulated(context, 'several destinations')
  const family = value('4') !== undefined ? 4 : value('6') !== undefined ? 6 : undefined
  const literal = ipFamily(target)
  if (literal !== undefined && family !== undefined && literal !== family)
    return fail(`${target}: Address family for hostname not supported`, 2)
  const found = await resolveName(context, target, family)
  if (found.kind !== 'found')
    return fail(`${target}: ${found.kind === 'none' ? 'Name or service not known' : 'Temporary failure in name resolution'}`, 2)
  const address = found.addresses[0] as string
  const size = Number(value('s') ?? 56)
  const options: Options = {
    count: Number(value('c') ?? Number.POSITIVE_INFINITY),
    intervalMs: Math.round(Number(value('i') ?? 1) * 1000),
    lingerMs: Math.round(Number(value('W') ?? 10) * 1000),
    deadlineMs: value('w') === undefined ? undefined : Number(value('w')) * 1000,
    size,
    ttl: Number(value('t') ?? 64),
    quiet: value('q') !== undefined,
    stamps: value('D') !== undefined,
  }
  return await probe(
    context,
    { target, name: found.name, address, via: value('I'), numeric: value('n') !== undefined, pmtu: value('M') },
    options,
  )
}

interface Target {
  readonly target: string
  readonly name: string
  readonly address: string
  readonly via: string | undefined
  readonly numeric: boolean
  readonly pmtu: string | undefined
}

async function probe(context: CommandContext, t: Target, options: Options): Promise<number> {
  const { netns } = context.machine
  const { stdout, stderr, clock } = context
  const six = t.address.includes(':')
  const device = t.via !== undefined && ipFamily(t.via) === undefined ? t.via : undefined
  if (device !== undefined && netns.link(device) === undefined) {
    stderr.write(`ping: SO_BINDTODEVICE ${device}: No such device\n`)
    return 2
  }
  const src = t.via !== undefined && device === undefined ? t.via : undefined
  const route = netns.route(t.address, {
    ...(src === undefined ? {} : { src }),
    ...(device === undefined ? {} : { oif: device }),
  })
  if (netns.isBroadcast(t.address) || (route.kind === 'error' && route.errno === 'EACCES')) {
    stderr.write('ping: Do you want to ping broadcast? Then -b. If not, check your local firewall rules\n')
    return 2
  }
  if (route.kind === 'error') {
    const text = {
      ENETUNREACH: 'Network is unreachable',
      EHOSTUNREACH: 'No route to host',
      EINVAL: 'Invalid argument',
    } as Record<string, string>
    stderr.write(`ping: connect: ${text[route.errno] ?? 'Network is unreachable'}\n`)
    return 2
  }
  const socket = netns.ip.openPing({
    uid: context.user.uid,
    ...originOf(context),
    ...(src === undefined ? {} : { src }),
    ...(device === undefined ? {} : { device }),
  })
  if (typeof socket === 'string') {
    stderr.write(`ping: bind: ${socket === 'EADDRNOTAVAIL' ? 'Cannot assign requested address' : socket}\n`)
    return 2
  }
  const named = ipFamily(t.target) === undefined && !t.numeric
  const from = t.via === undefined ? '' : ` from ${route.src} ${device ?? ''}:`
  const bytes = six ? `${options.size} data bytes` : `${options.size}(${options.size + 28}) bytes of data.`
  const head =
    six && !named
      ? `PING ${t.target}(${t.address})`
      : six
        ? `PING ${t.target}(${t.name} (${t.address}))`
        : `PING ${t.name} (${t.address})`
  stdout.write(`${head}${from} ${bytes}\n`)
  const mtu = route.kind === 'unicast' ? route.mtu : 65536
  const tooLong = options.size > 65507 || (t.pmtu === 'do' && options.size + 28 > mtu)
  const statistics = new Statistics(clock.now)
  const who = (address: string) => (named ? `${address === t.address ? t.name : address} (${address})` : address)
  const drain = () => print(context, socket, statistics, options, who)
  const end = options.deadlineMs === undefined ? Number.POSITIVE_INFINITY : clock.now + options.deadlineMs
  for (let seq = 1; seq <= options.count && clock.now < end && !context.signal.aborted; seq++) {
    statistics.sent(clock.now)
    if (tooLong) {
      stderr.write(`ping: local error: message too long, mtu=${mtu > 65535 ? 65535 : mtu}\n`)
      statistics.errors++
    } else {
      const errno = socket.send(t.address, seq, '\0'.repeat(options.size), options.ttl)
      if (errno === 'EPERM') stderr.write('ping: sendmsg: Operation not permitted\n')
      else if (errno === 'ENETUNREACH') stderr.write('ping: sendmsg: Network is unreachable\n')
    }
    drain()
    if (seq < options.count) await settle(context, socket, drain, Math.min(clock.now + options.intervalMs, end), () => false)
  }
  // Once all are sent it waits for what is still missing: twice the round trip, or -W where nothing ever came back.
  if (!statistics.complete && !context.signal.aborted && !tooLong && Number.isFinite(options.count)) {
    const linger = statistics.received > 0 ? 1 : options.lingerMs
    await settle(context, socket, drain, Math.min(clock.now + linger, end), () => statistics.complete)
  }
  socket.close()
  stdout.write(statistics.text(t.name, options.size >= 16))
  return statistics.received > 0 &&
    (options.deadlineMs === undefined || !Number.isFinite(options.count) || statistics.received >= options.count)
    ? 0
    : 1
}

async function settle(
  context: CommandContext,
  socket: PingEndpoint,
  drain: () => void,
  until: number,
  done: () => boolean,
): Promise<void> {
  await waitFor(
    context,
    [socket],
    () => {
      drain()
      return done()
    },
    until,
  )
}

function print(
  context: CommandContext,
  socket: PingEndpoint,
  statistics: Statistics,
  options: Options,
  who: (address: string) => string,
): void {
  const stamp = () => (options.stamps ? `[${(context.clock.now / 1000).toFixed(6)}] ` : '')
  for (const r of socket.replies()) {
    const ms = statistics.reply(r.at, context.machine.dice.next())
    const time = options.size >= 16 ? ` time=${ms} ms` : ''
    if (!options.quiet)
      context.stdout.write(`${stamp()}${r.length} bytes from ${who(r.from)}: icmp_seq=${r.seq} ttl=${r.ttl}${time}\n`)
  }
  for (const e of socket.errors()) {
    statistics.errors++
    if (!options.quiet)
      context.stdout.write(`${stamp()}From ${who(e.from)} icmp_seq=${(e as IcmpNotice).seq ?? 0} ${errorText(e)}\n`)
  }
}

export const ping: Command = { name: 'ping', path: '/usr/bin/ping', flags: PING_FLAGS, on: 'both', run }
