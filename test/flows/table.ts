import type { Client, EndpointSpec, NodeName, ServiceSpec } from './lan.ts'

/** Where a client dials: the ClusterIP, a node port on some node, an address outside the cluster that leads to some node. */
export type Destination = 'cluster' | `nodePort-${NodeName}` | 'localhost' | `vip-${NodeName}` | `external-${NodeName}`

export interface Row {
  readonly from: Client
  readonly to: Destination
  /** The servers that may answer, each of which must; or how the attempt ends. */
  readonly reaches: readonly ('a' | 'b')[] | 'refused' | 'dropped' | 'unreachable'
  /** Whose address the server sees: the client's own, or that of a node. */
  readonly source?: 'client' | `node-${NodeName}`
}

export interface Shape {
  readonly name: string
  readonly service: ServiceSpec
  readonly protocol?: 'TCP' | 'UDP'
  /** One endpoint answers a client for as long as it comes back. */
  readonly sticky?: boolean
  readonly rows: readonly Row[]
}

const A: EndpointSpec = { server: 'server-a' }
const B: EndpointSpec = { server: 'server-b' }
const both = [A, B]
const terminating = { ready: false, serving: true, terminating: true }
const unready = { ready: false, serving: false, terminating: false }

const row = (from: Client, to: Destination, reaches: Row['reaches'], source?: Row['source']): Row => ({
  from,
  to,
  reaches,
  ...(source === undefined ? {} : { source }),
})

const vip = { loadBalancer: { ingress: [{ ip: '198.51.100.1', ipMode: 'VIP' }] } }
const proxied = { loadBalancer: { ingress: [{ ip: '198.51.100.1', ipMode: 'Proxy' }] } }

/**
 * What kubernetes.io documents: "Using Source IP", "Virtual IPs and Service Proxies" (traffic policies, session affinity, terminating
 * endpoints, traffic distribution), "Service" (external IPs, load balancer source ranges). Nothing here is copied from an output.
 */
