import { cidrContains, ipToBigInt } from '../../base/ip.ts'
import { type Route, type RouteType, routeName, TABLE_LOCAL, TABLE_MAIN } from '../../net/fib.ts'
import type { Netns } from '../../net/netns.ts'
import { sameSubnet } from '../../net/subnet.ts'
import { Args, address, command, prefix } from './args.ts'
import { kernel, NotEmulatedHere, syntax } from './error.ts'
import type { IpStyle } from './view.ts'

const TABLES: Readonly<Record<string, number>> = { main: TABLE_MAIN, local: TABLE_LOCAL, default: 253 }
const TYPES: readonly RouteType[] = ['unicast', 'local', 'broadcast', 'blackhole', 'unreachable', 'prohibit', 'throw']
const PROTOS = ['boot', 'kernel', 'static', 'dhcp', 'ra', 'bird']

interface Spec {
  dst?: Route['dst'] & { exact: boolean }
  type: RouteType
  via?: string
  dev?: string
  src?: string
  metric?: number
  table?: number
  proto?: string
  scope?: Route['scope']
  onlink?: boolean
  mtu?: number
  match?: string
  root?: string
}

/** `ip route …` */
export function routeCommand(ns: Netns, words: readonly string[], style: IpStyle, root: boolean): string {
  const args = new Args(words)
  const verb = args.next()
  if (verb === undefined) return show(ns, {}, style)
  if (verb === 'help') throw new NotEmulatedHere('route help')
  const name = command(verb, [
    'add',
    'append',
    'change',
    'chg',
    'delete',
    'get',
    'list',
    'show',
    'lst',
    'ls',
    'replace',
    'prepend',
    'flush',
    'save',
    'restore',
  ])
  switch (name) {
    case 'list':
    case 'show':
    case 'lst':
    case 'ls':
      return show(ns, parse(args, true, style), style)
    case 'get':
      return get(ns, args)
    case 'add':
    case 'append':
    case 'change':
    case 'chg':
    case 'replace':
    case 'prepend':
    case 'delete': {
      const spec = parse(args, false, style)
      if (spec.dst === undefined) throw new NotEmulatedHere('route without a destination')
      if (!root) throw kernel('RTNETLINK answers: Operation not permitted')
      if (name === 'delete') remove(ns, spec)
      else put(ns, spec, name)
      return ''
    }
    case undefined:
      throw syntax(`Command "${verb}" is unknown, try "ip route help".`)
    default:
      throw new NotEmulatedHere(`route ${name}`)
  }
}

function table(text: string): number {
  const id = TABLES[text] ?? (/^\d+$/.test(text) ? Number(text) : undefined)
  if (id === undefined) throw syntax(`Error: argument "${text}" is wrong: table id value is invalid\n`)
  return id
}

function parse(args: Args, listing: boolean, style: IpStyle): Spec {
  const spec: Spec = { type: 'unicast' }
  for (let word = args.next(); word !== undefined; word = args.next()) {
    if (TYPES.includes(word as RouteType) && spec.dst === undefined) spec.type = word as RouteType
    else if (word === 'via') spec.via = address(args.need())
    else if (word === 'dev' || word === 'oif') spec.dev = args.need()
    else if (word === 'src') spec.src = address(args.need())
    else if (word === 'table') spec.table = table(args.need())
    else if (word === 'proto' || word === 'protocol') spec.proto = args.need()
    else if (word === 'scope') spec.scope = args.need() as Route['scope']
    else if (word === 'onlink') spec.onlink = true
    else if (word === 'metric' || word === 'priority' || word === 'preference') spec.metric = number(args.need(), 'metric')
    else if (word === 'mtu') spec.mtu = number(args.need(), 'mtu')
    else if (listing && (word === 'match' || word === 'root' || word === 'exact')) {
      const to = args.need()
      if (word === 'match') spec.match = prefix(to).base
      else if (word === 'root') spec.root = to
      else spec.dst = prefix(to)
    } else if (word === 'nexthop' || word === 'cache' || word === 'fibmatch' || word === 'type' || word === 'advmss')
      throw new NotEmulatedHere(`route ${word}`)
    else if (word === 'to') {
      if (!listing || !['match', 'root', 'exact'].includes(args.peek() ?? '')) spec.dst = prefix(args.need(), style.family ?? 4)
    } else if (spec.dst === undefined) spec.dst = prefix(word, style.family ?? 4)
    else throw syntax(`Error: either "to" is duplicate, or "${word}" is a garbage.`)
  }
  if (spec.proto !== undefined && !PROTOS.includes(spec.proto))
    throw syntax(`Error: argument "${spec.proto}" is wrong: "protocol" value is invalid\n`)
  return spec
}

function number(text: string, what: string): number {
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(text)) throw syntax(`Error: argument "${text}" is wrong: "${what}" value is invalid\n`)
  return Number(text)
}

