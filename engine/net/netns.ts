import { type IpFamily, ipFamily, parseCidr } from '../base/ip.ts'
import type { Json, Stateful } from '../base/json.ts'
import type { Clock } from '../clock/clock.ts'
import type { Dice } from '../clock/dice.ts'
import type { CtEntry } from './conntrack/entry.ts'
import { ConntrackTable } from './conntrack/table.ts'
import { fibLookup, onLinkRoute, type Route, TABLE_MAIN } from './fib.ts'
import type { Link, LinkAddress } from './link.ts'
import { type Neighbour, neighbourState } from './neighbour.ts'
import { Ruleset } from './netfilter/ruleset.ts'
import type { Frame } from './path/frame.ts'
import type { SocketApi } from './socket/api.ts'
import { SocketTable } from './socket/table.ts'
import type { Errno } from './socket/types.ts'
import { linkLocal, sameSubnet } from './subnet.ts'
import { sysctlDefault, sysctlKeys } from './sysctl.ts'

/** Where a packet goes: to this host, out of a device, or nowhere. */
export type RouteResult =
  | { readonly kind: 'local'; readonly dev: string; readonly src: string; readonly device: string }
  | {
      readonly kind: 'unicast'
      readonly dev: string
      readonly nexthop: string
      readonly src: string
      readonly mtu: number
      readonly route: Route
    }
  | { readonly kind: 'broadcast'; readonly dev: string; readonly src: string }
  | { readonly kind: 'error'; readonly errno: Errno; readonly type: Route['type'] | 'none' }

/** What a namespace needs of the whole network: time, chance, and the wires. `Network` implements it. */
export interface NetworkPort {
  readonly clock: Clock
  readonly dice: Dice
  /** Puts a frame on the wire. */
  transmit(ns: Netns, link: Link, frame: Frame, nexthop: string): void
  /** Whether the other end of a device is up. */
  carrier(ns: Netns, link: Link): boolean
}

/** One network namespace: devices, routes, neighbours, sockets, netfilter and conntrack of a node or a pod. */
export class Netns implements Stateful {
  /** `nodes/NAME` or `pods/NAMESPACE/NAME`. */
  readonly id: string
  readonly name: string
  readonly net: NetworkPort
  readonly netfilter: Ruleset
  readonly conntrack: ConntrackTable
  readonly sockets = new SocketTable()
  /** The socket calls: what tools, kubelets and workloads use. `Network` provides it. */
  ip!: SocketApi
  private linkList: readonly Link[] = []
  private routeList: readonly Route[] = []
  private neighbours = new Map<string, Neighbour>()
  private sysctls = new Map<string, string>()
  private readonly numbers = new Map<string, number>()
  private logLines: readonly string[] = []
  private snmp: Record<string, number> = {}
  private nextIndex = 1
  private locals: Map<string, Link> | undefined

  constructor(id: string, net: NetworkPort) {
    this.id = id
    this.name = id.slice(id.lastIndexOf('/') + 1)
    this.net = net
    this.netfilter = new Ruleset()
    this.conntrack = new ConntrackTable(() => net.clock.now)
  }

  // -- devices ---------------------------------------------------------------------------------------------------------

  get links(): readonly Link[] {
    return this.linkList
  }

  link(name: string): Link | undefined {
    return this.linkList.find((l) => l.name === name || l.altnames?.includes(name))
  }

  linkByIndex(index: number): Link | undefined {
    return this.linkList.find((l) => l.index === index)
  }

  /** Adds a device; the index is the next free one unless given. */
  addLink(link: Omit<Link, 'index'> & { readonly index?: number }): Link {
    const added: Link = { ...link, index: link.index ?? this.nextIndex }
    this.nextIndex = Math.max(this.nextIndex, added.index) + 1
    this.setLinks([...this.linkList, added])
    if (added.up) this.addLinkLocal(added)
    return added
  }

  /** Every device but loopback has fe80::/64 from its MAC while it is up (addrconf_dev_config). */
  private addLinkLocal(link: Link): void {
    if (link.kind === 'loopback' || link.addresses.some((a) => a.family === 6 && a.scope === 'link')) return
    this.addAddress(link.name, `${linkLocal(link.mac)}/64`, { scope: 'link' })
  }

