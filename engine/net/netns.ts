import { type IpFamily, ipFamily, parseCidr } from '../base/ip.ts'
import type { Json, Stateful } from '../base/json.ts'
import type { Clock } from '../clock/clock.ts'
import type { Dice } from '../clock/dice.ts'
import type { CtEntry } from './conntrack/entry.ts'
import { ConntrackTable } from './conntrack/table.ts'
import { type TrackSettings, trackSettings } from './conntrack/timeouts.ts'
import { type Route, type RouteResult, TABLE_MAIN } from './fib.ts'
import { KernelLog } from './kernel-log.ts'
import type { Link, LinkAddress } from './link.ts'
import { type Neighbour, Neighbours, neighbourState } from './neighbour.ts'
import { Ruleset } from './netfilter/ruleset.ts'
import type { Frame } from './path/frame.ts'
import { RateLimit } from './rate-limit.ts'
import { type AddressType, Routing } from './routing.ts'
import type { SocketApi } from './socket/api.ts'
import { SocketTable } from './socket/table.ts'
import { linkLocal, sameSubnet } from './subnet.ts'
import { type DeviceConf, type SysctlResult, Sysctls } from './sysctl.ts'
import type { Taps } from './taps.ts'

/** What a namespace needs of the whole network: time, chance, and the wires. `Network` implements it. */
export interface NetworkPort {
  readonly clock: Clock
  readonly dice: Dice
  readonly kernel: string
  /** Puts a frame on the wire. */
  transmit(ns: Netns, link: Link, frame: Frame, nexthop: string): void
  /** Whether the other end of a device is up. */
  carrier(ns: Netns, link: Link): boolean
  namespace(id: string): Netns | undefined
  /** Some device, route or sysctl changed: who is reached how may have changed with it. */
  changed(): void
  readonly taps: Taps
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
  private readonly neighbours = new Neighbours()
  private readonly sysctls = new Sysctls(this)
  /** The node whose kernel this namespace runs on; undefined for the node's own (init_net). */
  host: string | undefined
  private readonly ownLog: KernelLog
  private snmp: Record<string, number> = {}
  private nextIndex = 1
  private ipId = 4711
  private readonly limit = new RateLimit()
  private routing = new Routing([], [])
  private tracking: TrackSettings | undefined

  constructor(id: string, net: NetworkPort) {
    this.id = id
    this.name = id.slice(id.lastIndexOf('/') + 1)
    this.net = net
    this.netfilter = new Ruleset()
    this.conntrack = new ConntrackTable(() => net.clock.now)
    this.ownLog = new KernelLog(() => net.clock.now)
    this.netfilter.printk = (text, level) => this.log(text, level)
    this.netfilter.forceCounting = () => this.forceCounting()
  }

  // -- devices ---------------------------------------------------------------------------------------------------------

  get links(): readonly Link[] {
    return this.linkList
  }

  link(name: string): Link | undefined {
    return this.routing.link(name)
  }

  linkByIndex(index: number): Link | undefined {
    return this.routing.linkByIndex(index)
  }

  /** Adds a device; the index is the next free one unless given. */
  addLink(link: Omit<Link, 'index'> & { readonly index?: number }): Link {
    const added: Link = { ...link, index: link.index ?? this.nextIndex }
    this.nextIndex = Math.max(this.nextIndex, added.index) + 1
    this.setLinks([...this.linkList, added])
    this.sysctls.added(added.name)
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
    if (before?.up === true && change.up === false) {
      this.setRoutes(this.routeList.filter((r) => r.dev !== before.name))
      this.conntrack.deviceDown(before.name)
    }
    if (before?.up === false && change.up === true) {
      for (const a of before.addresses) this.connect(name, a)
      const now = this.link(name)
      if (now !== undefined) this.addLinkLocal(now)
    }
  }

  removeLink(name: string): void {
    this.setLinks(this.linkList.filter((l) => l.name !== name))
    this.setRoutes(this.routeList.filter((r) => r.dev !== name))
    this.neighbours.deleteAll(name)
    this.sysctls.removed(name)
    this.conntrack.deviceDown(name)
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
    this.conntrack.addressDown(dev, address)
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
    this.changed()
  }

  private setLinks(links: readonly Link[]): void {
    this.linkList = links
    this.changed()
  }

  private changed(): void {
    this.routing = new Routing(this.linkList, this.routeList, this.routing)
    this.net.changed()
  }

  /** The device that has this address, or lo for 127.0.0.0/8: what the local table answers. */
  localDevice(address: string): Link | undefined {
    return this.routing.localDevice(address)
  }

  isLocal(address: string): boolean {
    return this.routing.localDevice(address) !== undefined
  }

  /** Whether it is 255.255.255.255 or the broadcast address of a connected net. */
  isBroadcast(address: string): boolean {
    return this.routing.isBroadcast(address)
  }

  /** Looks a destination up as ip_route_output_key does: local table first, then main; chooses the source address too. */
  route(dst: string, options: { readonly src?: string; readonly oif?: string } = {}): RouteResult {
    if (options.oif === undefined && options.src === undefined) return this.routing.lookup(dst)
    return this.routing.resolve(dst, options.src, options.oif)
  }

  /** The way to a destination by the tables alone: the answer is remembered while devices and routes stay as they are. */
  lookup(dst: string): RouteResult {
    return this.routing.lookup(dst)
  }

  /** inet_select_addr: the device's own first address (in the target's subnet if there is one), else any other device's. */
  sourceFor(dev: string, target: string): string {
    return this.routing.sourceFor(dev, target)
  }

