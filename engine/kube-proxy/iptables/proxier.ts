import type { StoreEvent } from '../../api/store.ts'
import type { IpFamily } from '../../base/ip.ts'
import type { Json, Stateful } from '../../base/json.ts'
import { matching, nodePortAddresses } from '../addresses.ts'
import { ChangeTracker } from '../change-tracker.ts'
import type { Endpoint } from '../endpoints-map.ts'
import { NO_METRICS, type ProxierMetrics, reconciled, synced } from '../metrics/proxier-metrics.ts'
import type { ServicePort } from '../service-map.ts'
import { categorize } from '../topology.ts'
import { canaryLost, ensureCanaries, ensureJumps } from './anchors.ts'
import { staleUdpFlows } from './conntrack.ts'
import { INVALID_COUNTER } from './fixed-rules.ts'
import type { ProxierOptions } from './proxier-options.ts'
import { RuleBook } from './rule-book.ts'
import { LineReader } from './rule-line.ts'
import { LOCALHOST_NODEPORT_COUNTER, type RuleContext } from './service-rules.ts'
import { SyncComposer } from './sync-composer.ts'

/** Rules and service chains are all written again at least this often (proxyutil.FullSyncPeriod). */
export const FULL_SYNC_PERIOD = 3_600_000
/** Above this many endpoints the comments that name them are left out, and stale chains wait (largeClusterEndpointsThreshold). */
const LARGE_CLUSTER_ENDPOINTS = 1000

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
  private readonly composer: SyncComposer
  private state: State = NEW
  /** The state was replaced: pages hold only for Services whose objects are still the same. */
  private suspect = false
  /** Where the node was when the pages were made. */
  private madeAt = ''
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
    const readers = { nat: reader('nat'), filter: reader('filter') }
    this.book = new RuleBook(this.context, readers)
    this.composer = new SyncComposer(options, this.context, readers, this.book)
  }

  /** When kube-proxy starts: it knows nothing yet, and sees to sysctls and canaries. */
  setup(now: number): void {
    const { kernel } = this.options
    this.book.clear()
    this.composer.forget()
    this.tracker.restart(now)
    const liberal = kernel.sysctl('net.netfilter.nf_conntrack_tcp_be_liberal')
    // SyncLoop counts as an update: a proxy that never manages to write is not healthy for ever.
    this.state = { ...NEW, synced: this.state.synced, lastUpdated: now, liberal: liberal !== undefined && liberal !== '0' }
    if (this.context.localhostNodePorts) kernel.setSysctl('net.ipv4.conf.all.route_localnet', '1')
    ensureCanaries(kernel, this.options.family)
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

  canaryLost(): boolean {
    return canaryLost(this.options.kernel, this.options.family)
  }

  ensureCanaries(): void {
    ensureCanaries(this.options.kernel, this.options.family)
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
    const { kernel, family, release } = this.options
    const full = this.state.needFullSync || now - this.state.lastFullSync > FULL_SYNC_PERIOD
    const changes = this.tracker.take()
    if (full) {
      ensureJumps(kernel, family)
      if (release.counters) for (const name of [INVALID_COUNTER, LOCALHOST_NODEPORT_COUNTER]) kernel.ensureCounter(name)
      this.book.clear()
    }
    this.catchUp()
    if (!full) this.rewrite(changes.services)
    const { totals } = this.book
    const isLarge = totals.endpoints > LARGE_CLUSTER_ENDPOINTS
    const cleanup = !isLarge || now - this.state.lastCleanup > this.options.config.syncPeriod
    const { liberal, synced: runs } = this.state
    const changed = full ? undefined : changes.services
    const { filter, nat } = this.composer.compose({ changed, cleanup, first: runs === 0, liberal })
    const failed = kernel.write(family, [filter.done(), nat.done()]) !== undefined
    const skipped = full ? 0 : totals.chainRules - this.chainRules(changes.services)
    const { triggerTimes } = changes
    const counts = { filter: filter.count(), nat: nat.count(), skipped, triggerTimes }
    const metrics = synced(this.state.metrics, { now, full, failed, ...counts, ...totals })
    if (failed) this.composer.forget()
    else this.composer.wrote()
    // What changed is forgotten by now, so after a failure only a full sync helps.
    this.state = { ...this.state, needFullSync: failed, synced: runs + 1, metrics }
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
    this.composer.forget()
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

  private cleanFlows(): void {
    const { kernel, family } = this.options
    const udp = this.book.all().flatMap(({ port }) => (port.protocol === 'udp' ? [port] : []))
    const stale = staleUdpFlows(udp.map((port) => ({ port, endpoints: this.tracker.endpointsOf(port) })))
    const deleted = kernel.deleteFlows(family, 'udp', stale)
    this.state = { ...this.state, metrics: reconciled(this.state.metrics, deleted) }
  }
}