  /** Replaces a device's properties. Going down takes its routes along, as fib_disable_ip does. */
  updateLink(name: string, change: Partial<Link>): void {
    const before = this.link(name)
    this.setLinks(this.linkList.map((l) => (l === before ? { ...l, ...change } : l)))
    if (before?.up === true && change.up === false) this.setRoutes(this.routeList.filter((r) => r.dev !== before.name))
    if (before?.up === false && change.up === true) {
      for (const a of before.addresses) this.connect(name, a)
      const now = this.link(name)
      if (now !== undefined) this.addLinkLocal(now)
    }
  }

  removeLink(name: string): void {
    this.setLinks(this.linkList.filter((l) => l.name !== name))
    this.setRoutes(this.routeList.filter((r) => r.dev !== name))
    for (const [key, n] of this.neighbours) if (n.dev === name) this.neighbours.delete(key)
  }

  /** Adds an address and, where the device is up, the connected route that comes with it. */
  addAddress(dev: string, cidr: string, options?: Partial<LinkAddress> & { readonly noprefixroute?: boolean }): void {
    const [address = '', bitsText] = cidr.split('/')
    const family: IpFamily = ipFamily(address) ?? 4
    const bits = bitsText === undefined ? (family === 4 ? 32 : 128) : Number(bitsText)
    const link = this.link(dev)
    if (link === undefined) return
    const secondary = link.addresses.some(
      (a) => a.family === 4 && family === 4 && a.bits === bits && sameSubnet(a.address, address, bits),
    )
    const { noprefixroute, ...given } = options ?? {}
    const added: LinkAddress = { family, address, bits, scope: 'global', ...(secondary ? { secondary } : {}), ...given }
    this.setLinks(this.linkList.map((l) => (l === link ? { ...l, addresses: [...l.addresses, added] } : l)))
    if (link.up && noprefixroute !== true) this.connect(dev, added)
  }

  removeAddress(dev: string, address: string): void {
    const link = this.link(dev)
    if (link === undefined) return
    this.setLinks(
      this.linkList.map((l) => (l === link ? { ...l, addresses: l.addresses.filter((a) => a.address !== address) } : l)),
    )
    this.setRoutes(
      this.routeList.filter((r) => !(r.proto === 'kernel' && r.dev === dev && r.src === address) && r.src !== address),
    )
  }

  private connect(dev: string, a: LinkAddress): void {
    if (a.bits === (a.family === 4 ? 32 : 128) || a.scope === 'host') return
    const dst = parseCidr(`${a.address}/${a.bits}`)
    if (dst === undefined || (a.secondary === true && a.family === 4)) return
    const route: Route = { dst, type: 'unicast', dev, scope: 'link', proto: 'kernel', table: TABLE_MAIN }
    this.addRoute(a.family === 4 ? { ...route, src: a.address } : { ...route, metric: 256 })
  }

  // -- routes ----------------------------------------------------------------------------------------------------------

  get routes(): readonly Route[] {
    return this.routeList
  }

  addRoute(route: Route): void {
    this.setRoutes([...this.routeList, route])
  }

  removeRoute(route: Route): void {
    this.setRoutes(this.routeList.filter((r) => r !== route))
  }

  setRoutes(routes: readonly Route[]): void {
    this.routeList = routes
  }

  private setLinks(links: readonly Link[]): void {
    this.linkList = links
    this.locals = undefined
    this.numbers.clear()
  }

  /** The device that has this address, or lo for 127.0.0.0/8: what the local table answers. */
  localDevice(address: string): Link | undefined {
    if (this.locals === undefined) {
      this.locals = new Map()
      for (const l of this.linkList) for (const a of l.addresses) if (!this.locals.has(a.address)) this.locals.set(a.address, l)
    }
    const found = this.locals.get(address)
    if (found !== undefined) return found
    return address.startsWith('127.') ? this.linkList.find((l) => l.kind === 'loopback' && l.up) : undefined
  }

  isLocal(address: string): boolean {
    return this.localDevice(address) !== undefined
  }

  /** Whether it is 255.255.255.255 or the broadcast address of a connected net. */
  isBroadcast(address: string): boolean {
    if (address === '255.255.255.255') return true
    return this.linkList.some((l) => l.up && l.addresses.some((a) => a.broadcast === address))
  }