function order(a: Route, b: Route): number {
  const x = ipToBigInt(a.dst.base)
  const y = ipToBigInt(b.dst.base)
  return x < y ? -1 : x > y ? 1 : b.dst.bits - a.dst.bits || (a.metric ?? 0) - (b.metric ?? 0)
}

/** A route as `ip route` prints it; what the selector fixed is left out, as the tool does. */
function routeText(ns: Netns, r: Route, style: IpStyle, chosen: Partial<Spec>): string {
  const six = r.dst.family === 6
  const parts: string[] = []
  if (r.type !== 'unicast' || style.details) parts.push(r.type)
  parts.push(routeName(r.dst))
  if (r.via !== undefined) parts.push(`via ${r.via}`)
  if (r.dev !== undefined && chosen.dev === undefined) parts.push(`dev ${r.dev}`)
  if (r.table !== TABLE_MAIN && style.details) parts.push(`table ${r.table}`)
  if ((r.proto !== 'boot' || style.details) && chosen.proto === undefined) parts.push(`proto ${r.proto}`)
  if (!six && r.type === 'unicast' && (r.scope !== 'global' || style.details) && chosen.scope === undefined)
    parts.push(`scope ${r.scope}`)
  if (r.src !== undefined) parts.push(`src ${r.src}`)
  if (r.metric !== undefined) parts.push(`metric ${r.metric}`)
  if (r.onlink) parts.push('onlink')
  const link = r.dev === undefined ? undefined : ns.link(r.dev)
  if (link !== undefined && link.kind !== 'loopback' && !ns.net.carrier(ns, link)) parts.push('linkdown')
  if (r.mtu !== undefined) parts.push(`mtu ${r.mtu}`)
  if (six) parts.push('pref medium')
  return `${parts.join(' ')}${six ? '' : ' '}\n`
}

function show(ns: Netns, spec: Partial<Spec>, style: IpStyle): string {
  const family = style.family ?? 4
  const wanted = spec.table ?? TABLE_MAIN
  const under = spec.root === undefined ? undefined : prefix(spec.root)
  const fits = (r: Route) =>
    r.table === wanted &&
    r.dst.family === family &&
    (spec.dst === undefined || (r.dst.base === spec.dst.base && r.dst.bits === spec.dst.bits)) &&
    (spec.dev === undefined || r.dev === spec.dev) &&
    (spec.via === undefined || r.via === spec.via) &&
    (spec.proto === undefined || r.proto === spec.proto) &&
    (spec.scope === undefined || r.scope === spec.scope) &&
    (spec.match === undefined || cidrContains(r.dst, spec.match)) &&
    (under === undefined || (r.dst.bits >= under.bits && cidrContains(under, r.dst.base)))
  if (spec.dev !== undefined && ns.link(spec.dev) === undefined) throw syntax(`Cannot find device "${spec.dev}"`, 1)
  if (wanted === TABLE_LOCAL) throw new NotEmulatedHere('route show table local')
  if (wanted !== TABLE_MAIN && !ns.routes.some((r) => r.table === wanted)) throw new MissingTable()
  return ns.routes
    .filter(fits)
    .toSorted(order)
    .map((r) => routeText(ns, r, style, spec))
    .join('')
}

class MissingTable extends Error {}

/** The kernel's words for a table that no route ever entered. */
export function isMissingTable(error: unknown): boolean {
  return error instanceof MissingTable
}

function get(ns: Netns, args: Args): string {
  let dst: string | undefined
  let oif: string | undefined
  let src: string | undefined
  let mark = ''
  for (let word = args.next(); word !== undefined; word = args.next()) {
    if (word === 'oif' || word === 'dev') oif = args.need()
    else if (word === 'from') src = prefix(args.need()).base
    else if (word === 'mark') mark = ` mark 0x${Number(args.need()).toString(16)}`
    else if (
      word === 'iif' ||
      word === 'fibmatch' ||
      word === 'uid' ||
      word === 'ipproto' ||
      word === 'sport' ||
      word === 'dport'
    )
      throw new NotEmulatedHere(`route get ${word}`)
    else if (word !== 'to') dst = prefix(word).base
  }
  if (dst === undefined) throw syntax('need at least a destination address')
  if (src !== undefined && !ns.isLocal(src)) throw kernel('RTNETLINK answers: Network is unreachable')
  if (ns.addrType(dst) === 'MULTICAST') throw new NotEmulatedHere('route get of a multicast address')
  const route = ns.route(dst, { ...(oif === undefined ? {} : { oif }), ...(src === undefined ? {} : { src }) })
  const from = src === undefined ? '' : ` from ${src}`
  if (route.kind === 'error') {
    const text = {
      ENETUNREACH: 'Network is unreachable',
      EHOSTUNREACH: 'No route to host',
      EINVAL: 'Invalid argument',
      EACCES: 'Permission denied',
    } as Record<string, string>
    throw kernel(`RTNETLINK answers: ${text[route.errno] ?? 'Network is unreachable'}`)
  }
  const shown = src === undefined ? ` src ${route.src}` : ''
  if (route.kind === 'local') return `local ${dst}${from} dev lo${shown}${mark} uid 0 \n    cache <local> \n`
  if (route.kind === 'broadcast')
    return `broadcast ${dst}${from} dev ${route.dev}${shown}${mark} uid 0 \n    cache <local,brd> \n`
  const via = route.route.via === undefined ? '' : ` via ${route.route.via}`
  const mtu = route.route.mtu === undefined ? '' : `mtu ${route.route.mtu} `
  return `${dst}${from}${via} dev ${route.dev}${shown}${mark} uid 0 \n    cache ${mtu}\n`
}

