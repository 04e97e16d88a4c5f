import { MemoryStore } from '../../engine/api/memory-store.ts'
import type { KubeObject } from '../../engine/api/object.ts'
import { Clock } from '../../engine/clock/clock.ts'
import { Dice } from '../../engine/clock/dice.ts'
import { parseProxyArgs } from '../../engine/kube-proxy/config.ts'
import { nodeKernel, PROXY_PROGRAM } from '../../engine/kube-proxy/iptables/node-kernel.ts'
import { KubeProxy } from '../../engine/kube-proxy/kube-proxy.ts'
import { Network } from '../../engine/net/network.ts'

export const START = Date.parse('2026-01-01T00:00:00Z')
export const WRITER = '1.8.9/nft'

const two = (n: number) => [n >> 8, n & 255] as const

export const clusterIP = (n: number) => `10.${100 + (n >> 16)}.${two(n & 65535).join('.')}`
export const endpointIP = (n: number) => `10.${(n >> 16) + 1}.${two(n & 65535).join('.')}`

function service(n: number): KubeObject {
  const ip = clusterIP(n)
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `svc-${n}`, namespace: 'bench' },
    spec: { type: 'ClusterIP', clusterIP: ip, clusterIPs: [ip], ports: [{ port: 80, protocol: 'TCP' }] },
  }
}

export function slice(n: number, addresses: readonly string[]): KubeObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `svc-${n}-x`, namespace: 'bench', labels: { 'kubernetes.io/service-name': `svc-${n}` } },
    addressType: 'IPv4',
    ports: [{ name: '', port: 8080, protocol: 'TCP' }],
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
  }
}

/** Services and their EndpointSlices. */
export function serviceObjects(services: number, endpoints: number): KubeObject[] {
  return Array.from({ length: services }, (_, n) => n).flatMap((n) => {
    const addresses = Array.from({ length: endpoints }, (_, i) => endpointIP(n * endpoints + i))
    return [service(n), slice(n, addresses)]
  })
}

/** A node's kube-proxy over a store of many Services, with the kernel rules it writes: objects in, rules out. */
export function manyServices(services: number, endpoints: number) {
  const clock = new Clock(START)
  const store = new MemoryStore()
  const network = new Network(clock, new Dice('bench'))
  const netns = network.createNetns('nodes/n')
  network.registerProgram({ name: PROXY_PROGRAM })
  const ruleset = netns.netfilter
  const kernel = nodeKernel(netns, 'n', WRITER)
  for (const object of serviceObjects(services, endpoints))
    store.put(object.kind === 'Service' ? 'services' : 'endpointslices.discovery.k8s.io', object)
  const proxy = new KubeProxy({
    clock,
    dice: new Dice('bench'),
    store,
    node: 'n',
    kernel,
    config: parseProxyArgs(['--cluster-cidr=10.0.0.0/9']),
    kubernetes: '1.35.4',
  })
  return { clock, store, netns, ruleset, proxy }
}

/** CPU time in milliseconds that `work` took: other programs on the machine do not count. */
export function cpu<T>(work: () => T): { readonly ms: number; readonly value: T } {
  const before = process.cpuUsage()
  const value = work()
  const { user, system } = process.cpuUsage(before)
  return { ms: (user + system) / 1000, value }
}
