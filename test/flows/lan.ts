import type { KubeObject } from '../../engine/api/object.ts'
import { parseCidr } from '../../engine/base/ip.ts'
import { type Cluster, createCluster } from '../../engine/cluster/cluster.ts'
import { completeProfile, type Profile } from '../../engine/cluster/profile.ts'
import { TABLE_MAIN } from '../../engine/net/fib.ts'
import type { Netns } from '../../engine/net/netns.ts'

const NOW = Date.parse('2026-01-01T00:00:00Z')

export const NODE_IP = { a: '172.18.0.2', b: '172.18.0.3', c: '172.18.0.4' } as const
export const POD_IP = {
  'client-a': '10.244.0.10',
  'client-c': '10.244.2.10',
  'server-a': '10.244.0.20',
  'server-b': '10.244.1.20',
} as const
export const OUTSIDE_IP = '172.18.0.100'
export const CLUSTER_IP = '10.96.0.50'
export const VIP = '198.51.100.1'
export const EXTERNAL_IP = '192.0.2.1'
export const PORT = 80
export const NODE_PORT = 30080

export type NodeName = keyof typeof NODE_IP
export type Client = keyof typeof POD_IP | `node-${NodeName}` | 'outside'

function node(name: NodeName, i: number): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'topology.kubernetes.io/zone': `zone-${name}` } },
    spec: { podCIDR: `10.244.${i}.0/24`, podCIDRs: [`10.244.${i}.0/24`] },
    status: { addresses: [{ type: 'InternalIP', address: NODE_IP[name] }] },
  }
}

function pod(name: keyof typeof POD_IP): KubeObject {
  const image = 'registry.k8s.io/e2e-test-images/agnhost:2.53'
  const args = ['netexec', '--http-port=8080', '--udp-port=8080']
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { app: name }, uid: name },
    spec: { nodeName: name.slice(-1), containers: [{ name: 'main', image, args }] },
    status: {
      phase: 'Running',
      podIP: POD_IP[name],
      podIPs: [{ ip: POD_IP[name] }],
      containerStatuses: [{ name: 'main', image, ready: true, state: { running: {} } }],
    },
  }
}

/** An endpoint as a slice holds it; a server pod is ready unless said otherwise. */
export interface EndpointSpec {
  readonly server: 'server-a' | 'server-b'
  readonly conditions?: object
  readonly hints?: object
}

export interface ServiceSpec {
  readonly spec: object
  readonly status?: object
  readonly endpoints: readonly EndpointSpec[]
}

function service({ spec, status = {} }: ServiceSpec, protocol: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      type: 'ClusterIP',
      clusterIP: CLUSTER_IP,
      clusterIPs: [CLUSTER_IP],
      ipFamilies: ['IPv4'],
      sessionAffinity: 'None',
      internalTrafficPolicy: 'Cluster',
      ports: [{ protocol, port: PORT, targetPort: 8080, ...('type' in spec ? { nodePort: NODE_PORT } : {}) }],
      ...spec,
    },
    status,
  }
}

function slice({ endpoints }: ServiceSpec, protocol: string): KubeObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'web-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    ports: [{ name: '', protocol, port: 8080 }],
    endpoints: endpoints.map(({ server, conditions = { ready: true, serving: true, terminating: false }, hints }) => ({
      addresses: [POD_IP[server]],
      nodeName: server.slice(-1),
      conditions,
      ...(hints === undefined ? {} : { hints }),
    })),
  }
}

/** What a client saw of one attempt. */
export interface Seen {
  /** The server that answered; or how the attempt ended. */
  readonly reached: 'server-a' | 'server-b' | 'refused' | 'dropped' | 'unreachable'
  /** The client's address as the server saw it. */
  readonly source: string | undefined
}

/** Three nodes, a client pod on two of them, a server pod on two, and a host outside the cluster, all on one LAN. */
export class Lan {
  readonly cluster: Cluster
  private readonly outside: Netns
  private readonly protocol: 'TCP' | 'UDP'

  constructor(shape: ServiceSpec, profile: Partial<Profile>, protocol: 'TCP' | 'UDP' = 'TCP', more: readonly KubeObject[] = []) {
    this.protocol = protocol
    this.cluster = createCluster({
      now: NOW,
      profile: completeProfile({ iptables: '1.8.9/nft', proxyArgs: ['--cluster-cidr=10.244.0.0/16'], ...profile }),
      objects: [
        ...(['a', 'b', 'c'] as const).map(node),
        ...(['client-a', 'client-c', 'server-a', 'server-b'] as const).map(pod),
        service(shape, protocol),
        slice(shape, protocol),
        ...more,
      ],
      running: ['kube-proxy'],
      nodes: {},
    })
    const { network } = this.cluster
    this.outside = network.createNetns('hosts/outside')
    network.addEthernet(this.outside, 'eth0', 'nodes')
    this.outside.addAddress('eth0', `${OUTSIDE_IP}/16`)
  }

  private clientOf(name: Client): Netns {
    if (name === 'outside') return this.outside
    const id = name.startsWith('node-') ? `nodes/${name.slice(5)}` : `pods/default/${name}`
    const found = this.cluster.network.namespace(id)
    if (found === undefined) throw new Error(`no namespace ${id}`)
    return found
  }

  /** The addresses that belong to a node: what a masqueraded packet may come from. */
  addressesOf(name: NodeName): readonly string[] {
    return this.clientOf(`node-${name}`).links.flatMap((link) => link.addresses.map((a) => a.address))
  }

  /** Sends what an outside client dials to an address of the cluster by way of that node, as a load balancer or router would. */
  routeOutside(address: string, via: NodeName): void {
    const dst = parseCidr(`${address}/32`)
    const kept = this.outside.routes.filter((r) => r.via === undefined)
    this.outside.setRoutes(kept)
    if (dst === undefined) return
    this.outside.addRoute({
      dst,
      type: 'unicast',
      via: NODE_IP[via],
      dev: 'eth0',
      scope: 'global',
      proto: 'static',
      table: TABLE_MAIN,
    })
  }

  /** One connection, or one datagram and its answer. */
  dial(client: Client, dst: string, port: number): Seen {
    const from = this.clientOf(client)
    const { network, clock } = this.cluster
    const before = network.connections().at(-1)?.id ?? 0
    if (this.protocol === 'TCP') {
      const connection = from.ip.connectTcp({ dst, port, uid: 0 })
      if (typeof connection !== 'string') {
        if (connection.state === 'connecting') clock.advanceTo(clock.now + 5000)
        connection.close()
      }
    } else {
      const socket = from.ip.openUdp({ dst, port, uid: 0, recverr: true })
      if (typeof socket === 'string') return { reached: 'dropped', source: undefined }
      socket.send('ping')
      const answer = socket.receive()
      const isRefused = socket.error() === 'ECONNREFUSED'
      socket.close()
      if (isRefused) return { reached: 'refused', source: undefined }
      if (answer === undefined) return { reached: 'dropped', source: undefined }
    }
    const record = network.connections().find((c) => c.id > before && c.to.address === dst)
    const backend = record?.backend?.netns.replace('pods/default/', '')
    if (record?.result === 'connected' && backend !== undefined) {
      return { reached: backend as 'server-a', source: record.sourceSeen?.address }
    }
    const ended = record?.result === 'refused' || record?.result === 'unreachable' ? record.result : 'dropped'
    return { reached: ended, source: undefined }
  }
}