  /** Looks a destination up as ip_route_output_key does: local table first, then main; chooses the source address too. */
  route(dst: string, options: { readonly src?: string; readonly oif?: string } = {}): RouteResult {
    const family = ipFamily(dst) ?? 4
    const local = this.localDevice(dst)
    if (local !== undefined) return { kind: 'local', dev: 'lo', src: options.src ?? localSource(dst), device: local.name }
    const link = options.oif === undefined ? undefined : this.link(options.oif)
    const usable = (r: Route) => {
      if (options.oif !== undefined && r.dev !== undefined && r.dev !== options.oif) return false
      return r.dev === undefined || this.link(r.dev)?.up === true
    }
    const route = fibLookup(this.routeList, TABLE_MAIN, family, dst, usable)
    if (this.isBroadcast(dst)) {
      const dev = this.linkList.find((l) => l.addresses.some((a) => a.broadcast === dst)) ?? link
      if (dev !== undefined) return { kind: 'broadcast', dev: dev.name, src: options.src ?? this.sourceFor(dev.name, dst) }
    }
    if (route === undefined || route.type === 'throw') {
      // A socket bound to a device treats every destination as on that link (fib_lookup fails, oif given).
      if (link?.up)
        return {
          kind: 'unicast',
          dev: link.name,
          nexthop: dst,
          src: options.src ?? this.sourceFor(link.name, dst),
          mtu: link.mtu,
          route: onLinkRoute(dst, link.name),
        }
      return { kind: 'error', errno: 'ENETUNREACH', type: 'none' }
    }
    if (route.type === 'blackhole') return { kind: 'error', errno: 'EINVAL', type: route.type }
    if (route.type === 'unreachable') return { kind: 'error', errno: 'EHOSTUNREACH', type: route.type }
    if (route.type === 'prohibit') return { kind: 'error', errno: 'EACCES', type: route.type }
    const dev = route.dev ?? 'lo'
    const nexthop = route.via ?? dst
    const src = options.src ?? route.src ?? this.sourceFor(dev, nexthop)
    return { kind: 'unicast', dev, nexthop, src, mtu: route.mtu ?? this.link(dev)?.mtu ?? 1500, route }
  }

  /** inet_select_addr: the device's own first address (in the target's subnet if there is one), else any other device's. */
  sourceFor(dev: string, target: string): string {
    const family = ipFamily(target) ?? 4
    const fits = (a: LinkAddress) =>
      a.family === family && a.scope !== 'host' && a.secondary !== true && !(family === 4 && a.scope === 'link')
    const own = (this.link(dev)?.addresses ?? []).filter(fits)
    const near = own.find((a) => sameSubnet(a.address, target, a.bits))
    if (near !== undefined) return near.address
    if (own[0] !== undefined) return own[0].address
    for (const l of this.linkList) {
      const a = l.up && l.name !== dev ? l.addresses.find(fits) : undefined
      if (a !== undefined) return a.address
    }
    return family === 4 ? '0.0.0.0' : '::'
  }

  /** RTN_* of an address, for `-m addrtype`. */
  addrType(address: string, device?: string): 'LOCAL' | 'UNICAST' | 'BROADCAST' | 'MULTICAST' | 'ANYCAST' | 'UNSPEC' {
    if (ipFamily(address) === 4) {
      const first = Number(address.slice(0, address.indexOf('.')))
      if (first >= 224 && first <= 239) return 'MULTICAST'
      if (address === '0.0.0.0' || first === 0) return address === '0.0.0.0' ? 'BROADCAST' : 'UNICAST'
      if (this.isBroadcast(address)) return 'BROADCAST'
    } else if (address.startsWith('ff')) return 'MULTICAST'
    const local = this.localDevice(address)
    if (local !== undefined && (device === undefined || local.name === device)) return 'LOCAL'
    return 'UNICAST'
  }

  // -- neighbours ------------------------------------------------------------------------------------------------------

  neighbour(dev: string, address: string): Neighbour | undefined {
    return this.neighbours.get(`${dev}|${address}`)
  }

  setNeighbour(n: Neighbour): void {
    this.neighbours.set(`${n.dev}|${n.address}`, n)
  }

  removeNeighbour(dev: string, address: string): boolean {
    return this.neighbours.delete(`${dev}|${address}`)
  }

  listNeighbours(): readonly Neighbour[] {
    return [...this.neighbours.values()].map((n) => ({ ...n, state: neighbourState(n, this.net.clock.now) }))
  }

