import type { Store, StoreEvent } from '../../api/store.ts'
import type { IpFamily } from '../../base/ip.ts'
import type { Json, Stateful } from '../../base/json.ts'
import type { Dice } from '../../clock/dice.ts'
import { isServiceChain } from '../chain-names.ts'
import type { ProxyConfig } from '../config.ts'
import type { LocalDetector } from '../local-detector.ts'
import type { ServicePort } from '../service-map.ts'
import { ServiceTracker } from '../service-tracker.ts'
import { categorize, type NodePlace } from '../topology.ts'
import { staleUdpFlows } from './conntrack.ts'
import {
  CANARY,
  CANARY_TABLES,
  FILTER_CHAINS,
  filterRules,
  INVALID_COUNTER,
  JUMPS,
  NAT_CHAINS,
  natRules,
  nodePortRules,
} from './fixed-rules.ts'
import type { ProxyKernel } from './kernel.ts'
import { LOCALHOST_NODEPORT_COUNTER, type RuleContext, type ServiceRules, serviceRules } from './service-rules.ts'

/** Rules and service chains are all written again at least this often (proxyutil.FullSyncPeriod). */
export const FULL_SYNC_PERIOD = 3_600_000
/** Above this many endpoints the comments that name them are left out, and stale chains wait (largeClusterEndpointsThreshold). */
const LARGE_CLUSTER_ENDPOINTS = 1000

export interface ProxierOptions {
  readonly family: IpFamily
  readonly store: Store
  readonly dice: Dice
  readonly kernel: ProxyKernel
  readonly config: ProxyConfig
  readonly node: string
  readonly nodeIP: string
  readonly detector: LocalDetector | undefined
  /** Whether this release counts packets with nfacct (1.32 and later). */
  readonly counters: boolean
  readonly place: () => NodePlace
  /** Service port names in the order of the first sync; a scenario pins it, otherwise the dice decide. */
  readonly firstOrder: readonly string[] | undefined
}

interface State {
  readonly needFullSync: boolean
  readonly lastFullSync: number
  readonly lastCleanup: number
  readonly synced: number
  /** "namespace/name" of Services changed since the last sync. */
  readonly changed: readonly string[]
  readonly lastUpdated: number
}

/** kube-proxy's iptables mode for one IP family (pkg/proxy/iptables/proxier.go): Services and endpoints in, one restore out. */
export class IptablesProxier implements Stateful {
  private readonly options: ProxierOptions
  private readonly tracker: ServiceTracker
  private readonly context: RuleContext
  private readonly rules = new Map<string, ServiceRules>()
  private state: State = { needFullSync: true, lastFullSync: 0, lastCleanup: 0, synced: 0, changed: [], lastUpdated: 0 }

  constructor(options: ProxierOptions) {
    this.options = options
    this.tracker = new ServiceTracker(options.store, options.family, options.node)
    const ranges = this.nodePortRanges()
    const loopback = ranges === undefined || ranges.some((r) => r.family === 4 && (r.bits === 0 || r.base.startsWith('127.')))
    this.context = {
      family: options.family,
      masqueradeAll: options.config.masqueradeAll,
      localhostNodePorts: options.family === 4 && options.config.localhostNodePorts && loopback,
      counters: options.counters,
      detector: options.detector,
      nodeIP: options.nodeIP,
    }
  }

  /** When kube-proxy starts: it knows nothing yet, and sees to sysctls, nfacct objects and canaries. */
  setup(): void {
    const { kernel, counters } = this.options
    this.tracker.drop()
    this.state = { ...this.state, needFullSync: true, changed: [] }
    if (this.context.localhostNodePorts) kernel.setSysctl('net.ipv4.conf.all.route_localnet', '1')
    if (counters) {
      kernel.ensureCounter(INVALID_COUNTER)
      kernel.ensureCounter(LOCALHOST_NODEPORT_COUNTER)
    }
    this.ensureCanaries()
  }

  /** Takes in a store event; whether a sync is wanted. */
  note(event: StoreEvent): boolean {
    const services = this.tracker.note(event).filter((key) => !this.state.changed.includes(key))
    if (services.length > 0) this.state = { ...this.state, changed: [...this.state.changed, ...services] }
    return services.length > 0
  }

  /** Everything is written again at the next sync. */
  forceFullSync(): void {
    this.state = { ...this.state, needFullSync: true }
  }

  /** Whether the first canary is gone, which means that somebody flushed iptables. */
  canaryLost(): boolean {
    return !this.options.kernel.chains(this.options.family, CANARY_TABLES[0]).includes(CANARY)
  }

  ensureCanaries(): void {
    const { kernel, family } = this.options
    for (const table of CANARY_TABLES) {
      if (!kernel.chains(family, table).includes(CANARY)) kernel.restore(family, `*${table}\n:${CANARY} - [0:0]\nCOMMIT\n`)
    }
  }

  get lastUpdated(): number {
    return this.state.lastUpdated
  }

