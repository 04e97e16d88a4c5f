import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { MemoryStore } from '../../engine/api/memory-store.ts'
import type { KubeObject } from '../../engine/api/object.ts'
import { Clock } from '../../engine/clock/clock.ts'
import { Dice } from '../../engine/clock/dice.ts'
import { ChangeTracker } from '../../engine/kube-proxy/change-tracker.ts'
import { parseProxyArgs } from '../../engine/kube-proxy/config.ts'
import { LineReader, lineText } from '../../engine/kube-proxy/iptables/rule-line.ts'
import { serviceRules } from '../../engine/kube-proxy/iptables/service-rules.ts'
import { KubeProxy } from '../../engine/kube-proxy/kube-proxy.ts'
import { categorize } from '../../engine/kube-proxy/topology.ts'
import { dialectOf } from '../../engine/net/netfilter/dialect.ts'
import { NO_NAMES } from '../../engine/net/netfilter/names.ts'
import type { Rule } from '../../engine/net/netfilter/rule.ts'
import { Ruleset } from '../../engine/net/netfilter/ruleset.ts'
import { saveTable } from '../../engine/net/netfilter/save.ts'
import { jumpTarget } from '../../engine/net/netfilter/uses.ts'
import { readRule } from '../../engine/net/netfilter/write.ts'
import { rulesWriter } from '../../engine/net/netfilter/writer.ts'
import { quietKernel } from '../support/proxy-kernel.ts'
import { clusters, NODES, proxyFlags, type RandomCluster } from './clusters.ts'

// Random clusters take as long as they take.
vi.setConfig({ testTimeout: 300_000 })

const WRITER = '1.8.9/nft'
const START = Date.parse('2026-01-01T00:00:00Z')
const SLICES = 'endpointslices.discovery.k8s.io'
const UNORDERED = /^KUBE-(SERVICES|NODEPORTS|EXTERNAL-SERVICES|PROXY-FIREWALL)$/

/** kube-proxy of one node over a store and a ruleset, with nothing around it. */
class Bench {
  readonly store = new MemoryStore()
  readonly clock = new Clock(START)
  readonly ruleset = new Ruleset()
  readonly proxy: KubeProxy

  constructor(cluster: RandomCluster, flags: readonly string[], node: string) {
    for (const object of cluster.nodes) this.store.put('nodes', object)
    this.become(cluster)
    const index = NODES.indexOf(node as 'node-a')
    const addresses = { 4: ['127.0.0.1', `172.18.0.${index + 2}`], 6: ['::1', `fd00:172:18::${index + 2}`] }
    const kernel = quietKernel(rulesWriter(this.ruleset, WRITER), (family) => addresses[family])
    const parts = { clock: this.clock, dice: new Dice('p'), store: this.store, node, kernel }
    this.proxy = new KubeProxy({ ...parts, config: parseProxyArgs(flags), kubernetes: '1.35.4' })
    this.proxy.start()
  }

  /** Makes the API hold that cluster's Services and slices, and no others. */
  become({ services, slices }: RandomCluster): void {
    for (const [resource, wanted] of [
      ['services', services],
      [SLICES, slices],
    ] as const) {
      const key = (o: KubeObject) => `${o.metadata.namespace}/${o.metadata.name}`
      const keys = new Set(wanted.map(key))
      for (const old of this.store.list(resource)) {
        if (!keys.has(key(old))) this.store.remove(resource, old.metadata.namespace, old.metadata.name)
      }
      for (const object of wanted) this.store.put(resource, object)
    }
  }

  wait(ms: number): void {
    this.clock.advanceTo(this.clock.now + ms)
  }

  rules(family: 4 | 6, chain: string): readonly Rule[] {
    return this.ruleset.table(family, 'nft', 'nat')?.chains.get(chain)?.rules ?? []
  }

  /** Both families' nat and filter as iptables-save prints them, chains in order, where kube-proxy has no order by text. */
  saved(): Record<string, readonly string[]> {
    const found: Record<string, string[]> = {}
    for (const family of [4, 6] as const) {
      for (const name of ['nat', 'filter'] as const) {
        const table = this.ruleset.table(family, 'nft', name)
        const env = { dialect: dialectOf(WRITER), family, names: NO_NAMES, numeric: true, proto: 0 }
        const text = table === undefined ? '' : (saveTable(table, env, false) ?? '')
        for (const line of text.split('\n')) {
          const declared = /^:(\S+)/.exec(line)?.[1]
          if (declared !== undefined) found[`${name}${family} ${declared}`] = []
          const rule = /^-A (\S+) (.*)/.exec(line)
          if (rule !== null) found[`${name}${family} ${rule[1]}`]?.push(rule[2] as string)
        }
      }
    }
    for (const [key, rules] of Object.entries(found)) if (UNORDERED.test(key.split(' ')[1] ?? '')) rules.sort()
    return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)))
  }
}

