import { describe, expect, it } from 'vitest'
import { quietKernel } from '../../test/support/proxy-kernel.ts'
import { MemoryStore } from '../api/memory-store.ts'
import type { KubeObject } from '../api/object.ts'
import { Clock } from '../clock/clock.ts'
import { Dice } from '../clock/dice.ts'
import { restoreText } from '../net/netfilter/restore.ts'
import { Ruleset } from '../net/netfilter/ruleset.ts'
import type { TableWrite } from '../net/netfilter/write.ts'
import { rulesWriter } from '../net/netfilter/writer.ts'
import { ProxyFlagError, parseProxyArgs } from './config.ts'
import { staleUdpFlows } from './iptables/conntrack.ts'
import type { ProxyKernel } from './iptables/kernel.ts'
import { KubeProxy } from './kube-proxy.ts'
import { servicePorts } from './service-map.ts'

const START = Date.parse('2026-01-01T00:00:00Z')

function service(name: string, clusterIP: string, more: object = {}): KubeObject {
  const spec = { type: 'ClusterIP', clusterIP, clusterIPs: [clusterIP], ports: [{ port: 80, protocol: 'TCP' }], ...more }
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'a' }, spec }
}

function slice(name: string, addresses: readonly string[]): KubeObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-x`, namespace: 'a', labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    ports: [{ name: '', port: 8080, protocol: 'TCP' }],
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
  }
}

function setup() {
  const clock = new Clock(START)
  const store = new MemoryStore()
  const ruleset = new Ruleset()
  const writes: TableWrite[] = []
  const rules = rulesWriter(ruleset, '1.8.9/nft')
  const kernel: ProxyKernel = {
    ...quietKernel(rules),
    write: (family, tables) => {
      const nat = tables.find(({ table }) => table === 'nat')
      if (family === 4 && nat !== undefined) writes.push(nat)
      return rules.write(family, tables)
    },
  }
  for (const [name, ip] of [
    ['one', '10.96.0.11'],
    ['two', '10.96.0.12'],
  ] as const) {
    store.put('services', service(name, ip))
    store.put('endpointslices.discovery.k8s.io', slice(name, ['10.0.0.1', '10.0.0.2']))
  }
  const proxy = new KubeProxy({
    clock,
    dice: new Dice('t'),
    store,
    node: 'n',
    kernel,
    config: parseProxyArgs([]),
    kubernetes: '1.35.4',
  })
  proxy.start()
  const nat = () => ruleset.table(4, 'nft', 'nat')
  const chainOf = (name: string) => servicePorts(service(name, '10.96.0.11'), 4)[0]?.chains.cluster ?? ''
  const refused = () =>
    (ruleset.table(4, 'nft', 'filter')?.chains.get('KUBE-SERVICES')?.rules ?? []).map(({ matches }) => matches[0]?.['comment'])
  const size = (chain: string) => nat()?.chains.get(chain)?.rules.length
  const command = (text: string) =>
    restoreText(ruleset, `*nat\n${text}\nCOMMIT\n`, { family: 4, writer: '1.8.9/nft', noflush: true })
  return { clock, store, proxy, writes, refused, chainOf, size, command }
}

describe('syncing', () => {
  it('writes chains of a changed Service only, and so leaves a hole made by hand until the hour is over', () => {
    const { clock, store, writes, chainOf, size, command } = setup()
    expect(size(chainOf('one'))).toBe(2)
    command(`-F ${chainOf('one')}`)
    clock.advanceTo(START + 5000)
    store.put('endpointslices.discovery.k8s.io', slice('two', ['10.0.0.1']))
    clock.settle()
    expect(writes).toHaveLength(2)
    expect(writes[1]?.chains.map(({ name }) => name)).not.toContain(chainOf('one'))
    expect(size(chainOf('two'))).toBe(1)
    expect(size(chainOf('one'))).toBe(0)
    expect(size('KUBE-SERVICES')).toBe(3)
    clock.advanceTo(START + 3_600_000 + 10_000)
    // Nothing changed for an hour: the sync that comes anyway is a full one.
    clock.advanceTo(START + 2 * 3_600_000 + 20_000)
    expect(size(chainOf('one'))).toBe(2)
  })

  it('keeps minSyncPeriod between two writes, and makes one of many changes', () => {
    const { clock, store, writes, refused } = setup()
    clock.advanceTo(START + 200)
    store.put('services', service('three', '10.96.0.13'))
    clock.settle()
    store.put('services', service('four', '10.96.0.14'))
    clock.advanceTo(START + 999)
    expect(writes).toHaveLength(1)
    clock.advanceTo(START + 1000)
    expect(writes).toHaveLength(2)
    expect(writes[1]?.chains.map(({ name }) => name)).toContain('KUBE-SERVICES')
    expect(refused()).toContain('a/four has no endpoints')
  })

  it('ignores changes that are none to it', () => {
    const { clock, store, writes } = setup()
    const same = service('one', '10.96.0.11')
    store.put('services', { ...same, metadata: { ...same.metadata, annotations: { a: 'b' } } })
    clock.advanceTo(START + 60_000)
    expect(writes).toHaveLength(1)
  })

  it('writes everything again when the canary is gone, not when only its rules are flushed', () => {
    const { clock, chainOf, size, command } = setup()
    command(`-F ${chainOf('one')}`)
    clock.advanceTo(START + 31_000)
    expect(size(chainOf('one'))).toBe(0)
    command('COMMIT\n*mangle\n-X KUBE-PROXY-CANARY')
    clock.advanceTo(START + 61_000)
    expect(size(chainOf('one'))).toBe(2)
  })

  it('deletes the chains of a Service that is gone', () => {
    const { clock, store, chainOf, size } = setup()
    store.remove('services', 'a', 'one')
    store.remove('endpointslices.discovery.k8s.io', 'a', 'one-x')
    clock.advanceTo(START + 2000)
    expect(size(chainOf('one'))).toBeUndefined()
    expect(size(chainOf('two'))).toBe(2)
  })

  it('goes on from a snapshot as if nothing had happened', () => {
    const first = setup()
    first.store.put('endpointslices.discovery.k8s.io', slice('two', ['10.0.0.9']))
    const saved = JSON.parse(JSON.stringify(first.proxy.save()))
    first.proxy.load(saved)
    expect(first.proxy.save()).toEqual(saved)
    first.clock.advanceTo(START + 2000)
    expect(first.size(first.chainOf('two'))).toBe(1)
  })
})

describe('starting', () => {
  it('fails with a line in the log where the settings are refused, and leaves the rules alone', () => {
    const { clock, store, proxy, size, chainOf } = setup()
    proxy.stop()
    const lines: string[] = []
    const options = {
      clock: new Clock(clock.now),
      dice: new Dice('t'),
      store,
      node: 'm',
      kubernetes: '1.35.4',
      kernel: {} as ProxyKernel,
    }
    const refused = new KubeProxy({
      ...options,
      config: () => parseProxyArgs(['--iptables-masquerade-bit=40']),
      log: (severity, message) => lines.push(`${severity} ${message}`),
    })
    refused.start()
    expect(refused.running).toBe(false)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^E run\.go:72\] "command failed" err="failed validate: KubeProxyConfiguration/)
    expect(size(chainOf('one'))).toBe(2)
  })
})

describe('flags', () => {
  it('refuses what kube-proxy refuses', () => {
    expect(() => parseProxyArgs(['--nonsense'])).toThrow(new ProxyFlagError('unknown flag: --nonsense'))
    expect(() => parseProxyArgs(['--cluster-cidr'])).toThrow('flag needs an argument: --cluster-cidr')
    expect(() => parseProxyArgs(['--masquerade-all=maybe'])).toThrow('invalid argument "maybe" for "--masquerade-all" flag')
    expect(parseProxyArgs(['--iptables-min-sync-period=1m30s', '--iptables-sync-period=2m']).minSyncPeriod).toBe(90_000)
  })
})

describe('stale UDP flows', () => {
  it('are those to an endpoint that the Service has no more', () => {
    const [port] = servicePorts(service('dns', '10.96.0.10', { ports: [{ port: 53, protocol: 'UDP' }] }), 4)
    if (port === undefined) throw new Error('no port')
    const endpoint = {
      ip: '10.0.0.5',
      port: 53,
      text: '',
      chain: '',
      local: true,
      ready: true,
      serving: true,
      terminating: false,
      zoneHints: [],
      nodeHints: [],
    }
    const stale = staleUdpFlows([{ port, endpoints: [endpoint] }])
    const flow = { destination: '10.96.0.10', port: 53, backend: '10.0.0.5', backendPort: 53 }
    expect(stale(flow)).toBe(false)
    expect(stale({ ...flow, backend: '10.0.0.6' })).toBe(true)
    expect(stale({ ...flow, destination: '10.96.0.99', backend: '10.0.0.6' })).toBe(false)
  })
})
