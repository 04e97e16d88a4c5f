import fc from 'fast-check'
import type { KubeObject } from '../../engine/api/object.ts'

/** A random cluster as kube-proxy sees it: Nodes, Services of every shape, and their slices, as an API server would hold them. */
export interface RandomCluster {
  readonly nodes: readonly KubeObject[]
  readonly services: readonly KubeObject[]
  readonly slices: readonly KubeObject[]
}

export const NODES = ['node-a', 'node-b', 'node-c'] as const
const ZONES = ['z1', 'z2', 'z2'] as const

const node = (name: string, i: number, zone: string | undefined): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone } },
  spec: { podCIDRs: [`10.244.${i}.0/24`, `fd00:10:244:${i}::/64`] },
  status: {
    addresses: [
      { type: 'InternalIP', address: `172.18.0.${i + 2}` },
      { type: 'InternalIP', address: `fd00:172:18::${i + 2}` },
      { type: 'Hostname', address: name },
    ],
  },
})

interface PortShape {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP'
  readonly port: number
  readonly targetPort: number
}

const port: fc.Arbitrary<PortShape> = fc.record({
  protocol: fc.constantFrom('TCP', 'TCP', 'UDP', 'SCTP'),
  port: fc.integer({ min: 1, max: 65535 }),
  targetPort: fc.integer({ min: 1, max: 65535 }),
})

const condition = fc.constantFrom(
  { ready: true, serving: true, terminating: false },
  { ready: true, serving: true, terminating: false },
  { ready: true, serving: true, terminating: false },
  { ready: false, serving: false, terminating: false },
  { ready: false, serving: true, terminating: true },
  { ready: false, serving: false, terminating: true },
  { ready: true, serving: false, terminating: false },
  {},
)

const names = (list: readonly string[]) =>
  fc.subarray([...list], { minLength: 1 }).map((chosen) => chosen.map((name) => ({ name })))

const endpoint = fc.record({
  host: fc.integer({ min: 1, max: 60 }),
  on: fc.constantFrom<string | undefined>(...NODES, undefined, 'elsewhere'),
  conditions: condition,
  /** An endpoint on the host network has the node's own address. */
  hostNetwork: fc.constantFrom(false, false, false, true),
})

/** None, of all endpoints or of most: only the first two are heeded. */
const hints = fc.record({
  kind: fc.constantFrom('none', 'none', 'zones', 'nodes', 'both'),
  holes: fc.boolean(),
  zones: names(['z1', 'z2', 'z3']),
  nodes: names(NODES),
})

const source = fc.constantFrom(
  '203.0.113.0/24',
  ' 198.51.100.7/32 ',
  '172.18.0.0/16',
  '2001:db8::/32',
  'fd00:172:18::/64',
  '10.0.0.9/8',
)

const shape = fc.record({
  type: fc.constantFrom('ClusterIP', 'ClusterIP', 'NodePort', 'LoadBalancer', 'LoadBalancer', 'ExternalName', 'Headless'),
  ports: fc.uniqueArray(port, { minLength: 1, maxLength: 3, selector: (p) => `${p.protocol}${p.port}` }),
  families: fc.constantFrom(['IPv4'], ['IPv4'], ['IPv6'], ['IPv4', 'IPv6'], ['IPv6', 'IPv4']),
  external: fc.constantFrom('Cluster', 'Cluster', 'Local'),
  internal: fc.constantFrom<string | undefined>('Cluster', 'Cluster', 'Local', undefined),
  affinity: fc.option(fc.integer({ min: 1, max: 86400 }), { nil: undefined, freq: 4 }),
  externalIPs: fc.constantFrom<readonly string[]>(
    [],
    [],
    ['192.0.2.5'],
    ['192.0.2.5', '192.0.2.6'],
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8:1::5', '192.0.2.8'],
  ),
  allocateNodePorts: fc.boolean(),
  ranges: fc.oneof(
    fc.constant<readonly string[]>([]),
    fc.constant<readonly string[]>(['0.0.0.0/0', '203.0.113.0/24']),
    fc.constant<readonly string[]>(['::/0']),
    fc.array(source, { maxLength: 3 }),
  ),
  ingress: fc.array(
    fc.constantFrom(
      { ip: '1.2.3.4', ipMode: 'VIP' },
      { ip: '1.2.3.5' },
      { ip: '1.2.3.6', ipMode: 'Proxy' },
      { hostname: 'lb.example.com' },
      { ip: '2001:db8::99', ipMode: 'VIP' },
      { ip: '192.0.2.5', ipMode: 'VIP' },
    ),
    { maxLength: 3 },
  ),
  label: fc.constantFrom<string | undefined>(
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    'service-proxy-name',
    'headless',
  ),
  distribution: fc.constantFrom<string | undefined>(undefined, 'PreferClose', 'PreferSameZone', 'PreferSameNode'),
  endpoints: fc.array(endpoint, { maxLength: 5 }),
  slices: fc.integer({ min: 0, max: 3 }),
  strayPort: fc.boolean(),
  fqdn: fc.boolean(),
  hints,
})

