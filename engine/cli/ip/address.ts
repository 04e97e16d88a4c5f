import { cidrContains, ipFamily, parseCidr } from '../../base/ip.ts'
import type { Link, LinkAddress } from '../../net/link.ts'
import type { Netns } from '../../net/netns.ts'
import { Args, command } from './args.ts'
import { IpError, kernel, NotEmulatedHere, syntax } from './error.ts'
import { addressText, type IpStyle, linkText } from './view.ts'

/** `ip address …` */
export function addressCommand(ns: Netns, words: readonly string[], style: IpStyle, root: boolean): string {
  const args = new Args(words)
  const verb = args.next()
  if (verb === undefined) return show(ns, args, style)
  if (verb === 'help') throw new NotEmulatedHere('address help')
  const name = command(verb, [
    'add',
    'change',
    'chg',
    'replace',
    'delete',
    'show',
    'list',
    'lst',
    'ls',
    'flush',
    'save',
    'restore',
  ])
  switch (name) {
    case 'show':
    case 'list':
    case 'lst':
    case 'ls':
      return show(ns, args, style)
    case 'add':
    case 'replace':
    case 'delete':
      edit(ns, args, name, root)
      return ''
    case 'flush':
      flush(ns, args)
      return ''
    case undefined:
      throw syntax(`Command "${verb}" is unknown, try "ip address help".`)
    default:
      throw new NotEmulatedHere(`address ${name}`)
  }
}

function show(ns: Netns, args: Args, style: IpStyle): string {
  let dev: string | undefined
  let scope: string | undefined
  let to: string | undefined
  let onlyUp = false
  for (let word = args.next(); word !== undefined; word = args.next()) {
    if (word === 'dev') dev = args.need()
    else if (word === 'scope') scope = args.need()
    else if (word === 'to') to = args.need()
    else if (word === 'up') onlyUp = true
    else if (['type', 'master', 'label', 'vrf', 'group', 'permanent', 'dynamic', 'secondary', 'primary'].includes(word))
      throw new NotEmulatedHere(`address show ${word}`)
    else dev = word
  }
  if (dev !== undefined && ns.link(dev) === undefined) throw syntax(`Device "${dev}" does not exist.`, 1)
  const range = to === undefined ? undefined : parseCidr(to)
  const keep = (a: LinkAddress) =>
    (style.family === undefined || a.family === style.family) &&
    (scope === undefined || a.scope === scope) &&
    (range === undefined || cidrContains(range, a.address))
  const narrowed = style.family !== undefined || scope !== undefined || to !== undefined || style.oneline
  return ns.links
    .filter((l) => (dev === undefined || l === ns.link(dev)) && (!onlyUp || l.up))
    .map((l) => [l, l.addresses.filter(keep)] as const)
    .filter(([, found]) => !narrowed || found.length > 0)
    .map(([l, found]) =>
      to !== undefined && !style.brief && !style.oneline
        ? withoutHardware(ns, l, found, style)
        : addressText(ns, l, found, style),
    )
    .join('')
}