function same(r: Route, spec: Spec): boolean {
  return r.table === (spec.table ?? TABLE_MAIN) && r.dst.base === spec.dst?.base && r.dst.bits === spec.dst.bits
}

/** fib_table_insert and fib_check_nh. */
function put(ns: Netns, spec: Spec, verb: string): void {
  const dst = spec.dst as NonNullable<Spec['dst']>
  if (!dst.exact) throw kernel('Error: Invalid prefix for given prefix length.')
  const existing = ns.routes.find((r) => same(r, spec) && (r.metric ?? 0) === (spec.metric ?? 0))
  if ((verb === 'change' || verb === 'chg') && existing === undefined)
    throw kernel('RTNETLINK answers: No such file or directory')
  const { dev, scope } = nexthop(ns, spec)
  if (spec.src !== undefined && !ns.isLocal(spec.src)) throw kernel('Error: Invalid prefsrc address.')
  if (verb === 'add' && existing !== undefined) throw kernel('RTNETLINK answers: File exists')
  const route: Route = {
    dst: { family: dst.family, base: dst.base, bits: dst.bits },
    type: spec.type,
    scope: spec.scope ?? scope,
    proto: spec.proto ?? 'boot',
    table: spec.table ?? TABLE_MAIN,
    ...(spec.via === undefined ? {} : { via: spec.via }),
    ...(dev === undefined ? {} : { dev }),
    ...(spec.src === undefined ? {} : { src: spec.src }),
    ...(spec.metric === undefined ? {} : { metric: spec.metric }),
    ...(spec.onlink ? { onlink: true } : {}),
    ...(spec.mtu === undefined ? {} : { mtu: spec.mtu }),
  }
  if (existing !== undefined && verb !== 'append' && verb !== 'prepend')
    ns.setRoutes(ns.routes.map((r) => (r === existing ? route : r)))
  else if (verb === 'prepend') ns.setRoutes([route, ...ns.routes])
  else ns.addRoute(route)
}

function nexthop(ns: Netns, spec: Spec): { dev?: string; scope: Route['scope'] } {
  if (spec.type !== 'unicast') return { scope: 'global' }
  const link = spec.dev === undefined ? undefined : ns.link(spec.dev)
  if (spec.dev !== undefined && link === undefined) throw syntax(`Cannot find device "${spec.dev}"`, 1)
  if (spec.via === undefined) {
    if (link === undefined) throw kernel('RTNETLINK answers: No such device')
    if (!link.up) throw kernel('Error: Device for nexthop is not up.')
    return { dev: link.name, scope: 'link' }
  }
  if (spec.onlink) {
    if (link === undefined) throw kernel('Error: Nexthop device required for onlink.')
    if (!link.up) throw kernel('Error: Device for nexthop is not up.')
    return { dev: link.name, scope: 'global' }
  }
  const via = spec.via
  const way = ns.route(via, spec.dev === undefined ? {} : { oif: spec.dev })
  const direct = way.kind === 'unicast' && way.route.via === undefined && (way.route.dst.bits > 0 || sameSubnet(way.src, via, 32))
  if (way.kind === 'local') return { dev: way.device, scope: 'global' }
  if (way.kind !== 'unicast' || !direct) throw kernel('Error: Nexthop has invalid gateway.')
  return { dev: way.dev, scope: 'global' }
}

function remove(ns: Netns, spec: Spec): void {
  const found = ns.routes.find(
    (r) =>
      same(r, spec) &&
      (spec.via === undefined || r.via === spec.via) &&
      (spec.dev === undefined || r.dev === spec.dev) &&
      (spec.metric === undefined || r.metric === spec.metric) &&
      (spec.type === 'unicast' || r.type === spec.type),
  )
  if (found === undefined) throw kernel('RTNETLINK answers: No such process')
  ns.removeRoute(found)
}
