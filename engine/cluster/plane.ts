import type { WriteContext } from '../api/write-context.ts'
import { invariant } from '../base/invariant.ts'
import type { Json, Stateful } from '../base/json.ts'
import type { Clock } from '../clock/clock.ts'
import type { Dice } from '../clock/dice.ts'
import { createCni } from '../cni/index.ts'
import type { CniPlugin } from '../cni/plugin.ts'
import { Controllers, controllerEnv } from '../controllers/controllers.ts'
import { registerDns } from '../dns/coredns.ts'
import { storeDnsSource } from '../dns/store-source.ts'
import { nodeKernel } from '../kube-proxy/iptables/node-kernel.ts'
import { KubeProxy } from '../kube-proxy/kube-proxy.ts'
import { ensureKubeletChains } from '../kubelet/iptables.ts'
import { Kubelet } from '../kubelet/kubelet.ts'
import { REAL, STUB } from '../kubelet/lifecycle.ts'
import { ContainerLogs } from '../kubelet/logs.ts'
import { MainPrograms } from '../kubelet/main-programs.ts'
import { KubeletProxy } from '../kubelet/node-proxy.ts'
import { PodRuntime } from '../kubelet/runtime.ts'
import { restoreText } from '../net/netfilter/restore.ts'
import type { Netns } from '../net/netns.ts'
import type { Network } from '../net/network.ts'
import { registerWorkloads } from '../workload/programs.ts'
import { startNodeDaemons } from '../workload/start.ts'
import { serviceBackends } from './backends.ts'
import { SpecError } from './load-objects.ts'
import { type NodeInfo, primaryIP } from './nodes.ts'
import { programs } from './programs.ts'
import { proxyLog, proxySettings, refusedArgs, registerProxies } from './proxies.ts'
import type { ClusterSpec } from './spec.ts'

export interface PlaneParts {
  readonly spec: ClusterSpec
  readonly nodes: readonly NodeInfo[]
  readonly clock: Clock
  readonly dice: Dice
  readonly network: Network
  readonly context: WriteContext
}

/** The range that Cilium takes for the cluster's Pods (its default cluster-pool-ipv4-cidr). */
const CLUSTER_POD_CIDR = '10.0.0.0/8'

const ALSO_CALLED: Readonly<Record<string, readonly string[]>> = {
  'kube-controller-manager': ['controllers'],
  'kube-scheduler': ['scheduler'],
  kubelet: ['kubelets'],
}

/** The CNI plugin's own iptables-restore; that it is refused would be our bug. */
function writeRules(netns: Netns, text: string, writer: string): void {
  const result = restoreText(netns.netfilter, text, { family: 4, writer, noflush: true })
  invariant(result.ok, result.ok ? '' : `the CNI plugin's rules: ${result.error}`)
}

/** Everything that acts by itself: the CNI plugin, the control loops, and each node's kubelet and kube-proxy. */
export class Plane implements Stateful {
  readonly cni: CniPlugin
  readonly nodeProxy: KubeletProxy
  readonly mains = new MainPrograms()
  private readonly parts: PlaneParts
  private readonly runtime: PodRuntime
  private readonly logs: ContainerLogs
  private readonly controllers: Controllers
  private readonly kubelets: ReadonlyMap<string, Kubelet>
  private readonly proxies: ReadonlyMap<string, KubeProxy>

  constructor(parts: PlaneParts) {
    this.parts = parts
    const { spec, nodes, network, dice, clock, context } = parts
    const { proxyMode } = spec.profile
    if (proxyMode !== 'iptables') throw new SpecError(`profile.proxyMode: ${proxyMode} is valid, but not emulated`)
    const refused = refusedArgs(spec.profile.proxyArgs)
    if (refused !== undefined) throw new SpecError(`profile.proxyArgs: ${refused}`)
    registerWorkloads(network)
    registerProxies(network, (node) => this.proxies.get(node))
    registerDns(network, storeDnsSource(context.store, Math.floor(clock.now / 1000)))
    const cni = createCni(
      {
        network,
        dice,
        clusterPodCIDR: CLUSTER_POD_CIDR,
        writeRules: (netns, text) => writeRules(netns, text, spec.profile.proxyIptables),
        backends: (address, port, protocol) => serviceBackends(context.store, address, port, protocol),
      },
      spec.profile.cni,
    )
    if (cni === undefined) throw new SpecError(`profile.cni: ${spec.profile.cni.name} is not emulated`)
    this.cni = cni
    this.runtime = new PodRuntime({ network, cni, programs })
    this.logs = new ContainerLogs(clock)
    this.nodeProxy = new KubeletProxy({ store: context.store, logs: this.logs, pods: this.runtime, mains: this.mains })
    const env = controllerEnv(context)
    this.controllers = new Controllers(env, context)
    const lifecycle = spec.profile.kubelet === 'stub' ? STUB : REAL
    this.kubelets = new Map(
      nodes.map(({ name }) => [
        name,
        new Kubelet({ env, node: name, network, runtime: this.runtime, lifecycle, logs: this.logs, mains: this.mains }),
      ]),
    )
    this.proxies = new Map(nodes.map(({ name }) => [name, this.proxy(name)]))
  }

