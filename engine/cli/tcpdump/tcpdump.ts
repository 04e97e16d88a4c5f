import { withinMs } from '../../net/kernel-log.ts'
import type { TapEvent } from '../../net/taps.ts'
import { type Command, type CommandContext, notEmulated } from '../command.ts'
import { type GetoptResult, getopt, notEmulatedOption, optionValue } from '../getopt.ts'
import { resolveName } from '../resolve.ts'
import { serviceName, servicePort } from '../services.ts'
import { waitFor } from '../waiting.ts'
import { DeviceError, deviceList, type Source, sourceOf } from './devices.ts'
import { compileFilter } from './filter/compile.ts'
import { FilterError } from './filter/lexer.ts'
import type { Names, Test } from './filter/operands.ts'
import { parseFilter, UnemulatedFilter } from './filter/parser.ts'
import { TCPDUMP_FLAGS } from './flags.ts'
import { type Captured, LINK_TYPES } from './frame.ts'
import { frameText } from './print/frame.ts'
import type { Printer } from './print/printer.ts'
import { USAGE, VERSION } from './words.ts'

const times = (given: GetoptResult, short: string) => given.options.filter((o) => o.flag.short === short).length

async function run(context: CommandContext): Promise<number> {
  const { stdout, stderr, machine } = context
  const fail = (text: string) => {
    stderr.write(`tcpdump: ${text}\n`)
    return 1
  }
  const given = getopt(context.argv.slice(1), TCPDUMP_FLAGS)
  if (given.error !== undefined) {
    stderr.write(`tcpdump: ${given.error}\n${USAGE}`)
    return 1
  }
  const value = (name: string) => optionValue(given, name)
  if (value('help') !== undefined || value('version') !== undefined) {
    stdout.write(value('help') !== undefined ? USAGE : VERSION)
    return 0
  }
  const file = value('r') ?? value('w')
  if (file !== undefined && file !== '-' && missing(context, file, value('r') !== undefined))
    return fail(`${file}: No such file or directory`)
  const unknown = notEmulatedOption(given)
  if (unknown !== undefined) return notEmulated(context, unknown)
  const wrong = wrongValue(given)
  if (wrong !== undefined) return fail(wrong)
  if (value('D') !== undefined) {
    stdout.write(deviceList(machine.netns))
    return 0
  }
  try {
    const source = sourceOf(machine.netns, value('i'))
    if (context.user.uid !== 0)
      return fail(
        `${source.name}: You don't have permission to perform this capture on that device\n(socket: Operation not permitted)`,
      )
    if (value('L') !== undefined) {
      if (source.kind !== 'device') return notEmulated(context, '-L on a pseudo-device')
      stderr.write(
        `Data link types for ${source.name} (use option -y to set):\n  EN10MB (Ethernet)\n  DOCSIS (DOCSIS) (printing not supported)\n`,
      )
      return 0
    }
    if (source.kind === 'nflog' && (value('e') !== undefined || /xx|XX|AA/.test(value('dump') ?? '')))
      return notEmulated(context, '-e on nflog')
    return await capture(context, given, source)
  } catch (error) {
    if (error instanceof DeviceError || error instanceof FilterError) return fail(error.message)
    if (error instanceof UnemulatedFilter) return notEmulated(context, `the filter "${error.message}"`)
    throw error
  }
}

function missing(context: CommandContext, file: string, reading: boolean): boolean {
  const path = file.startsWith('/') ? file : `${context.cwd}/${file}`
  const { fs } = context.machine
  return reading ? !fs.exists(path) : !fs.exists(path.slice(0, path.lastIndexOf('/')) || '/')
}

/** What is wrong with a number or a word that an option takes. */
function wrongValue(given: GetoptResult): string | undefined {
  const count = optionValue(given, 'c')
  if (count !== undefined && !(/^\d+$/.test(count) && Number(count) > 0)) return `invalid packet count ${count}`
  const length = optionValue(given, 's')
  if (length !== undefined && !(/^\d+$/.test(length) && Number(length) <= 262144))
    return `invalid snaplen ${length} (must be >= 0 and <= 262144)`
  const direction = optionValue(given, 'Q')
  if (direction !== undefined && !['in', 'out', 'inout'].includes(direction)) return `unknown capture direction \`${direction}'`
  return times(given, 't') > 5 ? 'only -t, -tt, -ttt, -tttt and -ttttt are supported' : undefined
}

async function capture(context: CommandContext, given: GetoptResult, source: Source): Promise<number> {
  const { stdout, stderr } = context
  if (source.kind === 'any') stderr.write('tcpdump: data link type LINUX_SLL2\n')
  const printer = printerOf(context, given)
  const test = await filterOf(context, given, source)
  const snaplen = Number(optionValue(given, 's') ?? 0) || 262144
  if (snaplen < 65536 && optionValue(given, 's') !== undefined && snaplen < 1600) return notEmulated(context, `-s ${snaplen}`)
  const verbose = printer.options.verbose > 0 ? '' : 'verbose output suppressed, use -v[v]... for full protocol decode\n'
  stderr.write(
    `tcpdump: ${verbose}listening on ${source.name}, link-type ${LINK_TYPES[source.linkType].text}, snapshot length ${snaplen} bytes\n`,
  )
  const limit = Number(optionValue(given, 'c') ?? Number.POSITIVE_INFINITY)
  const direction = optionValue(given, 'Q') ?? 'inout'
  let captured = 0
  let first = 0
  let before: number | undefined
  let wake: () => void = () => {}
  const stop = listen(context, source, (frame) => {
    if (captured >= limit || !test(frame)) return
    if (direction !== 'inout' && (frame.direction === 'Out') !== (direction === 'out')) return
    captured++
    if (captured === 1) first = frame.at
    stdout.write(frameText(frame, printer, { number: captured, before, first }))
    before = frame.at
    if (captured >= limit) wake()
  })
  const changed = {
    watch: (call: () => void) => {
      wake = call
      return () => {}
    },
  }
  const heard = promiscuous(context, given, source)
  const full = await waitFor(context, [changed], () => captured >= limit)
  stop()
  heard()
  // Interrupted: a line may be half printed (main of tcpdump.c).
  if (!full) stdout.write('\n')
  const packets = `${captured} packet${captured === 1 ? '' : 's'}`
  stderr.write(`${packets} captured\n${packets} received by filter\n0 packets dropped by kernel\n`)
  return 0
}