  /** RTN_* of an address, for `-m addrtype`. */
  addrType(address: string, device?: string): AddressType {
    const type = this.routing.type(address)
    return type === 'LOCAL' && device !== undefined && this.localDevice(address)?.name !== device ? 'UNICAST' : type
  }

  // -- neighbours ------------------------------------------------------------------------------------------------------

  neighbour(dev: string, address: string): Neighbour | undefined {
    return this.neighbours.get(dev, address)
  }

  setNeighbour(n: Neighbour): void {
    this.neighbours.set(n)
  }

  removeNeighbour(dev: string, address: string): boolean {
    return this.neighbours.delete(dev, address)
  }

  listNeighbours(): readonly Neighbour[] {
    return this.neighbours.all().map((n) => ({ ...n, state: neighbourState(n, this.net.clock.now) }))
  }

  /** Packets of a flow that wait for an ARP answer: each holds a reference, which `use=` counts. */
  queuedFor(entry: CtEntry): number {
    let n = 0
    for (const neighbour of this.neighbours.all()) for (const frame of neighbour.waiting) if (frame.entry === entry) n++
    return n
  }

  // -- sysctls, kernel log, statistics ---------------------------------------------------------------------------------

  /** The value of "net.ipv4.ip_forward" and the like, or undefined where there is no such key. */
  sysctl(key: string): string | undefined {
    if (key === 'net.netfilter.nf_conntrack_count') return String(this.conntrack.count())
    return this.sysctls.get(key)
  }

  /** A numeric key, remembered until some key or device changes: every packet asks for several. */
  sysctlNumber(key: string): number {
    return this.sysctls.number(key)
  }

  /** Writes a key; false where there is none or the kernel refuses the value. */
  setSysctl(key: string, value: string): boolean {
    return this.writeSysctl(key, value) === 'ok'
  }

  writeSysctl(key: string, value: string): SysctlResult {
    const result = this.sysctls.write(key, value)
    if (result !== 'ok') return result
    this.tracking = undefined
    this.net.changed()
    return result
  }

  /** The ports of sockets that ask for none (net.ipv4.ip_local_port_range). */
  get portRange(): readonly [number, number] {
    return this.sysctls.portRange()
  }

  /** What lies in a folder of /proc/sys, if it is one. */
  sysctlFolder(path: string): readonly string[] | undefined {
    return this.sysctls.folder(path)
  }

  /** The switches of a device that packets ask for, `all` taken into account. */
  conf(device: string): DeviceConf {
    return this.sysctls.conf(device)
  }

  forwards(family: IpFamily): boolean {
    return this.sysctls.forwards(family)
  }

  /** How connections are tracked here, as the sysctls say. */
  get trackSettings(): TrackSettings {
    this.tracking ??= trackSettings((name) => this.sysctls.number(`net.netfilter.${name}`))
    return this.tracking
  }

  /** A line of the kernel log (printk); warning unless a level is given. */
  log(line: string, level = 4): void {
    this.kernelLog.write(level, line)
  }

  /** The same through the node's net_ratelimit. */
  logLimited(line: string): void {
    const node = this.host === undefined ? this : (this.net.namespace(this.host) ?? this)
    for (const text of node.limit.lines(line, this.net.clock.now)) node.log(text)
  }

  /** The number that the kernel gives a namespace (ls -l /proc/self/ns/net). */
  get inode(): number {
    let h = 0x811c9dc5
    for (let i = 0; i < this.id.length; i++) h = Math.imul(h ^ this.id.charCodeAt(i), 0x01000193)
    return 4_026_532_000 + ((h >>> 0) % 2900)
  }

  /** A connbytes rule turns accounting on (connbytes_mt_check). */
  private forceCounting(): void {
    if (this.sysctl('net.netfilter.nf_conntrack_acct') !== '0') return
    this.setSysctl('net.netfilter.nf_conntrack_acct', '1')
    this.log('xt_connbytes: Forcing CT accounting to be enabled')
  }

  /** dmesg's ring: the node's. */
  get kernelLog(): KernelLog {
    const host = this.host === undefined ? undefined : this.net.namespace(this.host)
    return host === undefined || host === this ? this.ownLog : host.kernelLog
  }

  /** The identification of the next packet that no socket numbers. */
  nextIpId(): number {
    this.ipId = ((this.ipId * 75 + 74) % 65537) & 0xffff
    return this.ipId
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
      neighbours: this.neighbours.save(),
      sysctls: this.sysctls.save(),
      log: this.ownLog.save(),
      ...(this.host === undefined ? {} : { host: this.host }),
      snmp: { ...this.snmp },
      nextIndex: this.nextIndex,
      ipId: this.ipId,
      limit: this.limit.save(),
      sockets: this.sockets.save(),
      conntrack: this.conntrack.save(),
      netfilter: this.netfilter.save(),
    } as unknown as Json
  }

  load(state: Json): void {
    const s = state as unknown as {
      links: readonly Link[]
      routes: readonly Route[]
      neighbours: Json
      sysctls: Json
      log: Json
      host?: string
      snmp: Record<string, number>
      nextIndex: number
      ipId: number
      limit: Json
      sockets: Json
      conntrack: Json
      netfilter: Json
    }
    this.linkList = s.links
    this.setRoutes(s.routes)
    this.neighbours.load(s.neighbours)
    this.sysctls.load(s.sysctls)
    this.tracking = undefined
    this.ownLog.load(s.log)
    this.host = s.host
    this.snmp = { ...s.snmp }
    this.nextIndex = s.nextIndex
    this.ipId = s.ipId
    this.limit.load(s.limit)
    this.sockets.load(s.sockets)
    this.conntrack.load(s.conntrack)
    this.netfilter.load(s.netfilter)
  }
}
