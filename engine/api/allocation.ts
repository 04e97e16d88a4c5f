import { type Cidr, canonicalIp, cidrAddress, cidrContains, formatCidr, ipToBigInt, parseCidr } from '../base/ip.ts'
import type { Dice } from '../clock/dice.ts'
import type { KubeObject } from './object.ts'
import { type FieldError, internalError, invalid, type StatusError } from './status.ts'
import type { Store } from './store.ts'

/** Addresses below this offset are handed out only when asked for, or when the rest is used up (KEP-3070). */
function staticBand(size: number, minimum: number, maximum: number, step: number): number {
  const offset = Math.floor(size / step)
  return Math.min(maximum, Math.max(minimum, offset))
}

function* clusterIPs(store: Store): Generator<string> {
  for (const service of store.list('services')) {
    for (const ip of (service.spec?.clusterIPs ?? [service.spec?.clusterIP]) as readonly (string | undefined)[]) {
      if (ip && ip !== 'None') yield ip
    }
  }
}

/** Why `ip` cannot be had, in the allocator's words (ipallocator), or undefined if it is free. */
export function clusterIPTaken(store: Store, cidr: Cidr, ip: string): string | undefined {
  const address = canonicalIp(ip)
  if (address === undefined || !cidrContains(cidr, address)) return 'the provided network does not match the current range'
  const size = cidrSize(cidr)
  const offset = Number(ipToBigInt(address) - ipToBigInt(cidr.base))
  if (offset === 0 || (cidr.family === 4 && offset === size - 1)) return 'the provided network does not match the current range'
  for (const used of clusterIPs(store)) if (used === address) return 'provided IP is already allocated'
  return undefined
}

function cidrSize(cidr: Cidr): number {
  return 2 ** Math.min((cidr.family === 4 ? 32 : 128) - cidr.bits, 32)
}

/** A free address: random in the upper band, then from the band for static ones. */
export function nextClusterIP(store: Store, dice: Dice, cidr: Cidr): string {
  const used = new Set(clusterIPs(store))
  const size = cidrSize(cidr)
  const last = cidr.family === 4 ? size - 2 : size - 1
  const band = size < 2 ** 5 ? 0 : staticBand(size, 16, 256, 16)
  for (const [from, to] of [
    [Math.max(1, band), last],
    [1, Math.min(band - 1, last)],
  ] as const) {
    const count = to - from + 1
    if (count <= 0) continue
    const start = dice.int(count)
    for (let i = 0; i < count; i++) {
      const ip = cidrAddress(cidr, from + ((start + i) % count))
      if (!used.has(ip)) return ip
    }
  }
  throw rangeFull(cidr)
}

function rangeFull(cidr: Cidr): StatusError {
  return internalError(`failed to allocate a serviceIP: range is full ${formatCidr(cidr)}`)
}

const FIRST_PORT = 30000
const LAST_PORT = 32767

/** Node ports in use: "TCP/30080"; a health check port is taken for TCP. */
function usedNodePorts(store: Store, except: KubeObject | undefined): Set<number> {
  const out = new Set<number>()
  for (const service of store.list('services')) {
    if (except !== undefined && service.metadata.uid === except.metadata.uid) continue
    for (const { nodePort } of service.spec?.ports ?? []) if (nodePort) out.add(nodePort)
    if (service.spec?.healthCheckNodePort) out.add(service.spec.healthCheckNodePort)
  }
  return out
}

/** Takes node ports one after another for one Service; the allocator keeps ports, not protocols. */
export class NodePorts {
  private readonly used: Set<number>
  private readonly dice: Dice

  constructor(store: Store, dice: Dice, except?: KubeObject) {
    this.used = usedNodePorts(store, except)
    this.dice = dice
  }

  /** Marks a port the Service already holds. */
  hold(port: number): void {
    this.used.add(port)
  }

  take(port: number, field: string): FieldError | undefined {
    if (port < FIRST_PORT || port > LAST_PORT) {
      return invalid(
        field,
        port,
        `provided port is not in the valid range. The range of valid ports is ${FIRST_PORT}-${LAST_PORT}`,
      )
    }
    if (this.used.has(port)) return invalid(field, port, 'provided port is already allocated')
    this.used.add(port)
    return undefined
  }

  next(): number {
    const size = LAST_PORT - FIRST_PORT + 1
    const band = staticBand(size, 16, 128, 32)
    for (const [from, count] of [
      [FIRST_PORT + band, size - band],
      [FIRST_PORT, band],
    ] as const) {
      const start = this.dice.int(count)
      for (let i = 0; i < count; i++) {
        const port = from + ((start + i) % count)
        if (this.used.has(port)) continue
        this.used.add(port)
        return port
      }
    }
    throw internalError('failed to allocate a nodePort: range is full')
  }
}

/** The cluster's service ranges, primary first: ServiceCIDR objects where given, else the profile's. */
export function serviceRanges(store: Store, fallback: string): readonly Cidr[] {
  const objects = store.list('servicecidrs.networking.k8s.io')
  const texts: readonly string[] = objects.find((o) => o.metadata.name === 'kubernetes')?.spec?.cidrs ?? fallback.split(',')
  return texts.map(parseCidr).filter((c): c is Cidr => c !== undefined)
}