  /** Packets of a flow that wait for an ARP answer: each holds a reference, which `use=` counts. */
  queuedFor(entry: CtEntry): number {
    let n = 0
    for (const neighbour of this.neighbours.values()) for (const frame of neighbour.waiting) if (frame.entry === entry) n++
    return n
  }

  // -- sysctls, kernel log, statistics ---------------------------------------------------------------------------------

  /** The value of "net.ipv4.ip_forward" and the like, or undefined where there is no such key. */
  sysctl(key: string): string | undefined {
    if (key === 'net.netfilter.nf_conntrack_count') return String(this.conntrack.list().length)
    return this.sysctls.get(key) ?? sysctlDefault(key, (device) => this.linkList.some((l) => l.name === device))
  }

  /** A numeric key, remembered until some key or device changes: every packet asks for several. */
  sysctlNumber(key: string): number {
    const known = this.numbers.get(key)
    if (known !== undefined) return known
    const value = Number(this.sysctl(key) ?? 0)
    this.numbers.set(key, value)
    return value
  }

  /** Writes a key; false where there is none. */
  setSysctl(key: string, value: string): boolean {
    if (this.sysctl(key) === undefined) return false
    this.numbers.clear()
    this.sysctls.set(key, value)
    if (key === 'net.ipv4.ip_forward')
      for (const d of ['all', 'default', ...this.linkList.map((l) => l.name)])
        this.sysctls.set(`net.ipv4.conf.${d}.forwarding`, value)
    return true
  }

  sysctlNames(): readonly string[] {
    return sysctlKeys(this.linkList.map((l) => l.name))
  }

  /** The larger of a net.ipv4.conf switch under `all` and under the device (IN_DEV_MAXCONF). */
  confMax(device: string, name: string): number {
    return Math.max(this.sysctlNumber(`net.ipv4.conf.all.${name}`), this.sysctlNumber(`net.ipv4.conf.${device}.${name}`))
  }

  /** A line of the kernel log (dmesg), without its time. */
  log(line: string): void {
    this.logLines = [...this.logLines.slice(-499), `${this.net.clock.now} ${line}`]
  }

  /** dmesg's lines: "<virtual ms> text". */
  get kernelLog(): readonly string[] {
    return this.logLines
  }

  /** Counts something that /proc/net/snmp or netstat shows. */
  count(name: string): void {
    this.snmp[name] = (this.snmp[name] ?? 0) + 1
  }

  counter(name: string): number {
    return this.snmp[name] ?? 0
  }

  // -- state -----------------------------------------------------------------------------------------------------------

  save(): Json {
    return {
      links: this.linkList,
      routes: this.routeList,
      neighbours: [...this.neighbours.values()].map((n) => ({ ...n, waiting: n.waiting.map(savedFrame) })),
      sysctls: [...this.sysctls],
      log: this.logLines,
      snmp: { ...this.snmp },
      nextIndex: this.nextIndex,
      sockets: this.sockets.save(),
      conntrack: this.conntrack.save(),
      netfilter: this.netfilter.save(),
    } as unknown as Json
  }

  load(state: Json): void {
    const s = state as unknown as {
      links: readonly Link[]
      routes: readonly Route[]
      neighbours: Neighbour[]
      sysctls: [string, string][]
      log: readonly string[]
      snmp: Record<string, number>
      nextIndex: number
      sockets: Json
      conntrack: Json
      netfilter: Json
    }
    this.setLinks(s.links)
    this.routeList = s.routes
    this.neighbours = new Map(s.neighbours.map((n) => [`${n.dev}|${n.address}`, { ...n, waiting: [...n.waiting] }]))
    this.sysctls = new Map(s.sysctls)
    this.numbers.clear()
    this.logLines = s.log
    this.snmp = { ...s.snmp }
    this.nextIndex = s.nextIndex
    this.sockets.load(s.sockets)
    this.conntrack.load(s.conntrack)
    this.netfilter.load(s.netfilter)
  }
}

function localSource(dst: string): string {
  return dst.startsWith('127.') ? '127.0.0.1' : dst
}

/** A queued packet as plain data: its flow is looked up again when it moves on. */
function savedFrame(f: Frame): Json {
  return { ...f, ct: undefined, entry: undefined } as unknown as Json
}
