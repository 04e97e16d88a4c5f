import type { KubeObject } from '../api/object.ts'
import type { Store } from '../api/store.ts'
import type { ApiClient } from '../apiserver/client.ts'
import type { ApiServer } from '../apiserver/server.ts'
import { ipFamily, parseCidr } from '../base/ip.ts'
import type { Json, Stateful } from '../base/json.ts'
import type { Clock } from '../clock/clock.ts'
import type { Dice } from '../clock/dice.ts'
import { TABLE_MAIN } from '../net/fib.ts'
import { BOOT_MS } from '../net/kernel-log.ts'
import type { Netns } from '../net/netns.ts'
import type { Network } from '../net/network.ts'
import { accountFiles } from './account-files.ts'
import { containerEnv } from './container-env.ts'
import { containerRoot, hostname } from './container-files.ts'
import type { Machine } from './machine.ts'
import { nodeRoot } from './node-files.ts'
import { makeMachine, type Surroundings } from './node-machine.ts'
import { type NodeInfo, primaryIP } from './nodes.ts'
import { procFiles } from './proc-files.ts'
import { shippedFiles } from './shipped-files.ts'
import type { ClusterSpec } from './spec.ts'
import { TreeFs } from './tree.ts'

export interface MachinesParts {
  readonly spec: ClusterSpec
  readonly nodes: readonly NodeInfo[]
  readonly clock: Clock
  readonly dice: Dice
  readonly network: Network
  readonly server: ApiServer
  readonly store: Store
}

