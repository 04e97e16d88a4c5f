import type { KubeObject } from '../api/object.ts'
import type { Store, StoreEvent } from '../api/store.ts'
import { type IpFamily, ipFamily } from '../base/ip.ts'
import type { Json, Stateful } from '../base/json.ts'
import type { Clock } from '../clock/clock.ts'
import type { Dice } from '../clock/dice.ts'
import type { ProxyConfig } from './config.ts'
import type { ProxyKernel } from './iptables/kernel.ts'
import { FULL_SYNC_PERIOD, IptablesProxier } from './iptables/proxier.ts'
import { localDetector } from './local-detector.ts'
import type { NodePlace } from './topology.ts'

export interface KubeProxyOptions {
  readonly clock: Clock
  readonly dice: Dice
  readonly store: Store
  readonly node: string
  readonly kernel: ProxyKernel
  readonly config: ProxyConfig
  /** The release that is modelled: "1.31.4". */
  readonly kubernetes: string
  /** NodeSpec.kubeProxyFirstOrder. */
  readonly firstOrder?: readonly string[]
}

interface State {
  readonly running: boolean
  /** Its pod is gone from the node: nobody runs it until the DaemonSet's next one does. */
  readonly podless: boolean
  readonly lastRun: number
  /** The scheduled sync, if one waits; and when it is due. */
  readonly task: number | null
  readonly due: number
  readonly canaryTask: number | null
}

/**
 * kube-proxy of one node: watches Services and EndpointSlices, and writes what they mean into the node's kernel.
 * A change is written at once, but never sooner than minSyncPeriod after the write before it (BoundedFrequencyRunner).
 */
export class KubeProxy implements Stateful {
  readonly proxyMode = 'iptables'
  private readonly options: KubeProxyOptions
  private readonly proxiers: readonly IptablesProxier[]
  private state: State = {
    running: false,
    podless: false,
    lastRun: Number.NEGATIVE_INFINITY,
    task: null,
    due: 0,
    canaryTask: null,
  }
  private place: NodePlace

  constructor(options: KubeProxyOptions) {
    this.options = options
    const { clock, store, node, config } = options
    this.place = this.findPlace()
    const self = this.self()
    const podCIDRs: readonly string[] = self?.spec?.podCIDRs ?? (self?.spec?.podCIDR ? [self.spec.podCIDR] : [])
    this.proxiers = ([4, 6] as const).map(
      (family) =>
        new IptablesProxier({
          family,
          store,
          dice: options.dice,
          kernel: options.kernel,
          config,
          node,
          nodeIP: this.nodeIP(family),
          detector: localDetector(config, family, podCIDRs),
          counters: countsPackets(options.kubernetes),
          place: () => this.place,
          firstOrder: family === 4 ? options.firstOrder : undefined,
        }),
    )
    clock.handle(this.taskName('sync'), () => this.sync())
    clock.handle(this.taskName('canary'), () => this.checkCanary())
    clock.handle(this.taskName('pod'), (args) => (args === 'gone' ? this.lostPod() : this.gotPod()))
    store.watch((event) => {
      if (event.resource === 'pods') this.notePod(event)
      if (!this.state.running) return
      if (event.resource === 'nodes' && event.object.metadata.name === node) this.nodeChanged()
      const wanted = this.proxiers.filter((proxier) => proxier.note(event))
      if (wanted.length > 0) this.schedule()
    })
  }

  /** Starts and writes everything at once; a cluster that has run for a while starts with its rules in place. */
  start(): void {
    if (this.state.running) return
    this.state = { ...this.state, running: true }
    for (const proxier of this.proxiers) proxier.setup()
    this.sync()
    this.scheduleCanary()
  }

  /** Stops; its rules stay, as they do in reality. */
  stop(): void {
    for (const task of [this.state.task, this.state.canaryTask]) if (task !== null) this.options.clock.cancel(task)
    this.state = { ...this.state, running: false, task: null, canaryTask: null }
  }

  get running(): boolean {
    return this.state.running
  }

  /** What /healthz on port 10256 answers from: the time of the last successful sync of each family, ms. */
  health(): {
    readonly running: boolean
    readonly lastUpdated: Readonly<Record<'IPv4' | 'IPv6', number>>
    readonly eligible: boolean
  } {
    const [v4, v6] = this.proxiers as readonly [IptablesProxier, IptablesProxier]
    const taints: readonly { key: string }[] = this.self()?.spec?.taints ?? []
    const eligible = !taints.some((t) => t.key === 'ToBeDeletedByClusterAutoscaler') && !this.self()?.metadata.deletionTimestamp
    return { running: this.state.running, lastUpdated: { IPv4: v4.lastUpdated, IPv6: v6.lastUpdated }, eligible }
  }

