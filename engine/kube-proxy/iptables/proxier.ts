import type { Store, StoreEvent } from '../../api/store.ts'
import type { Cidr, IpFamily } from '../../base/ip.ts'
import type { Json, Stateful } from '../../base/json.ts'
import type { Dice } from '../../clock/dice.ts'
import type { Rule } from '../../net/netfilter/rule.ts'
import type { Table } from '../../net/netfilter/table.ts'
import { matching, nodePortAddresses } from '../addresses.ts'
import { isServiceChain } from '../chain-names.ts'
import { ChangeTracker } from '../change-tracker.ts'
import type { Endpoint } from '../endpoints-map.ts'
import type { LocalDetector } from '../local-detector.ts'
import { NO_METRICS, type ProxierMetrics, reconciled, synced } from '../metrics/proxier-metrics.ts'
import type { ProxyConfig } from '../proxy-config.ts'
import type { Release } from '../release.ts'
import type { ServicePort } from '../service-map.ts'
import { categorize, type NodePlace } from '../topology.ts'
import { staleUdpFlows } from './conntrack.ts'
import {
  CANARY,
  CANARY_TABLES,
  FILTER_CHAINS,
  FIREWALL_CHAIN,
  filterRules,
  INVALID_COUNTER,
  JUMPS,
  NAT_CHAINS,
  natRules,
  nodePortRules,
} from './fixed-rules.ts'
import type { ProxyKernel } from './kernel.ts'
import { type Page, type PlacedRule, RuleBook } from './rule-book.ts'
import { LineReader, lineText, type RuleLine } from './rule-line.ts'
import { LOCALHOST_NODEPORT_COUNTER, type RuleContext } from './service-rules.ts'
import { TableInput } from './sync-input.ts'

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
  /** --nodeport-addresses, with the node's own in place of "primary". */
  readonly nodePortRanges: readonly Cidr[]
  readonly detector: LocalDetector | undefined
  readonly release: Release
  readonly place: () => NodePlace
  /** Service port names in the order of the first sync; a scenario pins it, otherwise the dice decide. */
  readonly firstOrder: readonly string[] | undefined
}

interface State {
  readonly needFullSync: boolean
  readonly lastFullSync: number
  readonly lastCleanup: number
  readonly synced: number
  readonly lastUpdated: number
  /** When the oldest change came in that is not written yet; null if there is none (QueuedUpdate). */
  readonly queuedSince: number | null
  /** Whether nf_conntrack_tcp_be_liberal was set when this kube-proxy started. */
  readonly liberal: boolean
  readonly metrics: ProxierMetrics
}

const NEW: State = {
  needFullSync: true,
  lastFullSync: 0,
  lastCleanup: 0,
  synced: 0,
  lastUpdated: 0,
  queuedSince: null,
  liberal: false,
  metrics: NO_METRICS,
}

/** kube-proxy's iptables mode for one IP family (pkg/proxy/iptables/proxier.go): Services and endpoints in, one restore out. */
export class IptablesProxier implements Stateful {
  readonly tracker: ChangeTracker
  private readonly options: ProxierOptions
  private readonly context: RuleContext
  private readonly book: RuleBook
  private readonly readers: { readonly nat: LineReader; readonly filter: LineReader }
  private state: State = NEW
  /** The nat table as the last sync left it: while it is in force, nobody has added or deleted a chain. */
  private left: Table | undefined
  /** Somebody may have made chains since stale ones were last looked for among all. */
  private strangers = true
  /** The state was replaced: pages hold only for Services whose objects are still the same. */
  private suspect = false
  /** Where the node was when the pages were made. */
  private madeAt = ''
  /** The last rules of KUBE-SERVICES as they were written then. */
  private last: readonly Rule[] = []
  private readonly fixedRules = new Map<string, Rule>()

  constructor(options: ProxierOptions) {
    const { family, kernel, config } = options
    this.options = options
    this.tracker = new ChangeTracker(options.store, family, options.node, options.release)
    this.context = {
      family,
      masqueradeAll: config.masqueradeAll,
      localhostNodePorts: config.localhostNodePorts && nodePortAddresses(family, options.nodePortRanges).containsLoopback,
      counters: options.release.counters,
      detector: options.detector,
      nodeIP: options.nodeIP,
    }
    const reader = (table: 'nat' | 'filter') => new LineReader((line) => kernel.rule(family, table, line))
    this.readers = { nat: reader('nat'), filter: reader('filter') }
    this.book = new RuleBook(this.context, this.readers)
  }

