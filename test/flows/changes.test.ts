import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../engine/api/object.ts'
import { CLUSTER_IP, Lan, POD_IP, PORT } from './lan.ts'

const SLICES = 'endpointslices.discovery.k8s.io'

function setEndpoints(lan: Lan, servers: readonly ('server-a' | 'server-b')[]): void {
  const { store, clock } = lan.cluster
  const slice = store.get(SLICES, 'default', 'web-1') as KubeObject
  const endpoints = servers.map((server) => ({
    addresses: [POD_IP[server]],
    nodeName: server.slice(-1),
    conditions: { ready: true },
  }))
  store.put(SLICES, { ...slice, endpoints })
  clock.advanceTo(clock.now + 2000)
}

/** A datagram from a fixed port, and who answered: "a" or "b", or nobody. */
function ask(lan: Lan): string {
  const { network } = lan.cluster
  const socket = network.namespace('pods/default/client-a')?.ip.openUdp({ dst: CLUSTER_IP, port: PORT, sport: 40_000, uid: 0 })
  if (socket === undefined || typeof socket === 'string') return String(socket)
  socket.send('ping')
  const answered = socket.receive() !== undefined
  socket.close()
  const backend = network.namespace('nodes/a')?.conntrack.list()[0]?.reply.src
  return answered ? (backend === POD_IP['server-a'] ? 'a' : 'b') : 'nobody'
}

describe('stale conntrack entries', () => {
  it('of UDP go with the endpoint, so that a client that never stops sending reaches another', () => {
    const lan = new Lan({ spec: {}, endpoints: [{ server: 'server-a' }] }, {}, 'UDP')
    expect(ask(lan)).toBe('a')
    setEndpoints(lan, ['server-a', 'server-b'])
    // An endpoint that joins ends no flow.
    expect(ask(lan)).toBe('a')
    setEndpoints(lan, ['server-b'])
    expect(ask(lan)).toBe('b')
  })

  it('stay where the Service has no endpoint left: nothing would translate the next packet', () => {
    const lan = new Lan({ spec: {}, endpoints: [{ server: 'server-a' }] }, {}, 'UDP')
    expect(ask(lan)).toBe('a')
    setEndpoints(lan, [])
    const entries = lan.cluster.network.namespace('nodes/a')?.conntrack.list() ?? []
    expect(entries.map((entry) => entry.reply.src)).toEqual([POD_IP['server-a']])
    expect(ask(lan)).toBe('a')
  })

  it('of TCP stay: a connection ends by itself', () => {
    const lan = new Lan({ spec: {}, endpoints: [{ server: 'server-a' }] }, {})
    const { network } = lan.cluster
    const connection = network.namespace('pods/default/client-a')?.ip.connectTcp({ dst: CLUSTER_IP, port: PORT, uid: 0 })
    setEndpoints(lan, ['server-b'])
    expect(typeof connection === 'object' && connection.state).toBe('connected')
    const entries = network.namespace('nodes/a')?.conntrack.list() ?? []
    expect(entries.some((entry) => entry.reply.src === POD_IP['server-a'])).toBe(true)
  })
})

const CONFIG = 'kind: KubeProxyConfiguration\nmode: ""\nclusterCIDR: 10.244.0.0/16\n'

function configMap(text: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-proxy', namespace: 'kube-system' },
    data: { 'config.conf': text },
  }
}

const proxyPod = (phase: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'kube-proxy-x', namespace: 'kube-system', labels: { 'k8s-app': 'kube-proxy' }, uid: phase },
  spec: { nodeName: 'a', hostNetwork: true, containers: [] },
  status: { phase },
})

/** What the DaemonSet's controller and the kubelet do when the pod is deleted. */
function restartProxy(lan: Lan): void {
  const { store, clock } = lan.cluster
  store.put('pods', proxyPod('Running'))
  store.remove('pods', 'kube-system', 'kube-proxy-x')
  clock.advanceTo(clock.now + 1000)
  store.put('pods', proxyPod('Pending'))
  store.put('pods', proxyPod('Running'))
  clock.advanceTo(clock.now + 1000)
}

describe("kube-proxy's ConfigMap", () => {
  const marks = (lan: Lan) => {
    const nat = lan.cluster.network.namespace('nodes/a')?.netfilter.table(4, 'nft', 'nat')
    return JSON.stringify(nat?.chains.get('KUBE-MARK-MASQ')?.rules.map((rule) => rule.target))
  }

  it('takes effect when its pod is started anew', () => {
    const lan = new Lan({ spec: {}, endpoints: [{ server: 'server-a' }] }, { proxyArgs: [] }, 'TCP', [configMap(CONFIG)])
    const before = marks(lan)
    lan.cluster.store.put('configmaps', configMap(`${CONFIG}iptables:\n  masqueradeBit: 20\n`))
    lan.cluster.clock.advanceTo(lan.cluster.clock.now + 120_000)
    expect(marks(lan)).toBe(before)
    restartProxy(lan)
    expect(marks(lan)).toContain(String(2 ** 20))
  })

  it('that kube-proxy refuses leaves the node without one, its rules as they were', () => {
    const lan = new Lan({ spec: {}, endpoints: [{ server: 'server-a' }] }, { proxyArgs: [] }, 'TCP', [configMap(CONFIG)])
    lan.cluster.store.put('configmaps', configMap(`${CONFIG}iptables:\n  masqueradeBit: 42\n`))
    restartProxy(lan)
    expect(lan.dial('node-a', '127.0.0.1', 10249).reached).toBe('refused')
    setEndpoints(lan, ['server-b'])
    expect(lan.dial('client-a', CLUSTER_IP, PORT).reached).toBe('server-a')
    lan.cluster.store.put('configmaps', configMap(CONFIG))
    restartProxy(lan)
    expect(lan.dial('client-a', CLUSTER_IP, PORT).reached).toBe('server-b')
  })
})