  save(): Json {
    const { lastRun, ...rest } = this.state
    return { ...rest, lastRun: Number.isFinite(lastRun) ? lastRun : null, proxiers: this.proxiers.map((p) => p.save()) }
  }

  load(state: Json): void {
    const { proxiers, lastRun, ...rest } = state as unknown as Omit<State, 'lastRun'> & {
      lastRun: number | null
      proxiers: readonly Json[]
    }
    this.state = { ...rest, lastRun: lastRun ?? Number.NEGATIVE_INFINITY }
    this.proxiers.forEach((proxier, i) => {
      proxier.load(proxiers[i] as Json)
    })
    this.place = this.findPlace()
  }

  private taskName(what: string): string {
    return `kube-proxy/${this.options.node}/${what}`
  }

  private self(): KubeObject | undefined {
    return this.options.store.get('nodes', undefined, this.options.node)
  }

  private nodeIP(family: IpFamily): string {
    const addresses: readonly { type: string; address: string }[] = this.self()?.status?.addresses ?? []
    const own = addresses.find((a) => a.type === 'InternalIP' && ipFamily(a.address) === family)
    return own?.address ?? (family === 4 ? '127.0.0.1' : '::1')
  }

  private findPlace(): NodePlace {
    return { name: this.options.node, zone: this.self()?.metadata.labels?.['topology.kubernetes.io/zone'] }
  }

  /** Another zone means other hints for every Service. */
  private nodeChanged(): void {
    const place = this.findPlace()
    if (place.zone === this.place.zone) return
    this.place = place
    for (const proxier of this.proxiers) proxier.forceFullSync()
    this.schedule()
  }

  /** A kube-proxy that runs as a pod of its DaemonSet stops and starts with that pod; the new process writes everything anew. */
  private notePod({ type, object, old }: StoreEvent): void {
    const { labels = {}, namespace } = object.metadata
    if (labels['k8s-app'] !== 'kube-proxy' || namespace !== 'kube-system' || object.spec?.nodeName !== this.options.node) return
    const runs = (pod: KubeObject | undefined) => pod?.status?.phase === 'Running'
    if (type === 'DELETED') this.options.clock.schedule(this.taskName('pod'), 0, 'gone')
    else if (runs(object) && !runs(old)) this.options.clock.schedule(this.taskName('pod'), 0, 'runs')
  }

  private lostPod(): void {
    if (!this.state.running) return
    this.stop()
    this.state = { ...this.state, podless: true }
  }

  private gotPod(): void {
    if (!this.state.podless) return
    this.state = { ...this.state, podless: false }
    this.start()
  }

  private schedule(delay = 0): void {
    const { clock, config } = this.options
    const due = Math.max(clock.now + delay, this.state.lastRun + config.minSyncPeriod)
    if (this.state.task !== null) {
      if (this.state.due <= due) return
      clock.cancel(this.state.task)
    }
    this.state = { ...this.state, due, task: clock.schedule(this.taskName('sync'), due - clock.now) }
  }

  private sync(): void {
    const { clock, config } = this.options
    if (this.state.task !== null) clock.cancel(this.state.task)
    this.state = { ...this.state, task: null, lastRun: clock.now }
    const ok = this.proxiers.map((proxier) => proxier.sync(clock.now)).every((done) => done)
    // Without any change a sync still happens within the hour, and a failed one is tried again.
    this.schedule(ok ? FULL_SYNC_PERIOD : config.syncPeriod)
  }

  private scheduleCanary(): void {
    const canaryTask = this.options.clock.schedule(this.taskName('canary'), this.options.config.syncPeriod)
    this.state = { ...this.state, canaryTask }
  }

  /** Monitor of pkg/util/iptables: a lost canary means a flush, and only then is everything written again. */
  private checkCanary(): void {
    const lost = this.proxiers.filter((proxier) => proxier.canaryLost())
    for (const proxier of lost) {
      proxier.ensureCanaries()
      proxier.forceFullSync()
    }
    this.scheduleCanary()
    if (lost.length > 0) this.schedule()
  }
}

/** nfacct counters came with 1.32 (CHANGELOG-1.32, metrics kubeproxy_iptables_*_packets_total). */
function countsPackets(kubernetes: string): boolean {
  const [major = 1, minor = 35] = kubernetes.replace(/^v/, '').split('.').map(Number)
  return major > 1 || minor >= 32
}