  /** Writes the rules; false if the kernel refused them, and then the next sync is a full one. */
  sync(now: number): boolean {
    const full = this.state.needFullSync || now - this.state.lastFullSync > FULL_SYNC_PERIOD
    if (full) {
      this.rules.clear()
      this.ensureJumps()
    }
    const ports = this.inOrder(this.tracker.ports())
    const changed = new Set(this.state.changed)
    const isChanged = (port: ServicePort) => full || changed.has(`${port.namespace}/${port.service}`)
    const large = this.totalEndpoints(ports) > LARGE_CLUSTER_ENDPOINTS
    const cleanup = !large || now - this.state.lastCleanup > this.options.config.syncPeriod
    const failed = this.options.kernel.restore(this.options.family, this.compose(ports, isChanged, large, cleanup)) !== undefined
    const synced = this.state.synced + 1
    if (failed) {
      this.state = { ...this.state, needFullSync: true, synced }
      return false
    }
    this.state = {
      needFullSync: false,
      lastFullSync: full ? now : this.state.lastFullSync,
      lastCleanup: cleanup ? now : this.state.lastCleanup,
      synced,
      changed: [],
      lastUpdated: now,
    }
    if (changed.size > 0) this.cleanFlows()
    return true
  }

  save(): Json {
    return { ...this.state }
  }

  load(state: Json): void {
    this.state = state as unknown as State
    this.tracker.drop()
    this.rules.clear()
  }

  private nodePortRanges() {
    const { config, nodeIP, family } = this.options
    if (config.nodePortAddresses !== 'primary') return config.nodePortAddresses
    return [{ family, base: nodeIP, bits: family === 4 ? 32 : 128 }]
  }

  /** The map of Services has no order of its own (Go's maps), so each sync writes them in another. */
  private inOrder(ports: ServicePort[]): ServicePort[] {
    const { firstOrder, dice } = this.options
    const drawn = dice.shuffle(ports)
    if (this.state.synced > 0 || firstOrder === undefined) return drawn
    const place = new Map(firstOrder.map((name, i) => [name, i]))
    const rank = (port: ServicePort) => place.get(port.name) ?? firstOrder.length
    return drawn.sort((a, b) => rank(a) - rank(b))
  }

  private totalEndpoints(ports: readonly ServicePort[]): number {
    let total = 0
    for (const port of ports) total += this.tracker.endpointsOf(port).length
    return total
  }

  private rulesOf(port: ServicePort, fresh: boolean, comments: boolean): ServiceRules {
    const known = fresh ? undefined : this.rules.get(port.name)
    if (known !== undefined) return known
    const endpoints = categorize(this.tracker.endpointsOf(port), port, this.options.place())
    const rules = serviceRules(port, endpoints, this.context, comments)
    this.rules.set(port.name, rules)
    return rules
  }

  /** The input of iptables-restore. */
  private compose(
    ports: readonly ServicePort[],
    isChanged: (p: ServicePort) => boolean,
    large: boolean,
    cleanup: boolean,
  ): string {
    const { config, kernel, family, counters } = this.options
    const filter: string[] = []
    const portals: string[] = []
    const chains: string[] = []
    const rules: string[] = []
    const active = new Set<string>()
    for (const port of ports) {
      const changed = isChanged(port)
      const own = this.rulesOf(port, changed, !large)
      filter.push(...own.filter)
      portals.push(...own.portals)
      for (const chain of own.chains) active.add(chain)
      if (!changed) continue
      for (const chain of own.chains) chains.push(`:${chain} - [0:0]`)
      rules.push(...own.rules)
    }
    const stale = cleanup ? kernel.chains(family, 'nat').filter((chain) => isServiceChain(chain) && !active.has(chain)) : []
    const { localhostNodePorts } = this.context
    const { masqueradeBit, conntrackTcpLiberal } = config
    return [
      '*filter',
      ...FILTER_CHAINS.map((chain) => `:${chain} - [0:0]`),
      ...filter,
      ...filterRules({ masqueradeBit, localhostNodePorts, conntrackTcpLiberal, counters }),
      'COMMIT',
      '*nat',
      ...NAT_CHAINS.map((chain) => `:${chain} - [0:0]`),
      ...chains,
      ...stale.map((chain) => `:${chain} - [0:0]`),
      ...natRules(masqueradeBit),
      ...portals,
      ...rules,
      ...stale.map((chain) => `-X ${chain}`),
      ...nodePortRules(family, this.nodePortRanges(), kernel.addresses(family)),
      'COMMIT',
      '',
    ].join('\n')
  }

  /** Chains and jumps from built-in chains: only on a full sync, so a jump deleted by hand stays away until then. */
  private ensureJumps(): void {
    const { kernel, family } = this.options
    for (const { table, from, to, match } of JUMPS) {
      const rule = `${match}${match === '' ? '' : ' '}-j ${to}`
      if (kernel.hasRule(family, table, from, rule)) continue
      const chain = kernel.chains(family, table).includes(to) ? '' : `:${to} - [0:0]\n`
      kernel.restore(family, `*${table}\n${chain}-I ${from} 1 ${rule}\nCOMMIT\n`)
    }
  }

  private cleanFlows(): void {
    const { kernel, family } = this.options
    const udp = this.tracker.ports().filter((port) => port.protocol === 'udp')
    const stale = staleUdpFlows(
      udp.map((port) => ({ port, endpoints: categorize(this.tracker.endpointsOf(port), port, this.options.place()).reachable })),
    )
    kernel.deleteFlows(family, 'udp', stale)
  }
}