type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never

const address = (family: string, group: number, low: number) =>
  family === 'IPv4' ? `10.96.${group}.${low}` : `fd00:10:96::${group.toString(16)}:${low}`

function service(s: Shape, i: number): KubeObject {
  const isHeadless = s.type === 'Headless'
  const type = isHeadless ? 'ClusterIP' : s.type
  const isExposed = type === 'NodePort' || type === 'LoadBalancer'
  const named = s.ports.length > 1
  const nodePorts = type === 'NodePort' || (type === 'LoadBalancer' && s.allocateNodePorts)
  const clusterIPs = s.type === 'ExternalName' ? [] : isHeadless ? ['None'] : s.families.map((f) => address(f, i, 1))
  const usesLocal = s.external === 'Local' && (isExposed || s.externalIPs.length > 0)
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: `svc-${i}`,
      namespace: i % 3 === 0 ? 'shop' : 'default',
      labels: s.label === undefined ? {} : { [`service.kubernetes.io/${s.label}`]: 'x' },
    },
    spec: {
      type,
      ...(clusterIPs.length > 0
        ? { clusterIP: clusterIPs[0], clusterIPs, ipFamilies: s.families }
        : { externalName: 'example.com' }),
      ports: s.ports.map((p, n) => ({
        ...(named ? { name: `p${n}` } : {}),
        protocol: p.protocol,
        port: p.port,
        targetPort: p.targetPort,
        ...(nodePorts ? { nodePort: 30000 + i * 5 + n } : {}),
      })),
      sessionAffinity: s.affinity === undefined ? 'None' : 'ClientIP',
      ...(s.affinity === undefined ? {} : { sessionAffinityConfig: { clientIP: { timeoutSeconds: s.affinity } } }),
      ...(s.internal === undefined ? {} : { internalTrafficPolicy: s.internal }),
      ...(isExposed || s.externalIPs.length > 0 ? { externalTrafficPolicy: s.external } : {}),
      ...(s.externalIPs.length > 0 ? { externalIPs: s.externalIPs } : {}),
      ...(type === 'LoadBalancer'
        ? { loadBalancerSourceRanges: s.ranges, allocateLoadBalancerNodePorts: s.allocateNodePorts }
        : {}),
      ...(type === 'LoadBalancer' && usesLocal ? { healthCheckNodePort: 32000 + i } : {}),
      ...(s.distribution === undefined ? {} : { trafficDistribution: s.distribution }),
    },
    status: { loadBalancer: type === 'LoadBalancer' ? { ingress: s.ingress } : {} },
  }
}

