import { MemoryStore } from '../api/memory-store.ts'
import type { Store } from '../api/store.ts'
import { timestamp } from '../api/time.ts'
import { ApiServer } from '../apiserver/server.ts'
import { invariant } from '../base/invariant.ts'
import type { Json, Stateful } from '../base/json.ts'
import { Clock } from '../clock/clock.ts'
import { Dice } from '../clock/dice.ts'
import type { ContainerRuntime } from '../kubelet/container-runtime.ts'
import { Network } from '../net/network.ts'
import { addNewClusterObjects } from './defaults.ts'
import { apiServerDialer } from './dialer.ts'
import { loadObjects } from './load-objects.ts'
import type { Machine } from './machine.ts'
import { Machines } from './machines.ts'
import { nodeInfo, primaryIP } from './nodes.ts'
import { Plane } from './plane.ts'
import type { Profile } from './profile.ts'
import type { ClusterSpec } from './spec.ts'

/** One simulated cluster: its API, its control loops, its nodes and their kernels, on one clock and one set of dice. */
export class Cluster implements Stateful {
  readonly clock: Clock
  readonly dice: Dice
  readonly profile: Profile
  readonly store: Store
  readonly network: Network
  readonly server: ApiServer
  private readonly plane: Plane
  private readonly machines: Machines

  constructor(spec: ClusterSpec) {
    this.profile = spec.profile
    this.clock = new Clock(spec.now)
    this.dice = new Dice(spec.profile.seed)
    this.store = new MemoryStore()
    loadObjects(this.store, spec.objects)
    const nodes = spec.objects.filter((o) => o.kind === 'Node').map(nodeInfo)
    const controlPlane = nodes.find((n) => n.controlPlane)
    const server = controlPlane === undefined ? undefined : primaryIP(controlPlane)
    if (spec.running === true) {
      addNewClusterObjects(this.store, this.dice, { now: timestamp(spec.now), serviceCIDR: spec.profile.serviceCIDR, server })
    }
    this.server = new ApiServer({
      store: this.store,
      clock: this.clock,
      dice: this.dice,
      profile: spec.profile,
      ...(server === undefined ? {} : { address: `${server}:6443` }),
    })
    this.network = new Network(this.clock, this.dice, spec.profile.kernel)
    this.machines = new Machines({
      spec,
      nodes,
      clock: this.clock,
      dice: this.dice,
      network: this.network,
      server: this.server,
      store: this.store,
    })
    this.plane = new Plane({
      spec,
      nodes,
      clock: this.clock,
      dice: this.dice,
      network: this.network,
      context: this.server.context,
    })
    this.server.nodeProxy = this.plane.nodeProxy
    this.server.dialer = apiServerDialer(() => this.network.namespace(`nodes/${controlPlane?.name ?? nodes[0]?.name}`))
    this.server.componentRuns = (name) => this.plane.runs(name)
    this.plane.start()
    this.clock.settle()
  }

  /** The nodes' names, in the order of their objects. */
  nodeNames(): readonly string[] {
    return this.machines.nodeNames
  }

  /** Where a shell starts unless it says otherwise: the first control-plane node, else the first node. */
  defaultNode(): string | undefined {
    return this.machines.defaultNode
  }

  machine(node: string): Machine | undefined {
    return this.machines.node(node)
  }

  /** A running container of a pod; the first if none is named. */
  container(namespace: string, pod: string, container?: string): Machine | undefined {
    return this.machines.container(namespace, pod, container)
  }

  /** Hands in what runs programs in containers; it lies above the cluster (engine/kubelet/container-runtime.ts). */
  set containerRuntime(runtime: ContainerRuntime) {
    this.plane.mains.runtime = runtime
  }

  /** Who translates a Pod's Service packets: Cilium at the Pod's device, or nobody before kube-proxy's rules. */
  get podServiceLB(): 'bpf' | 'none' {
    return this.plane.cni.podServiceLB ?? 'none'
  }

  /** Returns false where the cluster's CNI plugin has no such choice. */
  setPodServiceLB(mode: 'bpf' | 'none'): boolean {
    const { cni } = this.plane
    if (cni.setPodServiceLB === undefined) return false
    cni.setPodServiceLB(mode)
    return true
  }

  save(): Json {
    return {
      version: 1,
      clock: this.clock.save(),
      dice: this.dice.save(),
      store: this.store.save(),
      network: this.network.save(),
      plane: this.plane.save(),
      machines: this.machines.save(),
    }
  }

  load(state: Json): void {
    const saved = state as unknown as { version: number } & Record<
      'clock' | 'dice' | 'store' | 'network' | 'plane' | 'machines',
      Json
    >
    invariant(saved.version === 1, `a snapshot of version ${saved.version}`)
    this.clock.load(saved.clock)
    this.dice.load(saved.dice)
    this.store.load(saved.store)
    this.network.load(saved.network)
    this.plane.load(saved.plane)
    this.machines.load(saved.machines)
    this.plane.resume()
  }
}

/** Makes the cluster and lets everything that is due at its start happen. Throws SpecError (load-objects.ts). */
export function createCluster(spec: ClusterSpec): Cluster {
  return new Cluster(spec)
}
