import { type IpFamily, ipFamily } from '../base/ip.ts'
import { fibLookup, onLinkRoute, type Route, type RouteResult, TABLE_MAIN } from './fib.ts'
import type { Link, LinkAddress } from './link.ts'
import { sameSubnet } from './subnet.ts'

/** RTN_* of an address, for `-m addrtype` and for what is done with a packet that came in. */
export type AddressType = 'LOCAL' | 'UNICAST' | 'BROADCAST' | 'MULTICAST' | 'ANYCAST' | 'UNSPEC'

/** What the devices and routes of a namespace say of one destination, worked out once. */
interface Destination {
  route: RouteResult | undefined
  type: AddressType | undefined
}

/** How many destinations are remembered; a namespace that talks to more starts over. */
const REMEMBERED = 65_536

/** The routing of one namespace: a value made anew whenever a device or a route changes, so that its answers can be kept. */
export class Routing {
  private readonly links: readonly Link[]
  private readonly routes: readonly Route[]
  private readonly byName: Map<string, Link>
  private readonly byIndex: Map<number, Link>
  private readonly locals: Map<string, Link>
  private readonly broadcasts: Map<string, Link>
  private readonly loopback: Link | undefined
  private destinations = new Map<string, Destination>()

  /** `before`: the routing until now, whose indexes of devices still hold where only routes changed. */
  constructor(links: readonly Link[], routes: readonly Route[], before?: Routing) {
    this.links = links
    this.routes = routes
    const same = before?.links === links ? before : undefined
    this.byName = same?.byName ?? new Map()
    this.byIndex = same?.byIndex ?? new Map()
    this.locals = same?.locals ?? new Map()
    this.broadcasts = same?.broadcasts ?? new Map()
    this.loopback = same?.loopback ?? links.find((l) => l.kind === 'loopback' && l.up)
    if (same === undefined) for (const link of links) this.index(link)
  }

  private index(link: Link): void {
    this.byIndex.set(link.index, link)
    for (const name of [link.name, ...(link.altnames ?? [])]) if (!this.byName.has(name)) this.byName.set(name, link)
    for (const a of link.addresses) {
      if (!this.locals.has(a.address)) this.locals.set(a.address, link)
      if (link.up && a.broadcast !== undefined && !this.broadcasts.has(a.broadcast)) this.broadcasts.set(a.broadcast, link)
    }
  }

  link(name: string): Link | undefined {
    return this.byName.get(name)
  }

  linkByIndex(index: number): Link | undefined {
    return this.byIndex.get(index)
  }

  /** The device that has this address, or lo for 127.0.0.0/8: what the local table answers. */
  localDevice(address: string): Link | undefined {
    return this.locals.get(address) ?? (address.startsWith('127.') ? this.loopback : undefined)
  }

  isBroadcast(address: string): boolean {
    return address === '255.255.255.255' || this.broadcasts.has(address)
  }

  /** The way to a destination that nothing but the tables decides; its `src` is the one they would choose. */
  lookup(dst: string): RouteResult {
    const known = this.destination(dst)
    known.route ??= this.resolve(dst, undefined, undefined)
    return known.route
  }

  /** The type of an address, on whatever device. */
  type(address: string): AddressType {
    const known = this.destination(address)
    known.type ??= this.typeOf(address)
    return known.type
  }

  private destination(address: string): Destination {
    const known = this.destinations.get(address)
    if (known !== undefined) return known
    if (this.destinations.size >= REMEMBERED) this.destinations = new Map()
    const made: Destination = { route: undefined, type: undefined }
    this.destinations.set(address, made)
    return made
  }

  private typeOf(address: string): AddressType {
    if (ipFamily(address) === 4) {
      const first = Number(address.slice(0, address.indexOf('.')))
      if (first >= 224 && first <= 239) return 'MULTICAST'
      if (address === '0.0.0.0' || first === 0) return address === '0.0.0.0' ? 'BROADCAST' : 'UNICAST'
      if (this.isBroadcast(address)) return 'BROADCAST'
    } else if (address.startsWith('ff')) return 'MULTICAST'
    return this.localDevice(address) === undefined ? 'UNICAST' : 'LOCAL'
  }

  /** Looks a destination up as ip_route_output_key does: local table first, then main; chooses the source address too. */
  resolve(dst: string, from: string | undefined, oif: string | undefined): RouteResult {
    const family = ipFamily(dst) ?? 4
    const local = this.localDevice(dst)
    if (local !== undefined) return { kind: 'local', dev: 'lo', src: from ?? localSource(dst), device: local.name }
    const link = oif === undefined ? undefined : this.link(oif)
    const usable = (r: Route) => {
      if (oif !== undefined && r.dev !== undefined && r.dev !== oif) return false
      return r.dev === undefined || this.link(r.dev)?.up === true
    }
    const route = fibLookup(this.routes, TABLE_MAIN, family, dst, usable)
    if (this.isBroadcast(dst)) {
      const dev = this.links.find((l) => l.addresses.some((a) => a.broadcast === dst)) ?? link
      if (dev !== undefined) return { kind: 'broadcast', dev: dev.name, src: from ?? this.sourceFor(dev.name, dst) }
    }
    if (route === undefined || route.type === 'throw') {
      // A socket bound to a device treats every destination as on that link (fib_lookup fails, oif given).
      if (link?.up)
        return {
          kind: 'unicast',
          dev: link.name,
          nexthop: dst,
          src: from ?? this.sourceFor(link.name, dst),
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
    const src = from ?? route.src ?? this.sourceFor(dev, nexthop)
    return { kind: 'unicast', dev, nexthop, src, mtu: route.mtu ?? this.link(dev)?.mtu ?? 1500, route }
  }

  /** inet_select_addr: the device's own first address (in the target's subnet if there is one), else any other device's. */
  sourceFor(dev: string, target: string): string {
    const family: IpFamily = ipFamily(target) ?? 4
    const fits = (a: LinkAddress) =>
      a.family === family && a.scope !== 'host' && a.secondary !== true && !(family === 4 && a.scope === 'link')
    const own = (this.link(dev)?.addresses ?? []).filter(fits)
    const near = own.find((a) => sameSubnet(a.address, target, a.bits))
    if (near !== undefined) return near.address
    if (own[0] !== undefined) return own[0].address
    for (const l of this.links) {
      const a = l.up && l.name !== dev ? l.addresses.find(fits) : undefined
      if (a !== undefined) return a.address
    }
    return family === 4 ? '0.0.0.0' : '::'
  }
}

function localSource(dst: string): string {
  return dst.startsWith('127.') ? '127.0.0.1' : dst
}