  /** When kube-proxy starts: it knows nothing yet, and sees to sysctls and canaries. */
  setup(now: number): void {
    const { kernel } = this.options
    this.book.clear()
    this.left = undefined
    this.tracker.restart(now)
    const liberal = kernel.sysctl('net.netfilter.nf_conntrack_tcp_be_liberal')
    // SyncLoop counts as an update: a proxy that never manages to write is not healthy for ever.
    this.state = { ...NEW, synced: this.state.synced, lastUpdated: now, liberal: liberal !== undefined && liberal !== '0' }
    if (this.context.localhostNodePorts) kernel.setSysctl('net.ipv4.conf.all.route_localnet', '1')
    this.ensureCanaries()
  }

  /** Takes in a store event; whether a sync is wanted. */
  note(event: StoreEvent): boolean {
    return this.tracker.note(event)
  }

  /** A change waits to be written. */
  queued(now: number): void {
    const metrics = { ...this.state.metrics, lastQueued: now }
    this.state = { ...this.state, queuedSince: this.state.queuedSince ?? now, metrics }
  }

  /** Everything is written again at the next sync. */
  forceFullSync(): void {
    this.state = { ...this.state, needFullSync: true }
  }

  /** Whether the first canary is gone, which means that somebody flushed iptables. */
  canaryLost(): boolean {
    return this.options.kernel.table(this.options.family, CANARY_TABLES[0])?.chains.has(CANARY) !== true
  }

  ensureCanaries(): void {
    const { kernel, family } = this.options
    for (const table of CANARY_TABLES) {
      if (kernel.table(family, table)?.chains.has(CANARY) === true) continue
      kernel.restore(family, `*${table}\n:${CANARY} - [0:0]\nCOMMIT\n`)
    }
  }

  get family(): IpFamily {
    return this.options.family
  }

  get lastUpdated(): number {
    return this.state.lastUpdated
  }

  get queuedSince(): number | null {
    return this.state.queuedSince
  }

  get metrics(): ProxierMetrics {
    return this.state.metrics
  }

  /** How often it has written rules, in all its lives. */
  get runs(): number {
    return this.state.synced
  }

  /** Services that want a health check port of this node (ServicePortMap.HealthCheckNodePorts). */
  healthChecks(): { readonly service: string; readonly port: number }[] {
    this.catchUp()
    return [...this.book.withHealthCheck()].map(({ service, port }) => ({ service, port: port.healthCheckNodePort }))
  }

  /** Where that port listens. */
  healthAddresses(): readonly string[] {
    const { family, nodePortRanges, kernel } = this.options
    const { ranges } = nodePortAddresses(family, nodePortRanges)
    return ranges === undefined ? ['0.0.0.0'] : matching(ranges, kernel.addresses(family))
  }

  /** How many pods of this node are ready behind the Service, by address (EndpointsMap.LocalReadyEndpoints). */
  localReadyEndpoints(service: string): number {
    const ips = new Set<string>()
    for (const endpoints of this.tracker.endpointsOfService(service).values()) {
      for (const endpoint of endpoints) if (endpoint.local && endpoint.ready) ips.add(endpoint.ip)
    }
    return ips.size
  }

