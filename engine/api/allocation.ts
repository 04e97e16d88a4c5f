import { type Cidr, canonicalIp, cidrAddress, cidrContains, ipToBigInt, parseCidr } from '../base/ip.ts'
import type { Dice } from '../clock/dice.ts'
import type { KubeObject } from './object.ts'
import { internalError } from './status.ts'
import type { Store } from './store.ts'
import { sloppyIp } from './validation/ip.ts'
import type { WriteContext } from './write-context.ts'

const IP_ADDRESSES = 'ipaddresses.networking.k8s.io'

/** Addresses below this offset are handed out only when asked for, or when the rest is used up (KEP-3070). */
function staticBand(size: number, minimum: number, maximum: number, step: number): number {
  const offset = Math.floor(size / step)
  return Math.min(maximum, Math.max(minimum, offset))
}

/** Every address in use: of Services, and of IPAddress objects, whoever made them. */
function usedAddresses(store: Store): Set<string> {
  const out = new Set<string>()
  for (const service of store.list('services')) {
    for (const ip of (service.spec?.clusterIPs ?? [service.spec?.clusterIP]) as readonly (string | undefined)[]) {
      if (ip && ip !== 'None') out.add(canonicalIp(ip) ?? ip)
    }
  }
  for (const address of store.list(IP_ADDRESSES)) out.add(address.metadata.name)
  return out
}

function cidrSize(cidr: Cidr): number {
  return 2 ** Math.min((cidr.family === 4 ? 32 : 128) - cidr.bits, 32)
}

/** Whether a Service may have the address: neither the network's own nor IPv4's broadcast (servicecidr.PrefixContainsIP). */
function holds(range: Cidr, address: string): boolean {
  if (!cidrContains(range, address)) return false
  const offset = Number(ipToBigInt(address) - ipToBigInt(range.base))
  return offset !== 0 && !(range.family === 4 && offset === cidrSize(range) - 1)
}

const familyName = (cidr: Cidr) => (cidr.family === 4 ? 'IPv4' : 'IPv6')

/** The cluster's service addresses: the ranges of every ServiceCIDR that is ready (ipallocator's MetaAllocator). */
export class ServiceAddresses {
  /** The family of a Service that asks for none. */
  readonly primary: string
  private readonly families: readonly string[]
  private readonly ranges: readonly Cidr[]
  private readonly dice: Dice
  private readonly store: Store
  private held: Set<string> | undefined

  constructor(context: WriteContext) {
    // the API server's own flag says which families there are; further ServiceCIDRs only add to them
    const configured = serviceRanges(context.store, context.serviceCIDR)
    this.families = configured.map(familyName)
    this.primary = this.families[0] ?? 'IPv4'
    this.ranges = [...configured, ...furtherRanges(context.store)]
    this.dice = context.dice
    this.store = context.store
  }

  get dual(): boolean {
    return new Set(this.families).size > 1
  }

  has(family: string): boolean {
    return this.families.includes(family)
  }

  /** What a dry run shows instead of a free address: the network's own. */
  sample(family: string): string {
    return this.ranges.find((r) => familyName(r) === family)?.base ?? ''
  }

  /** Takes an address, or says in the allocator's words why not. */
  take(ip: string): string | undefined {
    const address = sloppyIp(ip)?.text ?? ip
    if (!this.ranges.some((r) => holds(r, address))) return 'the provided network does not match the current range'
    if (this.used.has(address)) return 'provided IP is already allocated'
    this.used.add(address)
    return undefined
  }

  /** A free address: random in the upper band, then from the band for static ones. */
  next(family: string): string {
    for (const range of this.ranges) {
      if (familyName(range) !== family) continue
      const size = cidrSize(range)
      const last = range.family === 4 ? size - 2 : size - 1
      const band = size < 2 ** 5 ? 0 : staticBand(size, 16, 256, 16)
      const ip = this.free(range, Math.max(1, band), last) ?? this.free(range, 1, Math.min(band - 1, last))
      if (ip !== undefined) return ip
    }
    throw internalError('failed to allocate a serviceIP: range is full')
  }

  private get used(): Set<string> {
    this.held ??= usedAddresses(this.store)
    return this.held
  }

  private free(range: Cidr, from: number, to: number): string | undefined {
    const count = to - from + 1
    if (count <= 0) return undefined
    const start = this.dice.int(count)
    for (let i = 0; i < count; i++) {
      const ip = cidrAddress(range, from + ((start + i) % count))
      if (this.used.has(ip)) continue
      this.used.add(ip)
      return ip
    }
    return undefined
  }
}

const FIRST_PORT = 30000
const LAST_PORT = 32767

/** Node ports in use; a health check port is one too. */
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

  /** Takes a port, or says why not. */
  take(port: number): string | undefined {
    if (port < FIRST_PORT || port > LAST_PORT)
      return `provided port is not in the valid range. The range of valid ports is ${FIRST_PORT}-${LAST_PORT}`
    if (this.used.has(port)) return 'provided port is already allocated'
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

const SERVICE_CIDRS = 'servicecidrs.networking.k8s.io'
const DEFAULT = 'kubernetes'
const parsed = (texts: readonly string[]) => texts.map(parseCidr).filter((c): c is Cidr => c !== undefined)

/** The cluster's own service ranges, primary first: the default ServiceCIDR where there is one, else the profile's. */
export function serviceRanges(store: Store, fallback: string): readonly Cidr[] {
  const own = store.get(SERVICE_CIDRS, undefined, DEFAULT)
  return parsed(own?.spec?.cidrs ?? fallback.split(','))
}

/** Ranges of further ServiceCIDRs, unless they are found not to be ready. */
function furtherRanges(store: Store): readonly Cidr[] {
  return store
    .list(SERVICE_CIDRS)
    .filter((o) => o.metadata.name !== DEFAULT && o.metadata.deletionTimestamp === undefined && isReady(o))
    .flatMap((o) => parsed(o.spec?.cidrs ?? []))
}

/** Without the condition a range counts: its controller may not run at all (cidrallocator.go isReady). */
function isReady(object: KubeObject): boolean {
  const conditions: readonly { readonly type: string; readonly status: string }[] = object.status?.conditions ?? []
  return (conditions.find((c) => c.type === 'Ready')?.status ?? 'True') === 'True'
}