const node = fc.constantFrom(...NODES)
const property = <T extends unknown[]>(...parts: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.tuple(...parts)
const check = <T>(arbitrary: fc.Arbitrary<T>, test: (value: T) => void, numRuns: number) =>
  fc.assert(fc.property(arbitrary, test), { numRuns, seed: 20260101 })

describe("kube-proxy's rules on random clusters", () => {
  it('are as values what the tool reads from their text', () => {
    check(
      property(clusters(), node),
      ([cluster, name]) => {
        const store = new MemoryStore()
        for (const service of cluster.services) store.put('services', service)
        for (const slice of cluster.slices) store.put(SLICES, slice)
        for (const family of [4, 6] as const) {
          const tracker = new ChangeTracker(store, family, name)
          const context = { family, masqueradeAll: false, localhostNodePorts: family === 4, counters: true, nodeIP: '172.18.0.2' }
          const detector = { ifLocal: '-i cni0', ifNotLocal: '! -i cni0' }
          for (const named of [true, false]) {
            const parse = (line: string) => readRule(line, family, 'nat', WRITER)
            const reader = new LineReader(parse)
            for (const port of [...tracker.all().values()].flat()) {
              const found = categorize(tracker.endpointsOf(port), port, { name, zone: undefined })
              const rules = serviceRules(port, found, { ...context, detector }, named)
              const lines = [...rules.services, ...rules.nodePorts, ...rules.chains.flatMap((chain) => chain.lines)]
              for (const line of lines) expect(reader.read(line)).toEqual(parse(lineText(line)))
            }
          }
        }
      },
      60,
    )
  })

  it('lead to every ready endpoint alike, and to no other', () => {
    check(
      clusters(),
      (cluster) => {
        const bench = new Bench(cluster, [], 'node-a')
        for (const proxier of bench.proxy.proxiers) {
          for (const port of [...proxier.tracker.all().values()].flat()) {
            const endpoints = proxier.tracker.endpointsOf(port)
            const hinted = endpoints.some((e) => e.zoneHints.length > 0 || e.nodeHints.length > 0)
            const ready = endpoints.filter((e) => e.ready)
            if (port.internalPolicyLocal || hinted || ready.length === 0) continue
            const balanced = bench.rules(proxier.family, port.chains.cluster).filter((rule) => {
              const to = jumpTarget(rule)
              return to?.startsWith('KUBE-SEP-') && !rule.matches.some((match) => match.ext === 'recent')
            })
            let left = 1
            const shares = balanced.map((rule) => {
              const dice = rule.matches.find((match) => match.ext === 'statistic')
              const share = left * (dice === undefined ? 1 : Number(dice['probability']) / 2 ** 31)
              left -= share
              return { to: jumpTarget(rule), share }
            })
            expect(shares.map(({ to }) => to).sort()).toEqual(ready.map((e) => e.chain).sort())
            for (const { share } of shares) expect(share).toBeCloseTo(1 / ready.length, 6)
            for (const endpoint of ready) {
              const target = bench.rules(proxier.family, endpoint.chain).at(-1)?.target
              expect(target?.kind === 'extension' && target.data).toMatchObject({ ext: 'DNAT', to: [endpoint.ip, endpoint.ip] })
            }
          }
        }
      },
      60,
    )
  })

  it('jump only to chains that are there, and leave no chain of a Service unused', () => {
    check(
      property(clusters(), clusters(), proxyFlags, node),
      ([first, second, flags, name]) => {
        const bench = new Bench(first, flags, name)
        bench.become(second)
        bench.wait(1500)
        for (const family of [4, 6] as const) {
          const chains = bench.ruleset.table(family, 'nft', 'nat')?.chains
          const targets = new Set<string>()
          for (const chain of chains?.values() ?? []) for (const rule of chain.rules) targets.add(jumpTarget(rule) ?? '')
          targets.delete('')
          for (const to of targets) expect(chains?.has(to)).toBe(true)
          const own = [...(chains?.keys() ?? [])].filter((chain) => /^KUBE-(SVC|SVL|EXT|FW|SEP)-/.test(chain))
          // A local client's short cut needs KUBE-SVC even where nothing else leads there; KUBE-SEP follow from both.
          for (const chain of own.filter((chain) => /^KUBE-(EXT|FW|SEP)-/.test(chain))) expect(targets).toContain(chain)
        }
      },
      60,
    )
  })

  it('are the same after partial syncs as after a full one, and after a restart', () => {
    check(
      property(clusters(), clusters(), clusters(), proxyFlags, node),
      ([first, second, third, flags, name]) => {
        const bench = new Bench(first, flags, name)
        for (const cluster of [second, third]) {
          bench.become({ ...cluster, nodes: first.nodes })
          bench.wait(1500)
        }
        const partial = bench.saved()
        expect(partial).toEqual(new Bench({ ...third, nodes: first.nodes }, flags, name).saved())
        bench.proxy.stop()
        bench.proxy.start()
        expect(bench.saved()).toEqual(partial)
      },
      60,
    )
  })

  it('go on after undo as if what was undone had never been', () => {
    check(
      property(clusters(), clusters(), clusters(), node),
      ([first, second, third, name]) => {
        const nodes = first.nodes
        const one = new Bench(first, [], name)
        const other = new Bench(first, [], name)
        const [proxy, store, clock, ruleset] = [other.proxy.save(), other.store.save(), other.clock.save(), other.ruleset.save()]
        other.become({ ...second, nodes })
        other.wait(1500)
        other.clock.load(clock)
        other.store.load(store)
        other.ruleset.load(ruleset)
        other.proxy.load(proxy)
        for (const bench of [one, other]) {
          bench.become({ ...third, nodes })
          bench.wait(1500)
        }
        expect(other.saved()).toEqual(one.saved())
      },
      40,
    )
  })

  it('go on from a snapshot as they would have without', () => {
    check(
      property(clusters(), clusters(), node),
      ([first, second, name]) => {
        const nodes = first.nodes
        const one = new Bench(first, [], name)
        const other = new Bench(first, [], name)
        const saved = JSON.parse(JSON.stringify(other.proxy.save()))
        other.proxy.load(saved)
        expect(other.proxy.save()).toEqual(saved)
        for (const bench of [one, other]) {
          bench.become({ ...second, nodes })
          bench.wait(1500)
        }
        expect(other.ruleset.save()).toEqual(one.ruleset.save())
      },
      40,
    )
  })
})