/** Asked for a prefix, `ip` prints no link layer line. */
function withoutHardware(ns: Netns, link: Link, found: readonly LinkAddress[], style: IpStyle): string {
  return addressText(ns, link, found, style)
    .split('\n')
    .filter((line) => !/^ {4}link\//.test(line))
    .join('\n')
}

function edit(ns: Netns, args: Args, verb: 'add' | 'replace' | 'delete', root: boolean): void {
  let local: string | undefined
  let dev: string | undefined
  let broadcast: string | undefined
  let scope: LinkAddress['scope'] | undefined
  let label: string | undefined
  for (let word = args.next(); word !== undefined; word = args.next()) {
    if (word === 'dev') dev = args.need()
    else if (word === 'broadcast' || word === 'brd') broadcast = args.need()
    else if (word === 'scope') scope = args.need() as LinkAddress['scope']
    else if (word === 'label') label = args.need()
    else if (
      ['peer', 'valid_lft', 'preferred_lft', 'noprefixroute', 'anycast', 'metric', 'nodad', 'home', 'mngtmpaddr'].includes(word)
    )
      throw new NotEmulatedHere(`address ${word}`)
    else local = word === 'local' ? args.need() : word
  }
  const cidr = local === undefined ? undefined : parseCidr(local)
  if (local !== undefined && cidr === undefined) throw syntax(`Error: any valid prefix is expected rather than "${local}".`, 1)
  if (dev === undefined) throw new IpError('Not enough information: "dev" argument is required.\n', 1)
  const link = ns.link(dev)
  if (link === undefined) throw syntax(`Cannot find device "${dev}"`, 1)
  if (local === undefined || cidr === undefined) throw kernel('RTNETLINK answers: Operation not supported')
  if (!root) throw kernel('RTNETLINK answers: Operation not permitted')
  const address = local.split('/')[0] as string
  const family = ipFamily(address) === 6 ? 'ipv6' : 'ipv4'
  const known = link.addresses.find((a) => a.address === address && a.bits === cidr.bits)
  if (verb === 'delete') {
    const target = known ?? (local.includes('/') ? undefined : link.addresses.find((a) => a.address === address))
    if (target === undefined) throw kernel(`Error: ${family}: Address not found.`)
    ns.removeAddress(link.name, address)
    return
  }
  if (known !== undefined) {
    if (verb === 'replace') return
    throw kernel(`Error: ${family}: ${family === 'ipv4' ? 'A' : 'a'}ddress already assigned.`)
  }
  ns.addAddress(link.name, `${address}/${cidr.bits}`, {
    ...(scope === undefined ? {} : { scope }),
    ...(label === undefined ? {} : { label }),
    ...(broadcast === undefined || broadcast === '+' ? {} : { broadcast }),
  })
}

function flush(ns: Netns, args: Args): void {
  const words: string[] = []
  for (let word = args.next(); word !== undefined; word = args.next()) if (word !== 'dev') words.push(word)
  const dev = words[0]
  if (dev === undefined) throw syntax('Flush requires arguments.', 1)
  if (words.length > 1) throw new NotEmulatedHere(`address flush ${words[1]}`)
  const link = ns.link(dev)
  if (link === undefined) throw syntax(`Device "${dev}" does not exist.`, 1)
  for (const a of link.addresses) ns.removeAddress(link.name, a.address)
}

/** `ip link …` */
export function linkCommand(ns: Netns, words: readonly string[], style: IpStyle, root: boolean): string {
  const args = new Args(words)
  const verb = args.next()
  if (verb === 'help') throw new NotEmulatedHere('link help')
  const name =
    verb === undefined
      ? 'show'
      : command(verb, ['add', 'set', 'change', 'replace', 'delete', 'show', 'list', 'lst', 'ls', 'xstats', 'property'])
  switch (name) {
    case 'show':
    case 'list':
    case 'lst':
    case 'ls':
      return showLinks(ns, args, style)
    case 'set':
    case 'change':
      setLink(ns, args, root)
      return ''
    case undefined:
      throw syntax(`Command "${verb}" is unknown, try "ip link help".`)
    default:
      throw new NotEmulatedHere(`link ${name}`)
  }
}

function showLinks(ns: Netns, args: Args, style: IpStyle): string {
  let keep = (_: Link) => true
  for (let word = args.next(); word !== undefined; word = args.next()) {
    if (word === 'up') keep = (l) => l.up
    else if (word === 'type') {
      const kind = args.need()
      keep = (l) => l.kind === kind
    } else if (word === 'master') {
      const master = args.need()
      if (ns.link(master) === undefined) throw syntax(`Device does not exist`, 255)
      keep = (l) => l.master === master
    } else if (word === 'group' || word === 'vrf') throw new NotEmulatedHere(`link show ${word}`)
    else {
      const dev = word === 'dev' ? args.need() : word
      const link = ns.link(dev)
      if (link === undefined) throw syntax(`Device "${dev}" does not exist.`, 1)
      keep = (l) => l === link
    }
  }
  if (style.details) throw new NotEmulatedHere('-details link')
  return ns.links
    .filter(keep)
    .map((l) => linkText(ns, l, style))
    .join('')
}

function setLink(ns: Netns, args: Args, root: boolean): void {
  let dev: string | undefined
  const change: { up?: boolean; mtu?: number; name?: string; mac?: string } = {}
  for (let word = args.next(); word !== undefined; word = args.next()) {
    if (word === 'dev') dev = args.need()
    else if (word === 'up' || word === 'down') change.up = word === 'up'
    else if (word === 'mtu') change.mtu = Number(args.need())
    else if (word === 'name') change.name = args.need()
    else if (word === 'address') {
      change.mac = args.need()
      if (!/^([0-9a-f]{1,2}:){5}[0-9a-f]{1,2}$/i.test(change.mac)) throw syntax(`"${change.mac}" is invalid lladdr.`, 1)
    } else if (dev === undefined) dev = word
    else throw new NotEmulatedHere(`link set ${word}`)
  }
  if (dev === undefined) throw syntax('Not enough information: "dev" argument is required.')
  const link = ns.link(dev)
  if (link === undefined) throw syntax(`Cannot find device "${dev}"`, 1)
  if (!root) throw kernel('RTNETLINK answers: Operation not permitted')
  if (change.mtu !== undefined && change.mtu < 68) throw kernel('Error: mtu less than device minimum.')
  if (change.mtu !== undefined && change.mtu > (link.kind === 'loopback' ? 4294967295 : 65535))
    throw kernel('Error: mtu greater than device maximum.')
  if (change.name !== undefined && ns.link(change.name) !== undefined) throw kernel('RTNETLINK answers: File exists')
  const { name, ...rest } = change
  ns.updateLink(link.name, rest)
  if (name === undefined) return
  ns.updateLink(link.name, { name })
  ns.setRoutes(ns.routes.map((r) => (r.dev === link.name ? { ...r, dev: name } : r)))
}
