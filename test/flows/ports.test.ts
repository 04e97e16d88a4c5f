import { describe, expect, it } from 'vitest'
import { Lan, NODE_IP, type ServiceSpec } from './lan.ts'

const local: ServiceSpec = {
  spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 32001 },
  status: { loadBalancer: { ingress: [{ ip: '198.51.100.1' }] } },
  endpoints: [{ server: 'server-a' }],
}

/** A plain HTTP request over an emulated socket: the whole answer, or the errno. */
function get(lan: Lan, from: string, address: string, port: number, path: string): string {
  const connection = lan.cluster.network.namespace(from)?.ip.connectTcp({ dst: address, port, uid: 0 })
  if (connection === undefined || typeof connection === 'string') return connection ?? 'no namespace'
  if (connection.state !== 'connected') return connection.errno ?? connection.state
  connection.send(`GET ${path} HTTP/1.1\r\nHost: ${address}:${port}\r\nConnection: close\r\n\r\n`)
  return connection.read()
}

const bodyOf = (answer: string) => answer.slice(answer.indexOf('\r\n\r\n') + 4)
const metric = (text: string, name: string) => Number(new RegExp(`^${name.replace(/[{}"]/g, '\\$&')} (.*)$`, 'm').exec(text)?.[1])

describe("kube-proxy's ports", () => {
  it('say the mode and the metrics on the loopback only', () => {
    const lan = new Lan(local, {})
    const mode = get(lan, 'nodes/a', '127.0.0.1', 10249, '/proxyMode')
    expect(mode).toMatch(
      /^HTTP\/1.1 200 OK\r\nContent-Type: text\/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\nDate: /,
    )
    expect(bodyOf(mode)).toBe('iptables')
    expect(get(lan, 'nodes/b', NODE_IP.a, 10249, '/proxyMode')).toBe('ECONNREFUSED')
    expect(get(lan, 'nodes/a', '127.0.0.1', 10249, '/nothing')).toMatch(/^HTTP\/1.1 404 Not Found/)
  })

  it('say the health of both families', () => {
    const lan = new Lan(local, {})
    const health = get(lan, 'nodes/b', NODE_IP.a, 10256, '/healthz')
    expect(health).toMatch(/^HTTP\/1.1 200 OK\r\nContent-Type: application\/json\r\nX-Content-Type-Options: nosniff\r\n/)
    expect(JSON.parse(bodyOf(health))).toEqual({
      lastUpdated: '2026-01-01T00:00:00Z',
      currentTime: '2026-01-01T00:00:00Z',
      nodeEligible: true,
      healthy: true,
      status: {
        IPv4: { lastUpdated: '2026-01-01T00:00:00Z', healthy: true },
        IPv6: { lastUpdated: '2026-01-01T00:00:00Z', healthy: true },
      },
    })
    expect(Object.keys(JSON.parse(bodyOf(get(lan, 'nodes/a', '127.0.0.1', 10256, '/livez'))))).not.toContain('nodeEligible')
  })

  it('take a node out that the autoscaler is about to delete', () => {
    const lan = new Lan(local, {})
    const node = lan.cluster.store.get('nodes', undefined, 'a')
    if (node === undefined) throw new Error('no node')
    lan.cluster.store.put('nodes', {
      ...node,
      spec: { ...node.spec, taints: [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }] },
    })
    expect(get(lan, 'nodes/b', NODE_IP.a, 10256, '/healthz')).toMatch(/^HTTP\/1.1 503 Service Unavailable/)
    expect(get(lan, 'nodes/b', NODE_IP.a, 10256, '/livez')).toMatch(/^HTTP\/1.1 200 OK/)
  })

  it('tell a load balancer which nodes have an endpoint of the Service', () => {
    const lan = new Lan(local, {})
    const here = get(lan, 'hosts/outside', NODE_IP.a, 32001, '/')
    expect(here).toMatch(/^HTTP\/1.1 200 OK\r\n.*\r\n.*\r\nX-Load-Balancing-Endpoint-Weight: 1\r\n/)
    expect(bodyOf(here)).toBe(
      '{\n\t"service": {\n\t\t"namespace": "default",\n\t\t"name": "web"\n\t},\n\t"localEndpoints": 1,\n\t"serviceProxyHealthy": true\n}',
    )
    const elsewhere = get(lan, 'hosts/outside', NODE_IP.b, 32001, '/')
    expect(elsewhere).toMatch(/^HTTP\/1.1 503 Service Unavailable/)
    expect(JSON.parse(bodyOf(elsewhere)).localEndpoints).toBe(0)
  })

  it('close the health check port with the Service', () => {
    const lan = new Lan(local, {})
    lan.cluster.store.remove('services', 'default', 'web')
    lan.cluster.clock.advanceTo(lan.cluster.clock.now + 2000)
    expect(get(lan, 'hosts/outside', NODE_IP.a, 32001, '/')).toBe('ECONNREFUSED')
  })

  it('count syncs, full and partial, and the rules of the last one', () => {
    const lan = new Lan(local, {})
    const { store, clock } = lan.cluster
    const metrics = () => bodyOf(get(lan, 'nodes/a', '127.0.0.1', 10249, '/metrics'))
    const before = metrics()
    expect(metric(before, 'kubeproxy_sync_full_proxy_rules_duration_seconds_count{ip_family="IPv4"}')).toBe(1)
    expect(before).not.toContain('kubeproxy_sync_partial_proxy_rules_duration_seconds')
    const nat = lan.cluster.network.namespace('nodes/a')?.netfilter.table(4, 'nft', 'nat')
    const own = [...(nat?.chains.values() ?? [])].filter(({ name }) => /^KUBE-(S|N|MARK-MASQ|POST|EXT|FW)/.test(name))
    const rules = own.reduce((sum, chain) => sum + chain.rules.length, 0)
    expect(metric(before, 'kubeproxy_sync_proxy_rules_iptables_total{ip_family="IPv4",table="nat"}')).toBe(rules)
    const service = store.get('services', 'default', 'web')
    if (service === undefined) throw new Error('no service')
    store.put('services', {
      ...service,
      metadata: { ...service.metadata, name: 'other' },
      spec: { ...service.spec, clusterIP: '10.96.0.51', clusterIPs: ['10.96.0.51'], type: 'ClusterIP' },
    })
    clock.advanceTo(clock.now + 2000)
    const after = metrics()
    expect(metric(after, 'kubeproxy_sync_partial_proxy_rules_duration_seconds_count{ip_family="IPv4"}')).toBe(1)
    // Of the Service that did not change only the rules in the chains of every sync were written.
    const total = metric(after, 'kubeproxy_sync_proxy_rules_iptables_total{ip_family="IPv4",table="nat"}')
    expect(metric(after, 'kubeproxy_sync_proxy_rules_iptables_last{ip_family="IPv4",table="nat"}')).toBeLessThan(total)
    expect(after).toContain('# HELP kubeproxy_sync_proxy_rules_duration_seconds [ALPHA] SyncProxyRules latency in seconds\n')
    expect(metric(after, 'kubeproxy_sync_proxy_rules_last_timestamp_seconds{ip_family="IPv4"}')).toBe(1767225601)
  })
})