/** The kernel notes that a device hears everything while somebody captures on it (__dev_set_promiscuity). */
function promiscuous(context: CommandContext, given: GetoptResult, source: Source): () => void {
  if (source.kind !== 'device' || optionValue(given, 'p') !== undefined) return () => {}
  const { netns } = context.machine
  netns.log(`${source.name}: entered promiscuous mode`, 6)
  return () => netns.log(`${source.name}: left promiscuous mode`, 6)
}

/** Frames of one instant follow each other by some microseconds. */
const STEP_MS = 0.017

function listen(context: CommandContext, source: Source, take: (frame: Captured) => void): () => void {
  const { netns } = context.machine
  const { taps } = netns.net
  let last = Number.NEGATIVE_INFINITY
  const stamped = (at: number) => {
    last = at + withinMs(at) > last ? at + withinMs(at) : last + STEP_MS
    return last
  }
  if (source.kind === 'nflog') {
    const stops = source.groups.map((group) =>
      taps.nflog(netns, group, ({ at, packet }) =>
        take({
          at: stamped(at),
          linkType: 'NFLOG',
          device: source.name,
          ifindex: 0,
          direction: 'In',
          srcMac: '',
          dstMac: '',
          packet,
          partial: true,
        }),
      ),
    )
    return () => {
      for (const stop of stops) stop()
    }
  }
  return taps.capture(netns, (event: TapEvent) => {
    if (source.kind === 'device' && event.link.index !== source.link.index) return
    const { link, direction, srcMac, dstMac, packet, arp } = event
    take({
      at: stamped(event.at),
      linkType: source.linkType,
      device: link.name,
      ifindex: link.index,
      direction,
      srcMac,
      dstMac,
      partial: !(link.kind === 'ether' && direction !== 'Out'),
      ...(packet === undefined ? {} : { packet }),
      ...(arp === undefined ? {} : { arp }),
    })
  })
}

function filterOf(context: CommandContext, given: GetoptResult, source: Source): Promise<Test> {
  const node = parseFilter(given.operands.join(' '))
  if (node === undefined) return Promise.resolve(() => true)
  const { machine } = context
  const names: Names = {
    linkType: source.linkType,
    addresses: async (name) => {
      const found = await resolveName(context, name)
      return found.kind === 'found' ? found.addresses : []
    },
    port: (name, protocol) => servicePort(machine, name, protocol),
    protocol: (name) => protocolNumber(machine.fs.exists('/etc/protocols') ? machine.fs.read('/etc/protocols') : '', name),
  }
  return compileFilter(node, names)
}

function protocolNumber(text: string, name: string): number | undefined {
  for (const line of text.split('\n')) {
    const [first, number, ...aliases] = (line.split('#')[0] ?? '').trim().split(/\s+/)
    if (first === name || aliases.includes(name)) return Number(number)
  }
  return undefined
}

function printerOf(context: CommandContext, given: GetoptResult): Printer {
  const { machine } = context
  const dumps = ['x', 'X', 'A'].filter((short) => times(given, short) > 0)
  const dump = dumps.at(-1)
  const hosts = machine.fs.exists('/etc/hosts') ? machine.fs.read('/etc/hosts') : ''
  const numeric = times(given, 'n') > 0
  // Addresses without a name in /etc/hosts stay numbers: nobody here answers for them.
  if (!numeric) context.mark('modelled')
  return {
    options: {
      verbose: times(given, 'v'),
      quiet: times(given, 'q') > 0,
      link: times(given, 'e') > 0,
      absolute: times(given, 'S') > 0,
      trustChecksums: times(given, 'K') > 0,
      time: times(given, 't'),
      numbered: times(given, '#') > 0,
      dump: dump === undefined ? undefined : ((times(given, dump) > 1 ? dump + dump : dump) as 'x'),
    },
    names: numeric
      ? { host: (address) => address, port: (port) => String(port) }
      : {
          host: (address) => nameOf(hosts, address) ?? address,
          port: (port, protocol) => serviceName(machine, port, protocol) ?? String(port),
        },
    undecoded: () => context.mark('not emulated'),
    flows: new Map(),
  }
}

/** The first name that /etc/hosts gives an address (gethostbyaddr). */
function nameOf(hosts: string, address: string): string | undefined {
  for (const line of hosts.split('\n')) {
    const [ip, name] = (line.split('#')[0] ?? '').trim().split(/\s+/)
    if (ip === address && name !== undefined) return name
  }
  return undefined
}

export const tcpdump: Command = { name: 'tcpdump', path: '/usr/bin/tcpdump', flags: TCPDUMP_FLAGS, on: 'node', run }
