import { type Cidr, formatCidr, type IpFamily, ipToBigInt, parseCidr, parseIPv4 } from '../base/ip.ts'
import type { Errno } from './socket/types.ts'

export type RouteType = 'unicast' | 'local' | 'broadcast' | 'blackhole' | 'unreachable' | 'prohibit' | 'throw'
export type RouteScope = 'global' | 'link' | 'host'

/** One route of a routing table, as `ip route` names its parts. */
export interface Route {
  readonly dst: Cidr
  readonly type: RouteType
  readonly via?: string
  readonly dev?: string
  readonly src?: string
  readonly onlink?: boolean
  readonly metric?: number
  readonly scope: RouteScope
  readonly proto: string
  readonly table: number
  readonly mtu?: number
}

export const TABLE_MAIN = 254
export const TABLE_LOCAL = 255

/** A table compiled for longest-prefix match. */
interface Index {
  readonly lengths: readonly number[]
  readonly byLength: ReadonlyMap<number, ReadonlyMap<string, readonly Route[]>>
}

const compiled = new WeakMap<readonly Route[], Map<string, Index>>()

function keyOf(address: string, bits: number, family: IpFamily): string {
  if (family === 4) {
    const value = parseIPv4(address) ?? 0
    return bits === 0 ? '0' : String(value >>> (32 - bits))
  }
  return String(ipToBigInt(address) >> BigInt(128 - bits))
}

function indexOf(routes: readonly Route[], table: number, family: IpFamily): Index {
  let tables = compiled.get(routes)
  if (tables === undefined) {
    tables = new Map()
    compiled.set(routes, tables)
  }
  const id = `${table}/${family}`
  const known = tables.get(id)
  if (known !== undefined) return known
  const byLength = new Map<number, Map<string, Route[]>>()
  for (const route of routes) {
    if (route.table !== table || route.dst.family !== family) continue
    let bucket = byLength.get(route.dst.bits)
    if (bucket === undefined) {
      bucket = new Map()
      byLength.set(route.dst.bits, bucket)
    }
    const key = keyOf(route.dst.base, route.dst.bits, family)
    const list = bucket.get(key)
    if (list === undefined) bucket.set(key, [route])
    else {
      list.push(route)
      list.sort((a, b) => (a.metric ?? 0) - (b.metric ?? 0))
    }
  }
  const index = { lengths: [...byLength.keys()].sort((a, b) => b - a), byLength }
  tables.set(id, index)
  return index
}

/** The best route of one table for an address that `usable` accepts: longest prefix, then lowest metric (fib_table_lookup). */
export function fibLookup(
  routes: readonly Route[],
  table: number,
  family: IpFamily,
  address: string,
  usable: (route: Route) => boolean,
): Route | undefined {
  const index = indexOf(routes, table, family)
  for (const bits of index.lengths) {
    const found = index.byLength
      .get(bits)
      ?.get(keyOf(address, bits, family))
      ?.find(usable)
    if (found !== undefined) return found
  }
  return undefined
}

/** A route's destination as `ip route` prints it: "default", a bare address for a host route, or a prefix. */
export function routeName(dst: Cidr): string {
  if (dst.bits === 0) return 'default'
  return dst.bits === (dst.family === 4 ? 32 : 128) ? dst.base : formatCidr(dst)
}

/** The route that a socket bound to a device takes where the table has none: everything is on that link. */
export function onLinkRoute(dst: string, dev: string): Route {
  const dest = parseCidr(dst)
  return {
    dst: dest ?? { family: 4, base: dst, bits: 32 },
    type: 'unicast',
    dev,
    scope: 'link',
    proto: 'boot',
    table: TABLE_MAIN,
  }
}

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
