import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../../engine/base/json.ts'
import { Bench } from '../../engine/net/behaviour.harness.ts'
import type { Netns } from '../../engine/net/netns.ts'

const WRITER = ['1.8.9', 'nft'] as const
const PODS = ['10.0.1.122', '10.0.2.209', '10.0.2.13', '10.0.0.161'] as const
const RUNS = { numRuns: 60, seed: 20261122 }

/** Translations that could stand on a node, written by hand as badly as one likes. */
const protocol = fc.constantFrom('tcp', 'udp')
const pod = fc.constantFrom(...PODS)
const virtual = fc.constantFrom('10.100.0.1', '10.100.0.2', '192.168.10.10')
const ports = fc.constantFrom(80, 443, 8080, 53)
const listening = (proto: string) => (proto === 'tcp' ? 8080 : 53)
const flags = fc.constantFrom('', ' --random', ' --persistent')

const dnat = fc
  .tuple(protocol, virtual, ports, pod, flags, fc.constantFrom('PREROUTING', 'OUTPUT'))
  .map(
    ([proto, to, port, target, extra, chain]) =>
      `-A ${chain} -d ${to}/32 -p ${proto} -m ${proto} --dport ${port} -j DNAT --to-destination ${target}:${listening(proto)}${extra}`,
  )
const range = fc
  .tuple(protocol, virtual, ports)
  .map(
    ([proto, to, port]) =>
      `-A PREROUTING -d ${to}/32 -p ${proto} -m ${proto} --dport ${port} -j DNAT --to-destination 10.0.2.8-10.0.2.15`,
  )
const snat = fc
  .tuple(
    pod,
    fc.constantFrom('192.168.10.10', '192.168.10.10:4000-4003', '10.0.0.88', '10.0.0.88:1-5'),
    fc.constantFrom('', ' --random-fully'),
  )
  .map(([to, source, extra]) => `-A POSTROUTING -d ${to}/32 -p tcp -j SNAT --to-source ${source}${extra}`)
const masquerade = fc
  .tuple(
    fc.constantFrom('', '-s 192.168.10.0/24 ', '-d 10.0.0.0/8 '),
    fc.constantFrom('', ' --random-fully', ' --to-ports 61000-61002'),
  )
  .map(([match, extra]) => `-A POSTROUTING ${match}-p tcp -j MASQUERADE${extra}`)
const redirect = fc
  .tuple(protocol, ports)
  .map(([proto, port]) => `-A PREROUTING -d 10.100.0.2/32 -p ${proto} -m ${proto} --dport ${port} -j REDIRECT --to-ports 9090`)
const refuse = fc
  .tuple(pod, fc.constantFrom('icmp-port-unreachable', 'icmp-host-prohibited', 'tcp-reset'))
  .map(([to, how]) => ({ filter: `-A FORWARD -d ${to}/32 -p tcp -m tcp --dport 8080 -j REJECT --reject-with ${how}` }))
const nat = fc.array(fc.oneof({ weight: 4, arbitrary: dnat }, range, snat, { weight: 2, arbitrary: masquerade }, redirect), {
  minLength: 1,
  maxLength: 12,
})

const tableText = (name: string, chains: readonly string[], rules: readonly string[]) =>
  `*${name}\n${chains.map((c) => `:${c} ACCEPT [0:0]\n`).join('')}${rules.map((r) => `${r}\n`).join('')}COMMIT\n`
