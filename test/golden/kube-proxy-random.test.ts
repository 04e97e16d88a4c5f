import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import type { IpFamily } from '../../engine/base/ip.ts'
import { MemoryStore } from '../../engine/api/memory-store.ts'
import type { KubeObject } from '../../engine/api/object.ts'
import { Clock } from '../../engine/clock/clock.ts'
import { Dice } from '../../engine/clock/dice.ts'
import { parseProxyArgs } from '../../engine/kube-proxy/config.ts'
import { KubeProxy } from '../../engine/kube-proxy/kube-proxy.ts'
import { dialectOf } from '../../engine/net/netfilter/dialect.ts'
import { NO_NAMES } from '../../engine/net/netfilter/names.ts'
import { restoreText } from '../../engine/net/netfilter/restore.ts'
import { Ruleset } from '../../engine/net/netfilter/ruleset.ts'
import { saveTable } from '../../engine/net/netfilter/save.ts'
import { rulesWriter } from '../../engine/net/netfilter/writer.ts'
import { quietKernel } from '../support/proxy-kernel.ts'

/**
 * Random clusters of every Service shape, three states of each, and what the proxier of kube-proxy v1.35.4 gave to iptables-restore
 * at each sync: a full one and two partial ones (its own Go code, run against these objects).
 */
interface Case {
  readonly node: string
  readonly family: 4 | 6
  readonly flags: readonly string[]
  readonly nodes: readonly KubeObject[]
  readonly addresses: readonly string[]
  readonly steps: readonly (readonly KubeObject[])[]
  readonly restores: readonly string[]
}

const FILE = new URL('./kube-proxy-random/clusters.json.gz', import.meta.url)
const { cases } = JSON.parse(gunzipSync(readFileSync(FILE)).toString()) as { readonly cases: readonly Case[] }
const WRITER = '1.8.9/nft'
const RESOURCE: Readonly<Record<string, string>> = { Service: 'services', EndpointSlice: 'endpointslices.discovery.k8s.io' }
const UNORDERED = /^KUBE-(SERVICES|NODEPORTS|EXTERNAL-SERVICES|PROXY-FIREWALL)$/
/** Made when kube-proxy starts, not by a sync's restore. */
const ELSEWHERE = /^(KUBE-PROXY-CANARY|KUBE-FIREWALL)$/

const keyOf = (o: KubeObject) => `${RESOURCE[o.kind]} ${o.metadata.namespace}/${o.metadata.name}`
const content = (o: KubeObject | undefined) => o && JSON.stringify({ ...o, metadata: { ...o.metadata, resourceVersion: undefined } })

/** Makes the API hold these objects; one that stays as it is causes no event. */
function become(store: MemoryStore, objects: readonly KubeObject[]): void {
  const keys = new Set(objects.map(keyOf))
  for (const resource of Object.values(RESOURCE)) {
    for (const old of store.list(resource)) {
      if (!keys.has(keyOf(old))) store.remove(resource, old.metadata.namespace, old.metadata.name)
    }
  }
  for (const object of objects) {
    const resource = RESOURCE[object.kind] as string
    const old = store.get(resource, object.metadata.namespace, object.metadata.name)
    if (content(old) !== content(object)) store.put(resource, object)
  }
}

function start({ node, flags, nodes, addresses, steps }: Case, ruleset: Ruleset) {
  const store = new MemoryStore()
  for (const object of nodes) store.put('nodes', object)
  become(store, steps[0] ?? [])
  const ours = (family: IpFamily) => addresses.filter((address) => address.includes(':') === (family === 6))
  const kernel = quietKernel(rulesWriter(ruleset, WRITER), ours)
  const clock = new Clock(Date.parse('2026-01-01T00:00:00Z'))
  const parts = { clock, dice: new Dice(node), store, node, kernel }
  const proxy = new KubeProxy({ ...parts, config: parseProxyArgs(flags), kubernetes: '1.35.4' })
  proxy.start()
  return { store, clock }
}

/** kube-proxy's chains of nat and filter as iptables-save prints them. */
function chains(ruleset: Ruleset, family: 4 | 6): Map<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const name of ['nat', 'filter'] as const) {
    const table = ruleset.table(family, 'nft', name)
    const env = { dialect: dialectOf(WRITER), family, names: NO_NAMES, numeric: true, proto: 0 }
    for (const line of (table === undefined ? '' : (saveTable(table, env, false) ?? '')).split('\n')) {
      const [, chain = '', rest] = /^(?::|-A )(KUBE-\S+) (.*)/.exec(line) ?? []
      if (chain === '' || ELSEWHERE.test(chain)) continue
      if (line.startsWith(':')) found.set(`${name} ${chain}`, [])
      else found.get(`${name} ${chain}`)?.push(rest as string)
    }
  }
  for (const [key, rules] of found) if (UNORDERED.test(key.split(' ')[1] ?? '')) rules.sort()
  return found
}

describe("the proxier's restores on random clusters", () => {
  let passed = 0
  for (const [i, one] of cases.entries()) {
    it(`cluster ${i >> 1} on ${one.node}, IPv${one.family} ${one.flags.join(' ')}`, () => {
      const theirs = new Ruleset()
      for (const name of ['ct_state_invalid_dropped_pkts', 'localhost_nps_accepted_pkts']) theirs.addAccounting(name)
      const ours = new Ruleset()
      const { store, clock } = start(one, ours)
      for (const [step, text] of one.restores.entries()) {
        if (step > 0) {
          become(store, one.steps[step] ?? [])
          clock.advanceTo(clock.now + 1500)
        }
        const options = { family: one.family, writer: WRITER, noflush: true, counters: true }
        expect(restoreText(theirs, text, options)).toEqual({ ok: true })
        const [want, got] = [chains(theirs, one.family), chains(ours, one.family)]
        expect(want.size).toBeGreaterThanOrEqual(9)
        expect(Object.fromEntries(got)).toEqual(Object.fromEntries(want))
        passed += want.size
      }
    }, 120_000)
  }

  afterAll(() => console.log(`kube-proxy on random clusters: ${passed} chains passed`))
})
