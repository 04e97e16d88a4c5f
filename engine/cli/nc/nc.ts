import type { TcpConnection } from '../../net/socket/api.ts'
import { STRERROR } from '../../net/socket/types.ts'
import { type Command, type CommandContext, type Flag, notEmulated, originOf } from '../command.ts'
import { getopt, notEmulatedOption, optionValue } from '../getopt.ts'
import { resolveName } from '../resolve.ts'
import { serviceName, servicePort } from '../services.ts'
import { waitFor } from '../waiting.ts'
import { listen } from './listen.ts'
import type { NcOptions } from './options.ts'
import { USAGE } from './usage.ts'

const on = (short: string, value?: string): Flag => ({
  short,
  status: 'emulated',
  // Nobody recorded these.
  suite: '46Nqh'.includes(short) ? 'modelled' : 'node-tools',
  ...(value === undefined ? {} : { value }),
})
const known = (short: string, value?: string): Flag => ({ short, status: 'known', ...(value === undefined ? {} : { value }) })

/** netcat-openbsd 1.219. */
const FLAGS: readonly Flag[] = [
  on('4'),
  on('6'),
  on('k'),
  on('l'),
  on('N'),
  on('n'),
  on('p', 'source_port'),
  on('q', 'seconds'),
  on('s', 'sourceaddr'),
  on('u'),
  on('v'),
  on('w', 'timeout'),
  on('z'),
  on('h'),
  ...['b', 'C', 'D', 'd', 'F', 'r', 'S', 't', 'U', 'Z'].map((s) => known(s)),
  ...['I', 'i', 'M', 'm', 'O', 'P', 'T', 'V', 'W', 'X', 'x'].map((s) => known(s, 'value')),
]

async function run(context: CommandContext): Promise<number> {
  const { stderr } = context
  const fail = (text: string) => {
    stderr.write(`nc: ${text}\n`)
    return 1
  }
  const given = getopt(context.argv.slice(1), FLAGS, { stopAtOperand: false })
  if (given.error !== undefined) {
    stderr.write(`nc: ${given.error}\n${USAGE}`)
    return 1
  }
  const unknown = notEmulatedOption(given)
  if (unknown !== undefined) return notEmulated(context, unknown)
  const has = (name: string) => optionValue(given, name) !== undefined
  const number = (name: string) => (has(name) ? Number(optionValue(given, name)) : undefined)
  if (has('h')) return notEmulated(context, '-h')
  const seconds = number('w')
  if (seconds !== undefined && !Number.isFinite(seconds)) return fail(`timeout invalid: ${optionValue(given, 'w')}`)
  const options: NcOptions = {
    udp: has('u'),
    verbose: has('v'),
    numeric: has('n'),
    scan: has('z'),
    keep: has('k'),
    timeoutMs: seconds === undefined ? undefined : seconds * 1000,
    sourcePort: number('p'),
    source: optionValue(given, 's'),
    shutdown: has('N'),
    quitMs: has('q') ? Number(optionValue(given, 'q')) * 1000 : undefined,
    family: has('4') ? 4 : has('6') ? 6 : undefined,
  }
  const [first, second] = given.operands
  if (has('l')) return await listen(context, options, given.operands)
  if (first === undefined) {
    stderr.write(USAGE)
    return 1
  }
  if (second === undefined) return fail('missing port number')
  const protocol = options.udp ? 'udp' : 'tcp'
  const ports = portsOf(second, (name) => servicePort(context.machine, name, protocol))
  if (typeof ports === 'string') return fail(ports)
  let exit = 1
  for (const port of ports) {
    const one = options.udp ? await overUdp(context, options, first, port) : await overTcp(context, options, first, port)
    if (one === 0) exit = 0
    if (context.signal.aborted) return 130
    if (!options.scan) break
  }
  return exit
}

/** "80", "8079-8081", "http". */
function portsOf(text: string, byName: (name: string) => number | undefined): readonly number[] | string {
  const [low = '', high] = text.split('-')
  if (high !== undefined && /^\d+$/.test(low) && /^\d+$/.test(high)) {
    const [a, b] = [Number(low), Number(high)].sort((x, y) => x - y) as [number, number]
    return Array.from({ length: b - a + 1 }, (_, i) => a + i)
  }
  const port = byName(text)
  if (port === undefined) return `port number invalid: ${text}`
  if (port < 1 || port > 65535) return `port number ${port < 1 ? 'too small' : 'too large'}: ${text}`
  return [port]
}

async function addresses(
  context: CommandContext,
  options: NcOptions,
  host: string,
  port: number,
): Promise<readonly string[] | undefined> {
  const literal = /^[\d.]+$|:/.test(host)
  const found = options.numeric && !literal ? ({ kind: 'none' } as const) : await resolveName(context, host, options.family)
  if (found.kind === 'found') return found.addresses
  const why = found.kind === 'none' ? 'Name or service not known' : 'Temporary failure in name resolution'
  context.stderr.write(`nc: getaddrinfo for host "${host}" port ${port}: ${why}\n`)
  return undefined
}