const rulesText = (natRules: readonly string[], filter: readonly string[] = []) =>
  tableText('nat', ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'], natRules) +
  tableText('filter', ['INPUT', 'FORWARD', 'OUTPUT'], filter)

const dial = fc.record({
  from: fc.constantFrom('client', 'node', 'p1', 'p3'),
  proto: protocol,
  to: fc.oneof(virtual, pod),
  port: ports,
  messages: fc.integer({ min: 0, max: 3 }),
})
type Dial = typeof dial extends fc.Arbitrary<infer T> ? T : never

const space = (bench: Bench, name: string): Netns =>
  name === 'client' ? bench.client : name === 'node' ? bench.node : (bench.pods[name] as Netns)

/** One attempt: connects (or sends), talks, closes; whatever comes of it. */
function attempt(bench: Bench, d: Dial): string {
  const ns = space(bench, d.from)
  if (d.proto === 'udp') {
    const s = ns.ip.openUdp({ dst: d.to, port: d.port, uid: 0 })
    if (typeof s === 'string') return s
    for (let i = 0; i <= d.messages; i++) s.send(`m${i}`)
    const answer = s.receive()
    const error = s.error()
    s.close()
    return answer === undefined ? (error ?? 'silence') : `${answer.from}:${answer.fport}`
  }
  const c = ns.ip.connectTcp({ dst: d.to, port: d.port, uid: 0 })
  if (typeof c === 'string') return c
  const state = c.state
  for (let i = 0; i < d.messages && c.state === 'connected'; i++) c.send(`m${i}`)
  c.read()
  c.close()
  return state
}

test('a reply is always translated back: what comes in for a connection comes from the address that was dialled', () => {
  let answered = 0
  fc.assert(
    fc.property(
      nat,
      fc.array(refuse, { maxLength: 2 }),
      fc.array(dial, { minLength: 1, maxLength: 10 }),
      fc.integer(),
      (rules, filters, dials, seed) => {
        const bench = new Bench(
          seed,
          rulesText(
            rules,
            filters.map((f) => f.filter),
          ),
          WRITER,
        )
        for (const d of dials.filter((x) => x.from !== 'node')) {
          const ns = space(bench, d.from)
          // To oneself, requests and replies come in alike.
          if (ns.isLocal(d.to)) continue
          const seen: string[] = []
          const stop = bench.network.taps.capture(ns, ({ direction, packet }) => {
            if (direction !== 'In' || packet === undefined) return
            const about = packet.icmp?.inner
            // Connections that others make to this host are no replies; its own are to ports that nobody listens at here.
            if (about !== undefined) seen.push(`${about.dst}:${about.dport}`)
            else if (packet.dport !== 8080 && packet.dport !== 53) seen.push(`${packet.src}:${packet.sport}`)
          })
          attempt(bench, d)
          stop()
          answered += seen.length
          for (const from of seen) expect(from, JSON.stringify(d)).toBe(`${d.to}:${d.port}`)
        }
      },
    ),
    { ...RUNS, numRuns: 150 },
  )
  expect(answered).toBeGreaterThan(300)
})

test('a network restored from JSON goes on as the one that was saved', () => {
  fc.assert(
    fc.property(
      nat,
      fc.array(dial, { maxLength: 12 }),
      fc.array(dial, { minLength: 12, maxLength: 25 }),
      fc.integer(),
      (rules, before, after, seed) => {
        const text = rulesText(rules)
        const first = new Bench(seed, text, WRITER)
        const step = (bench: Bench, d: Dial) => {
          const result = attempt(bench, d)
          bench.clock.advanceTo(bench.clock.now + 700)
          return result
        }
        for (const d of before) step(first, d)
        const state = (b: Bench) => ({ clock: b.clock.save(), dice: b.dice.save(), network: b.network.save() })
        const saved = JSON.parse(JSON.stringify(state(first))) as Record<'clock' | 'dice' | 'network', Json>
        const second = new Bench(seed + 1, text, WRITER)
        second.clock.load(saved.clock)
        second.dice.load(saved.dice)
        second.network.load(saved.network)
        expect(JSON.parse(JSON.stringify(state(second)))).toEqual(saved)
        expect(after.map((d) => step(second, d))).toEqual(after.map((d) => step(first, d)))
        expect(JSON.parse(JSON.stringify(state(second)))).toEqual(JSON.parse(JSON.stringify(state(first))))
      },
    ),
    { ...RUNS, numRuns: 25 },
  )
})

const verdict = fc
  .tuple(
    fc.constantFrom(
      '-p tcp -m tcp --dport 8080',
      '-p udp',
      '-d 10.0.2.13/32',
      '-s 192.168.10.20/32',
      '-p tcp -m tcp --tcp-flags SYN SYN',
    ),
    fc.constantFrom('ACCEPT', 'DROP', 'KIDS', 'RETURN'),
  )
  .map(([match, target]) => `-A FORWARD ${match} -j ${target}`)

test('no packet is lost in counting: what a hook has seen is what its rules and policy have decided', () => {
  fc.assert(
    fc.property(
      nat,
      fc.array(verdict, { maxLength: 8 }),
      fc.array(dial, { minLength: 3, maxLength: 15 }),
      fc.integer(),
      (natRules, filters, dials, seed) => {
        const filter = tableText('filter', ['INPUT', 'FORWARD', 'OUTPUT'], [])
        const kids = filter
          .replace(':OUTPUT', ':KIDS - [0:0]\n:OUTPUT')
          .replace('COMMIT', `${filters.join('\n')}\n-A KIDS -p udp -j RETURN\n-A KIDS -j ACCEPT\nCOMMIT`)
        const mangle = tableText('mangle', ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'], [])
        const bench = new Bench(
          seed,
          mangle + tableText('nat', ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'], natRules) + kids,
          WRITER,
        )
        let arrived = 0
        const stop = bench.network.taps.capture(bench.node, ({ direction, packet }) => {
          if (direction === 'In' && packet !== undefined) arrived++
        })
        for (const d of dials) attempt(bench, d)
        stop()
        const table = (name: 'mangle' | 'filter') => bench.node.netfilter.table(4, 'nft', name)
        const policy = (name: 'mangle' | 'filter', chain: string) => table(name)?.chains.get(chain)?.policyPackets ?? Number.NaN
        const counted = (chain: string, target: string) => {
          const found = table('filter')?.chains.get(chain)
          return (found?.rules ?? []).reduce(
            (sum, rule, at) => sum + (JSON.stringify(rule.target).includes(`"${target}"`) ? (found?.packets[at] ?? 0) : 0),
            0,
          )
        }
        expect(policy('mangle', 'PREROUTING')).toBe(arrived)
        const dropped = counted('FORWARD', 'DROP')
        // KIDS accepts or comes back; what comes back, and RETURN, may end at the policy.
        const accepted = counted('FORWARD', 'ACCEPT') + counted('KIDS', 'ACCEPT') + policy('filter', 'FORWARD')
        expect(policy('mangle', 'FORWARD')).toBe(dropped + accepted)
        expect(policy('mangle', 'POSTROUTING')).toBeLessThanOrEqual(accepted + policy('mangle', 'OUTPUT'))
        expect(policy('mangle', 'INPUT')).toBe(policy('filter', 'INPUT'))
      },
    ),
    RUNS,
  )
})