/** An endpoint in a family; each has its own address, whichever slice it is in. */
function endpointOf(s: Shape, e: Shape['endpoints'][number], n: number, family: string, i: number) {
  const group = NODES.indexOf(e.on as 'node-a')
  const host = e.host + n * 60
  const own = family === 'IPv4' ? `10.244.${Math.max(group, 0)}.${host % 250}` : `fd00:10:244:${Math.max(group, 0)}::${i}:${host}`
  const nodes = family === 'IPv4' ? `172.18.0.${group + 2}` : `fd00:172:18::${group + 2}`
  const { kind, holes, zones, nodes: forNodes } = s.hints
  const bare = kind === 'none' || (holes && n === 0)
  const given = {
    ...(kind === 'zones' || kind === 'both' ? { forZones: zones } : {}),
    ...(kind === 'nodes' || kind === 'both' ? { forNodes } : {}),
  }
  return {
    addresses: [e.hostNetwork && group >= 0 && n === 0 ? nodes : own],
    conditions: e.conditions,
    ...(e.on === undefined ? {} : { nodeName: e.on }),
    ...(bare ? {} : { hints: given }),
  }
}

function slices(s: Shape, i: number): KubeObject[] {
  const named = s.ports.length > 1
  const base = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
  }
  const of = (name: string, addressType: string, ports: readonly object[], endpoints: readonly object[]): KubeObject => ({
    ...base,
    metadata: {
      name: `svc-${i}-${name}`,
      namespace: i % 3 === 0 ? 'shop' : 'default',
      labels: {
        'kubernetes.io/service-name': `svc-${i}`,
        ...(s.type === 'Headless' ? { 'service.kubernetes.io/headless': '' } : {}),
      },
    },
    addressType,
    ports,
    endpoints,
  })
  const ports = s.ports.map((p, n) => ({ name: named ? `p${n}` : '', protocol: p.protocol, port: p.targetPort }))
  // A port that the Service does not have, or has with another protocol.
  const stray = { name: named ? 'p0' : 'other', protocol: s.ports[0]?.protocol === 'TCP' ? 'UDP' : 'TCP', port: 9 }
  const made: KubeObject[] = []
  for (const family of s.families) {
    const all = s.endpoints.map((e, n) => endpointOf(s, e, n, family, i))
    for (let part = 0; part < s.slices; part++) {
      const own = all.filter((_, n) => n % s.slices === part)
      made.push(of(`${family.toLowerCase()}-${part}`, family, part === 1 && s.strayPort ? [...ports, stray] : ports, own))
    }
  }
  if (s.fqdn) made.push(of('fqdn', 'FQDN', ports, [{ addresses: ['backend.example.com'], conditions: { ready: true } }]))
  return made
}

/** Clusters of up to `most` Services. */
export function clusters(most = 8): fc.Arbitrary<RandomCluster> {
  return fc
    .record({
      shapes: fc.array(shape, { minLength: 1, maxLength: most }),
      zoned: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
    })
    .map(({ shapes, zoned }) => ({
      nodes: NODES.map((name, i) => node(name, i, zoned[i] ? ZONES[i] : undefined)),
      services: shapes.map(service),
      slices: shapes.flatMap(slices),
    }))
}

/** kube-proxy's flags, in combinations that it accepts. */
export const proxyFlags: fc.Arbitrary<readonly string[]> = fc
  .tuple(
    fc.constantFrom<readonly string[]>(
      [],
      ['--cluster-cidr=10.244.0.0/16'],
      ['--cluster-cidr=10.244.0.0/16,fd00:10:244::/56'],
      ['--detect-local-mode=NodeCIDR'],
      ['--detect-local-mode=BridgeInterface', '--pod-bridge-interface=cni0'],
      ['--detect-local-mode=InterfaceNamePrefix', '--pod-interface-name-prefix=veth'],
    ),
    fc.constantFrom<readonly string[]>([], [], ['--masquerade-all']),
    fc.constantFrom<readonly string[]>([], ['--iptables-masquerade-bit=0'], ['--iptables-masquerade-bit=31']),
    fc.constantFrom<readonly string[]>([], [], ['--iptables-localhost-nodeports=false']),
    fc.constantFrom<readonly string[]>(
      [],
      [],
      ['--nodeport-addresses=primary'],
      ['--nodeport-addresses=172.18.0.0/16'],
      ['--nodeport-addresses=127.0.0.0/8,172.18.0.0/24,fd00:172:18::/64'],
      ['--nodeport-addresses=::/0,10.0.0.0/8'],
    ),
  )
  .map((parts) => parts.flat())