export const SHAPES: readonly Shape[] = [
  {
    name: 'ClusterIP',
    service: { spec: {}, endpoints: both },
    rows: [
      // "Packets sent to ClusterIP from within the cluster are never source NAT'd" (Using Source IP).
      row('client-a', 'cluster', ['a', 'b'], 'client'),
      row('client-c', 'cluster', ['a', 'b'], 'client'),
      // A node is no pod: with --cluster-cidr its packets count as off-cluster and are masqueraded on the way out.
      row('node-c', 'cluster', ['a', 'b'], 'node-c'),
      row('outside', 'cluster', ['a', 'b'], 'node-c'),
    ],
  },
  {
    name: 'ClusterIP, the endpoint itself is the client',
    service: { spec: {}, endpoints: [A] },
    rows: [
      // Hairpin: the pod must not see its own address as the source.
      row('server-a', 'cluster', ['a'], 'node-a'),
      row('client-a', 'cluster', ['a'], 'client'),
      row('node-a', 'cluster', ['a'], 'node-a'),
      row('node-b', 'cluster', ['a'], 'node-b'),
    ],
  },
  {
    name: 'ClusterIP over UDP',
    protocol: 'UDP',
    service: { spec: {}, endpoints: both },
    rows: [row('client-a', 'cluster', ['a', 'b'], 'client'), row('node-c', 'cluster', ['a', 'b'], 'node-c')],
  },
  {
    name: 'ClusterIP without endpoints',
    service: { spec: {}, endpoints: [] },
    rows: [row('client-a', 'cluster', 'refused'), row('node-c', 'cluster', 'refused'), row('outside', 'cluster', 'refused')],
  },
  {
    name: 'ClusterIP whose endpoints are not ready',
    service: { spec: {}, endpoints: [{ ...A, conditions: unready }] },
    rows: [row('client-a', 'cluster', 'refused')],
  },
  {
    name: 'ClusterIP, one endpoint ready and one terminating',
    service: { spec: {}, endpoints: [A, { ...B, conditions: terminating }] },
    rows: [row('client-c', 'cluster', ['a'], 'client')],
  },
  {
    name: 'ClusterIP, all endpoints terminating but serving',
    service: {
      spec: {},
      endpoints: [
        { ...A, conditions: terminating },
        { ...B, conditions: unready },
      ],
    },
    rows: [row('client-c', 'cluster', ['a'], 'client')],
  },
  {
    name: 'ClusterIP with internalTrafficPolicy Local',
    service: { spec: { internalTrafficPolicy: 'Local' }, endpoints: both },
    rows: [
      row('client-a', 'cluster', ['a'], 'client'),
      row('node-a', 'cluster', ['a'], 'node-a'),
      // "If there are no node-local endpoints, traffic is dropped" (Service Internal Traffic Policy).
      row('client-c', 'cluster', 'dropped'),
      row('node-c', 'cluster', 'dropped'),
    ],
  },
  {
    name: 'ClusterIP with session affinity',
    sticky: true,
    service: {
      spec: { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } } },
      endpoints: both,
    },
    rows: [row('client-a', 'cluster', ['a', 'b'], 'client')],
  },
  {
    name: 'ClusterIP with traffic distribution PreferSameNode',
    service: {
      spec: { trafficDistribution: 'PreferSameNode' },
      endpoints: [
        { ...A, hints: { forNodes: [{ name: 'a' }], forZones: [{ name: 'zone-a' }] } },
        { ...B, hints: { forNodes: [{ name: 'b' }], forZones: [{ name: 'zone-b' }] } },
      ],
    },
    rows: [
      row('client-a', 'cluster', ['a'], 'client'),
      // No endpoint is meant for node c or its zone: the hints are ignored there.
      row('client-c', 'cluster', ['a', 'b'], 'client'),
    ],
  },
  {
    name: 'ClusterIP with traffic distribution PreferSameZone',
    service: {
      spec: { trafficDistribution: 'PreferSameZone' },
      endpoints: [
        { ...A, hints: { forZones: [{ name: 'zone-a' }] } },
        { ...B, hints: { forZones: [{ name: 'zone-b' }, { name: 'zone-c' }] } },
      ],
    },
    rows: [row('client-a', 'cluster', ['a'], 'client'), row('client-c', 'cluster', ['b'], 'client')],
  },
  {
    name: 'NodePort',
    service: { spec: { type: 'NodePort', externalTrafficPolicy: 'Cluster' }, endpoints: both },
    rows: [
      // "node2 replaces the source IP address (SNAT) in the packet with its own IP address" (Using Source IP).
      row('outside', 'nodePort-a', ['a', 'b'], 'node-a'),
      row('outside', 'nodePort-c', ['a', 'b'], 'node-c'),
      row('client-a', 'nodePort-a', ['a', 'b'], 'node-a'),
      row('client-a', 'nodePort-c', ['a', 'b'], 'node-c'),
      row('node-c', 'nodePort-c', ['a', 'b'], 'node-c'),
      row('node-a', 'nodePort-c', ['a', 'b'], 'node-c'),
      // route_localnet: node ports answer on 127.0.0.1, as a node's own address.
      row('node-c', 'localhost', ['a', 'b'], 'node-c'),
      row('client-c', 'cluster', ['a', 'b'], 'client'),
    ],
  },
  {
    name: 'NodePort without endpoints',
    service: { spec: { type: 'NodePort', externalTrafficPolicy: 'Cluster' }, endpoints: [] },
    rows: [
      row('outside', 'nodePort-a', 'refused'),
      row('node-a', 'nodePort-a', 'refused'),
      row('node-a', 'localhost', 'refused'),
    ],
  },
  {
    name: 'NodePort with externalTrafficPolicy Local',
    service: { spec: { type: 'NodePort', externalTrafficPolicy: 'Local' }, endpoints: both },
    rows: [
      // "kube-proxy only proxies proxy requests to local endpoints", and the client's address stays (Using Source IP).
      row('outside', 'nodePort-a', ['a'], 'client'),
      row('outside', 'nodePort-b', ['b'], 'client'),
      // "If there are no local endpoints, packets sent to the node are dropped".
      row('outside', 'nodePort-c', 'dropped'),
      // Traffic that starts on the node or its pods is not from outside: every endpoint takes it.
      row('client-c', 'nodePort-c', ['a', 'b'], 'client'),
      row('node-c', 'nodePort-c', ['a', 'b'], 'node-c'),
      row('node-c', 'localhost', ['a', 'b'], 'node-c'),
      row('client-c', 'cluster', ['a', 'b'], 'client'),
    ],
  },
  {
    name: 'NodePort, both policies Local',
    service: { spec: { type: 'NodePort', externalTrafficPolicy: 'Local', internalTrafficPolicy: 'Local' }, endpoints: [A] },
    rows: [
      row('outside', 'nodePort-a', ['a'], 'client'),
      row('outside', 'nodePort-b', 'dropped'),
      row('client-a', 'cluster', ['a'], 'client'),
      row('client-c', 'cluster', 'dropped'),
      row('client-c', 'nodePort-c', ['a'], 'client'),
    ],
  },
  {
    name: 'NodePort with externalTrafficPolicy Local, the only local endpoint terminating',
    service: {
      spec: { type: 'NodePort', externalTrafficPolicy: 'Local' },
      endpoints: [{ ...A, conditions: terminating }, B],
    },
    rows: [
      // Rather a terminating endpoint that serves than none on the node (terminating endpoints, "Virtual IPs").
      row('outside', 'nodePort-a', ['a'], 'client'),
      row('outside', 'nodePort-b', ['b'], 'client'),
      row('client-c', 'cluster', ['b'], 'client'),
    ],
  },
  {
    name: 'NodePort with internalTrafficPolicy Local only',
    service: { spec: { type: 'NodePort', externalTrafficPolicy: 'Cluster', internalTrafficPolicy: 'Local' }, endpoints: [B] },
    rows: [
      row('client-a', 'cluster', 'dropped'),
      row('outside', 'nodePort-a', ['b'], 'node-a'),
      row('client-c', 'nodePort-c', ['b'], 'node-c'),
    ],
  },
  {
    name: 'LoadBalancer',
    service: { spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Cluster' }, status: vip, endpoints: both },
    rows: [
      row('outside', 'vip-a', ['a', 'b'], 'node-a'),
      row('outside', 'vip-c', ['a', 'b'], 'node-c'),
      row('outside', 'nodePort-c', ['a', 'b'], 'node-c'),
      // Inside the cluster the address is short-circuited: nothing goes out to the balancer and comes back.
      row('client-c', 'vip-c', ['a', 'b'], 'node-c'),
      row('node-c', 'vip-c', ['a', 'b'], 'node-c'),
    ],
  },
  {
    name: 'LoadBalancer with externalTrafficPolicy Local',
    service: {
      spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 32001 },
      status: vip,
      endpoints: [A],
    },
    rows: [
      row('outside', 'vip-a', ['a'], 'client'),
      row('outside', 'vip-c', 'dropped'),
      row('client-c', 'vip-c', ['a'], 'client'),
      row('node-c', 'vip-c', ['a'], 'node-c'),
    ],
  },
  {
    name: 'LoadBalancer without node ports',
    service: {
      spec: {
        type: 'LoadBalancer',
        externalTrafficPolicy: 'Cluster',
        allocateLoadBalancerNodePorts: false,
        ports: [{ protocol: 'TCP', port: 80, targetPort: 8080 }],
      },
      status: vip,
      endpoints: [A],
    },
    rows: [row('outside', 'vip-c', ['a'], 'node-c'), row('outside', 'nodePort-c', 'refused')],
  },
  {
    name: 'LoadBalancer whose address is a proxy',
    service: { spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Cluster' }, status: proxied, endpoints: [A] },
    // ipMode Proxy: the address is left to the balancer, which is not there.
    rows: [row('client-c', 'vip-c', 'unreachable'), row('outside', 'nodePort-c', ['a'], 'node-c')],
  },
  {
    name: 'LoadBalancer with source ranges that hold the client',
    service: {
      spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Cluster', loadBalancerSourceRanges: ['172.18.0.96/28'] },
      status: vip,
      endpoints: [A],
    },
    rows: [row('outside', 'vip-c', ['a'], 'node-c'), row('client-c', 'vip-c', 'dropped'), row('node-c', 'vip-c', 'dropped')],
  },
  {
    name: 'LoadBalancer with source ranges that do not hold the client',
    service: {
      spec: {
        type: 'LoadBalancer',
        externalTrafficPolicy: 'Cluster',
        loadBalancerSourceRanges: ['203.0.113.0/24', '172.18.0.4/32'],
      },
      status: vip,
      endpoints: [A],
    },
    rows: [
      row('outside', 'vip-c', 'dropped'),
      // Node ports are not held to the ranges, and the node itself is in them.
      row('outside', 'nodePort-c', ['a'], 'node-c'),
      row('node-c', 'vip-c', ['a'], 'node-c'),
      row('client-a', 'cluster', ['a'], 'client'),
    ],
  },
  {
    name: 'LoadBalancer with a source range of everybody',
    service: {
      spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', loadBalancerSourceRanges: ['203.0.113.0/24', '0.0.0.0/0'] },
      status: vip,
      endpoints: [A],
    },
    rows: [row('outside', 'vip-a', ['a'], 'client')],
  },
  {
    name: 'LoadBalancer without endpoints',
    service: { spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Cluster' }, status: vip, endpoints: [] },
    rows: [row('outside', 'vip-a', 'refused'), row('client-c', 'vip-c', 'refused'), row('outside', 'nodePort-b', 'refused')],
  },
  {
    name: 'external IP',
    service: { spec: { externalIPs: ['192.0.2.1'], externalTrafficPolicy: 'Cluster' }, endpoints: both },
    rows: [
      row('outside', 'external-a', ['a', 'b'], 'node-a'),
      row('client-c', 'external-c', ['a', 'b'], 'node-c'),
      row('node-c', 'external-c', ['a', 'b'], 'node-c'),
    ],
  },
  {
    name: 'external IP with externalTrafficPolicy Local',
    service: { spec: { externalIPs: ['192.0.2.1'], externalTrafficPolicy: 'Local' }, endpoints: [A] },
    rows: [
      row('outside', 'external-a', ['a'], 'client'),
      row('outside', 'external-b', 'dropped'),
      row('client-c', 'external-c', ['a'], 'client'),
    ],
  },
]