/** "10.0.0.1", or "name (10.0.0.1)" where a name was given. */
function shown(host: string, address: string): string {
  return host === address ? host : `${host} (${address})`
}

function succeeded(context: CommandContext, options: NcOptions, host: string, address: string, port: number): void {
  if (!options.verbose) return
  const protocol = options.udp ? 'udp' : 'tcp'
  const name = options.numeric ? undefined : serviceName(context.machine, port, protocol)
  context.stderr.write(`Connection to ${shown(host, address)} ${port} port [${protocol}/${name ?? '*'}] succeeded!\n`)
}

async function overTcp(context: CommandContext, options: NcOptions, host: string, port: number): Promise<number> {
  const found = await addresses(context, options, host, port)
  for (const address of found ?? []) {
    const failed = (why: string) => {
      if (options.verbose) context.stderr.write(`nc: connect to ${shown(host, address)} port ${port} (tcp) ${why}\n`)
    }
    const opened = context.machine.netns.ip.connectTcp({
      dst: address,
      port,
      uid: context.user.uid,
      ...originOf(context),
      ...(options.source === undefined ? {} : { src: options.source }),
      ...(options.sourcePort === undefined ? {} : { sport: options.sourcePort }),
    })
    if (typeof opened === 'string') {
      failed(`failed: ${STRERROR[opened]}`)
      continue
    }
    const deadline = options.timeoutMs === undefined ? undefined : context.clock.now + options.timeoutMs
    await waitFor(context, [opened], () => opened.state !== 'connecting', deadline)
    if (opened.state !== 'connected') {
      const errno = opened.errno
      opened.close()
      failed(errno === undefined ? 'timed out: Operation now in progress' : `failed: ${STRERROR[errno]}`)
      continue
    }
    succeeded(context, options, host, address, port)
    if (!options.scan) await converse(context, options, opened)
    opened.close()
    return 0
  }
  return 1
}

/** Standard input goes out, what comes in is printed; ends with the peer, or after -w seconds of silence. */
export async function converse(context: CommandContext, options: NcOptions, connection: TcpConnection): Promise<void> {
  const send = (text: string) => {
    if (text !== '') connection.send(text)
  }
  const take = () => {
    const data = connection.read()
    if (data !== '') context.stdout.write(data)
    return data
  }
  let typing: Promise<void> | undefined
  if (context.stdin.isTty) {
    typing = (async () => {
      for (let line = await context.stdin.line(); line !== undefined; line = await context.stdin.line()) send(`${line}\n`)
    })()
  } else {
    send(await context.stdin.text())
    if (options.shutdown) connection.shutdown()
  }
  let until = options.timeoutMs === undefined ? undefined : context.clock.now + options.timeoutMs
  for (;;) {
    take()
    if (connection.eof || connection.state === 'closed' || context.signal.aborted) break
    let heard = ''
    const go = await waitFor(
      context,
      [connection],
      () => {
        heard += take()
        return heard !== '' || connection.eof || connection.state === 'closed'
      },
      until,
    )
    if (!go) break
    if (until !== undefined) until = context.clock.now + (options.timeoutMs ?? 0)
  }
  void typing
}

async function overUdp(context: CommandContext, options: NcOptions, host: string, port: number): Promise<number> {
  const found = await addresses(context, options, host, port)
  const address = found?.[0]
  if (address === undefined) return 1
  const socket = context.machine.netns.ip.openUdp({
    dst: address,
    port,
    uid: context.user.uid,
    ...originOf(context),
    ...(options.sourcePort === undefined ? {} : { sport: options.sourcePort }),
  })
  if (typeof socket === 'string') {
    if (options.verbose)
      context.stderr.write(`nc: connect to ${shown(host, address)} port ${port} (udp) failed: ${STRERROR[socket]}\n`)
    return 1
  }
  if (options.scan || options.verbose) {
    // udptest(): a probe byte now and then; an ICMP error says that nobody listens.
    let refused = false
    for (let i = 0; i < 2 && !refused; i++) {
      refused = (socket.send('X') ?? socket.error()) !== undefined
      if (!refused) await context.sleep(i === 0 ? (options.timeoutMs ?? 1000) : 0)
    }
    if (refused) {
      socket.close()
      return 1
    }
    succeeded(context, options, host, address, port)
  }
  if (!options.scan) {
    const text = context.stdin.isTty ? '' : await context.stdin.text()
    if (text !== '') socket.send(text)
    const print = () => {
      for (let d = socket.receive(); d !== undefined; d = socket.receive()) context.stdout.write(d.data)
      return socket.socket.errno !== undefined
    }
    await waitFor(context, [socket], print, options.timeoutMs === undefined ? undefined : context.clock.now + options.timeoutMs)
  }
  socket.close()
  return 0
}

export const nc: Command = { name: 'nc', path: '/usr/bin/nc', aliases: ['netcat'], flags: FLAGS, on: 'both', run }
