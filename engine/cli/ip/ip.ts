import { type Command, type CommandContext, type CommandPart, type Flag, notEmulated } from '../command.ts'
import { addressCommand, linkCommand } from './address.ts'
import { command } from './args.ts'
import { IpError, NotEmulatedHere } from './error.ts'
import { neighCommand } from './neigh.ts'
import { isMissingTable, routeCommand } from './route.ts'
import type { IpStyle } from './view.ts'

const on = (long: string, short?: string): Flag => ({
  long,
  status: 'emulated',
  suite: 'node-tools',
  ...(short === undefined ? {} : { short }),
})
const known = (long: string, short?: string): Flag => ({ ...on(long, short), status: 'known' })

/** ip of iproute2 6.1.0. Options come before the object and may be shortened. */
const FLAGS: readonly Flag[] = [
  on('brief', 'br'),
  on('oneline', 'o'),
  on('details', 'd'),
  on('ipv4', '4'),
  on('ipv6', '6'),
  on('Version', 'V'),
  { long: 'numeric', short: 'N', status: 'accepted', reason: 'names of scopes and tables are fixed here' },
  known('json', 'j'),
  known('pretty', 'p'),
  known('statistics', 's'),
  known('color', 'c'),
  known('netns', 'n'),
  known('family', 'f'),
  known('resolve', 'r'),
  known('all', 'a'),
  known('batch', 'b'),
  known('force'),
  known('human-readable', 'h'),
  known('iec'),
  known('loops', 'l'),
  known('timestamp', 't'),
  known('tshort', 'ts'),
  known('rcvbuf', 'rc'),
  known('echo'),
  known('M'),
  known('B'),
  known('0'),
]

const OBJECTS = [
  'address',
  'addrlabel',
  'fou',
  'help',
  'ioam',
  'l2tp',
  'link',
  'macsec',
  'maddress',
  'monitor',
  'mptcp',
  'mroute',
  'mrule',
  'neighbor',
  'neighbour',
  'neigh',
  'netconf',
  'netns',
  'nexthop',
  'ntable',
  'ntbl',
  'route',
  'rule',
  'sr',
  'tap',
  'tcpmetrics',
  'token',
  'tunnel',
  'tuntap',
  'vrf',
  'xfrm',
] as const

const EMULATED = ['address', 'link', 'route', 'neighbour', 'rule']

const PARTS: readonly CommandPart[] = OBJECTS.filter((name) => name !== 'neigh' && name !== 'neighbor' && name !== 'ntbl').map(
  (name) => ({
    name,
    status: EMULATED.includes(name) ? 'emulated' : 'known',
    flags: [],
    ...(EMULATED.includes(name) ? { suite: 'node-tools' } : {}),
  }),
)

function flagOf(word: string): Flag | undefined {
  const name = word.replace(/^--?/, '')
  return FLAGS.find((f) => f.short === name || f.long === name) ?? FLAGS.find((f) => name.length > 1 && f.long?.startsWith(name))
}

function run(context: CommandContext): number {
  context.mark('recorded')
  const words = context.argv.slice(1)
  const given = new Set<string>()
  while (words[0]?.startsWith('-') && words[0] !== '-') {
    const word = words.shift() as string
    const flag = flagOf(word)
    if (flag === undefined) {
      context.stderr.write(`Option "${word}" is unknown, try "ip -help".\n`)
      return 255
    }
    if (flag.status === 'known') return notEmulated(context, word)
    given.add(flag.long ?? '')
  }
  if (given.has('Version')) {
    context.stdout.write('ip utility, iproute2-6.1.0, libbpf 1.1.2\n')
    return 0
  }
  const style: IpStyle = {
    family: given.has('ipv4') ? 4 : given.has('ipv6') ? 6 : undefined,
    brief: given.has('brief'),
    oneline: given.has('oneline'),
    details: given.has('details'),
  }
  const [object, ...rest] = words
  if (object === undefined) return notEmulated(context, 'help')
  // ip's own order: "a" is address, "r" route, "l" link, "n" neighbour, "ru" rule.
  const name = { a: 'address', r: 'route', l: 'link', n: 'neighbour', ro: 'route' }[object] ?? command(object, OBJECTS)
  try {
    context.stdout.write(perform(context, name, object, rest, style))
    return 0
  } catch (error) {
    if (error instanceof NotEmulatedHere) return notEmulated(context, error.message)
    if (isMissingTable(error)) {
      context.stderr.write('Error: ipv4: FIB table does not exist.\nDump terminated\n')
      return 2
    }
    if (!(error instanceof IpError)) throw error
    context.stderr.write(error.message)
    return error.exit
  }
}

function perform(
  context: CommandContext,
  name: string | undefined,
  typed: string,
  rest: readonly string[],
  style: IpStyle,
): string {
  const { netns } = context.machine
  const root = context.user.uid === 0
  switch (name) {
    case 'address':
      return addressCommand(netns, rest, style, root)
    case 'link':
      return linkCommand(netns, rest, style, root)
    case 'route':
      return routeCommand(netns, rest, style, root)
    case 'neighbour':
    case 'neighbor':
    case 'neigh':
      return neighCommand(netns, rest, style, root)
    case 'rule':
      return rules(rest, style)
    case undefined:
      throw new IpError(`Object "${typed}" is unknown, try "ip help".\n`, 1)
    default:
      throw new NotEmulatedHere(name)
  }
}

/** Policy routing is not emulated; the three rules of every namespace are. */
function rules(words: readonly string[], style: IpStyle): string {
  const verb =
    words[0] === undefined
      ? 'show'
      : command(words[0], ['add', 'delete', 'list', 'show', 'lst', 'ls', 'flush', 'save', 'restore', 'help'])
  if (verb === undefined) throw new IpError(`Command "${words[0]}" is unknown, try "ip rule help".\n`, 255)
  if (!['list', 'show', 'lst', 'ls'].includes(verb) || words.length > 1) throw new NotEmulatedHere(`rule ${verb}`)
  const last = style.family === 6 ? '' : '32767:\tfrom all lookup default\n'
  return `0:\tfrom all lookup local\n32766:\tfrom all lookup main\n${last}`
}

export const ip: Command = { name: 'ip', path: '/usr/sbin/ip', flags: FLAGS, parts: PARTS, on: 'both', run }
