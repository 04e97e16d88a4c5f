import type { KubeObject } from '../api/object.ts'
import type { Store, StoreEvent } from '../api/store.ts'
import type { Json, Stateful } from '../base/json.ts'
import type { Clock } from '../clock/clock.ts'
import type { Dice } from '../clock/dice.ts'
import { ProxyFlagError } from './config.ts'
import { conntrackSysctls } from './conntrack-settings.ts'
import { type Health, healthOf, isEligible } from './health.ts'
import { HealthPorts } from './health-ports.ts'
import { answer, type ProxyReply, type ProxySite } from './http.ts'
import type { ProxyKernel } from './iptables/kernel.ts'
import { FULL_SYNC_PERIOD, IptablesProxier } from './iptables/proxier.ts'
import { localDetector } from './local-detector.ts'
import { ProbeCounts } from './metrics/probe-counts.ts'
import { nodeFacts, nodePlace } from './node-facts.ts'
import type { ProxyConfig } from './proxy-config.ts'
import { type Release, releaseOf } from './release.ts'
import type { NodePlace } from './topology.ts'

export interface KubeProxyOptions {
  readonly clock: Clock
  readonly dice: Dice
  readonly store: Store
  readonly node: string
  readonly kernel: ProxyKernel
  /** The settings, or how to read them: a process reads its file anew when it starts. */
  readonly config: ProxyConfig | (() => ProxyConfig)
  /** The release that is modelled: "1.31.4". */
  readonly kubernetes: string
  /** Its log: a line of klog's, behind the header. */
  readonly log?: (severity: 'I' | 'W' | 'E', message: string) => void
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
  readonly started: number
  /** Why it did not start, in its words. */
  readonly failure: string | null
  /** The settings it runs with. */
  readonly config: ProxyConfig | null
}

const STOPPED: State = {
  running: false,
  podless: false,
  lastRun: Number.NEGATIVE_INFINITY,
  task: null,
  due: 0,
  canaryTask: null,
  started: 0,
  failure: null,
  config: null,
}

/**
 * kube-proxy of one node: watches Services and EndpointSlices, and writes what they mean into the node's kernel.
 * A change is written at once, but never sooner than minSyncPeriod after the write before it (BoundedFrequencyRunner).
 */
export class KubeProxy implements Stateful {
  readonly proxyMode = 'iptables'
  readonly proxiers: IptablesProxier[] = []
  readonly probes = new ProbeCounts()
  private readonly options: KubeProxyOptions
  readonly release: Release
  private readonly healthPorts: HealthPorts
  private madeFor = ''
  private state: State = STOPPED
  private place: NodePlace

  constructor(options: KubeProxyOptions) {
    this.options = options
    this.release = releaseOf(options.kubernetes)
    const { clock, store, node } = options
    this.place = nodePlace(node, this.self())
    this.healthPorts = new HealthPorts(options.kernel)
    clock.handle(this.taskName('sync'), () => this.sync())
    clock.handle(this.taskName('canary'), () => this.checkCanary())
    clock.handle(this.taskName('pod'), (args) => (args === 'gone' ? this.lostPod() : this.gotPod()))
    store.watch((event) => {
      if (event.resource === 'pods') this.notePod(event)
      if (!this.state.running) return
      if (event.resource === 'nodes' && event.object.metadata.name === this.place.name) this.nodeChanged()
      const wanted = this.proxiers.filter((proxier) => proxier.note(event))
      for (const proxier of wanted) proxier.queued(clock.now)
      if (wanted.length > 0) this.schedule()
    })
  }

  /** Starts and writes everything at once; a cluster that has run for a while starts with its rules in place. */
  start(): void {
    if (this.state.running) return
    const { clock, kernel, config: given } = this.options
    let config: ProxyConfig
    try {
      config = typeof given === 'function' ? given() : given
    } catch (error) {
      if (!(error instanceof ProxyFlagError)) throw error
      this.state = { ...this.state, failure: error.message }
      this.options.log?.('E', `run.go:72] "command failed" err=${JSON.stringify(error.message)}`)
      return
    }
    this.state = { ...this.state, running: true, started: clock.now, failure: null, config }
    this.place = nodePlace(this.nodeName(this.state.config), this.self())
    for (const [name, value] of conntrackSysctls(config.conntrack, nodeFacts(this.self(), config).cpus)) {
      if (kernel.sysctl(name) !== value) kernel.setSysctl(name, value)
    }
    this.makeProxiers(config)
    this.probes.clear()
    for (const proxier of this.proxiers) proxier.setup(clock.now)
    kernel.listen(config.healthzBindAddress, 'healthz')
    kernel.listen(config.metricsBindAddress, 'metrics')
    this.sync()
    this.scheduleCanary()
  }

  /** Stops; its rules stay, as they do in reality. */
  stop(): void {
    for (const task of [this.state.task, this.state.canaryTask]) if (task !== null) this.options.clock.cancel(task)
    this.options.kernel.closePorts()
    this.healthPorts.clear()
    this.state = { ...this.state, running: false, task: null, canaryTask: null }
  }

  get running(): boolean {
    return this.state.running
  }

  /** Why the process would not start, in its own words. */
  get failure(): string | undefined {
    return this.state.failure ?? undefined
  }

  get node(): string {
    return this.options.node
  }

  /** Answers a request to one of its ports. */
  answer(site: ProxySite, path: string): ProxyReply {
    return answer(this, site, path)
  }

  /** How it is: what /healthz on port 10256 answers from. */
  health(): Health {
    const { clock } = this.options
    return healthOf(this.proxiers, clock.now, 2 * (this.state.config?.syncPeriod ?? 0))
  }