  /** syncProxyRules: writes what changed, or everything; false if iptables refused it. */
  sync(now: number): boolean {
    const { kernel, family } = this.options
    const full = this.state.needFullSync || now - this.state.lastFullSync > FULL_SYNC_PERIOD
    const changes = this.tracker.take()
    if (full) this.ensureJumps()
    if (full) this.book.clear()
    this.catchUp()
    if (!full) this.rewrite(changes.services)
    const { totals } = this.book
    const isLarge = totals.endpoints > LARGE_CLUSTER_ENDPOINTS
    const cleanup = !isLarge || now - this.state.lastCleanup > this.options.config.syncPeriod
    const { filter, nat } = this.compose(full ? undefined : changes.services, cleanup)
    const failed = kernel.write(family, [filter.done(), nat.done()]) !== undefined
    const skipped = full ? 0 : totals.chainRules - this.chainRules(changes.services)
    const { triggerTimes } = changes
    const counts = { filter: filter.count(), nat: nat.count(), skipped, triggerTimes }
    const metrics = synced(this.state.metrics, { now, full, failed, ...counts, ...totals })
    this.left = failed ? undefined : kernel.table(family, 'nat')
    // What changed is forgotten by now, so after a failure only a full sync helps.
    this.state = { ...this.state, needFullSync: failed, synced: this.state.synced + 1, metrics }
    if (failed) return false
    this.book.settle()
    if (cleanup) this.book.forgetDropped()
    this.state = {
      ...this.state,
      lastFullSync: full ? now : this.state.lastFullSync,
      lastCleanup: cleanup ? now : this.state.lastCleanup,
      lastUpdated: now,
      queuedSince: null,
    }
    if (changes.udpEndpoints) this.cleanFlows()
    return true
  }

  save(): Json {
    return { ...this.state, tracker: this.tracker.save() } as unknown as Json
  }

  load(saved: Json): void {
    const { tracker, ...state } = saved as unknown as State & { readonly tracker: Json }
    this.state = state
    this.tracker.load(tracker)
    this.suspect = true
    this.left = undefined
  }

  /** Fills an empty book; after another state was loaded, keeps the pages that still hold. */
  private catchUp(): void {
    const at = JSON.stringify(this.options.place())
    if (at !== this.madeAt) this.book.clear()
    this.madeAt = at
    if (!this.suspect && !this.book.isEmpty) return
    this.suspect = false
    const all = this.tracker.all()
    for (const key of this.book.services()) if (!all.has(key)) this.book.remove(key)
    // In the order of names: the book is filled fastest so.
    this.rewrite([...all.keys()].filter((key) => !this.book.comesFrom(key, this.tracker.sourceOf(key))).sort())
  }

  /** Works out the rules of these Services anew. */
  private rewrite(services: Iterable<string>): void {
    const { place } = this.options
    const found: { readonly key: string; readonly port: ServicePort; readonly endpoints: readonly Endpoint[] }[] = []
    let endpoints = 0
    for (const key of services) {
      this.book.remove(key)
      const ports = this.tracker.portsOf(key)
      if (ports.length > 0) this.book.cite(key, this.tracker.sourceOf(key))
      for (const port of ports) {
        const own = this.tracker.endpointsOf(port)
        found.push({ key, port, endpoints: own })
        endpoints += own.length
      }
    }
    const named = this.book.totals.endpoints + endpoints <= LARGE_CLUSTER_ENDPOINTS
    for (const { key, port, endpoints: own } of found) {
      this.book.add(key, port, own.length, categorize(own, port, place()), named)
    }
  }

  /** How many rules the own chains of these Services hold. */
  private chainRules(services: ReadonlySet<string>): number {
    let count = 0
    for (const service of services) for (const page of this.book.of(service)) count += page.chainRules
    return count
  }

  /** The map of Services has no order of its own (Go's maps), so each sync writes them in another. */
  private order(): readonly number[] {
    const { firstOrder, dice } = this.options
    const pages = this.book.all()
    const drawn = dice.shuffle(pages.map((_, i) => i))
    if (this.state.synced > 0 || firstOrder === undefined) return drawn
    const place = new Map(firstOrder.map((name, i) => [name, i]))
    const rank = (i: number) => place.get((pages[i] as Page).port.name) ?? firstOrder.length
    return drawn.sort((a, b) => rank(a) - rank(b))
  }