  /** Nodes join the pod network, recorded Pods get their namespaces, and what the spec names begins to run. */
  start(): void {
    const { spec, nodes, network, context } = this.parts
    // As a node boots: the kubelet's chains, then kube-proxy's, then the CNI's feeders on top of both.
    for (const { name } of nodes) {
      const netns = network.namespace(`nodes/${name}`)
      if (netns === undefined || !this.runs('kubelet')) continue
      ensureKubeletChains(netns.netfilter, spec.profile.iptables)
      startNodeDaemons(netns, name)
    }
    if (this.runs('kube-proxy')) for (const proxy of this.proxies.values()) proxy.start()
    for (const node of nodes) {
      const netns = network.namespace(`nodes/${node.name}`)
      const internalIP = primaryIP(node)
      if (netns === undefined || internalIP === undefined) continue
      const hostAddress = spec.nodes[node.name]?.ciliumHost
      this.cni.setupNode({
        name: node.name,
        netns,
        podCIDR: node.podCIDR ?? '',
        internalIP,
        ...(hostAddress === undefined ? {} : { hostAddress }),
      })
    }
    for (const pod of context.store.list('pods')) if (pod.status?.phase === 'Running') this.runtime.adopt(pod)
    const manager = this.runs('kube-controller-manager')
    this.controllers.start((name) => (name === 'scheduler' ? this.runs('kube-scheduler') : manager || this.runs(name)))
    if (this.runs('kubelet')) for (const kubelet of this.kubelets.values()) kubelet.start()
  }

  /** Whether the spec lets that component run; a list may name parts by their short names. */
  runs(component: string): boolean {
    const { running } = this.parts.spec
    if (typeof running === 'boolean') return running
    return [component, ...(ALSO_CALLED[component] ?? [])].some((name) => running.includes(name))
  }

  save(): Json {
    const saved = (parts: ReadonlyMap<string, Stateful>) =>
      Object.fromEntries([...parts].map(([name, part]) => [name, part.save()]))
    return {
      cni: this.cni.save(),
      logs: this.logs.save(),
      controllers: this.controllers.save(),
      kubelets: saved(this.kubelets),
      proxies: saved(this.proxies),
    }
  }

  load(state: Json): void {
    const saved = state as unknown as {
      cni: Json
      logs: Json
      controllers: Json
      kubelets: Record<string, Json>
      proxies: Record<string, Json>
    }
    this.cni.load(saved.cni)
    this.logs.load(saved.logs)
    this.controllers.load(saved.controllers)
    for (const [name, kubelet] of this.kubelets) kubelet.load(saved.kubelets[name] ?? null)
    for (const [name, proxy] of this.proxies) proxy.load(saved.proxies[name] ?? null)
  }

  /** After everything was loaded: programs in containers, which no snapshot holds, begin anew. */
  resume(): void {
    this.mains.stopAll()
    for (const kubelet of this.kubelets.values()) kubelet.resume()
  }

  private proxy(node: string): KubeProxy {
    const { spec, clock, dice, network, context } = this.parts
    const netns = network.namespace(`nodes/${node}`)
    if (netns === undefined) throw new SpecError(`node ${node} has no namespace`)
    const firstOrder = spec.nodes[node]?.kubeProxyFirstOrder
    return new KubeProxy({
      clock,
      dice,
      store: context.store,
      node,
      kernel: nodeKernel(netns, node, spec.profile.proxyIptables),
      config: proxySettings(context.store, spec.profile.proxyArgs),
      log: proxyLog(context.store, this.logs, clock, node),
      kubernetes: spec.profile.kubernetes,
      ...(firstOrder === undefined ? {} : { firstOrder }),
    })
  }
}