  /** Whether the node still takes traffic from load balancers. */
  eligible(): boolean {
    return isEligible(this.self())
  }

  /** How many local endpoints a Service with a health check port has. */
  localEndpoints(service: string): number {
    return this.healthPorts.endpoints(service)
  }

  /** When this process started, ms. */
  get started(): number {
    return this.state.started
  }

  /** Packets that an nfacct object of the node has counted; undefined where it is not there. */
  counted(name: string): number | undefined {
    return this.options.kernel.counter(name)
  }

  save(): Json {
    const { lastRun, ...rest } = this.state
    const parts = { proxiers: this.proxiers.map((p) => p.save()), probes: this.probes.save(), ports: this.healthPorts.save() }
    return { ...rest, ...parts, lastRun: Number.isFinite(lastRun) ? lastRun : null } as unknown as Json
  }

  load(state: Json): void {
    const { proxiers, probes, ports, lastRun, ...rest } = state as unknown as Omit<State, 'lastRun'> & {
      readonly lastRun: number | null
      readonly proxiers: readonly Json[]
      readonly probes: Json
      readonly ports: Json
    }
    this.state = { ...rest, lastRun: lastRun ?? Number.NEGATIVE_INFINITY }
    this.place = nodePlace(this.nodeName(this.state.config), this.self())
    if (rest.config === null) this.proxiers.length = 0
    else if (this.madeFor !== this.purpose(rest.config)) this.makeProxiers(rest.config)
    this.proxiers.forEach((proxier, i) => {
      proxier.load(proxiers[i] as Json)
    })
    this.probes.load(probes)
    this.healthPorts.load(ports)
  }

  /** All that proxiers are made for, as text. */
  private purpose(config: ProxyConfig): string {
    return JSON.stringify([config, nodeFacts(this.self(), config), this.nodeName(config)])
  }

  private makeProxiers(config: ProxyConfig): void {
    this.madeFor = this.purpose(config)
    const { store, dice, kernel, firstOrder } = this.options
    const node = this.nodeName(config)
    const facts = nodeFacts(this.self(), config)
    const runs = this.proxiers.map((proxier) => proxier.runs)
    this.proxiers.length = 0
    for (const family of [4, 6] as const) {
      const proxier = new IptablesProxier({
        family,
        store,
        dice,
        kernel,
        config,
        node,
        nodeIP: facts.nodeIPs[family],
        nodePortRanges: facts.nodePortRanges,
        detector: localDetector(config, family, facts.podCIDRs),
        release: this.release,
        place: () => this.place,
        // A pinned order is that of the first sync ever, not of another process's.
        firstOrder: family === 4 && (runs[0] ?? 0) === 0 ? firstOrder : undefined,
      })
      this.proxiers.push(proxier)
    }
  }

  private taskName(what: string): string {
    return `kube-proxy/${this.options.node}/${what}`
  }

  /** Its Node's name: --hostname-override, unless that is kubeadm's $(NODE_NAME). */
  private nodeName(config: ProxyConfig | null): string {
    const name = config?.hostnameOverride ?? ''
    return name === '' || name.startsWith('$(') ? this.options.node : name
  }

  private self(): KubeObject | undefined {
    return this.options.store.get('nodes', undefined, this.nodeName(this.state.config))
  }

  /** Another zone means other hints for every Service (NodeTopologyConfig). */
  private nodeChanged(): void {
    const place = nodePlace(this.nodeName(this.state.config), this.self())
    if (place.zone === this.place.zone) return
    this.place = place
    for (const proxier of this.proxiers) {
      proxier.forceFullSync()
      proxier.queued(this.options.clock.now)
    }
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
    if (!this.state.running && this.state.failure === null) return
    this.stop()
    this.state = { ...this.state, podless: true, failure: null }
  }

  private gotPod(): void {
    if (!this.state.podless) return
    this.state = { ...this.state, podless: false }
    this.start()
  }

  private schedule(delay = 0): void {
    const { clock } = this.options
    const due = Math.max(clock.now + delay, this.state.lastRun + (this.state.config?.minSyncPeriod ?? 0))
    if (this.state.task !== null) {
      if (this.state.due <= due) return
      clock.cancel(this.state.task)
    }
    this.state = { ...this.state, due, task: clock.schedule(this.taskName('sync'), due - clock.now) }
  }

  private sync(): void {
    const { clock } = this.options
    if (this.state.task !== null) clock.cancel(this.state.task)
    this.state = { ...this.state, task: null, lastRun: clock.now }
    const ok = this.proxiers.map((proxier) => proxier.sync(clock.now)).every((done) => done)
    this.healthPorts.sync(this.proxiers)
    // Without any change a sync still happens within the hour, and a failed one is tried again.
    this.schedule(ok ? FULL_SYNC_PERIOD : (this.state.config?.syncPeriod ?? FULL_SYNC_PERIOD))
  }

  private scheduleCanary(): void {
    const period = this.state.config?.syncPeriod ?? FULL_SYNC_PERIOD
    this.state = { ...this.state, canaryTask: this.options.clock.schedule(this.taskName('canary'), period) }
  }

  /** Monitor of pkg/util/iptables: a lost canary means a flush; everything is written again at once, whatever minSyncPeriod says. */
  private checkCanary(): void {
    const lost = this.proxiers.filter((proxier) => proxier.canaryLost())
    for (const proxier of lost) {
      proxier.forceFullSync()
      proxier.sync(this.options.clock.now)
      proxier.ensureCanaries()
    }
    if (lost.length > 0) this.healthPorts.sync(this.proxiers)
    this.scheduleCanary()
  }
}