describe('an older kube-proxy', () => {
  it('says its health and its metrics as 1.31 did', () => {
    const lan = new Lan(local, { kubernetes: '1.31.4' })
    lan.cluster.clock.advanceTo(lan.cluster.clock.now + 1500)
    const now = '"2026-01-01 00:00:01.5 +0000 UTC m=+1.500000000"'
    expect(bodyOf(get(lan, 'nodes/a', '127.0.0.1', 10256, '/healthz'))).toBe(
      `{"lastUpdated": ${now},"currentTime": ${now}, "nodeEligible": true}`,
    )
    const metrics = bodyOf(get(lan, 'nodes/a', '127.0.0.1', 10249, '/metrics'))
    expect(metrics).not.toContain('ip_family')
    expect(metrics).not.toContain('conntrack_reconciler')
    expect(metric(metrics, 'kubeproxy_sync_full_proxy_rules_duration_seconds_count')).toBe(2)
  })
})

describe("kube-proxy's settings", () => {
  it('reach the node: conntrack sysctls, route_localnet', () => {
    const lan = new Lan(local, {
      proxyArgs: ['--conntrack-tcp-be-liberal', '--conntrack-udp-timeout=45s', '--iptables-localhost-nodeports=false'],
    })
    const netns = lan.cluster.network.namespace('nodes/a')
    expect(netns?.sysctl('net.netfilter.nf_conntrack_tcp_be_liberal')).toBe('1')
    expect(netns?.sysctl('net.netfilter.nf_conntrack_udp_timeout')).toBe('45')
    expect(netns?.sysctl('net.netfilter.nf_conntrack_tcp_timeout_established')).toBe('86400')
    expect(netns?.sysctl('net.ipv4.conf.all.route_localnet')).toBe('0')
    const forward = netns?.netfilter.table(4, 'nft', 'filter')?.chains.get('KUBE-FORWARD')?.rules ?? []
    // A liberal conntrack calls no packet INVALID that should be dropped.
    expect(forward).toHaveLength(2)
  })
})