  /** The input of iptables-restore; `changed` undefined: every Service's own chains. */
  private compose(changed: ReadonlySet<string> | undefined, cleanup: boolean) {
    const { nodePortRanges, kernel, family, config } = this.options
    const { localhostNodePorts } = this.context
    const filter = new TableInput('filter', localhostNodePorts ? [...FILTER_CHAINS, FIREWALL_CHAIN] : FILTER_CHAINS)
    const nat = new TableInput('nat', NAT_CHAINS)
    const services = nat.chain('KUBE-SERVICES')
    const nodePorts = nat.chain('KUBE-NODEPORTS')
    this.book.writeInto(this.order(), services, (page) => {
      services.push(...page.services)
      nodePorts.push(...page.nodePorts)
      for (const placed of page.filter) filter.add(placed)
    })
    const written = changed === undefined ? this.book.all() : [...changed].flatMap((service) => this.book.of(service))
    for (const page of written) for (const chain of page.chains) nat.write(chain)
    for (const chain of this.staleChains(cleanup)) nat.remove(chain)
    const { ranges } = nodePortAddresses(family, nodePortRanges)
    const last = this.fixed('nat', nodePortRules(family, ranges, kernel.addresses(family), localhostNodePorts))
    for (const placed of [...this.fixed('nat', natRules(config.masqueradeBit)), ...last]) nat.add(placed)
    const options = { ...config, ...this.context, conntrackTcpLiberal: this.state.liberal }
    for (const placed of this.fixed('filter', filterRules(options))) filter.add(placed)
    this.tellDifference(
      nat,
      last.map(({ rule }) => rule),
    )
    return { filter, nat }
  }

  /** As long as nobody else changed the nat table, it is known how the chains that every sync writes differ from what they hold. */
  private tellDifference(nat: TableInput, last: readonly Rule[]): void {
    const { kernel, family } = this.options
    if (this.left !== undefined && this.left === kernel.table(family, 'nat')) {
      const services = this.book.difference((page) => page.services)
      const came = last.filter((rule) => !this.last.includes(rule))
      const went = this.last.filter((rule) => !last.includes(rule))
      nat.differs('KUBE-SERVICES', { came: [...services.came, ...came], went: [...services.went, ...went] })
      nat.differs(
        'KUBE-NODEPORTS',
        this.book.difference((page) => page.nodePorts),
      )
    }
    this.last = last
  }

  /** Rules that no Service decides: the same values at every sync. */
  private fixed(table: 'nat' | 'filter', lines: readonly RuleLine[]): PlacedRule[] {
    return lines.map((line) => {
      const text = `${table} ${lineText(line)}`
      const rule = this.fixedRules.get(text) ?? this.readers[table].read(line)
      this.fixedRules.set(text, rule)
      return { chain: line.chain, rule }
    })
  }

  /** Chains with names like its own that no Service needs: its own old ones, and whatever else is called so. */
  private staleChains(cleanup: boolean): string[] {
    const table = this.options.kernel.table(this.options.family, 'nat')
    if (table === undefined || table !== this.left) this.strangers = true
    if (table === undefined || !cleanup) return []
    if (!this.strangers) return [...this.book.unused()].filter((chain) => table.chains.has(chain))
    this.strangers = false
    const found = [...table.chains.keys()].filter(isServiceChain)
    return found.length === 0 ? [] : found.filter((chain) => !this.book.used().has(chain))
  }

  /** Chains and jumps from built-in chains: only on a full sync, so a jump deleted by hand stays away until then. */
  private ensureJumps(): void {
    const { kernel, family, release } = this.options
    for (const { table, from, to, match } of JUMPS) {
      const line = `${match}${match === '' ? '' : ' '}-j ${to}`
      if (kernel.hasRule(family, table, from, line)) continue
      const chain = kernel.table(family, table)?.chains.has(to) === true ? '' : `:${to} - [0:0]\n`
      kernel.restore(family, `*${table}\n${chain}-I ${from} 1 ${line}\nCOMMIT\n`)
    }
    if (release.counters) for (const name of [INVALID_COUNTER, LOCALHOST_NODEPORT_COUNTER]) kernel.ensureCounter(name)
  }

  private cleanFlows(): void {
    const { kernel, family } = this.options
    const udp = this.book.all().flatMap(({ port }) => (port.protocol === 'udp' ? [port] : []))
    const stale = staleUdpFlows(udp.map((port) => ({ port, endpoints: this.tracker.endpointsOf(port) })))
    const deleted = kernel.deleteFlows(family, 'udp', stale)
    this.state = { ...this.state, metrics: reconciled(this.state.metrics, deleted) }
  }
}