/** The segment that joins the nodes' eth0. */
const NODE_SEGMENT = 'nodes'
const API_PORT = 6443
const ADMIN = { name: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', 'system:authenticated'] }

interface ContainerStatus {
  readonly name: string
  readonly image: string
  readonly state?: { readonly running?: unknown }
}

/** Every node as a machine, and containers as machines once somebody enters them. Their files are state. */
export class Machines implements Stateful, Surroundings {
  readonly nodeNames: readonly string[]
  readonly defaultNode: string | undefined
  private readonly parts: MachinesParts
  private readonly files = new Map<string, TreeFs>()
  private readonly machines = new Map<string, Machine>()

  constructor(parts: MachinesParts) {
    this.parts = parts
    this.nodeNames = parts.nodes.map((n) => n.name)
    this.defaultNode = (parts.nodes.find((n) => n.controlPlane) ?? parts.nodes[0])?.name
    for (const node of parts.nodes) this.addNode(node)
  }

  node(name: string): Machine | undefined {
    return this.machines.get(`nodes/${name}`)
  }

  /** A container that runs now; its files start as the image and the kubelet leave them. */
  container(namespace: string, name: string, container?: string): Machine | undefined {
    const { store, network, clock } = this.parts
    const pod = store.get('pods', namespace, name)
    const status = containerStatus(pod, container)
    if (pod === undefined || status === undefined) return undefined
    const netns = network.namespace(pod.spec?.hostNetwork === true ? `nodes/${pod.spec.nodeName}` : `pods/${namespace}/${name}`)
    if (netns === undefined) return undefined
    const id = `pods/${namespace}/${name}/${status.name}`
    const made = this.machines.get(id)
    if (made !== undefined && made.netns === netns && this.files.has(id)) return made
    const node = this.node(pod.spec?.nodeName ?? '')
    const nodeResolv = node?.fs.exists('/etc/resolv.conf') ? node.fs.read('/etc/resolv.conf') : ''
    const mounted = accountFiles(this.parts.server.context, pod, status.name)
    const root = containerRoot({
      pod,
      container: status.name,
      store,
      now: clock.now,
      dns: this.clusterDns(),
      nodeResolv,
      mounted,
    })
    return this.add(id, 'container', hostname(pod), netns, root, {
      image: status.image,
      env: containerEnv(store, pod, status.name),
    })
  }

  api(machine: Machine, url: string): ApiClient | undefined {
    const { server, store, nodes } = this.parts
    const [, host = '', port] = url.match(/^https?:\/\/(\[[^\]]+\]|[^:/]+)(?::(\d+))?/) ?? []
    const self = nodes.find((n) => `nodes/${n.name}` === machine.id)
    const listening = nodes.filter((n) => n.controlPlane).flatMap((n) => n.internalIPs)
    const local = self?.controlPlane === true && (host === 'localhost' || host === '127.0.0.1' || host === self.name)
    const virtual = store.get('services', 'default', 'kubernetes')?.spec?.clusterIP === host && (port ?? '443') === '443'
    const there = virtual || ((local || listening.includes(host)) && Number(port ?? 443) === API_PORT)
    return there ? server.client(ADMIN) : undefined
  }

  reach(_machine: Machine, host: string): Machine | undefined {
    const node = this.parts.nodes.find((n) => n.name === host || n.internalIPs.includes(host))
    return node === undefined ? undefined : this.node(node.name)
  }

  service(machine: Machine, name: string): { readonly active: boolean } | undefined {
    if (machine.kind !== 'node' || !['kubelet', 'containerd'].includes(name)) return undefined
    const { running } = this.parts.spec
    return { active: running === true || (Array.isArray(running) && running.includes(name)) }
  }

  save(): Json {
    return Object.fromEntries([...this.files].map(([id, fs]) => [id, fs.save()]))
  }

  load(state: Json): void {
    const saved = state as Readonly<Record<string, Json>>
    for (const id of [...this.files.keys()]) if (saved[id] === undefined) this.forget(id)
    for (const [id, files] of Object.entries(saved)) {
      if (!this.files.has(id)) {
        const [, namespace = '', pod = '', container] = id.split('/')
        if (this.container(namespace, pod, container) === undefined) continue
      }
      this.files.get(id)?.load(files)
    }
  }

  private forget(id: string): void {
    this.files.delete(id)
    this.machines.delete(id)
  }

  private addNode(node: NodeInfo): void {
    const { spec, network, clock } = this.parts
    const own = spec.nodes[node.name]
    const netns = network.createNetns(`nodes/${node.name}`)
    const log = netns.kernelLog
    log.bootedAt = Math.min(log.bootedAt, (node.joinedAt ?? clock.now) - BOOT_MS - oddMs(node.name))
    network.addEthernet(netns, 'eth0', NODE_SEGMENT)
    for (const ip of node.internalIPs) netns.addAddress('eth0', ip.includes(':') ? `${ip}/64` : `${ip}/24`, broadcastOf(ip))
    defaultRoute(netns, node.internalIPs)
    netns.setSysctl('net.ipv4.ip_forward', '1')
    netns.setSysctl('net.ipv6.conf.all.forwarding', '1')
    const server = node.controlPlane ? primaryIP(node) : undefined
    const root = nodeRoot({
      hostname: node.name,
      profile: spec.profile,
      now: clock.now,
      ...(server === undefined ? {} : { server: `https://${server}:${API_PORT}` }),
      ...(own?.files === undefined ? {} : { extra: own.files }),
    })
    this.add(netns.id, 'node', node.name, netns, root)
  }

  private add(
    id: string,
    kind: Machine['kind'],
    host: string,
    netns: Netns,
    root: ConstructorParameters<typeof TreeFs>[0],
    more: { readonly image?: string; readonly env?: Readonly<Record<string, string>> } = {},
  ): Machine {
    const { clock, dice, spec } = this.parts
    const proc = procFiles(netns)
    const fs = new TreeFs(root, () => clock.now, kind === 'node' ? (path) => proc(path) ?? shippedFiles(path) : proc)
    const machine = makeMachine({ id, kind, hostname: host, netns, fs, profile: spec.profile, clock, dice, ...more }, this)
    this.files.set(id, fs)
    this.machines.set(id, machine)
    return machine
  }

  private clusterDns(): string | undefined {
    return this.parts.store.get('services', 'kube-system', 'kube-dns')?.spec?.clusterIP
  }
}

/** What keeps two nodes from having started at the same whole second. */
function oddMs(name: string): number {
  let sum = 0
  for (const char of name) sum = (sum * 31 + char.charCodeAt(0)) % 9_973_571
  return sum / 1000
}

/** Where everything else goes: the first address of the nodes' network, at which nobody answers. */
function defaultRoute(netns: Netns, addresses: readonly string[]): void {
  const own = addresses.find((ip) => ipFamily(ip) === 4)
  const dst = parseCidr('0.0.0.0/0')
  if (own === undefined || dst === undefined) return
  const via = own.replace(/\d+$/, '1')
  netns.addRoute({ dst, type: 'unicast', via, dev: 'eth0', scope: 'global', proto: 'static', table: TABLE_MAIN })
}

function broadcastOf(ip: string): { readonly broadcast?: string } {
  return ip.includes(':') ? {} : { broadcast: ip.replace(/\d+$/, '255') }
}

function containerStatus(pod: KubeObject | undefined, name: string | undefined): ContainerStatus | undefined {
  const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = pod?.status ?? {}
  const statuses: readonly ContainerStatus[] = [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses]
  const chosen =
    name ?? pod?.metadata.annotations?.['kubectl.kubernetes.io/default-container'] ?? pod?.spec?.containers?.[0]?.name
  const found = statuses.find((s) => s.name === chosen)
  return found?.state?.running === undefined ? undefined : found
}
